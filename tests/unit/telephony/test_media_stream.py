"""The Media Streams codec: documented messages, hostile ones, and random ones."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.telephony.errors import MalformedMessage
from ivr.telephony.media_stream import (
    MAX_MESSAGE_BYTES,
    Connected,
    KeyPressed,
    MarkReached,
    MediaFrame,
    Started,
    Stopped,
    decode,
    encode_clear,
    encode_mark,
    encode_media,
)

pytestmark = pytest.mark.unit

START = {
    "event": "start",
    "sequenceNumber": "1",
    "start": {
        "accountSid": "AC1",
        "streamSid": "MZ1",
        "callSid": "CA1",
        "tracks": ["inbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {"FirstName": "Jane"},
    },
    "streamSid": "MZ1",
}
MEDIA = {
    "event": "media",
    "sequenceNumber": "2",
    "media": {"track": "inbound", "chunk": "1", "timestamp": "102", "payload": "f39/fw=="},
    "streamSid": "MZ1",
}


def compact(message: dict[str, Any]) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode()


def test_connected_is_read() -> None:
    text = '{"event":"connected","protocol":"Call","version":"1.0.0"}'
    assert decode(text) == Connected("Call", "1.0.0")


def test_start_is_read() -> None:
    assert decode(compact(START)) == Started(
        sequence=1,
        stream_sid="MZ1",
        call_sid="CA1",
        account_sid="AC1",
        tracks=("inbound",),
        encoding="audio/x-mulaw",
        rate=8000,
        channels=1,
        custom_parameters={"FirstName": "Jane"},
    )


@pytest.mark.parametrize(
    "text",
    [
        compact(MEDIA),
        compact(MEDIA).decode(),
        json.dumps(MEDIA),
        compact({"streamSid": "MZ1", **MEDIA}),
        compact({**MEDIA, "new": {"member": [1, None, "x"]}}),
        compact({**MEDIA, "escaped": '"\\'}),
    ],
)
def test_a_media_frame_is_read_however_it_is_written(text: bytes | str) -> None:
    assert decode(text) == MediaFrame(2, 1, 102, b"\x7f\x7f\x7f\x7f", "MZ1")


def test_a_key_is_read() -> None:
    text = b'{"event":"dtmf","streamSid":"MZ1","sequenceNumber":"5","dtmf":{"track":"inbound_track","digit":"*"}}'
    assert decode(text) == KeyPressed(5, "*", "MZ1")


def test_a_mark_is_read() -> None:
    text = '{"event":"mark","sequenceNumber":"4","streamSid":"MZ1","mark":{"name":"my \\"label\\""}}'
    assert decode(text) == MarkReached(4, 'my "label"', "MZ1")


def test_stop_is_read() -> None:
    text = b'{"event":"stop","sequenceNumber":"5","streamSid":"MZ1","stop":{"accountSid":"AC1","callSid":"CA1"}}'
    assert decode(text) == Stopped(5, "MZ1")


def changed(**members: Any) -> bytes:
    return compact({**MEDIA, **members})


def media(**members: Any) -> bytes:
    return compact({**MEDIA, "media": {**MEDIA["media"], **members}})  # type: ignore[dict-item]


def start(**members: Any) -> bytes:
    return compact({**START, "start": {**START["start"], **members}})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        ("\ud800", "not JSON"),
        (b"{", "not JSON"),
        (b'{"event":NaN}', "not JSON"),
        (b'{"event":"stop","sequenceNumber":Infinity}', "not JSON"),
        (b'"media"', "not an object"),
        (b"[]", "not an object"),
        (b"null", "not an object"),
        (b"{}", "unknown event"),
        (b'{"event":"media2"}', "unknown event"),
        (b'{"event":["media"]}', "unknown event"),
        (b'{"event":"media","event":"media"}', "doubled member"),
        (compact(MEDIA)[:-1] + b',"streamSid":"MZ2"}', "doubled member"),
        (compact(MEDIA).replace(b'"chunk":"1"', b'"chunk":"1","chunk":"2"'), "doubled member"),
        (compact(MEDIA)[:-1] + b',"streamSid":"MZ\\u0032"}', "doubled member"),
        (b'{"x":' + b"[" * 900 + b"]" * 900 + b',"x":"\\n","event":"stop"}', "doubled member"),
        (changed(more=[[[[[["deep"]]]]]]), "too deep"),
        (b"[" * 40_000, "not JSON"),
        (b" " * (MAX_MESSAGE_BYTES + 1), "too long"),
        (changed(media=None), "media is not an object"),
        (changed(media="x"), "media is not an object"),
        (changed(sequenceNumber=2), "sequenceNumber is not a number in text"),
        (changed(sequenceNumber="-1"), "sequenceNumber is not a number in text"),
        (changed(sequenceNumber="²"), "sequenceNumber is not a number in text"),
        (changed(sequenceNumber="1" * 16), "sequenceNumber is not a number in text"),
        (changed(streamSid=None), "streamSid is not an identifier"),
        (changed(streamSid='MZ"'), "streamSid is not an identifier"),
        (media(track="outbound"), "not the caller's track"),
        (media(timestamp=102), "timestamp is not a number in text"),
        (media(chunk=None), "chunk is not a number in text"),
        (media(payload=""), "payload is not text"),
        (media(payload=7), "payload is not text"),
        (media(payload="f39/f"), "payload is not base64"),
        (media(payload="f39/fw"), "payload is not base64"),
        (media(payload="f39/ fw=="), "payload is not base64"),
        (media(payload="f3-_fw=="), "payload is not base64"),
        (media(payload="=f39/fw="), "payload is not base64"),
        (media(payload="f39/fw==f39/"), "payload is not base64"),
        (media(payload="ﬀ39/fw=="), "payload is not base64"),
        (start(tracks="inbound"), "tracks is not a list of names"),
        (start(tracks=["inbound"] * 3), "tracks is not a list of names"),
        (start(tracks=[1]), "tracks is not a list of names"),
        (start(streamSid="MZ2"), "two different streams"),
        (start(mediaFormat={"encoding": "x", "sampleRate": "8000", "channels": 1}), "sampleRate is not a number"),
        (start(mediaFormat={"encoding": "x", "sampleRate": True, "channels": 1}), "sampleRate is not a number"),
        (start(mediaFormat=[]), "mediaFormat is not an object"),
        (start(customParameters={"a": 1}), "customParameters holds something other than text"),
        (start(customParameters={str(n): "" for n in range(33)}), "customParameters is not a small object"),
        (b'{"event":"dtmf","streamSid":"MZ1","sequenceNumber":"5","dtmf":{"digit":"12"}}', "digit is no key"),
        (b'{"event":"dtmf","streamSid":"MZ1","sequenceNumber":"5","dtmf":{"digit":5}}', "digit is not a short text"),
        (b'{"event":"mark","streamSid":"MZ1","sequenceNumber":"5","mark":{}}', "name is not a short text"),
    ],
)
def test_a_malformed_message_is_refused_with_its_reason(text: bytes | str, reason: str) -> None:
    with pytest.raises(MalformedMessage) as refused:
        decode(text)
    assert refused.value.reason == reason


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(st.characters()),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(), max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ["event", "sequenceNumber", "streamSid", "start", "media", "dtmf", "mark", "stop", "track", "chunk", "timestamp"]
)
EVENTS = st.sampled_from(["connected", "start", "media", "dtmf", "mark", "stop"])


def read_or_refuse(text: bytes | str) -> None:
    try:
        decode(text)
    except MalformedMessage:
        return


@given(st.binary())
def test_random_bytes_never_raise_anything_else(text: bytes) -> None:
    read_or_refuse(text)


@given(st.text(st.characters()))
def test_random_text_never_raises_anything_else(text: str) -> None:
    read_or_refuse(text)


@given(EVENTS, st.dictionaries(NAMES, JSON | st.dictionaries(NAMES, JSON, max_size=6), max_size=6))
def test_documented_members_with_random_values_never_raise_anything_else(event: str, members: dict[str, Any]) -> None:
    read_or_refuse(json.dumps({**members, "event": event}))


@given(st.sampled_from([compact(START), compact(MEDIA)]), st.integers(0), st.binary(max_size=4))
def test_damaged_messages_never_raise_anything_else(text: bytes, position: int, damage: bytes) -> None:
    at = position % len(text)
    read_or_refuse(text[:at] + damage + text[at + len(damage) :])


@given(st.binary(min_size=1, max_size=2000), st.integers(0, 10**15 - 1), st.booleans())
def test_a_frame_comes_out_as_it_went_in(mulaw: bytes, number: int, is_usual: bool) -> None:
    payload = base64.b64encode(mulaw).decode()
    message = {
        "event": "media",
        "sequenceNumber": str(number),
        "media": {"track": "inbound", "chunk": "1", "timestamp": str(number), "payload": payload},
        "streamSid": "MZ1",
    }
    text = compact(message) if is_usual else json.dumps(message).encode()
    assert decode(text) == MediaFrame(number, 1, number, mulaw, "MZ1")


@given(st.binary(max_size=2000))
def test_audio_is_written_with_exactly_the_documented_members(mulaw: bytes) -> None:
    payload = base64.b64encode(mulaw).decode()
    assert json.loads(encode_media("MZ1", mulaw)) == {
        "event": "media",
        "streamSid": "MZ1",
        "media": {"payload": payload},
    }


def test_a_mark_is_written_with_exactly_the_documented_members() -> None:
    assert json.loads(encode_mark("MZ1", 'a "b"')) == {
        "event": "mark",
        "streamSid": "MZ1",
        "mark": {"name": 'a "b"'},
    }


def test_clear_is_written_with_exactly_the_documented_members() -> None:
    assert json.loads(encode_clear("MZ1")) == {"event": "clear", "streamSid": "MZ1"}
