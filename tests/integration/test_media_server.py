"""The media server over real sockets, against a client written from the Media Streams protocol page alone."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import random
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import websockets
from websockets.asyncio.client import ClientConnection, connect

from ivr.telephony.bench_media import bench_media
from ivr.telephony.errors import UnsafeSecret
from ivr.telephony.media_call import CloseReason, MediaCall
from ivr.telephony.media_gate import Admission, MediaLimits
from ivr.telephony.media_server import MediaServer

pytestmark = pytest.mark.integration

TOKEN = "0123456789abcdef0123456789abcdef"
PUBLIC = "wss://media.example.com/media"
CALL_ID = "c" * 32
CALL_SID = "CA" + "1" * 32
STREAM_SID = "MZ" + "2" * 32
TICKET = "ticket-ticket-ticket"


class TicketGate:
    """A gate with single-use tickets in memory."""

    def __init__(self) -> None:
        self.tickets = {(CALL_ID, TICKET): CALL_SID}
        self.fails = False
        self.is_open = threading.Event()
        self.is_open.set()

    def admit(self, call_id: str, token: str) -> Admission | None:
        if self.fails:
            raise ConnectionError("the database is away")
        self.is_open.wait(5)
        call_sid = self.tickets.pop((call_id, token), None)
        return None if call_sid is None else Admission(call_sid)


class Seen:
    """A driver that keeps what it is told."""

    def __init__(self) -> None:
        self.calls: list[MediaCall] = []
        self.frames: list[tuple[int, bytes]] = []
        self.digits: list[str] = []
        self.marks: list[str] = []
        self.closed: list[CloseReason] = []
        self.finished: list[tuple[int, bool, int]] = []
        self.failed: list[tuple[int, BaseException]] = []
        self.ours: list[tuple[int, bytes]] = []

    def take(self, call: MediaCall) -> None:
        self.calls.append(call)
        call.on_frame = lambda at, mulaw: self.frames.append((at, mulaw))
        call.on_digit = lambda at, digit: self.digits.append(digit)
        call.on_mark = self.marks.append
        call.on_closed = self.closed.append
        call.our_frame = lambda at, mulaw: self.ours.append((at, mulaw))

    def play(self, prompt_id: int, chunks: AsyncIterator[bytes]) -> None:
        self.calls[-1].play(
            prompt_id,
            chunks,
            lambda *report: self.finished.append(report),
            lambda *report: self.failed.append(report),
        )


class Carrier:
    """The carrier's side of one socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.sequence = 0

    async def message(self, event: str, **members: Any) -> None:
        self.sequence += 1
        message = {"event": event, "sequenceNumber": str(self.sequence), "streamSid": STREAM_SID, **members}
        await self.socket.send(json.dumps(message))

    async def start(self, call_sid: str = CALL_SID, encoding: str = "audio/x-mulaw") -> None:
        await self.socket.send('{"event":"connected","protocol":"Call","version":"1.0.0"}')
        sound = {"encoding": encoding, "sampleRate": 8000, "channels": 1}
        start = {"accountSid": "AC" + "0" * 32, "streamSid": STREAM_SID, "callSid": call_sid, "tracks": ["inbound"]}
        await self.message("start", start={**start, "mediaFormat": sound, "customParameters": {}})

    async def media(self, chunk: int, mulaw: bytes = b"\x7f" * 160) -> None:
        payload = base64.b64encode(mulaw).decode()
        media = {"track": "inbound", "chunk": str(chunk), "timestamp": str(82 + 20 * chunk), "payload": payload}
        await self.message("media", media=media)

    async def hear(self) -> dict[str, Any]:
        return dict(json.loads(await asyncio.wait_for(self.socket.recv(), 5)))


def signature(path: str) -> str:
    return base64.b64encode(hmac.new(TOKEN.encode(), (PUBLIC + path).encode(), hashlib.sha1).digest()).decode()


