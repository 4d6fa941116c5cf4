"""Messages between a synthesis child and its parent."""

from __future__ import annotations

import io
import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.interfaces import Voice
from speech.tts.wire import (
    Answer,
    BadMessage,
    Order,
    Request,
    encode_answer,
    encode_request,
    read_answer,
    read_request,
)

pytestmark = pytest.mark.unit


def reader(content: bytes):  # type: ignore[no-untyped-def]
    stream = io.BytesIO(content)

    def read(count: int) -> bytes:
        found = stream.read(count)
        if len(found) < count:
            raise EOFError
        return found

    return read


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=500), st.floats(0.5, 2.0), st.sampled_from(Order))
def test_requests_come_out_as_they_went_in(text: str, rate: float, order: Order) -> None:
    request = Request(order, text, Voice("ja", rate, "mei"))

    assert read_request(reader(encode_request(request))) == request


@given(st.binary(max_size=500).map(lambda body: body[: len(body) // 2 * 2]), st.text("abc_:", max_size=20))
def test_answers_come_out_as_they_went_in(body: bytes, failure: str) -> None:
    answer = Answer(failure, ("en", "ja"), body)

    assert read_answer(reader(encode_answer(answer))) == answer


def message(header: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">II", len(header), len(body)) + header + body


@pytest.mark.parametrize(
    "content",
    [
        message(b"null"),
        message(b"[]"),
        message(b"{"),
        message(b"\xff\xfe"),
        message(b"[" * 60000),
        message(b"{}"),
        message(b'{"failure": 1, "languages": []}'),
        message(b'{"failure": "", "languages": {}}'),
        message(b'{"failure": "", "languages": []}', b"odd"),
        struct.pack(">II", 0xFFFFFFFF, 0),
        struct.pack(">II", 2, 0xFFFFFFFF),
    ],
)
def test_nonsense_is_a_bad_message_before_it_is_read(content: bytes) -> None:
    with pytest.raises(BadMessage):
        read_answer(reader(content))


@pytest.mark.parametrize(
    "header", [{}, {"order": "dance", "text": "", "voice": {"language": "en"}}, {"order": "speak"}]
)
def test_a_request_that_is_none_is_a_bad_message(header: dict[str, object]) -> None:
    with pytest.raises(BadMessage):
        read_request(reader(message(json.dumps(header).encode())))


@given(st.binary(max_size=200))
def test_random_bytes_never_do_worse(content: bytes) -> None:
    with pytest.raises((BadMessage, EOFError)):
        read_answer(reader(content))


def test_too_large_a_message_is_not_sent() -> None:
    with pytest.raises(BadMessage):
        encode_answer(Answer(body=bytes(5 * 1024 * 1024)))
