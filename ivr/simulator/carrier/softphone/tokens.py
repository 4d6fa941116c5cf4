"""Access tokens of browser phones: JWT, HS256, in the carrier's form (rest.md section 8). Pure; reads no clock.

Signed with an API key's secret (`iss` is the key's SID) or, here only, with the account's own token (`iss` is the
account's SID). The real carrier knows no grant `simulator`; here it lets a page be any of the carrier's telephones.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

MAX_CHARACTERS = 4096
MAX_LIFE_SECS = 24 * 3600
_LEEWAY_SECS = 30
_HEADER = {"alg": "HS256", "typ": "JWT", "cty": "twilio-fpa;v=1"}
_IDENTITY = re.compile(r"[A-Za-z0-9_.@+-]{1,256}")


class TokenRefused(Exception):
    """A token that opens nothing; the message says why, never what it held."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token allows."""

    identity: str
    """Rings as `client:<identity>`."""
    expires_at: float
    """Seconds since 1970."""
    may_receive: bool = False
    application_sid: str = ""
    """The TwiML application that its calls go to; empty: it may not call."""
    params: Mapping[str, str] | None = None
    """Go with each of its calls to the application."""
    is_telephone: bool = False
    """May be one of the carrier's own telephones, and dial any number of the account."""


def read_token(text: str, secrets: Mapping[str, str], account_sid: str, now: float) -> Grant:
    """The grant of a token that is in order at `now` (seconds since 1970).

    Raises:
        TokenRefused: Missing, forged, expired, or of another account.
    """
    if not text or len(text) > MAX_CHARACTERS:
        raise TokenRefused("no token, or a longer one than there is")
    signed, _, signature = text.rpartition(".")
    header, _, body = signed.partition(".")
    if _object(header) != _HEADER:
        raise TokenRefused("header is not that of an access token")
    claims = _object(body)
    secret = secrets.get(_text(claims, "iss"), "")
    expected = hmac.new(secret.encode(), signed.encode("ascii", "replace"), hashlib.sha256).digest()
    if not secret or not hmac.compare_digest(expected, _bytes(signature)):
        raise TokenRefused("signature is not ours")
    if _text(claims, "sub") != account_sid:
        raise TokenRefused("token is of another account")
    expires_at = _moment(claims, "exp")
    if expires_at <= now or expires_at > now + MAX_LIFE_SECS + _LEEWAY_SECS:
        raise TokenRefused("token has expired, or would live too long")
    if "nbf" in claims and _moment(claims, "nbf") > now + _LEEWAY_SECS:
        raise TokenRefused("token is not valid yet")
    return _grant(_part(claims, "grants"), expires_at)


def _grant(grants: Mapping[str, object], expires_at: float) -> Grant:
    identity = _text(grants, "identity")
    if not _IDENTITY.fullmatch(identity):
        raise TokenRefused("identity cannot be used")
    voice, simulator = _part(grants, "voice"), _part(grants, "simulator")
    outgoing = _part(voice, "outgoing")
    found = Grant(
        identity=identity,
        expires_at=expires_at,
        may_receive=_part(voice, "incoming").get("allow") is True,
        application_sid=_text(outgoing, "application_sid"),
        params={name: str(value) for name, value in _part(outgoing, "params").items()},
        is_telephone=simulator.get("telephone") is True,
    )
    if not (found.may_receive or found.application_sid or found.is_telephone):
        raise TokenRefused("token grants nothing")
    return found


def _bytes(part: str) -> bytes:
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise TokenRefused("token is not base64") from error


def _object(part: str) -> Mapping[str, object]:
    try:
        found = json.loads(_bytes(part))
    except (ValueError, RecursionError) as error:
        raise TokenRefused("token is not JSON") from error
    if not isinstance(found, dict):
        raise TokenRefused("token is no object")
    return found


def _part(around: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = around.get(name, {})
    if not isinstance(found, dict):
        raise TokenRefused(f"`{name}` is no object")
    return found


def _text(around: Mapping[str, object], name: str) -> str:
    found = around.get(name, "")
    return found if isinstance(found, str) else ""


def _moment(claims: Mapping[str, object], name: str) -> float:
    found = claims.get(name)
    if isinstance(found, bool) or not isinstance(found, (int, float)) or not math.isfinite(found):
        raise TokenRefused(f"`{name}` is no moment")
    return float(found)