def dial(server: MediaServer, path: str = f"/{CALL_ID}/{TICKET}", signed: str | None = None) -> connect:
    headers = {"x-twilio-signature": signature(path) if signed is None else signed}
    return connect(f"ws://127.0.0.1:{server.port}/media{path}", additional_headers=headers, compression=None)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that happens soon."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - nothing announces what is waited for
            await asyncio.sleep(0.005)


def run(
    test: Callable[[MediaServer, Seen, TicketGate], Awaitable[None]], limits: MediaLimits | None = None
) -> MediaServer:
    """Run a test's coroutine against a fresh server; afterwards no socket may be left."""

    async def whole() -> MediaServer:
        seen, gate = Seen(), TicketGate()
        server = MediaServer("127.0.0.1", 0, gate, seen.take, public_url=PUBLIC, auth_tokens=[TOKEN], limits=limits)
        await server.start()
        try:
            await test(server, seen, gate)
        finally:
            await server.close()
        await until(lambda: server.live == 0 and server.waiting == 0)
        return server

    return asyncio.run(whole())


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def test_a_whole_call_goes_through() -> None:
    async def test(server: MediaServer, seen: Seen, _: TicketGate) -> None:
        async with dial(server) as socket:
            carrier = Carrier(socket)
            await carrier.start()
            await carrier.media(1)
            await carrier.media(2, b"\x01" * 160)
            await carrier.message("dtmf", dtmf={"track": "inbound_track", "digit": "#"})
            await until(lambda: len(seen.digits) == 1)
            seen.play(7, chunks(b"\x02" * 400))
            heard = [await carrier.hear(), await carrier.hear()]
            assert heard[0]["event"] == "media"
            assert heard[0]["streamSid"] == STREAM_SID
            assert base64.b64decode(heard[0]["media"]["payload"]) == b"\x02" * 320
            assert base64.b64decode(heard[1]["media"]["payload"]) == b"\x02" * 80 + b"\xff" * 80
            mark = await carrier.hear()
            assert (mark["event"], set(mark)) == ("mark", {"event", "streamSid", "mark"})
            await carrier.message("mark", mark=mark["mark"])
            await until(lambda: len(seen.finished) == 1)
            await carrier.message("stop", stop={"accountSid": "AC", "callSid": CALL_SID})
            await until(lambda: len(seen.closed) == 1)
        assert [at for at, _ in seen.frames] == [102, 122]
        assert seen.frames[1][1] == b"\x01" * 160
        assert seen.digits == ["#"]
        assert seen.finished == [(7, True, 60)]
        assert seen.closed == [CloseReason.STOPPED]
        assert b"".join(mulaw for _, mulaw in seen.ours) == b"\x02" * 400 + b"\xff" * 80
        assert [at % 20 for at, _ in seen.ours] == [2, 2, 2]

    server = run(test)
    assert server.counters.frames_in == 2
    assert server.counters.malformed == 0


@pytest.mark.parametrize("signed", ["", "AAAA", "Idq5/L16Inq9Z42+gBxd+3e5IYc="])
def test_a_bad_signature_is_refused_before_the_upgrade(signed: str) -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        with pytest.raises(websockets.InvalidStatus) as refused:
            async with dial(server, signed=signed):
                pass
        assert refused.value.response.status_code == 403
        assert gate.tickets

    assert run(test).counters.refused_signature == 1


@pytest.mark.parametrize(
    "path", ["", "/", "/x/y", f"/{CALL_ID}", f"/{CALL_ID}/short", f"/{CALL_ID}/{TICKET}?x=1", f"/{CALL_ID}/../{TICKET}"]
)
def test_an_unknown_path_is_not_found(path: str) -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        with pytest.raises(websockets.InvalidStatus) as refused:
            async with dial(server, path):
                pass
        assert refused.value.response.status_code == 404

    assert run(test).counters.refused_path == 1


def test_a_path_outside_the_prefix_is_not_found() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        with pytest.raises(websockets.InvalidStatus) as refused:
            async with connect(f"ws://127.0.0.1:{server.port}/{CALL_ID}/{TICKET}"):
                pass
        assert refused.value.response.status_code == 404

    assert run(test).counters.refused_path == 1


