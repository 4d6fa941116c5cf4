import asyncio
import base64
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ivr.simulator.carrier import CallStatus, Carrier, CarrierCall, EventKind
from ivr.simulator.carrier.documents import InlineTwiml
from ivr.simulator.carrier.mulaw import SILENCE, tone
from ivr.simulator.carrier.outcomes import EndedBy, HungUp, Redirected
from tests.fakes.carrier_world import NotingParty
from tests.fakes.small_application import (
    CALLER,
    NUMBER,
    OnMessage,
    SmallApplication,
    Socket,
    connect,
    ignore,
    surroundings,
)

pytestmark = pytest.mark.integration

Arrange = Callable[[SmallApplication, Carrier], None]
Act = Callable[[SmallApplication, CarrierCall], Awaitable[None]]


async def nothing(application: SmallApplication, call: CarrierCall) -> None:
    """Leave the call to the server."""


def stream_call(
    on_message: OnMessage,
    act: Act = nothing,
    *,
    arrange: Arrange = lambda application, carrier: None,
    party: NotingParty | None = None,
    **document: str,
) -> tuple[Socket, CarrierCall, SmallApplication]:
    """One call whose document connects it to a scripted media server; returns when all is over."""

    async def scenario() -> tuple[Socket, CarrierCall, SmallApplication]:
        async with surroundings() as (application, carrier):
            application.on_message = on_message
            application.replies["/voice"] = connect(application, **document)
            application.replies["/after"] = "<Response><Say>after</Say></Response>"
            arrange(application, carrier)
            call = await carrier.place_call(CALLER, NUMBER, party)
            await call.wait_answered()
            await act(application, call)
            await asyncio.wait_for(call.wait_ended(), 20)
            await asyncio.wait_for(application.closed.wait(), 5)
        return application.sockets[0], call, application

    return asyncio.run(scenario())


def hanging_up_after(frames: int) -> OnMessage:
    """A server that closes after some media messages."""

    async def on_message(socket: Socket, message: dict[str, Any]) -> None:
        if message["event"] == "media" and message["media"]["chunk"] == str(frames):
            await socket.ws.close()

    return on_message


async def hang_up_soon(application: SmallApplication, call: CarrierCall) -> None:
    await application.streamed(5)
    call.hang_up()


def test_upgrade_is_signed_and_looks_like_the_carriers() -> None:
    socket, _, _ = stream_call(hanging_up_after(1))
    assert socket.is_signed
    assert socket.headers["User-Agent"] == "Twilio.TmeWs/1.0"
    assert not {"Origin", "Sec-WebSocket-Protocol", "Accept"} & set(socket.headers)


