"""Signatures of requests to the application: which URL is signed, and how (webhooks.md section 10)."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlsplit, urlunsplit

from twilio.request_validator import RequestValidator

_KEEP = "".join(chr(code) for code in range(0x21, 0x7F))


def wire_url(url: str) -> str:
    """`url` as it is requested: no fragment, at least `/` as path, percent-encoding left alone.

    Only what cannot stand in a request line (spaces, controls, non-ASCII) is encoded.
    """
    parts = urlsplit(url.strip())
    path = quote(parts.path or "/", safe=_KEEP)
    return urlunsplit((parts.scheme, parts.netloc, path, quote(parts.query, safe=_KEEP), ""))


def without_userinfo(url: str) -> str:
    """`url` without `user:password@`."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def signed_url(url: str) -> str:
    """The URL that is signed: user info dropped; the port dropped over TLS and kept without it."""
    parts = urlsplit(without_userinfo(wire_url(url)))
    netloc = parts.netloc
    if parts.scheme in ("https", "wss") and parts.port is not None:
        netloc = netloc[: -len(f":{parts.port}")]
    return urlunsplit(parts._replace(netloc=netloc))


def sign(auth_token: str, url: str, form: Mapping[str, str] | None = None) -> str:
    """Value of `X-Twilio-Signature` for a POST form, or for a GET or an upgrade (`form` None)."""
    signature: str = RequestValidator(auth_token).compute_signature(signed_url(url), dict(form or {}))
    return signature
