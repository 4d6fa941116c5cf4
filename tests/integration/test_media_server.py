"""The media server over real sockets, against a client written from the Media Streams protocol page alone."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import websockets
from websockets.asyncio.client import ClientConnection, connect

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

    def admit(self, call_id: str, token: str) -> Admission | None:
        if self.fails:
            raise ConnectionError("the database is away")
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
