"""Webhook forms, parsed once at the border into typed values.

A valid signature does not bind parameter borders: `{From: "CityX"}` and `{FromCity: "X"}` sign alike. So every value
that matters has a strict shape, names may not be doubled, and the aliases must agree. Unknown names are ignored
(the carrier adds some without notice). Facts: the carrier's "TwiML for Programmable Voice" and "Call resource" pages.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum

from ivr.telephony.errors import BadWebhook
from ivr.telephony.signature import signed_parameters

MAX_FORM_BYTES = 64 * 1024
_MAX_PARAMETERS = 200
_MAX_VALUE_CHARS = 16 * 1024
_CALL_SID = re.compile(r"CA[0-9a-f]{32}")
_ACCOUNT_SID = re.compile(r"AC[0-9a-f]{32}")
_NUMBER = re.compile(r"\+?[0-9]{1,16}")
_ADDRESS = re.compile(r"(client:[\w.@+\-]{1,121}|sips?:[\w.@+:;=%\-]{1,250})", re.ASCII)
_WITHHELD = frozenset({"", "anonymous", "unknown", "restricted", "unavailable", "+266696687", "266696687"})
"""How a caller without a number appears; the digits spell ANONYMOUS."""
_DIGITS = re.compile(r"[0-9*#A-D]{0,64}")
_ANSWERED_BY = re.compile(r"human|machine_start|machine_end_(beep|silence|other)|fax|unknown")
_WHOLE = re.compile(r"[0-9]{1,9}")

Form = Sequence[tuple[str, str]]


class CallStatus(Enum):
    """The carrier's call states. `INITIATED` exists in callbacks only."""

    QUEUED = "queued"
    INITIATED = "initiated"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def rank(self) -> int:
        """How far a call has come; it never goes back."""
        return _RANKS.get(self, 4)

    @property
    def is_final(self) -> bool:
        """The call is over."""
        return self.rank == 4


_RANKS = {CallStatus.QUEUED: 0, CallStatus.INITIATED: 1, CallStatus.RINGING: 2, CallStatus.IN_PROGRESS: 3}


class Direction(Enum):
    """Who began the call."""

    INBOUND = "inbound"
    OUTBOUND_API = "outbound-api"
    OUTBOUND_DIAL = "outbound-dial"


@dataclass(frozen=True, slots=True)
class VoiceRequest:
    """The carrier asks what to do with a call."""

    call_sid: str
    account_sid: str
    caller: str
    """E.164, `client:…`, `sip:…`, or empty when withheld. Personal data."""
    dialled: str
    """The same for the dialled number; empty for some browser calls."""
    status: CallStatus
    direction: Direction
    forwarded_from: str = ""
    error_code: int | None = None
    """Only at the fallback address: why the first one failed."""
    digits: str = ""
    """Keys pressed, only where keys were asked for. Personal data."""
    attested: str = ""
    """How far the calling number is vouched for (STIR/SHAKEN): A, B, C, `failed`, or empty where nobody says."""


@dataclass(frozen=True, slots=True)
class MachineGuess:
    """What the carrier's machine detection believes to have heard. A hint, and sometimes later than the call's end."""

    call_sid: str
    answered_by: str
    """human, machine_start, machine_end_beep, machine_end_silence, machine_end_other, fax, unknown"""


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    """A call changed its state. Updates come in any order, any number of times: the highest (rank, sequence) counts."""

    call_sid: str
    account_sid: str
    status: CallStatus
    sequence: int
    """The carrier's number of the fired event; where none was sent, the rank."""
    rank: int
    duration_secs: int | None = None
    sip_response: int | None = None
    parent_call_sid: str | None = None
    occurred_at: datetime | None = None
    """The carrier's own time, aware UTC."""


def parse_voice_request(form: Form, account_sid: str) -> VoiceRequest:
    """Read the form of an incoming, fallback or after-stream request.

    Args:
        form: Decoded names and values as they came.
        account_sid: Our own account; others are refused.

    Raises:
        BadWebhook: Names the field, never the value.
    """
    values = unique(form)
    caller, dialled = party(values, "From"), party(values, "To")
    _agree(values, "From", "Caller")
    _agree(values, "To", "Called")
    return VoiceRequest(
        call_sid=matching(values, "CallSid", _CALL_SID),
        account_sid=own_account(values, account_sid),
        caller=caller,
        dialled=dialled,
        status=_status(values),
        direction=_direction(values),
        forwarded_from=party(values, "ForwardedFrom") if values.get("ForwardedFrom") else "",
        error_code=_optional_whole(values, "ErrorCode"),
        digits=matching(values, "Digits", _DIGITS) if "Digits" in values else "",
        attested=_attested(values.get("StirVerstat", "")),
    )


def _attested(verdict: str) -> str:
    """`TN-Validation-Passed-A` and its like in short; a verdict that nobody knows says nothing."""
    if verdict.startswith("TN-Validation-Failed"):
        return "failed"
    passed = verdict.removeprefix("TN-Validation-Passed-")
    return passed if passed in ("A", "B", "C") else ""