def test_a_doubled_signature_header_is_refused() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        good = signature(f"/{CALL_ID}/{TICKET}")
        headers = [("x-twilio-signature", good), ("x-twilio-signature", good)]
        with pytest.raises(websockets.InvalidStatus) as refused:
            url = f"ws://127.0.0.1:{server.port}/media/{CALL_ID}/{TICKET}"
            async with connect(url, additional_headers=headers):
                pass
        assert refused.value.response.status_code == 403

    run(test)


async def closed_with(socket: ClientConnection) -> int | None:
    await asyncio.wait_for(socket.wait_closed(), 5)
    return socket.close_code


def test_a_ticket_is_good_once() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        async with dial(server) as socket:
            await Carrier(socket).start()
            await until(lambda: len(seen.calls) == 1)
        await until(lambda: server.live == 0)
        async with dial(server) as socket:
            await Carrier(socket).start()
            assert await closed_with(socket) == 1008
        assert len(seen.calls) == 1

    assert run(test).counters.refused_ticket == 1


@pytest.mark.parametrize("path", [f"/{CALL_ID}/other-other-other-other", f"/{'d' * 32}/{TICKET}"])
def test_another_ticket_or_the_ticket_of_another_call_is_refused(path: str) -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        async with dial(server, path) as socket:
            await Carrier(socket).start()
            assert await closed_with(socket) == 1008
        assert not seen.calls

    assert run(test).counters.refused_ticket == 1


def test_a_gate_that_fails_lets_nobody_in() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        gate.fails = True
        async with dial(server) as socket:
            await Carrier(socket).start()
            assert await closed_with(socket) == 1008
        assert not seen.calls

    assert run(test).counters.gate_failures == 1


def test_a_second_socket_for_a_call_is_refused() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        async with dial(server) as socket:
            await Carrier(socket).start()
            await until(lambda: len(seen.calls) == 1)
            with pytest.raises(websockets.InvalidStatus) as refused:
                async with dial(server):
                    pass
            assert refused.value.response.status_code == 409
            assert not seen.calls[0].is_closed

    assert run(test).counters.refused_second_socket == 1


def test_a_full_or_draining_server_refuses_new_calls_and_keeps_the_old() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        other = f"/{'d' * 32}/{TICKET}"
        async with dial(server) as socket:
            await Carrier(socket).start()
            await until(lambda: len(seen.calls) == 1)
            with pytest.raises(websockets.InvalidStatus) as refused:
                async with dial(server, other):
                    pass
            assert refused.value.response.status_code == 503
            assert not seen.calls[0].is_closed
        await until(lambda: server.live == 0)
        server.is_draining = True
        with pytest.raises(websockets.InvalidStatus) as refused:
            async with dial(server, other):
                pass
        assert refused.value.response.status_code == 503

    assert run(test, MediaLimits(max_calls=1)).counters.refused_full == 2


def test_a_socket_without_a_start_is_closed() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        async with dial(server) as socket:
            await socket.send('{"event":"connected","protocol":"Call","version":"1.0.0"}')
            assert await closed_with(socket) == 1008

    assert run(test, MediaLimits(open_timeout_ms=100)).counters.open_timeouts == 1


@pytest.mark.parametrize(
    ("changes", "counter"),
    [({"call_sid": "CA" + "9" * 32}, "refused_call_sid"), ({"encoding": "audio/l16"}, "refused_format")],
)
def test_a_start_of_another_call_or_format_is_refused(changes: dict[str, str], counter: str) -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        async with dial(server) as socket:
            await Carrier(socket).start(**changes)
            assert await closed_with(socket) == 1008
        assert not seen.calls

    assert run(test).counters.snapshot()[counter] == 1


def test_frames_before_the_start_are_refused() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        async with dial(server) as socket:
            await Carrier(socket).media(1)
            assert await closed_with(socket) == 1008
        assert not seen.calls

    assert run(test).counters.refused_order == 1