def test_messages_come_in_order_with_string_counters_and_a_steady_timestamp() -> None:
    inside = '<Parameter name="FirstName" value="Jane"/>'
    socket, call, _ = stream_call(ignore, hang_up_soon, inside=inside)
    connected, start, *rest = socket.messages
    assert connected == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
    assert start["sequenceNumber"] == "1"
    assert start["start"]["callSid"] == call.sid
    assert start["start"]["tracks"] == ["inbound"]
    assert start["start"]["customParameters"] == {"FirstName": "Jane"}
    assert start["start"]["mediaFormat"] == {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
    media = socket.of("media")
    assert [message["sequenceNumber"] for message in rest] == [str(number + 2) for number in range(len(rest))]
    assert [message["media"]["chunk"] for message in media] == [str(number + 1) for number in range(len(media))]
    times = [int(message["media"]["timestamp"]) for message in media]
    assert 50 <= times[0] <= 170
    assert {late - early for early, late in zip(times, times[1:], strict=False)} == {20}
    assert rest[-1]["event"] == "stop"
    assert rest[-1]["stop"] == {"accountSid": call.resource.account_sid, "callSid": call.sid}
    assert socket.close_code == 1000


def test_silence_keeps_coming_and_audio_arrives_byte_for_byte() -> None:
    speech = tone(440, 200)

    async def speak(application: SmallApplication, call: CarrierCall) -> None:
        await application.streamed(3)
        call.send_audio(speech)
        await call.wait_outgoing_idle()
        assert call.audio_queue_empty
        await hang_up_soon(application, call)

    socket, _, _ = stream_call(ignore, speak)
    frames = [base64.b64decode(message["media"]["payload"]) for message in socket.of("media")]
    assert {len(frame) for frame in frames} == {160}
    assert frames[0] == SILENCE
    assert speech in b"".join(frames)


def test_mark_comes_back_when_its_audio_was_played_and_the_next_verb_runs_after_the_close() -> None:
    audio, party = tone(440, 500), NotingParty()
    heard_by_then: list[int] = []

    async def on_message(socket: Socket, message: dict[str, Any]) -> None:
        if message["event"] == "start":
            await socket.media(audio)
            await socket.mark("end")
        if message["event"] == "mark":
            heard_by_then.append(len(party.heard()))
            await socket.ws.close()

    socket, call, _ = stream_call(on_message, party=party, after="<Say>bye</Say>")
    assert [message["mark"] for message in socket.of("mark")] == [{"name": "end"}]
    assert heard_by_then == [len(audio)]
    assert party.heard() == audio
    assert party.said == ["bye"]
    assert call.status is CallStatus.COMPLETED
    assert "stop" not in [message["event"] for message in socket.messages]


def test_mark_with_nothing_queued_comes_back_at_once() -> None:
    async def on_message(socket: Socket, message: dict[str, Any]) -> None:
        if message["event"] == "start":
            await socket.mark("now")
        if message["event"] == "mark":
            await socket.ws.close()

    _, call, _ = stream_call(on_message)
    kinds = [event.kind for event in call.events]
    assert kinds.index(EventKind.MARK_ECHOED) == kinds.index(EventKind.MARK_RECEIVED) + 1


def test_clear_returns_all_pending_marks_in_order_and_drops_the_audio() -> None:
    party = NotingParty()

    async def on_message(socket: Socket, message: dict[str, Any]) -> None:
        if message["event"] == "start":
            for name in "abc":
                await socket.media(tone(440, 20_000))
                await socket.mark(name)
            await socket.clear()
        if message["event"] == "mark" and message["mark"]["name"] == "c":
            await socket.ws.close()

    socket, call, _ = stream_call(on_message, party=party)
    assert [message["mark"]["name"] for message in socket.of("mark")] == ["a", "b", "c"]
    assert len(party.heard()) // 8 + party.cleared[0][1] == 60_000
    assert EventKind.CLEAR_RECEIVED in [event.kind for event in call.events]


def test_keys_become_dtmf_messages() -> None:
    async def press(application: SmallApplication, call: CarrierCall) -> None:
        await application.streamed(1)
        call.press("5")
        call.press("#")
        call.hang_up()

    socket, _, _ = stream_call(ignore, press)
    assert [message["dtmf"] for message in socket.of("dtmf")] == [
        {"track": "inbound_track", "digit": "5"},
        {"track": "inbound_track", "digit": "#"},
    ]
    with pytest.raises(ValueError, match="key"):
        stream_call(ignore, lambda application, call: _press_wrong(call))


async def _press_wrong(call: CarrierCall) -> None:
    call.press("12")


def test_action_is_asked_after_the_close_and_after_a_hang_up() -> None:
    _, _, closed = stream_call(hanging_up_after(3), attributes='action="/after"')
    assert [seen.params["CallStatus"] for seen in closed.to("/after")] == ["in-progress"]
    _, _, hung_up = stream_call(ignore, hang_up_soon, attributes='action="/after"')
    assert [seen.params["CallStatus"] for seen in hung_up.to("/after")] == ["completed"]


def test_rest_redirect_stops_the_stream_and_runs_the_new_document() -> None:
    party = NotingParty()

    async def redirect(application: SmallApplication, call: CarrierCall) -> None:
        await application.streamed(1)
        call.interrupt(Redirected(InlineTwiml("<Response><Say>moved</Say></Response>")))

    socket, _, _ = stream_call(ignore, redirect, party=party, after="<Say>not run</Say>")
    assert socket.messages[-1]["event"] == "stop"
    assert party.said == ["moved"]


def test_ending_through_rest_stops_the_stream() -> None:
    async def end(application: SmallApplication, call: CarrierCall) -> None:
        await application.streamed(1)
        call.interrupt(HungUp(EndedBy.APPLICATION))

    socket, call, _ = stream_call(ignore, end, after="<Say>not run</Say>")
    assert socket.messages[-1]["event"] == "stop"
    assert call.status is CallStatus.COMPLETED


def test_invalid_messages_are_reported_once_and_the_stream_goes_on() -> None:
    async def on_message(socket: Socket, message: dict[str, Any]) -> None:
        if message["event"] == "start":
            for text in ("junk", '{"event":"clear"}', '{"event":"dance","streamSid":"%s"}'):
                await socket.ws.send_str(text)
            await socket.ws.send_bytes(b"\x00")
            await socket.ws.send_bytes(b"\x00")
            await socket.mark("alive")
        if message["event"] == "mark":
            await socket.ws.close()

    _, call, _ = stream_call(on_message)
    assert call.warnings == [31951, 31950]


def test_more_than_ten_minutes_of_audio_is_discarded_with_one_warning() -> None:
    async def on_message(socket: Socket, message: dict[str, Any]) -> None:
        if message["event"] == "start":
            for _ in range(15):
                await socket.media(b"\xff" * (8000 * 50))
            await socket.ws.close()

    _, call, _ = stream_call(on_message)
    assert [code for code in call.warnings if code] == [31931]


def test_broken_connection_goes_on_with_the_next_verb() -> None:
    party = NotingParty()

    async def on_message(socket: Socket, message: dict[str, Any]) -> None:
        if message["event"] == "media":
            transport = socket.ws.get_extra_info("socket")
            transport.shutdown(2)

    _, call, _ = stream_call(on_message, party=party, after="<Say>next</Say>")
    assert party.said == ["next"]
    assert call.warnings == [31903]


def test_abnormal_close_code_is_a_warning() -> None:
    async def on_message(socket: Socket, message: dict[str, Any]) -> None:
        if message["event"] == "media":
            await socket.ws.close(code=1011)

    _, call, _ = stream_call(on_message)
    assert call.warnings == [31921]


def refused_stream(attributes: str) -> tuple[CarrierCall, NotingParty, SmallApplication]:
    async def scenario() -> tuple[CarrierCall, NotingParty, SmallApplication]:
        async with surroundings() as (application, carrier):
            party = NotingParty()
            stream = attributes.replace("BASE", f"127.0.0.1:{application.port}")
            callback = f'statusCallback="{application.base}/stream-status"'
            application.replies["/voice"] = (
                f"<Response><Connect><Stream {stream} {callback}/></Connect><Say>sorry</Say></Response>"
            )
            call = await carrier.place_call(CALLER, NUMBER, party)
            await asyncio.wait_for(call.wait_ended(), 20)
            return call, party, application

    return asyncio.run(scenario())


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        ('url="ws://BASE/voice"', 31920),
        ('url="ws://127.0.0.1:1/media"', 31902),
        ('url="wss://BASE/media"', 31910),
        ('url="ws://media.example.com/media"', 31922),
        ('url="ws://BASE/media?x=1"', 31923),
        ('url="ws://BASE/media" track="both_tracks"', 31941),
    ],
)
def test_stream_that_cannot_be_opened_goes_on_with_the_next_verb(stream: str, code: int) -> None:
    call, party, application = refused_stream(stream)
    assert code in call.warnings
    assert party.said == ["sorry"]
    if code in (31920, 31902, 31910):
        assert [seen.params["StreamEvent"] for seen in application.to("/stream-status")] == ["stream-error"]


