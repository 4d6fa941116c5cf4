"""The carrier's REST interface: only what the server needs of it.

Works against any base address (the simulated carrier's too). Blocking, with a time-out; keep it off event loops.
"""

from __future__ import annotations

import logging
import re
from typing import Any
from urllib.parse import urlsplit

import requests
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from ivr.telephony.errors import CarrierError, UnsafeSecret
from ivr.telephony.webhooks import CallStatus

_NOT_IN_PROGRESS = 21220
"""The call is over already, or not answered yet."""
_CALL_SID = re.compile(r"CA[0-9a-f]{32}")
_RETRYABLE_STATUS = frozenset({429, 500, 502, 503, 504})

FAILURES = (TwilioException, requests.RequestException, ValueError, TypeError, AttributeError)
"""Whatever the library raises. The last three: the library reads an answer of another shape without looking."""


class CarrierRest:
    """Ends and looks up calls. Thread-safe."""

    def __init__(
        self, account_sid: str, auth_token: str, base_url: str | None = None, timeout_secs: float = 5.0
    ) -> None:
        """Prepare a client; nothing is sent yet.

        Args:
            account_sid: AC…
            auth_token: The secret.
            base_url: Where the interface is, e.g. `http://127.0.0.1:8080`; None means the carrier's own address.
            timeout_secs: For one request, connection included.

        Raises:
            UnsafeSecret: No account or no token.
            ValueError: A base address that is not http or https.
        """
        self._client = open_client(account_sid, auth_token, base_url, timeout_secs)

    def end_call(self, call_sid: str) -> bool:
        """Hang up.

        Returns:
            True when the call was ended, False when it was not in progress any more.

        Raises:
            CarrierError: Anything else.
        """
        try:
            self._call(call_sid).update(status="completed")
        except FAILURES as error:
            if getattr(error, "code", None) == _NOT_IN_PROGRESS:
                return False
            raise _carrier_error("end_call", error) from error
        return True

    def call_status(self, call_sid: str) -> CallStatus:
        """What state the carrier says a call is in (its answer may lag behind its callbacks).

        Raises:
            CarrierError: No such call, no answer, or an unknown state.
        """
        try:
            status = self._call(call_sid).fetch().status
        except FAILURES as error:
            raise _carrier_error("call_status", error) from error
        try:
            return CallStatus(status)
        except ValueError:
            raise CarrierError("call_status", retryable=False) from None

    def _call(self, call_sid: str) -> Any:
        if _CALL_SID.fullmatch(call_sid) is None:
            raise CarrierError("call", retryable=False)
        return self._client.calls(call_sid)


def open_client(account_sid: str, auth_token: str, base_url: str | None, timeout_secs: float) -> Any:
    """The official client, with a time-out, at the given address. Raises as `CarrierRest` does."""
    if not account_sid.strip() or not auth_token.strip():
        raise UnsafeSecret("account and token of the carrier are needed")
    if base_url is not None and urlsplit(base_url).scheme not in ("http", "https"):
        raise ValueError("the carrier's base address is http or https")
    client = Client(account_sid, auth_token, http_client=TwilioHttpClient(timeout=timeout_secs, logger=_quiet_logger()))
    if base_url is not None:
        client.api.base_url = base_url.rstrip("/")
        # Read from the environment by the library, and only good for its own addresses.
        client.edge = client.region = None
    return client


def _quiet_logger() -> logging.Logger:
    """Below WARNING the library writes whole addresses, telephone numbers among them."""
    logger = logging.getLogger("ivr.telephony.rest.http")
    logger.setLevel(logging.WARNING)
    return logger


def _carrier_error(operation: str, error: Exception) -> CarrierError:
    status = getattr(error, "status", None)
    if isinstance(error, requests.RequestException):
        return CarrierError(operation, retryable=True)
    return CarrierError(
        operation, retryable=status in _RETRYABLE_STATUS, status=status, code=getattr(error, "code", None)
    )