def test_garbage_is_counted_and_the_call_goes_on() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        async with dial(server) as socket:
            carrier = Carrier(socket)
            await carrier.start()
            await until(lambda: len(seen.calls) == 1)
            garbage = ["", "{", "[]", '{"event":"media"}', '{"event":"surprise"}', "\x00" * 100, '{"event":NaN}']
            for text in garbage:
                await socket.send(text)
            await carrier.start()
            await socket.send(b"\x00\xff binary")
            await socket.send(json.dumps({"event": "media", "pad": "x" * 70_000}))
            await socket.send(iter(['{"event":"med', 'ia","x":1', "}"]))
            await socket.send(iter(["x" * 40_000] * 4))
            await socket.ping()
            carrier.sequence = 1
            await carrier.media(1)
            await until(lambda: len(seen.frames) == 1)

    counters = run(test).counters
    assert (counters.malformed, counters.binary, counters.oversized) == (10, 1, 2)


def hostile_messages(count: int) -> list[str | bytes]:
    """Damaged copies of real messages, always the same ones."""
    chance = random.Random(7)
    real = [
        '{"event":"start","sequenceNumber":"1","start":{"accountSid":"AC","streamSid":"MZ","callSid":"CA"}}',
        '{"event":"media","sequenceNumber":"2","media":{"track":"inbound","chunk":"1","timestamp":"9","payload":"AA=="}}',
        '{"event":"dtmf","streamSid":"MZ","sequenceNumber":"5","dtmf":{"track":"inbound_track","digit":"1"}}',
        '{"event":"mark","sequenceNumber":"4","streamSid":"MZ","mark":{"name":"x"}}',
    ]
    damage = ["", '"', "{", "}", "[", "null", "NaN", "1e999", "\\ud800", "\x00", "-", "²", "\\", '"event":"stop",']
    messages: list[str | bytes] = []
    for _ in range(count):
        text = chance.choice(real)
        at = chance.randrange(len(text))
        damaged = text[:at] + chance.choice(damage) + text[at + chance.randrange(8) :]
        messages.append(damaged.encode() if chance.random() < 0.05 else damaged)
    return messages


def test_after_every_hostile_message_the_call_is_still_there() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        async with dial(server) as socket:
            carrier = Carrier(socket)
            await carrier.start()
            for number, message in enumerate(hostile_messages(400), 1):
                await socket.send(message)
                await carrier.media(number)
            await until(lambda: len(seen.frames) == 400)

    assert run(test).counters.calls_lost == 1


def test_what_comes_while_the_ticket_is_looked_up_is_kept() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        gate.is_open.clear()
        async with dial(server) as socket:
            carrier = Carrier(socket)
            await carrier.start()
            await carrier.media(1)
            await carrier.media(2)
            await (await socket.ping())
            assert not seen.calls
            gate.is_open.set()
            await until(lambda: len(seen.frames) == 2)

    run(test)


def test_a_socket_that_talks_on_without_a_ticket_is_closed() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        gate.is_open.clear()
        async with dial(server) as socket:
            carrier = Carrier(socket)
            await carrier.start()
            for number in range(1, 5):
                await carrier.media(number)
            assert await closed_with(socket) == 1008
        gate.is_open.set()
        await until(lambda: server.live == 0)

    assert run(test, MediaLimits(early_messages=3)).counters.refused_order == 1


def test_a_fragment_of_nothing_breaks_the_protocol() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        writer = await raw_call(server)
        await until(lambda: len(seen.calls) == 1)
        writer.write(b"\x80\x81\0\0\0\0x")
        await until(lambda: len(seen.closed) == 1)
        assert seen.closed == [CloseReason.PROTOCOL_ERROR]
        writer.close()

    assert run(test).counters.protocol_errors == 1


def test_a_broken_frame_closes_only_its_own_socket() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        writer = await raw_call(server)
        await until(lambda: len(seen.calls) == 1)
        writer.write(b"\x83\x80\0\0\0\0")
        await until(lambda: len(seen.closed) == 1)
        assert seen.closed == [CloseReason.PROTOCOL_ERROR]
        writer.close()

    assert run(test).counters.protocol_errors == 1


