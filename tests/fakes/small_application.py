"""A tiny application for a carrier, over real sockets: documents by path, a scripted media server, notes of all."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from twilio.request_validator import RequestValidator

from ivr.simulator.carrier import Carrier, CarrierSettings, NumberSettings, Timeouts
from ivr.simulator.carrier.settings import LineSettings

ACCOUNT = "AC" + "0" * 32
TOKEN = "0123456789abcdef0123456789abcdef"
CALLER = "+12025550123"
NUMBER = "+15551230002"

Reply = str | Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Seen:
    """One webhook as it arrived."""

    path: str
    method: str
    params: dict[str, str]
    headers: dict[str, str]
    is_signed: bool


@dataclass
class Socket:
    """The server's side of one media stream."""

    ws: web.WebSocketResponse
    headers: dict[str, str]
    is_signed: bool
    texts: list[str] = field(default_factory=list)
    stream_sid: str = ""
    close_code: int | None = None

    @property
    def messages(self) -> list[dict[str, Any]]:
        """Everything received, parsed."""
        return [json.loads(text) for text in self.texts]

    def of(self, event: str) -> list[dict[str, Any]]:
        """Messages of one kind."""
        return [message for message in self.messages if message["event"] == event]

    async def media(self, mulaw: bytes) -> None:
        """Send audio to be played."""
        payload = base64.b64encode(mulaw).decode()
        await self.ws.send_json({"event": "media", "streamSid": self.stream_sid, "media": {"payload": payload}})

    async def mark(self, name: str) -> None:
        """Ask for an echo."""
        await self.ws.send_json({"event": "mark", "streamSid": self.stream_sid, "mark": {"name": name}})

    async def clear(self) -> None:
        """Drop what is queued."""
        await self.ws.send_json({"event": "clear", "streamSid": self.stream_sid})


OnMessage = Callable[[Socket, dict[str, Any]], Awaitable[None]]


async def ignore(socket: Socket, message: dict[str, Any]) -> None:
    """A media server that only listens."""


class SmallApplication:
    """Serves documents and media on a free loopback port."""

    def __init__(self) -> None:
        self.replies: dict[str, Reply] = {}
        self.on_message: OnMessage = ignore
        self.seen: list[Seen] = []
        self.sockets: list[Socket] = []
        self.closed = asyncio.Event()
        self._news = asyncio.Condition()
        self.port = 0
        self._runner: web.AppRunner | None = None

    @property
    def base(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def media_url(self) -> str:
        """Its media address."""
        return f"ws://127.0.0.1:{self.port}/media"

    def to(self, path: str) -> list[Seen]:
        """Requests to one path, in order."""
        return [seen for seen in self.seen if seen.path == path]

    async def streamed(self, frames: int) -> None:
        """Return when the first socket has received so many media messages."""
        async with self._news:
            await self._news.wait_for(lambda: bool(self.sockets) and len(self.sockets[0].of("media")) >= frames)

    async def start(self) -> None:
        """Listen."""
        application = web.Application()
        application.router.add_get("/media", self._media)
        application.router.add_route("*", "/{path:.*}", self._webhook)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close everything."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _webhook(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        url = self.base + request.raw_path
        signature = request.headers.get("X-Twilio-Signature", "")
        is_signed = RequestValidator(TOKEN).validate(url, form, signature)
        params = {**request.query, **{name: str(value) for name, value in form.items()}}
        self.seen.append(Seen(request.path, request.method, params, dict(request.headers), is_signed))
        reply = self.replies.get(request.path)
        if reply is None:
            return web.Response(status=404)
        if callable(reply):
            return await reply(request)
        return web.Response(text=reply, content_type="text/xml")

    async def _media(self, request: web.Request) -> web.StreamResponse:
        url = self.base.replace("http", "ws", 1) + request.raw_path
        is_signed = RequestValidator(TOKEN).validate(url, {}, request.headers.get("X-Twilio-Signature", ""))
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        socket = Socket(ws, dict(request.headers), is_signed)
        self.sockets.append(socket)
        try:
            async for message in ws:
                socket.texts.append(message.data)
                body = json.loads(message.data)
                socket.stream_sid = body.get("streamSid", socket.stream_sid)
                async with self._news:
                    self._news.notify_all()
                await self.on_message(socket, body)
        finally:
            socket.close_code = ws.close_code
            self.closed.set()
        return ws


@asynccontextmanager
async def surroundings(
    speed: float = 20.0, timeouts: Timeouts | None = None, serve_rest: bool = False, **account: Any
) -> AsyncIterator[tuple[SmallApplication, Carrier]]:
    """A running application and a carrier with one number that points at it; `/voice`, `/fallback`, `/status`, `/sms`.

    `account` are further fields of `CarrierSettings`.
    """
    application = SmallApplication()
    await application.start()
    base = application.base
    number = NumberSettings(
        f"{base}/voice",
        voice_fallback_url=f"{base}/fallback",
        status_callback=f"{base}/status",
        sms_url=f"{base}/sms",
    )
    settings = CarrierSettings(
        ACCOUNT,
        TOKEN,
        numbers={NUMBER: number},
        allow_ws_on_loopback=True,
        timeouts=timeouts or Timeouts(),
        line=LineSettings(speed=speed, seed=1),
        **account,
    )
    carrier = Carrier(settings)
    await carrier.start(serve_rest=serve_rest)
    application.replies["/status"] = ""
    try:
        yield application, carrier
    finally:
        await carrier.stop()
        await application.stop()


def connect(application: SmallApplication, attributes: str = "", inside: str = "", after: str = "") -> str:
    """A document that connects the call to the media server."""
    stream = f'<Stream url="{application.media_url}">{inside}</Stream>'
    return f"<Response><Connect {attributes}>{stream}</Connect>{after}</Response>"
