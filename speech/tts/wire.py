"""How a synthesis child and its parent talk: one request, one answer, over the child's standard input and output.

A message is two lengths (32 bit, big endian), a JSON header and a body. Sizes are checked before anything is
read. Pure: no processes, no files.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from speech.interfaces import Voice

LARGEST_HEADER_BYTES = 64 * 1024
LARGEST_BODY_BYTES = 4 * 1024 * 1024
"""Two minutes of PCM at 8 kHz, and twice that."""
_LENGTHS = struct.Struct(">II")


class Order(Enum):
    """What a child can be asked for."""

    WARM = "warm"
    """Load the engine; the answer's body is empty."""
    SPEAK = "speak"


@dataclass(frozen=True, slots=True)
class Request:
    """One order. `text` is personal data when a prompt holds slot values: it is never logged."""

    order: Order
    text: str = ""
    voice: Voice = Voice("en")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it. An empty `failure` is success; otherwise it is a word for logs."""

    failure: str = ""
    languages: tuple[str, ...] = ()
    body: bytes = b""


class BadMessage(ValueError):
    """The other side broke the protocol; it cannot be trusted to answer the next request."""


def encode_request(request: Request) -> bytes:
    """The bytes of a request."""
    voice = asdict(request.voice)
    return _encode({"order": request.order.value, "text": request.text, "voice": voice}, b"")


def encode_answer(answer: Answer) -> bytes:
    """The bytes of an answer."""
    return _encode({"failure": answer.failure, "languages": list(answer.languages)}, answer.body)


def read_request(read: Callable[[int], bytes]) -> Request:
    """The next request; `read(n)` gives exactly n bytes or raises `EOFError`. Raises `BadMessage`."""
    header, _ = _read(read)
    try:
        return Request(Order(header["order"]), str(header["text"]), Voice(**header["voice"]))
    except (KeyError, TypeError, ValueError) as wrong:
        raise BadMessage("not a request") from wrong


def read_answer(read: Callable[[int], bytes]) -> Answer:
    """The next answer; `read` as for `read_request`. Raises `BadMessage`."""
    header, body = _read(read)
    failure, languages = header.get("failure"), header.get("languages")
    if not isinstance(failure, str) or not isinstance(languages, list) or len(body) % 2:
        raise BadMessage("not an answer")
    return Answer(failure[:80], tuple(str(language) for language in languages), body)


def _encode(header: dict[str, object], body: bytes) -> bytes:
    packed = json.dumps(header, ensure_ascii=False).encode("utf-8", "replace")
    if len(packed) > LARGEST_HEADER_BYTES or len(body) > LARGEST_BODY_BYTES:
        raise BadMessage("too large")
    return _LENGTHS.pack(len(packed), len(body)) + packed + body


def _read(read: Callable[[int], bytes]) -> tuple[dict[str, Any], bytes]:
    header_bytes, body_bytes = _LENGTHS.unpack(read(_LENGTHS.size))
    if header_bytes > LARGEST_HEADER_BYTES or body_bytes > LARGEST_BODY_BYTES:
        raise BadMessage("too large")
    try:
        header = json.loads(read(header_bytes))
    except (ValueError, RecursionError) as wrong:
        raise BadMessage("not JSON") from wrong
    if not isinstance(header, dict):
        raise BadMessage("not an object")
    return header, read(body_bytes) if body_bytes else b""
