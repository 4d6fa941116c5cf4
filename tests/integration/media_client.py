"""The carrier's side of a media socket, written from the protocol page alone, and a driver that listens."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import random
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from ivr.telephony.media_call import CloseReason, MediaCall
from ivr.telephony.media_gate import Admission, MediaLimits
from ivr.telephony.media_server import MediaServer

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


async def closed_with(socket: ClientConnection) -> int | None:
    await asyncio.wait_for(socket.wait_closed(), 5)
    return socket.close_code


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


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


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
