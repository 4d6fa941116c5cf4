"""The documents the server answers with. Built by the official builder only; every text passes `speakable()`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from twilio.twiml.voice_response import Connect, Dial, Gather, VoiceResponse

from ivr.core.speakable import speakable

CONTENT_TYPE = "text/xml; charset=utf-8"

_SAY_LIMIT = 3000
_ADDRESS = re.compile(r"[!-~]{1,2000}")
_LANGUAGES = {
    "de": "de-DE",
    "en": "en-US",
    "es": "es-ES",
    "fr": "fr-FR",
    "it": "it-IT",
    "ja": "ja-JP",
    "ko": "ko-KR",
    "pt": "pt-PT",
    "zh": "zh-CN",
}
_KEYS = re.compile(r"[0-9*#]{1,32}")
_ROOM = re.compile(r"[A-Za-z0-9-]{1,64}")
_NUMBER = re.compile(r"\+[1-9][0-9]{5,14}")
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){1,2}")


class Rejection(Enum):
    """What a caller hears whose call is not answered."""

    REJECTED = "rejected"
    BUSY = "busy"


def connect_stream(url: str, resume_url: str) -> str:
    """Hand the call's audio to a media socket; when the socket is closed, ask `resume_url` how to go on.

    Args:
        url: `wss://…` (`ws://` for a carrier on this machine), without a query: the carrier refuses one.
        resume_url: Requested by POST once the socket is gone and the caller is still there.

    Raises:
        ValueError: An address that cannot stand in a document.
    """
    if not url.startswith(("wss://", "ws://")) or "?" in url or "#" in url:
        raise ValueError("a stream needs a wss address without a query")
    response = VoiceResponse()
    connect = Connect()
    connect.stream(url=_address(url))
    response.append(connect)
    response.redirect(_address(resume_url), method="POST")
    return str(response)


def say_and_hang_up(text: str, language: str = "en") -> str:
    """Say one thing with the carrier's own voice and end the call."""
    response = VoiceResponse()
    _say(response, text, language)
    response.hangup()
    return str(response)


def say_and_gather(
    text: str, action_url: str, language: str = "en", *, num_digits: int = 1, timeout_secs: int = 6
) -> str:
    """Say something and take keys; `action_url` is asked by POST, with or without keys.

    Raises:
        ValueError: An address that cannot stand in a document.
    """
    response = VoiceResponse()
    gather = Gather(
        action=_address(action_url),
        method="POST",
        input="dtmf",
        num_digits=num_digits,
        timeout=timeout_secs,
        action_on_empty_result=True,
    )
    _say(gather, text, language)
    response.append(gather)
    return str(response)


def say_and_redirect(text: str, url: str, language: str = "en", *, pause_secs: int = 0) -> str:
    """Say something, be silent for `pause_secs`, then ask `url` how to go on.

    Raises:
        ValueError: An address that cannot stand in a document.
    """
    response = VoiceResponse()
    _say(response, text, language)
    if pause_secs > 0:
        response.pause(length=pause_secs)
    response.redirect(_address(url), method="POST")
    return str(response)


@dataclass(frozen=True, slots=True)
class Joining:
    """How a leg joins its conference."""

    wait_url: str
    """Asked by POST again and again while the leg is alone: words, never music."""
    after_url: str = ""
    """Asked by POST when the leg is out of the conference again; empty: it is hung up."""
    events_url: str = ""
    """Where the carrier tells what happens in the conference; the first leg's address counts."""
    label: str = ""
    """Unique in the conference."""
    ends: bool = True
    """The conference ends as soon as this leg leaves; nobody stays behind alone."""
    keys: str = ""
    """Tones for whoever is at the other end of this leg, before it joins."""


def join_conference(room: str, joining: Joining) -> str:
    """Bring a leg into the conference with this name.

    Raises:
        ValueError: A name, a label, an address or keys that cannot stand in a document.
    """
    if _ROOM.fullmatch(room) is None or (joining.label and _ROOM.fullmatch(joining.label) is None):
        raise ValueError("names of conferences and labels are letters, digits and hyphens")
    response = VoiceResponse()
    if joining.keys:
        if _KEYS.fullmatch(joining.keys) is None:
            raise ValueError("keys are digits, * and #")
        response.play(digits=joining.keys)
    dial = Dial(action=_address(joining.after_url), method="POST") if joining.after_url else Dial()
    wanted: dict[str, object] = {
        "beep": "false",
        "start_conference_on_enter": True,
        "end_conference_on_exit": joining.ends,
        "wait_url": _address(joining.wait_url),
        "wait_method": "POST",
    }
    if joining.label:
        wanted["participant_label"] = joining.label
    if joining.events_url:
        wanted["status_callback"] = _address(joining.events_url)
        wanted["status_callback_event"] = "start end join leave mute hold modify"
        wanted["status_callback_method"] = "POST"
    dial.conference(room, **wanted)
    response.append(dial)
    response.hangup()
    return str(response)


def dial_number(number: str, action_url: str, *, caller_id: str, ring_secs: int) -> str:
    """Join the caller with whoever answers a number; `action_url` is asked by POST when that is over, or was in vain.

    Raises:
        ValueError: A number or an address that cannot stand in a document.
    """
    if any(_NUMBER.fullmatch(each) is None for each in (number, caller_id)):
        raise ValueError("numbers are written with a plus sign and digits")
    response = VoiceResponse()
    dial = Dial(action=_address(action_url), method="POST", caller_id=caller_id, timeout=ring_secs)
    dial.number(number)
    response.append(dial)
    return str(response)


def hang_up() -> str:
    """End the call."""
    response = VoiceResponse()
    response.hangup()
    return str(response)


def reject(reason: Rejection = Rejection.REJECTED) -> str:
    """Do not answer the call at all."""
    response = VoiceResponse()
    response.reject(reason=reason.value)
    return str(response)


def empty() -> str:
    """An answer that changes nothing, for callbacks."""
    return str(VoiceResponse())


def _say(parent: VoiceResponse | Gather, text: str, language: str) -> None:
    if clean := speakable(text, _SAY_LIMIT):
        parent.say(clean, language=_language(language))


def _language(language: str) -> str:
    """Our short language names as the carrier writes them."""
    if language in _LANGUAGES:
        return _LANGUAGES[language]
    return language if _TAG.fullmatch(language) else "en-US"


def _address(url: str) -> str:
    if _ADDRESS.fullmatch(url) is None:
        raise ValueError("an address is printable ASCII without spaces")
    return url
