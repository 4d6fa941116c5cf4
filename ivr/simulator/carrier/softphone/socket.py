"""The WebSocket of browser phones: refused before it is accepted, limited in size and pace, one writer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog
from aiohttp import WSMsgType, web

from ivr.simulator.carrier.errors import RequestRefused
from ivr.simulator.carrier.mulaw import FRAME_BYTES
from ivr.simulator.carrier.softphone.messages import MAX_BYTES, MessageInvalid, read_message
from ivr.simulator.carrier.softphone.orders import OrderRefused, Orders
from ivr.simulator.carrier.softphone.outbox import Outbox
from ivr.simulator.carrier.softphone.pace import Pace
from ivr.simulator.carrier.softphone.phone import Phone, incoming_of
from ivr.simulator.carrier.softphone.tokens import Grant, TokenRefused, read_token

if TYPE_CHECKING:
    from ivr.simulator.carrier.carrier import Carrier

PATH = "/softphone"
BYE_PATH = f"{PATH}/bye"
OPEN_PATHS = frozenset({PATH, BYE_PATH})
"""Not for the account's own credentials: a page has a token, or the id of its session."""
PROTOCOL = "softphone.v1"
_MAX_FRAMES = 10
_MAX_MESSAGE_BYTES = 64 * 1024
"""Beyond this the socket is closed; up to it a message that is too long is only dropped."""
_HEARTBEAT_SECS = 4.0
_TAKEN_OVER, _GIVEN_UP, _FLOODED = 4409, 4408, 4429
_log = structlog.get_logger(__name__)


class SoftphoneRoutes:
    """Handlers."""

    def __init__(self, carrier: Carrier, now: Callable[[], float] = time.time) -> None:
        """`now` is seconds since 1970: tokens live in real time, whatever the speed of the line."""
        self._carrier = carrier
        self._orders = Orders(carrier)
        self._now = now
        self._sockets: dict[str, web.WebSocketResponse] = {}

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Make them reachable."""
        router.add_get(PATH, self._connect)
        router.add_post(BYE_PATH, self._bye)

    async def _bye(self, request: web.Request) -> web.StreamResponse:
        body = await request.content.read(256)
        self._carrier.switchboard.bye(body.decode("ascii", "replace").strip())
        return web.Response(status=204)

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        board = self._carrier.switchboard
        protocols = [part.strip() for part in request.headers.get("Sec-WebSocket-Protocol", "").split(",")]
        grant = self._grant(protocols)
        session = _after("session.", protocols)
        if board.is_full:
            raise RequestRefused(503, 20503, "Too many phones")
        ws = web.WebSocketResponse(
            protocols=(PROTOCOL,), max_msg_size=_MAX_MESSAGE_BYTES, heartbeat=_HEARTBEAT_SECS, compress=False
        )
        await ws.prepare(request)
        phone, is_back = board.open(grant, session)
        await self._replace(phone, ws)
        outbox = phone.outbox = Outbox()
        self._greet(phone, is_back)
        writer = asyncio.create_task(self._write(ws, outbox))
        try:
            await self._read(ws, phone)
        finally:
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            if self._sockets.get(phone.id) is ws:
                del self._sockets[phone.id]
                phone.outbox = None
                board.lost(phone)
        return ws

    def _grant(self, protocols: list[str]) -> Grant:
        settings, board = self._carrier.settings, self._carrier.switchboard
        try:
            if PROTOCOL not in protocols:
                raise TokenRefused("not this protocol")
            secrets = {**settings.api_keys, settings.account_sid: settings.auth_token}
            return read_token(_after("token.", protocols), secrets, settings.account_sid, self._now())
        except TokenRefused as refused:
            board.counters.refused += 1
            _log.warning("browser phone refused", reason=str(refused))
            raise RequestRefused(401, 20101, "Invalid Access Token") from refused

    async def _replace(self, phone: Phone, ws: web.WebSocketResponse) -> None:
        """A phone has one socket: the newest."""
        before, self._sockets[phone.id] = self._sockets.get(phone.id), ws
        if phone.outbox is not None:
            phone.outbox.close()
        if before is not None:
            await before.close(code=_TAKEN_OVER, message=b"taken over")

    def _greet(self, phone: Phone, is_back: bool) -> None:
        settings = self._carrier.settings
        phone.tell(
            "ready",
            session=phone.id,
            identity=phone.grant.identity,
            is_back=is_back,
            address=phone.address,
            call=phone.state() or None,
            incoming=[incoming_of(offer) for offer in phone.offers.values()],
            numbers=sorted(settings.numbers) if phone.grant.is_telephone else [],
            telephones=list(settings.telephones) if phone.grant.is_telephone else [],
            can_speak=self._carrier.services.say_to_audio is not None,
            has_line=self._carrier.make_line is not None,
        )

    async def _write(self, ws: web.WebSocketResponse, outbox: Outbox) -> None:
        try:
            while (message := await outbox.next()) is not None:
                if isinstance(message, bytes):
                    await ws.send_bytes(message)
                else:
                    await ws.send_str(message)
            await ws.close(code=_GIVEN_UP)
        except (ConnectionError, RuntimeError):
            return

    async def _read(self, ws: web.WebSocketResponse, phone: Phone) -> None:
        pace = Pace(self._carrier.services.clock)
        async for message in ws:
            if not pace.allows():
                phone.counters.flooded += 1
                if pace.is_hopeless:
                    await ws.close(code=_FLOODED)
                    return
                await asyncio.sleep(0)
            elif message.type is WSMsgType.BINARY:
                self._audio(phone, message.data)
            elif message.type is WSMsgType.TEXT:
                await self._text(phone, message.data)

    @staticmethod
    def _audio(phone: Phone, data: bytes) -> None:
        if not data or len(data) % FRAME_BYTES or len(data) > _MAX_FRAMES * FRAME_BYTES:
            phone.counters.malformed += 1
        else:
            phone.speak(data)

    async def _text(self, phone: Phone, raw: str) -> None:
        try:
            await self._orders.follow(phone, read_message(raw))
        except MessageInvalid as invalid:
            if len(raw) > MAX_BYTES:
                phone.counters.oversized += 1
            else:
                phone.counters.malformed += 1
            phone.tell("error", code="malformed", text=str(invalid))
        except OrderRefused as refused:
            phone.tell("error", code=str(refused))


def _after(prefix: str, protocols: list[str]) -> str:
    return next((part.removeprefix(prefix) for part in protocols if part.startswith(prefix)), "")