def test_pings_are_answered() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        async with dial(server) as socket:
            await Carrier(socket).start()
            await asyncio.wait_for(await socket.ping(b"there?"), 5)

    run(test)


def test_a_peer_that_answers_no_ping_is_lost() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        writer = await raw_call(server)
        await until(lambda: len(seen.closed) == 1)
        assert seen.closed == [CloseReason.LOST]
        await until(lambda: server.live == 0)
        writer.close()

    run(test, MediaLimits(ping_after_secs=0.1))


def test_a_driver_whose_callback_raises_loses_only_its_own_call() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        def fail(at: int, mulaw: bytes) -> None:
            raise RuntimeError("driver")

        gate.tickets[("d" * 32, TICKET)] = CALL_SID
        async with dial(server) as socket, dial(server, f"/{'d' * 32}/{TICKET}") as canary:
            carrier, singing = Carrier(socket), Carrier(canary)
            await carrier.start()
            await until(lambda: len(seen.calls) == 1)
            seen.calls[0].on_frame = fail
            await singing.start()
            await until(lambda: len(seen.calls) == 2)
            await carrier.media(1)
            assert await closed_with(socket) == 1011
            await singing.media(1)
            await until(lambda: len(seen.frames) == 1)
        assert seen.closed[0] is CloseReason.WE_CLOSED

    assert run(test).counters.driver_failures == 1


def test_a_binary_message_in_fragments_is_ignored_as_one() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        async with dial(server) as socket:
            carrier = Carrier(socket)
            await carrier.start()
            await socket.send(iter([b"\x00" * 40_000, b"\x01" * 40_000, b"\x02"]))
            await carrier.media(1)
            await until(lambda: len(seen.frames) == 1)

    assert run(test).counters.binary == 1


def test_a_frame_in_fragments_is_put_together() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        async with dial(server) as socket:
            carrier = Carrier(socket)
            await carrier.start()
            carrier.sequence += 1
            text = {
                "event": "dtmf",
                "sequenceNumber": "2",
                "streamSid": STREAM_SID,
                "dtmf": {"track": "inbound_track", "digit": "5"},
            }
            whole = json.dumps(text)
            await socket.send(iter([whole[:10], whole[10:40], whole[40:]]))
            await until(lambda: seen.digits == ["5"])

    run(test)


def test_a_frame_beyond_all_measure_closes_only_its_own_socket() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        gate.tickets[("d" * 32, TICKET)] = CALL_SID
        async with dial(server) as canary, dial(server, f"/{'d' * 32}/{TICKET}") as socket:
            carrier = Carrier(canary)
            await carrier.start()
            await Carrier(socket).start()
            await until(lambda: len(seen.calls) == 2)
            await socket.send("x" * 300_000)
            assert await closed_with(socket) == 1009
            await carrier.media(1)
            await until(lambda: len(seen.frames) == 1)
        await until(lambda: len(seen.closed) == 2)
        assert seen.closed[0] is CloseReason.PROTOCOL_ERROR

    assert run(test).counters.protocol_errors == 1


def test_gaps_duplicates_and_other_streams_are_counted() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        async with dial(server) as socket:
            carrier = Carrier(socket)
            await carrier.start()
            await carrier.media(1)
            carrier.sequence += 2
            await carrier.media(4)
            carrier.sequence -= 1
            await carrier.media(4)
            carrier.sequence -= 3
            await carrier.media(2)
            carrier.sequence = 5
            await carrier.media(100_000)
            await carrier.message(
                "media", media={"track": "outbound", "chunk": "1", "timestamp": "1", "payload": "AA=="}
            )
            await socket.send('{"event":"mark","sequenceNumber":"9","streamSid":"MZother","mark":{"name":"x"}}')
            carrier.sequence = 6
            await carrier.media(5)
            await until(lambda: len(seen.frames) == 3)
        assert [at for at, _ in seen.frames] == [102, 162, 182]

    counters = run(test).counters
    assert (counters.sequence_gaps, counters.duplicates, counters.late) == (1, 1, 1)
    assert (counters.impossible_times, counters.malformed) == (1, 2)


