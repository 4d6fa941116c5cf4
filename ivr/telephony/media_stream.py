"""The Media Streams wire format, pure: JSON text frames to typed messages and back.

Facts: the carrier's "Media Streams – WebSocket Messages" page. No sockets, no clocks, no audio conversion here.
"""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn

import orjson

from ivr.telephony.errors import MalformedMessage

MAX_MESSAGE_BYTES = 64 * 1024
"""Longest message looked at; longer ones are malformed without being parsed."""

MULAW_BYTES_PER_MS = 8
"""μ-law at 8 kHz, one byte a sample."""

_MAX_DEPTH = 5
_MAX_NUMBER_DIGITS = 15
_MAX_NAME_CHARS = 256
_MAX_PARAMETERS = 32
_IDENTIFIER = re.compile(r"[A-Za-z0-9:_.\-]{1,128}")
_DIGITS = frozenset("0123456789*#ABCD")


@dataclass(frozen=True, slots=True)
class Connected:
    """The socket speaks this protocol. First message, without a number."""

    protocol: str
    version: str


@dataclass(frozen=True, slots=True)
class Started:
    """The stream's facts. Once, before any audio."""

    sequence: int
    stream_sid: str
    call_sid: str
    account_sid: str
    tracks: tuple[str, ...]
    encoding: str
    """`audio/x-mulaw`"""
    rate: int
    """Hz"""
    channels: int = 1
    custom_parameters: Mapping[str, str] = field(default_factory=dict)


class MediaFrame(NamedTuple):
    """A piece of the caller's audio, usually 20 ms; a tuple, because one is made for every frame of every call."""

    sequence: int
    chunk: int
    timestamp: int
    """Stream time of its first sample, ms. Begins somewhere between 50 and 170 and steps by 20."""
    payload: bytes
    """μ-law, 8 kHz, mono."""
    stream_sid: str


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """The caller pressed a key."""

    sequence: int
    digit: str
    """One of 0-9 * # A-D. Personal data."""
    stream_sid: str


