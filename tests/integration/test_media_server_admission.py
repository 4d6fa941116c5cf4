"""Who gets a media socket: signatures, tickets, room, broken and unfinished upgrades."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
import websockets
from websockets.asyncio.client import connect

from ivr.telephony.errors import UnsafeSecret
from ivr.telephony.media_gate import MediaLimits
from ivr.telephony.media_server import MediaServer
from tests.integration.media_client import (
    CALL_ID,
    CALL_SID,
    PUBLIC,
    TICKET,
    Carrier,
    Seen,
    TicketGate,
    closed_with,
    dial,
    run,
    signature,
    until,
)

pytestmark = pytest.mark.integration


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
            await carrier.media(2)
            await until(lambda: len(seen.frames) == 2)
            for _, writer in idle:
                writer.close()

    assert run(test, MediaLimits(handshake_timeout_ms=60_000)).handshakes_dropped >= 72


def test_a_slow_upgrade_request_is_given_up() -> None:
    async def test(server: MediaServer, seen: Seen, gate: TicketGate) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /media/ HTTP/1.1\r\nX-Slow: ")
        assert await asyncio.wait_for(reader.read(), 5) == b""
        assert server.waiting == 0
        writer.close()

    run(test, MediaLimits(handshake_timeout_ms=100))


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


def test_an_empty_token_is_refused_before_anything_listens() -> None:
    with pytest.raises(UnsafeSecret):
        MediaServer("127.0.0.1", 0, TicketGate(), Seen().take, public_url=PUBLIC, auth_tokens=[""])