def test_a_flood_of_messages_closes_its_socket() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        async with dial(server) as socket:
            await Carrier(socket).start()
            with contextlib.suppress(websockets.ConnectionClosed):
                for _ in range(10_000):
                    await socket.send("{}")
            assert await closed_with(socket) == 1008

    assert run(test, MediaLimits(message_burst=200, messages_per_sec=1)).counters.floods == 1


@pytest.mark.parametrize("is_abrupt", [True, False])
def test_a_connection_that_ends_without_a_stop_is_lost(is_abrupt: bool) -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        async with dial(server) as socket:
            await Carrier(socket).start()
            await until(lambda: len(seen.calls) == 1)
            seen.play(1, chunks(b"\x01" * 1600))
            await Carrier(socket).hear()
            if is_abrupt:
                socket.transport.abort()
            else:
                await socket.close()
            await until(lambda: len(seen.closed) == 1)
        assert seen.closed == [CloseReason.LOST]
        assert [(prompt, completed) for prompt, completed, _ in seen.finished] == [(1, False)]

    assert run(test).counters.calls_lost == 1


def test_a_barge_in_clears_and_reports() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        async with dial(server) as socket:
            carrier = Carrier(socket)
            await carrier.start()
            await until(lambda: len(seen.calls) == 1)
            seen.play(3, chunks(b"\x01" * 80_000))
            assert (await carrier.hear())["event"] == "media"
            assert seen.calls[0].stop(3) is True
            assert [(prompt, completed) for prompt, completed, _ in seen.finished] == [(3, False)]
            while (message := await carrier.hear())["event"] == "media":
                pass
            assert message == {"event": "clear", "streamSid": STREAM_SID}

    run(test)


def test_a_goodbye_is_heard_before_the_socket_is_closed() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        async with dial(server) as socket:
            carrier = Carrier(socket)
            await carrier.start()
            await until(lambda: len(seen.calls) == 1)
            seen.play(1, chunks(b"\x01" * 160))
            seen.calls[0].close_after_playout()
            assert (await carrier.hear())["event"] == "media"
            mark = await carrier.hear()
            assert not seen.closed
            await carrier.message("mark", mark=mark["mark"])
            assert await closed_with(socket) == 1000
        assert seen.finished == [(1, True, 20)]
        assert seen.closed == [CloseReason.WE_CLOSED]

    run(test)


def test_closing_after_playout_with_nothing_to_play_closes_at_once() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        async with dial(server) as socket:
            await Carrier(socket).start()
            await until(lambda: len(seen.calls) == 1)
            seen.calls[0].close_after_playout()
            assert await closed_with(socket) == 1000

    run(test)


async def raw_call(server: MediaServer) -> asyncio.StreamWriter:
    """A started call on a bare socket whose owner reads nothing more and answers nothing."""
    path = f"/{CALL_ID}/{TICKET}"
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1024)
    writer.write(
        f"GET /media{path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        f"X-Twilio-Signature: {signature(path)}\r\n\r\n".encode()
    )
    assert b"101" in await reader.readline()
    sound = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
    start = {
        "accountSid": "AC",
        "streamSid": STREAM_SID,
        "callSid": CALL_SID,
        "tracks": ["inbound"],
        "mediaFormat": sound,
        "customParameters": {},
    }
    message = {"event": "start", "sequenceNumber": "1", "streamSid": STREAM_SID, "start": start}
    text = json.dumps(message).encode()
    writer.write(b"\x81\xfe" + len(text).to_bytes(2, "big") + b"\0\0\0\0" + text)
    return writer


