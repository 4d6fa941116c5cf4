"""What a browser phone says, as values. Pure; anything else is `MessageInvalid`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.simulator.carrier.control.values import ControlInvalid, flag, mapping, text

MAX_BYTES = 4096
"""Of one text message."""
MAX_SPOKEN = 500
"""Characters spoken for a person who types."""
_MAX_PARAMS = 20
_KEYS = re.compile(r"[0-9*#A-D]{1,32}")
_SID = re.compile(r"CA[0-9a-f]{32}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?")


class MessageInvalid(Exception):
    """A message that is none of these; harmless, counted, answered with `error`."""


@dataclass(frozen=True, slots=True)
class Register:
    """Calls to `address` shall ring here; empty: to the token's identity."""

    address: str = ""


@dataclass(frozen=True, slots=True)
class Unregister:
    """Calls shall not ring here any more."""


@dataclass(frozen=True, slots=True)
class PlaceCall:
    """Dial."""

    to: str = ""
    from_number: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    line: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Accept:
    """Take a ringing call."""

    sid: str


@dataclass(frozen=True, slots=True)
class Reject:
    """Decline a ringing call."""

    sid: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call."""

    sid: str


@dataclass(frozen=True, slots=True)
class Press:
    """Keys, one after the other."""

    digits: str


@dataclass(frozen=True, slots=True)
class Mute:
    """Nothing of the microphone goes out while on."""

    is_on: bool


@dataclass(frozen=True, slots=True)
class Speak:
    """Say this with the carrier's voice, as if it came from the microphone."""

    text: str
    language: str = "en-US"


@dataclass(frozen=True, slots=True)
class SetLine:
    """How bad the telephone line is from now on."""

    quality: Mapping[str, object]


Message = Register | Unregister | PlaceCall | Accept | Reject | HangUp | Press | Mute | Speak | SetLine


def read_message(raw: str) -> Message:
    """Raises `MessageInvalid`; its text holds nothing of what was sent."""
    if len(raw) > MAX_BYTES or len(raw.encode("utf-8", "replace")) > MAX_BYTES:
        raise MessageInvalid("message is too long")
    try:
        body = mapping(json.loads(raw), "message")
        return _read(text(body.get("type"), "type"), body)
    except (ControlInvalid, RecursionError) as error:
        raise MessageInvalid(str(error)) from error
    except ValueError as error:
        raise MessageInvalid("message is not JSON") from error


def _read(kind: str, body: Mapping[str, object]) -> Message:
    match kind:
        case "register":
            return Register(_optional(body, "address"))
        case "unregister":
            return Unregister()
        case "call":
            line = body.get("line")
            return PlaceCall(
                _optional(body, "to"),
                _optional(body, "from"),
                _params(body.get("params") or {}),
                None if line is None else mapping(line, "line"),
            )
        case "accept":
            return Accept(_fitting(body, "call", _SID))
        case "reject":
            return Reject(_fitting(body, "call", _SID))
        case "hang_up":
            return HangUp(_fitting(body, "call", _SID))
        case "press":
            return Press(_fitting(body, "digits", _KEYS))
        case "mute":
            return Mute(flag(body.get("on"), "on"))
        case "say":
            return _speak(body)
        case "line":
            return SetLine(mapping(body.get("quality") or {}, "quality"))
        case _:
            raise ControlInvalid("type", "is unknown")


def _speak(body: Mapping[str, object]) -> Speak:
    words = " ".join(text(body.get("text"), "text").split())
    if not 1 <= len(words) <= MAX_SPOKEN:
        raise ControlInvalid("text", f"must have 1 to {MAX_SPOKEN} characters")
    language = _optional(body, "language") or "en-US"
    if not _LANGUAGE.fullmatch(language):
        raise ControlInvalid("language", "is none")
    return Speak(words, language)


def _optional(body: Mapping[str, object], name: str) -> str:
    return text(body.get(name, ""), name).strip()


def _fitting(body: Mapping[str, object], name: str, shape: re.Pattern[str]) -> str:
    found = text(body.get(name), name)
    if not shape.fullmatch(found):
        raise ControlInvalid(name, "cannot be used")
    return found


def _params(value: object) -> Mapping[str, str]:
    found = mapping(value, "params")
    if len(found) > _MAX_PARAMS:
        raise ControlInvalid("params", "are too many")
    return {name: text(one, "params") for name, one in found.items()}
