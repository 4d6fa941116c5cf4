"""Access tokens of browser phones, in the carrier's own form (its "AccessToken" page); made by its library.

With the real carrier they open its Voice SDK. The simulated carrier reads the same tokens at its own socket; there a
further grant, `simulator`, lets a page be any of its telephones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from twilio.jwt.access_token import AccessToken, AccessTokenGrant
from twilio.jwt.access_token.grants import VoiceGrant

from ivr.telephony.errors import UnsafeSecret

_IDENTITY = re.compile(r"[A-Za-z0-9_.@+-]{1,120}")
_MAX_SECS = 24 * 3600


class _Simulator(AccessTokenGrant):  # type: ignore[misc]  # the library is not typed
    """Only the simulated carrier knows it."""

    @property
    def key(self) -> str:
        return "simulator"

    def to_payload(self) -> dict[str, object]:
        return {"telephone": True}


@dataclass(frozen=True, slots=True)
class SigningKey:
    """What tokens are signed with."""

    account_sid: str
    sid: str
    """SK… of an API key; the simulated carrier takes the account's own SID too."""
    secret: str
    application_sid: str = ""
    """AP…: the TwiML application that agents' own calls go to; empty: agents only receive."""


class AccessTokens:
    """Makes tokens. Thread-safe."""

    def __init__(self, key: SigningKey, ttl_secs: int = 600) -> None:
        """Raises `UnsafeSecret` without a secret, `ValueError` for a life that is too long."""
        if not key.secret.strip() or not key.sid.strip() or not key.account_sid.strip():
            raise UnsafeSecret("account, key and secret of the carrier are needed")
        if not 0 < ttl_secs <= _MAX_SECS:
            raise ValueError("a token lives up to 24 hours")
        self._key = key
        self.ttl_secs = ttl_secs

    def for_agent(self, identity: str) -> str:
        """Rings as `client:<identity>`. Raises `ValueError` for an identity that the carrier would not take."""
        application = self._key.application_sid or None
        return self._make(identity, VoiceGrant(outgoing_application_sid=application, incoming_allow=True))

    def for_telephone(self) -> str:
        """Any telephone of the simulated carrier; the real one grants nothing for it."""
        return self._make("telephone", _Simulator())

    def _make(self, identity: str, grant: AccessTokenGrant) -> str:
        if not _IDENTITY.fullmatch(identity):
            raise ValueError("this name cannot be a client's")
        key = self._key
        token = AccessToken(key.account_sid, key.sid, key.secret, grants=[grant], identity=identity, ttl=self.ttl_secs)
        return str(token.to_jwt())