def test_a_slow_reader_is_cut_off_and_others_do_not_notice() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        gate.tickets[("d" * 32, TICKET)] = CALL_SID
        writer = await raw_call(server)
        await until(lambda: len(seen.calls) == 1)
        async with dial(server, f"/{'d' * 32}/{TICKET}") as socket:
            carrier = Carrier(socket)
            await carrier.start()
            await until(lambda: len(seen.calls) == 2)
            for _ in range(20_000):
                seen.calls[0].send_audio(b"\x01" * 800)
                if seen.closed:
                    break
            assert seen.closed == [CloseReason.SLOW_READER]
            await carrier.media(1)
            await until(lambda: len(seen.frames) == 1)
        writer.close()

    assert run(test).counters.slow_readers == 1


def test_idle_and_half_open_sockets_stop_neither_a_call_nor_a_new_one() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        gate.tickets[("d" * 32, TICKET)] = CALL_SID
        async with dial(server) as socket:
            carrier = Carrier(socket)
            await carrier.start()
            await until(lambda: len(seen.calls) == 1)
            idle = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(200)]
            for _, writer in idle[::2]:
                writer.write(b"GET /media/ HTTP/1.1\r\nX-Slow: ")
            await carrier.media(1)
            await until(lambda: len(seen.frames) == 1)
            assert server.waiting <= 128
            async with dial(server, f"/{'d' * 32}/{TICKET}") as late:
                await Carrier(late).start()
                await until(lambda: len(seen.calls) == 2)
            await until(lambda: server.waiting == 0)
            await carrier.media(2)
            await until(lambda: len(seen.frames) == 2)
            for _, writer in idle:
                writer.close()

    server = run(test, MediaLimits(handshake_timeout_ms=500))
    assert server.handshakes_dropped >= 72


@pytest.mark.parametrize(
    "request_text",
    [b"\r\n\r\n", b"\xff\xfe\r\n\r\n", b"POST / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"x" * 40_000],
)
def test_a_broken_upgrade_request_harms_nobody(request_text: bytes) -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(request_text)
        with contextlib.suppress(ConnectionError):
            await asyncio.wait_for(reader.read(), 5)
        writer.close()
        async with dial(server) as socket:
            await Carrier(socket).start()
            await until(lambda: len(seen.calls) == 1)

    run(test)


def test_a_signed_request_that_is_no_upgrade_leaves_room_for_the_call() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        path = f"/{CALL_ID}/{TICKET}"
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        head = f"GET /media{path} HTTP/1.1\r\nX-Twilio-Signature: {signature(path)}\r\n\r\n"
        writer.write(head.encode())
        assert b"400" in await asyncio.wait_for(reader.read(), 5)
        writer.close()
        async with dial(server) as socket:
            await Carrier(socket).start()
            await until(lambda: len(seen.calls) == 1)

    run(test)


def test_a_server_that_goes_down_closes_its_calls() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        async with dial(server) as socket:
            await Carrier(socket).start()
            await until(lambda: len(seen.calls) == 1)
            closing = asyncio.create_task(server.close())
            assert await closed_with(socket) == 1001
            await closing
        assert seen.closed == [CloseReason.SHUTDOWN]

    run(test)


def test_a_driver_that_fails_gives_its_call_back() -> None:
    async def whole() -> MediaServer:
        async def fail(_: MediaCall) -> None:
            raise RuntimeError("no flow")

        server = MediaServer("127.0.0.1", 0, TicketGate(), fail, public_url=PUBLIC, auth_tokens=[TOKEN])
        await server.start()
        async with dial(server) as socket:
            await Carrier(socket).start()
            assert await closed_with(socket) == 1000
        await server.close()
        return server

    assert asyncio.run(whole()).counters.driver_failures == 1


def test_the_bench_measures_a_small_load() -> None:
    figures = bench_media(3.0, start_calls=4, max_calls=4)
    assert set(figures) == {"calls_per_core", "cpu_us_per_frame", "p99_ms"}
    assert figures["calls_per_core"] in (0, 4)


def test_an_empty_token_is_refused_before_anything_listens() -> None:
    with pytest.raises(UnsafeSecret):
        MediaServer("127.0.0.1", 0, TicketGate(), Seen().take, public_url=PUBLIC, auth_tokens=[""])
