"""The JSON of Media Streams, both ways. Pure (media_streams.md sections 2 and 3).

Counters and timestamps are strings, sample rate and channels numbers; what the server sends must have exactly
the documented fields.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

CONNECTED = '{"event":"connected","protocol":"Call","version":"1.0.0"}'


class InvalidMessage(ValueError):
    """A message from the server that breaks the protocol (31951)."""


@dataclass(frozen=True, slots=True)
class MediaIn:
    """Audio to play."""

    mulaw: bytes


@dataclass(frozen=True, slots=True)
class MarkIn:
    """Report when what came before has been played."""

    name: str


@dataclass(frozen=True, slots=True)
class ClearIn:
    """Drop what has not been played."""


ServerMessage = MediaIn | MarkIn | ClearIn


def parse_server_message(text: str, stream_sid: str) -> ServerMessage:
    """Strict reading of one text frame; raises `InvalidMessage` with a static reason."""
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidMessage("not JSON") from error
    if not isinstance(message, dict):
        raise InvalidMessage("not an object")
    event = message.get("event")
    if message.get("streamSid") != stream_sid:
        raise InvalidMessage("wrong streamSid")
    if event == "media":
        return _media(message)
    if event == "mark":
        return _mark(message)
    if event == "clear":
        _exactly(message, {"event", "streamSid"})
        return ClearIn()
    raise InvalidMessage("unknown event")


def _media(message: dict[str, Any]) -> MediaIn:
    _exactly(message, {"event", "streamSid", "media"})
    payload = _exactly(message["media"], {"payload"})["payload"]
    if not isinstance(payload, str):
        raise InvalidMessage("payload is not text")
    try:
        return MediaIn(base64.b64decode(payload, validate=True))
    except (binascii.Error, ValueError) as error:
        raise InvalidMessage("payload is not base64") from error


def _mark(message: dict[str, Any]) -> MarkIn:
    _exactly(message, {"event", "streamSid", "mark"})
    name = _exactly(message["mark"], {"name"})["name"]
    if not isinstance(name, str):
        raise InvalidMessage("mark name is not text")
    return MarkIn(name)


def _exactly(value: object, names: set[str]) -> dict[str, Any]:
    if not isinstance(value, dict) or set(value) != names:
        raise InvalidMessage("missing or extra field")
    return value


class StreamWriter:
    """Makes the messages of one stream and counts them: one `sequenceNumber`, one `chunk` counter per track."""

    def __init__(self, account_sid: str, call_sid: str, stream_sid: str) -> None:
        """The first counted message is number 1."""
        self._account_sid = account_sid
        self._call_sid = call_sid
        self._stream_sid = stream_sid
        self._sequence = 0
        self._chunks: dict[str, int] = {}

    def start(self, tracks: Sequence[str], parameters: Mapping[str, str]) -> str:
        """`tracks` without the `_track` suffix."""
        start = {
            "accountSid": self._account_sid,
            "streamSid": self._stream_sid,
            "callSid": self._call_sid,
            "tracks": list(tracks),
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": dict(parameters),
        }
        return self._text({"event": "start", "sequenceNumber": self._next(), "start": start})

    def media(self, track: str, timestamp_ms: int, mulaw: bytes) -> str:
        """One frame of one track."""
        self._chunks[track] = self._chunks.get(track, 0) + 1
        media = {
            "track": track,
            "chunk": str(self._chunks[track]),
            "timestamp": str(timestamp_ms),
            "payload": base64.b64encode(mulaw).decode("ascii"),
        }
        return self._text({"event": "media", "sequenceNumber": self._next(), "media": media})

    def dtmf(self, digit: str) -> str:
        """A key pressed by the far party; here the track has its suffix."""
        body = {"track": "inbound_track", "digit": digit}
        return self._dump(
            {
                "event": "dtmf",
                "streamSid": self._stream_sid,
                "sequenceNumber": self._next(),
                "dtmf": body,
            }
        )

    def mark(self, name: str) -> str:
        """The echo of a mark."""
        return self._dump(
            {
                "event": "mark",
                "sequenceNumber": self._next(),
                "streamSid": self._stream_sid,
                "mark": {"name": name},
            }
        )

    def stop(self) -> str:
        """The last message."""
        body = {"accountSid": self._account_sid, "callSid": self._call_sid}
        return self._dump(
            {
                "event": "stop",
                "sequenceNumber": self._next(),
                "streamSid": self._stream_sid,
                "stop": body,
            }
        )

    def _next(self) -> str:
        self._sequence += 1
        return str(self._sequence)

    def _text(self, message: dict[str, Any]) -> str:
        return self._dump(message | {"streamSid": self._stream_sid})

    @staticmethod
    def _dump(message: dict[str, Any]) -> str:
        return orjson.dumps(message).decode("utf-8")