@dataclass(frozen=True, slots=True)
class MarkReached:
    """Everything queued before the mark was played, or was cleared."""

    sequence: int
    name: str
    stream_sid: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The stream is over: the caller hung up or the call was redirected."""

    sequence: int
    stream_sid: str


StreamMessage = Connected | Started | MediaFrame | KeyPressed | MarkReached | Stopped


def decode(text: bytes | str) -> StreamMessage:
    """Read one text frame.

    Unknown members are ignored (the carrier adds some without notice); doubled ones, NaN, numbers where
    strings belong, bad base64 and everything else that is not as documented is malformed.

    Raises:
        MalformedMessage: Never anything else, whatever the input.
    """
    if len(text) > MAX_MESSAGE_BYTES:
        raise MalformedMessage("too long")
    if type(text) is bytes and (usual := _USUAL_MEDIA(text)) is not None:
        return _usual_media(usual)
    try:
        message = orjson.loads(text)
    except ValueError:
        raise MalformedMessage("not JSON") from None
    if type(message) is not dict:
        _fail("not an object")
    _refuse_doubled(message, text)
    match message.get("event"):
        case "media":
            return _media(message)
        case "start":
            return _start(message)
        case "dtmf":
            return _key(message)
        case "mark":
            return _mark(message)
        case "connected":
            return Connected(_text(message, "protocol"), _text(message, "version"))
        case "stop":
            return Stopped(_number(message, "sequenceNumber"), _identifier(message, "streamSid"))
        case _:
            _fail("unknown event")


def encode_media(stream_sid: str, mulaw: bytes) -> bytes:
    """Audio for the caller: μ-law, 8 kHz, mono, of any length (keep it under 5 s)."""
    return encode_media_after(media_prefix(stream_sid), mulaw)


def media_prefix(stream_sid: str) -> bytes:
    """What a media message of this stream begins with; for `encode_media_after`."""
    return b'{"event":"media","streamSid":%b,"media":{"payload":"' % orjson.dumps(stream_sid)


def encode_media_after(prefix: bytes, mulaw: bytes) -> bytes:
    """As `encode_media`, with the constant part made once."""
    return prefix + binascii.b2a_base64(mulaw, newline=False) + b'"}}'


def encode_mark(stream_sid: str, name: str) -> bytes:
    """Ask to be told when everything sent so far was played."""
    return b'{"event":"mark","streamSid":%b,"mark":{"name":%b}}' % (orjson.dumps(stream_sid), orjson.dumps(name))


def encode_clear(stream_sid: str) -> bytes:
    """Drop everything not yet played; pending marks come back at once."""
    return b'{"event":"clear","streamSid":%b}' % orjson.dumps(stream_sid)


_USUAL_MEDIA = re.compile(
    rb'\{"event":"media","sequenceNumber":"([0-9]{1,15})","media":\{"track":"inbound","chunk":"([0-9]{1,15})",'
    rb'"timestamp":"([0-9]{1,15})","payload":"([A-Za-z0-9+/]+={0,2})"\},"streamSid":"([A-Za-z0-9:_.\-]{1,128})"\}'
).fullmatch
"""A media message exactly as the carrier writes it, which is nearly every message: one pass checks all of it."""


def _usual_media(found: re.Match[bytes]) -> MediaFrame:
    sequence, chunk, timestamp, payload, stream_sid = found.groups()
    try:
        mulaw = binascii.a2b_base64(payload)
    except ValueError:
        raise MalformedMessage("payload is not base64") from None
    return MediaFrame(int(sequence), int(chunk), int(timestamp), mulaw, stream_sid.decode())


def _media(message: dict[str, Any]) -> MediaFrame:
    media = _object(message, "media")
    if media.get("track") != "inbound":
        _fail("not the caller's track")
    payload = media.get("payload")
    if type(payload) is not str or not payload:
        _fail("payload is not text")
    try:
        mulaw = binascii.a2b_base64(payload, strict_mode=True)
    except ValueError:
        raise MalformedMessage("payload is not base64") from None
    return MediaFrame(
        _number(message, "sequenceNumber"),
        _number(media, "chunk"),
        _number(media, "timestamp"),
        mulaw,
        _identifier(message, "streamSid"),
    )


def _start(message: dict[str, Any]) -> Started:
    start = _object(message, "start")
    sound = _object(start, "mediaFormat")
    tracks = start.get("tracks")
    if type(tracks) is not list or len(tracks) > 2 or not all(type(track) is str for track in tracks):
        _fail("tracks is not a list of names")
    if _identifier(message, "streamSid") != _identifier(start, "streamSid"):
        _fail("two different streams")
    return Started(
        sequence=_number(message, "sequenceNumber"),
        stream_sid=_identifier(start, "streamSid"),
        call_sid=_identifier(start, "callSid"),
        account_sid=_identifier(start, "accountSid"),
        tracks=tuple(tracks),
        encoding=_text(sound, "encoding"),
        rate=_whole(sound, "sampleRate"),
        channels=_whole(sound, "channels"),
        custom_parameters=_parameters(start),
    )


def _key(message: dict[str, Any]) -> KeyPressed:
    digit = _text(_object(message, "dtmf"), "digit")
    if digit not in _DIGITS:
        _fail("digit is no key")
    return KeyPressed(_number(message, "sequenceNumber"), digit, _identifier(message, "streamSid"))


def _mark(message: dict[str, Any]) -> MarkReached:
    name = _text(_object(message, "mark"), "name")
    return MarkReached(_number(message, "sequenceNumber"), name, _identifier(message, "streamSid"))


def _parameters(start: dict[str, Any]) -> dict[str, str]:
    parameters = start.get("customParameters", {})
    if type(parameters) is not dict or len(parameters) > _MAX_PARAMETERS:
        _fail("customParameters is not a small object")
    if not all(type(value) is str for value in parameters.values()):
        _fail("customParameters holds something other than text")
    return parameters


def _fail(reason: str) -> NoReturn:
    raise MalformedMessage(reason)


def _object(message: dict[str, Any], name: str) -> dict[str, Any]:
    value = message.get(name)
    if type(value) is not dict:
        _fail(f"{name} is not an object")
    return value


def _text(message: dict[str, Any], name: str) -> str:
    value = message.get(name)
    if type(value) is not str or len(value) > _MAX_NAME_CHARS:
        _fail(f"{name} is not a short text")
    return value


def _identifier(message: dict[str, Any], name: str) -> str:
    value = message.get(name)
    if type(value) is not str or _IDENTIFIER.fullmatch(value) is None:
        _fail(f"{name} is not an identifier")
    return value


def _number(message: dict[str, Any], name: str) -> int:
    """A whole number that travels as text."""
    value = message.get(name)
    if type(value) is not str or not value.isascii() or not value.isdigit() or len(value) > _MAX_NUMBER_DIGITS:
        _fail(f"{name} is not a number in text")
    return int(value)


def _whole(message: dict[str, Any], name: str) -> int:
    value = message.get(name)
    if type(value) is not int or not 0 < value < 1_000_000:
        _fail(f"{name} is not a number")
    return value


def _refuse_doubled(message: dict[str, Any], text: bytes | str) -> None:
    """Refuse doubled members, of which the parser silently keeps the last.

    Without a backslash every quotation mark borders a string, so a dropped member shows in their number;
    texts with a backslash are rare and are read again with a parser that reports every pair.
    """
    strings = _count_strings(message, 0)
    has_escape, quotes = (
        (b"\\" in text, text.count(b'"')) if isinstance(text, bytes) else ("\\" in text, text.count('"'))
    )
    if not has_escape:
        if quotes != 2 * strings:
            _fail("doubled member")
        return
    try:
        json.loads(text, object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError):  # what a doubled member hid may be too deep or too long
        raise MalformedMessage("doubled member") from None


def _count_strings(value: Any, depth: int) -> int:
    """Member names and text values in a parsed JSON value."""
    if depth > _MAX_DEPTH:
        _fail("too deep")
    if type(value) is str:
        return 1
    if type(value) is dict:
        return len(value) + sum(_count_strings(part, depth + 1) for part in value.values())
    if type(value) is list:
        return sum(_count_strings(part, depth + 1) for part in value)
    return 0


def _without_doubles(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        _fail("doubled member")
