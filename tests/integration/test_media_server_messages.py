"""Hostile, broken and missing messages on a live media socket: counted, and the call goes on."""

from __future__ import annotations

import asyncio
import contextlib
import json

import pytest
import websockets

from ivr.telephony.media_call import CloseReason
from ivr.telephony.media_gate import MediaLimits
from ivr.telephony.media_server import MediaServer
from tests.integration.media_client import (
    CALL_SID,
    STREAM_SID,
    TICKET,
    Carrier,
    Seen,
    TicketGate,
    closed_with,
    dial,
    hostile_messages,
    raw_call,
    run,
    until,
)

pytestmark = pytest.mark.integration


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