def test_one_way_stream_carries_both_tracks_while_the_document_goes_on() -> None:
    async def scenario() -> tuple[Socket, NotingParty, SmallApplication]:
        async with surroundings() as (application, carrier):
            application.replies["/stream-status"] = ""
            party = NotingParty()
            application.replies["/voice"] = (
                f'<Response><Start><Stream name="ear" url="{application.media_url}" track="both_tracks" '
                f'statusCallback="{application.base}/stream-status"/></Start><Say>hello</Say><Pause length="4"/>'
                '<Stop><Stream name="ear"/></Stop><Say>bye</Say></Response>'
            )
            call = await carrier.place_call(CALLER, NUMBER, party)
            await asyncio.wait_for(call.wait_ended(), 20)
            await asyncio.wait_for(application.closed.wait(), 5)
        return application.sockets[0], party, application

    socket, party, application = asyncio.run(scenario())
    assert socket.of("start")[0]["start"]["tracks"] == ["inbound", "outbound"]
    media = [message["media"] for message in socket.of("media")]
    inbound = [one for one in media if one["track"] == "inbound"]
    outbound = [one for one in media if one["track"] == "outbound"]
    assert [one["chunk"] for one in inbound] == [one["chunk"] for one in outbound]
    assert [one["timestamp"] for one in inbound] == [one["timestamp"] for one in outbound]
    assert socket.messages[-1]["event"] == "stop"
    assert party.said == ["hello", "bye"]
    assert [seen.params["StreamEvent"] for seen in application.to("/stream-status")] == [
        "stream-started",
        "stream-stopped",
    ]


def test_one_way_stream_ends_with_the_call_and_must_not_be_spoken_to() -> None:
    async def scenario() -> tuple[Socket, CarrierCall]:
        async with surroundings() as (application, carrier):
            application.on_message = speak
            stream = f'<Stream url="{application.media_url}"><Parameter name="" value="x"/></Stream>'
            verbs = f'<Start>{stream}</Start><Say>hi</Say><Pause length="8"/>'
            application.replies["/voice"] = f"<Response>{verbs}</Response>"
            call = await carrier.place_call(CALLER, NUMBER)
            await asyncio.wait_for(call.wait_ended(), 20)
            await asyncio.wait_for(application.closed.wait(), 5)
        return application.sockets[0], call

    async def speak(socket: Socket, message: dict[str, Any]) -> None:
        if message["event"] == "start":
            await socket.clear()

    socket, call = asyncio.run(scenario())
    assert socket.messages[-1]["event"] == "stop"
    assert call.warnings == [12200, 31951]


def test_message_above_the_limit_breaks_the_stream_and_a_large_one_is_a_warning() -> None:
    async def large(socket: Socket, message: dict[str, Any]) -> None:
        if message["event"] == "start":
            await socket.media(b"\xff" * 60_000)
            await socket.media(b"\xff" * 1_000_000)

    _, call, _ = stream_call(large, after="<Say>next</Say>")
    assert call.warnings == [0, 31924]