def parse_status_callback(form: Form, account_sid: str) -> StatusUpdate:
    """Read the form of a call status callback.

    Raises:
        BadWebhook: Names the field, never the value.
    """
    values = unique(form)
    status = _status(values)
    sequence = _optional_whole(values, "SequenceNumber")
    return StatusUpdate(
        call_sid=matching(values, "CallSid", _CALL_SID),
        account_sid=own_account(values, account_sid),
        status=status,
        sequence=status.rank if sequence is None else sequence,
        rank=status.rank,
        duration_secs=_optional_whole(values, "CallDuration"),
        sip_response=_optional_whole(values, "SipResponseCode"),
        parent_call_sid=matching(values, "ParentCallSid", _CALL_SID) if values.get("ParentCallSid") else None,
        occurred_at=_optional_time(values, "Timestamp"),
    )


def has_been_answered(form: Iterable[tuple[str, str]]) -> bool:
    """Whether whoever a `<Dial>` rang has answered."""
    return dict(form).get("DialCallStatus") in ("completed", "answered")


def parse_machine_guess(form: Form, account_sid: str) -> MachineGuess:
    """Read the form of an asynchronous machine-detection callback: it has hardly any of the usual parameters.

    Raises:
        BadWebhook: Names the field, never the value.
    """
    values = unique(form)
    own_account(values, account_sid)
    return MachineGuess(matching(values, "CallSid", _CALL_SID), matching(values, "AnsweredBy", _ANSWERED_BY))


def ledger_key(signature: str, form: Form) -> str:
    """Key of a signed request in the replay ledger: 64 hexadecimal characters.

    Made of the signature and a hash of the *signed content*, so a form with moved parameter borders under an
    old signature has the key of the original and gets the stored answer. The address is part of the signature.
    """
    content = hashlib.sha256(signed_parameters(form).encode("utf-8", "surrogatepass")).digest()
    return hashlib.sha256(signature.encode("utf-8", "surrogatepass") + b"\0" + content).hexdigest()


def unique(form: Form) -> dict[str, str]:
    """The form by name. Raises `BadWebhook` for doubled names and for what is too much."""
    if len(form) > _MAX_PARAMETERS:
        raise BadWebhook("form", "too many parameters")
    values = dict(form)
    if len(values) != len(form):
        raise BadWebhook("form", "a parameter is doubled")
    if any(len(name) > 256 or len(value) > _MAX_VALUE_CHARS for name, value in form):
        raise BadWebhook("form", "a parameter is too long")
    if sum(len(name) + len(value) for name, value in form) > MAX_FORM_BYTES:
        raise BadWebhook("form", "too long")
    return values


def required(values: dict[str, str], name: str) -> str:
    """A value that must be there. Raises `BadWebhook`."""
    if name not in values:
        raise BadWebhook(name, "is missing")
    return values[name]


def matching(values: dict[str, str], name: str, shape: re.Pattern[str]) -> str:
    """A value of a strict shape. Raises `BadWebhook`."""
    value = required(values, name)
    if shape.fullmatch(value) is None:
        raise BadWebhook(name, "has a wrong shape")
    return value


def own_account(values: dict[str, str], account_sid: str) -> str:
    """The account, which must be ours. Raises `BadWebhook`."""
    value = matching(values, "AccountSid", _ACCOUNT_SID)
    if value != account_sid:
        raise BadWebhook("AccountSid", "is not ours")
    return value


def party(values: dict[str, str], name: str) -> str:
    """A number or an address; empty when withheld. Raises `BadWebhook`."""
    value = required(values, name)
    if value.lower() in _WITHHELD:
        return ""
    if not _NUMBER.fullmatch(value) and not _ADDRESS.fullmatch(value):
        raise BadWebhook(name, "is neither a number nor an address")
    return value


def _agree(values: dict[str, str], name: str, alias: str) -> None:
    if alias in values and values[alias] != values[name]:
        raise BadWebhook(alias, f"differs from {name}")


def _status(values: dict[str, str]) -> CallStatus:
    try:
        return CallStatus(required(values, "CallStatus"))
    except ValueError:
        raise BadWebhook("CallStatus", "is unknown") from None


def _direction(values: dict[str, str]) -> Direction:
    try:
        return Direction(required(values, "Direction"))
    except ValueError:
        raise BadWebhook("Direction", "is unknown") from None


def _optional_whole(values: dict[str, str], name: str) -> int | None:
    value = values.get(name, "")
    if not value:
        return None
    if not _WHOLE.fullmatch(value):
        raise BadWebhook(name, "is not a number")
    return int(value)


def _optional_time(values: dict[str, str], name: str) -> datetime | None:
    value = values.get(name, "")
    if not value:
        return None
    try:
        found = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        raise BadWebhook(name, "is not a date") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
