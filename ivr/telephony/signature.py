"""Whether a request really comes from the carrier: `X-Twilio-Signature` over the *configured* public address.

Facts: the carrier's "Security" page. Host, X-Forwarded-* and the like are never looked at. A signature
proves a sender, not a meaning: it binds neither parameter borders nor time (see `webhooks`).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from ivr.telephony.errors import UnsafeSecret

SIGNATURE_HEADER = "X-Twilio-Signature"
SETTINGS_HEADER = "X-Twilio-Webhooks-Signature-Settings"
"""`key=<id>,algorithm=HMAC_SHA256` when a shared key signs; absent when the auth token does."""

_DIGESTS = {"HMAC_SHA1": hashlib.sha1, "HMAC_SHA256": hashlib.sha256}
_MAX_HEADER_CHARS = 256
_PORTS = {"https": 443, "wss": 443, "http": 80, "ws": 80}

Form = Sequence[tuple[str, str]]
"""Decoded names and values, in any order, empty values included."""


@dataclass(frozen=True, slots=True)
class SignatureHeaders:
    """The two headers that matter, as they came; None when absent."""

    signature: str | None
    settings: str | None = None


class SignatureCheck:
    """Verifies webhooks and socket upgrades against one public address."""

    def __init__(
        self, public_url: str, auth_tokens: Sequence[str], shared_keys: Mapping[str, str] | None = None
    ) -> None:
        """Prepare the check.

        Args:
            public_url: What the carrier was told, e.g. `https://ivr.example.com` or `wss://host/media`;
                scheme, host, port and an optional path prefix.
            auth_tokens: The account's auth tokens; more than one during a rotation.
            shared_keys: Secrets of shared keys by key id, for HMAC-SHA256.

        Raises:
            UnsafeSecret: No token, or an empty one.
            ValueError: An address without a known scheme or host.
        """
        secrets = [*auth_tokens, *(shared_keys or {}).values()]
        if not auth_tokens or not all(secret.strip() for secret in secrets):
            raise UnsafeSecret("a signing secret is empty")
        self._tokens = tuple(auth_tokens)
        self._shared_keys = dict(shared_keys or {})
        self._bases = _signed_bases(public_url)
        self._is_socket = urlsplit(public_url).scheme in ("wss", "ws")

    def is_form_genuine(self, path: str, query: str, form: Form, headers: SignatureHeaders) -> bool:
        """Verify a form POST, or a GET (with an empty form).

        Args:
            path: Raw path behind the public address, percent-encoding untouched.
            query: Raw query without `?`, empty when there is none.
            form: Body parameters; they need not be in order.
            headers: As they came.
        """
        return self._is_signed(self._addresses(path, query), signed_parameters(form), headers)

    def is_json_genuine(self, path: str, query: str, body: bytes, headers: SignatureHeaders) -> bool:
        """Verify a JSON POST: the signed address carries the body's SHA-256."""
        promised = [part[11:].lower().encode() for part in query.split("&") if part.startswith("bodySHA256=")]
        found = hashlib.sha256(body).hexdigest().encode()
        if len(promised) != 1 or not hmac.compare_digest(found, promised[0]):
            return False
        return self._is_signed(self._addresses(path, query), "", headers)

    def is_upgrade_genuine(self, path: str, headers: SignatureHeaders) -> bool:
        """Verify a WebSocket upgrade: the address alone, with or without a slash at its end."""
        twin = path[:-1] if path.endswith("/") else path + "/"
        return self._is_signed([*self._addresses(path, ""), *self._addresses(twin, "")], "", headers)

    def _addresses(self, path: str, query: str) -> list[str]:
        if path and not path.startswith("/"):
            return []
        return [f"{base}{path}?{query}" if query else f"{base}{path}" for base in self._bases]

    def _is_signed(self, addresses: Sequence[str], parameters: str, headers: SignatureHeaders) -> bool:
        signature = headers.signature
        if not signature or len(signature) > _MAX_HEADER_CHARS or not signature.isascii():
            return False
        algorithm, secrets = self._secrets_for(headers.settings)
        if algorithm not in _DIGESTS:
            return False
        is_genuine = False
        for secret in secrets:
            for address in addresses:
                expected = sign(secret, address + parameters, algorithm)
                is_genuine |= expected is not None and hmac.compare_digest(expected, signature)
        return is_genuine

    def _secrets_for(self, settings: str | None) -> tuple[str, Sequence[str]]:
        """The algorithm a settings header names and the secrets that may have been used with it."""
        if not settings:
            return "HMAC_SHA1", self._tokens
        if len(settings) > _MAX_HEADER_CHARS:
            return "", ()
        parts = (part.partition("=") for part in settings.split(","))
        named = {name.strip(): value.strip() for name, _, value in parts}
        algorithm = named.get("algorithm") or "HMAC_SHA1"
        if key := named.get("key"):
            return algorithm, [self._shared_keys[key]] if key in self._shared_keys else []
        if algorithm == "HMAC_SHA1":
            return algorithm, self._tokens
        return algorithm, tuple(self._shared_keys.values())


def sign(secret: str, content: str, algorithm: str = "HMAC_SHA1") -> str | None:
    """Base64 HMAC of what is signed (address, then parameters); None when it cannot be written as UTF-8."""
    try:
        message = content.encode()
    except UnicodeEncodeError:
        return None
    return base64.b64encode(hmac.new(secret.encode(), message, _DIGESTS[algorithm]).digest()).decode()


def signed_parameters(form: Iterable[tuple[str, str]]) -> str:
    """The parameters as they are signed: by name, case-sensitive; values of one name once each, in order."""
    return "".join(name + value for name, value in sorted(set(form)))


def _signed_bases(public_url: str) -> tuple[str, ...]:
    """The spellings of an address that the carrier may have signed.

    Over TLS the port is dropped for voice and kept for messages; without TLS it is kept. User names never count.
    """
    parts = urlsplit(public_url)
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme not in _PORTS or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("the public address needs a scheme (https, wss, http, ws) and a host, and no query")
    bare = host[: -len(f":{parts.port}")] if parts.port is not None else host
    default = _PORTS[parts.scheme]
    hosts = [host]
    if parts.scheme in ("https", "wss"):
        hosts += [bare, f"{bare}:{parts.port or default}"]
    elif parts.port in (None, default):
        hosts += [bare, f"{bare}:{default}"]
    path = parts.path.rstrip("/")
    return tuple(f"{parts.scheme}://{spelling}{path}" for spelling in dict.fromkeys(hosts))
