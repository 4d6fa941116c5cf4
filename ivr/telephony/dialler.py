"""`ivr.ports.Carrier` over the carrier's REST interface; what is certain is told apart from what is not.

A refusal (4xx with one of the carrier's own error codes, or "too many requests") means that nothing was done.
Everything else that is no success – time-out, lost connection, 5xx, an answer of another shape, the error page of
something on the way – means that we do not know. Facts: the carrier's "Call resource", "Message resource" and error
dictionary.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, NoReturn

from ivr.ports import CarrierSilent, DialOrder, DialRefused, PlacedCall
from ivr.telephony import twiml
from ivr.telephony.rest import FAILURES, open_client

_EVENTS = ["initiated", "ringing", "answered", "completed"]
_NOT_IN_PROGRESS = 21220
_TOO_MANY, _TIMED_OUT = 429, 408
_NUMBERS = frozenset({21201, 21211, 21214, 21215, 21216, 21217, 21219, 21408, 21604, 21608, 21610, 21612, 21614, 21635})
"""Codes about the number itself (21610: whoever has it asked the carrier for no more texts): asking again is vain."""
_OWN_CODES_FROM = 10_000
"""Where a body has no code, the library gives the HTTP status in its place."""
_CALL_SID = re.compile(r"CA[0-9a-fA-F]{32}")
_MESSAGE_SID = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")
_SETTINGS = frozenset({20003, 20005, 20006, 21203, 21210, 21212, 21213, 21218, 21603, 21606})
"""Codes about our account or our own number: somebody has to mend that, and then it will do."""
_LISTED = 20


class CarrierDialler:
    """One per process. Thread-safe; every request has a time-out."""

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        public_url: str,
        base_url: str | None = None,
        timeout_secs: float = 10.0,
    ) -> None:
        """Prepare a client; nothing is sent yet. `public_url`: our own address, as the carrier sees it.

        Raises:
            UnsafeSecret: No account or no token.
            ValueError: An address that is none.
        """
        self._client = open_client(account_sid, auth_token, base_url, timeout_secs)
        self._public_url = public_url.rstrip("/")

    def dial(self, order: DialOrder) -> str:
        """Asks for a call, once."""
        url = f"{self._public_url}/voice/outbound/{order.tag}"
        wanted: dict[str, Any] = {
            "to": order.to,
            "from_": order.from_number,
            "url": url,
            "method": "POST",
            "status_callback": f"{url}/status",
            "status_callback_event": _EVENTS,
            "status_callback_method": "POST",
            "timeout": order.ring_secs,
        }
        if order.send_keys:
            wanted["send_digits"] = f"ww{order.send_keys}"
        elif order.wants_amd:
            wanted |= {
                "machine_detection": "DetectMessageEnd",
                "async_amd": "true",
                "async_amd_status_callback": f"{url}/amd",
                "async_amd_status_callback_method": "POST",
            }
        try:
            return _sid(self._client.calls.create(**wanted), _CALL_SID)
        except FAILURES as error:
            refused_or_silent(error)

    def calls_to(self, to: str, from_number: str, since: datetime) -> list[PlacedCall]:
        """Newest first. The list lags behind what has happened.

        It is not filtered by its StartTime: a call that has not been answered has none.
        """
        try:
            found = self._client.calls.list(to=to, from_=from_number, limit=_LISTED)
            placed = [_placed(call) for call in found if str(call.direction).startswith("outbound")]
        except FAILURES as error:
            raise CarrierSilent("calls_to") from error
        return [call for call in placed if call.created_at is None or call.created_at >= since]

    def call(self, carrier_sid: str) -> PlacedCall | None:
        """One call; None when the carrier knows none with this id."""
        try:
            return _placed(self._client.calls(carrier_sid).fetch())
        except FAILURES as error:
            if _is_unknown(error):
                return None
            raise CarrierSilent("call") from error

    def hang_up(self, carrier_sid: str) -> bool:
        """Ends a call, or takes it back while it rings."""
        return self._update(carrier_sid, status="completed")

    def say_and_hang_up(self, carrier_sid: str, text: str, language: str) -> bool:
        """The leg leaves whatever it is in, hears one thing, and is over."""
        return self._update(carrier_sid, twiml=twiml.say_and_hang_up(text, language))

    def send_back(self, carrier_sid: str, tag: str) -> bool:
        """The caller's leg asks us how to go on."""
        return self._update(carrier_sid, url=f"{self._public_url}/voice/met/{tag}?back=1", method="POST")

    def send_text(self, to: str, from_number: str, body: str, *, tag: str) -> str:
        """Asks for a text. `tag` is ours; the carrier knows no such thing."""
        try:
            made = self._client.messages.create(
                to=to, from_=from_number, body=body, status_callback=f"{self._public_url}/sms/status"
            )
            return _sid(made, _MESSAGE_SID)
        except FAILURES as error:
            refused_or_silent(error)

    def _update(self, carrier_sid: str, **changes: str) -> bool:
        try:
            self._client.calls(carrier_sid).update(**changes)
        except FAILURES as error:
            if getattr(error, "code", None) == _NOT_IN_PROGRESS or _is_unknown(error):
                return False
            raise CarrierSilent("update") from error
        return True


def own_code(error: Exception) -> int | None:
    """The carrier's code of a request that it did not carry out; None when that is not certain."""
    status, code = getattr(error, "status", None), getattr(error, "code", None)
    is_refusal = isinstance(status, int) and 400 <= status < 500 and status != _TIMED_OUT
    return code if is_refusal and isinstance(code, int) and code >= _OWN_CODES_FROM else None


def _is_unknown(error: Exception) -> bool:
    """Whether the carrier itself says that there is no such thing."""
    return getattr(error, "status", None) == 404 and own_code(error) is not None


def refused_or_silent(error: Exception) -> NoReturn:
    """Raises `DialRefused` where it is certain that nobody was dialled, else `CarrierSilent`."""
    if getattr(error, "status", None) == _TOO_MANY:
        raise DialRefused("too_many_requests", is_final=False) from error
    code = own_code(error)
    if code is None:
        raise CarrierSilent("no certain answer") from error
    reason = f"code_{code}" if code in _NUMBERS | _SETTINGS else "refused"
    raise DialRefused(reason, is_final=code in _NUMBERS) from error


def call_sid_of(made: Any) -> str:
    """The id of a call that was made. Raises `ValueError` when there is none in the answer."""
    return _sid(made, _CALL_SID)


def _sid(made: Any, shape: re.Pattern[str]) -> str:
    """The id of something made. Raises `ValueError` when there is none in the answer."""
    if not isinstance(made.sid, str) or shape.fullmatch(made.sid) is None:
        raise ValueError("an answer without an id")
    return made.sid


def _placed(call: Any) -> PlacedCall:
    # The library makes every date UTC, and None of one that it cannot read.
    created, ended = (at if isinstance(at, datetime) else None for at in (call.date_created, call.end_time))
    return PlacedCall(_sid(call, _CALL_SID), str(call.status), created, str(call.answered_by or ""), ended)
