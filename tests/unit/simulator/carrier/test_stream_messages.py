import pytest

from ivr.simulator.carrier.stream_messages import (
    CONNECTED,
    ClearIn,
    InvalidMessage,
    MarkIn,
    MediaIn,
    StreamWriter,
    parse_server_message,
)

pytestmark = pytest.mark.unit

SID = "MZ" + "1" * 32


def _addressed(text: str) -> str:
    return text.replace('"SID"', f'"{SID}"')


def writer() -> StreamWriter:
    return StreamWriter("AC0", "CA0", "MZ0")


def test_connected_has_no_number_and_no_stream() -> None:
    assert CONNECTED == '{"event":"connected","protocol":"Call","version":"1.0.0"}'


def test_messages_are_written_exactly_as_documented() -> None:
    made = writer()
    assert made.start(["inbound"], {"FirstName": "Jane"}) == (
        '{"event":"start","sequenceNumber":"1","start":{"accountSid":"AC0","streamSid":"MZ0","callSid":"CA0",'
        '"tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},'
        '"customParameters":{"FirstName":"Jane"}},"streamSid":"MZ0"}'
    )
    assert made.media("inbound", 102, b"\x7e\xfc\xfe") == (
        '{"event":"media","sequenceNumber":"2","media":{"track":"inbound","chunk":"1","timestamp":"102",'
        '"payload":"fvz+"},"streamSid":"MZ0"}'
    )
    assert made.dtmf("1") == (
        '{"event":"dtmf","streamSid":"MZ0","sequenceNumber":"3","dtmf":{"track":"inbound_track","digit":"1"}}'
    )
    assert made.mark("my label") == (
        '{"event":"mark","sequenceNumber":"4","streamSid":"MZ0","mark":{"name":"my label"}}'
    )
    assert made.stop() == (
        '{"event":"stop","sequenceNumber":"5","streamSid":"MZ0","stop":{"accountSid":"AC0","callSid":"CA0"}}'
    )


def test_each_track_counts_its_own_chunks() -> None:
    made = writer()
    texts = [made.media(track, 60, b"") for track in ("inbound", "outbound", "inbound")]
    assert ['"chunk":"1"' in text for text in texts] == [True, True, False]
    assert ['"sequenceNumber":"3"' in text for text in texts] == [False, False, True]


def test_server_messages_are_read() -> None:
    assert parse_server_message(
        _addressed('{"event":"media","streamSid":"SID","media":{"payload":"AQI="}}'), SID
    ) == MediaIn(b"\x01\x02")
    assert parse_server_message(_addressed('{"event":"mark","streamSid":"SID","mark":{"name":"x"}}'), SID) == MarkIn(
        "x"
    )
    assert parse_server_message(_addressed('{"event":"clear","streamSid":"SID"}'), SID) == ClearIn()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        "[]",
        '""',
        "null",
        '{"event":"clear"}',
        '{"event":"clear","streamSid":"MZ0"}',
        '{"event":"clear","streamSid":"SID","more":1}',
        '{"event":"play","streamSid":"SID"}',
        '{"event":"mark","streamSid":"SID","mark":{}}',
        '{"event":"mark","streamSid":"SID","mark":{"name":5}}',
        '{"event":"mark","streamSid":"SID","mark":[null,null]}',
        '{"event":"media","streamSid":"SID"}',
        '{"event":"media","streamSid":"SID","media":{"payload":"AQI=","track":"outbound"}}',
        '{"event":"media","streamSid":"SID","media":{"payload":"*"}}',
        '{"event":"media","streamSid":"SID","media":{"payload":"ä"}}',
        '{"event":"media","streamSid":"SID","media":{"payload":null}}',
        '{"event":{},"streamSid":"SID"}',
        "[" * 100_000,
    ],
)
def test_message_that_breaks_the_protocol_is_refused(text: str) -> None:
    with pytest.raises(InvalidMessage):
        parse_server_message(_addressed(text), SID)
