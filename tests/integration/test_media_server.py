"""The media server over real sockets: whole calls, prompts, endings."""

from __future__ import annotations

import asyncio
import base64

import pytest

from ivr.telephony.bench_media import bench_media
from ivr.telephony.media_call import CloseReason, MediaCall
from ivr.telephony.media_server import MediaServer
from tests.integration.media_client import (
    CALL_SID,
    PUBLIC,
    STREAM_SID,
    TICKET,
    TOKEN,
    Carrier,
    Seen,
    TicketGate,
    chunks,
    closed_with,
    dial,
    run,
    until,
)

pytestmark = pytest.mark.integration


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
