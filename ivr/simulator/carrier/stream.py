"""The carrier's side of one Media Streams socket: frames out by the line's clock, audio in to the playout.

One reader (`serve`) and one writer task per socket; the leg's clock only queues messages, so that a slow server
never holds up a call.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiohttp

from ivr.simulator.carrier.errors import DocumentFailed, StreamRefused
from ivr.simulator.carrier.mulaw import FRAME_MS
from ivr.simulator.carrier.sids import iso8601, new_sid
from ivr.simulator.carrier.signing import sign
from ivr.simulator.carrier.stream_messages import (
    CONNECTED,
    ClearIn,
    InvalidMessage,
    MarkIn,
    MediaIn,
    StreamWriter,
    parse_server_message,
)
from ivr.simulator.carrier.timeline import EventKind
from ivr.simulator.carrier.webhooks import WebhookRequest

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall

_PATIENCE_SECS = 0.25
"""How long the call waits for a clean close; a server that does not read is closed in the background."""
_MAX_MESSAGE_BYTES = 1024 * 1024
_LARGE_MESSAGE_BYTES = 64 * 1024
_NORMAL_CLOSES = (aiohttp.WSCloseCode.OK, aiohttp.WSCloseCode.GOING_AWAY, 1005)
_HEADERS = {"User-Agent": "Twilio.TmeWs/1.0", "Accept-Encoding": "gzip"}


@dataclass(frozen=True, slots=True)
class StreamOrder:
    """One `<Stream>` as the document asked for it."""

    url: str
    """Absolute, checked."""
    is_bidirectional: bool
    """`<Connect>`: both ways; `<Start>`: the server only listens."""
    name: str = ""
    tracks: tuple[str, ...] = ("inbound",)
    parameters: Mapping[str, str] = field(default_factory=dict)
    status_callback: str = ""
    status_callback_method: str = "POST"


class MediaStream:
    """A socket from its upgrade to its close."""

    def __init__(self, call: CarrierCall, order: StreamOrder) -> None:
        """Nothing happens until `open`."""
        self.sid = new_sid("MZ")
        self.name = order.name or self.sid
        self._call = call
        self._order = order
        self._services = call.services
        self._faults = call.services.faults.stream
        self._writer = StreamWriter(call.resource.account_sid, call.sid, self.sid)
        self._outbox: asyncio.Queue[str | None] = asyncio.Queue()
        self._offset_ms = self._services.random.randint(50, 170)
        self._began_ms: int | None = None
        self._is_open = False
        self._is_finished = False
        self._reported: set[int] = set()
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._writing: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Upgrade and send `connected` and `start`; raises `StreamRefused` after telling `stream-error`."""
        try:
            self._socket = await self._connect()
        except StreamRefused as refused:
            self.tell("stream-error", refused.reason)
            raise
        self._call.timeline.add(EventKind.STREAM_CONNECTED, self.sid)
        self._is_open = True
        self._outbox.put_nowait(CONNECTED)
        self._outbox.put_nowait(self._writer.start(self._order.tracks, self._order.parameters))
        self._writing = self._services.background.spawn(self._write(self._socket))
        self._call.streams[self.name] = self
        self._call.audio.attach(self)
        self._call.timeline.add(EventKind.STREAM_STARTED, self.sid)
        self.tell("stream-started")

    async def serve(self) -> None:
        """Read what the server sends until it closes, or the connection breaks."""
        assert self._socket is not None
        async for message in self._socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                self._take(message.data)
            elif message.type is aiohttp.WSMsgType.BINARY:
                self._warn_once(31950, "binary message")
            elif isinstance(message.data, aiohttp.WebSocketError):
                self._warn_once(31924, "protocol error")
        if self._is_finished:
            return
        code = self._socket.close_code
        if code not in _NORMAL_CLOSES and 31924 not in self._reported:
            is_broken = code is None or code == aiohttp.WSCloseCode.ABNORMAL_CLOSURE
            self._warn_once(31903 if is_broken else 31921, "abnormal close")
        self._call.timeline.add(EventKind.STREAM_CLOSED, "server", close_code=code or 0)

    async def finish(self) -> None:
        """End the stream: `stop` and a normal close if the server is still there. Safe to call twice."""
        if self._is_finished or self._socket is None:
            return
        self._is_finished = True
        self._is_open = False
        self._call.audio.detach(self)
        self._call.streams.pop(self.name, None)
        if self._order.is_bidirectional:
            self._call.audio.playout.clear()
        if not self._socket.closed:
            await self._say_stop()
            self._call.timeline.add(EventKind.STREAM_CLOSED, "carrier")
        closing = self._services.background.spawn(self._close())
        await asyncio.wait({closing}, timeout=_PATIENCE_SECS)
        self.tell("stream-stopped")

    def press(self, digit: str) -> None:
        """Pass a key on; only two-way streams are told."""
        if self._is_open and self._order.is_bidirectional:
            self._outbox.put_nowait(self._writer.dtmf(digit))

    def on_frame(self, at_ms: int, caller: bytes, played: bytes) -> None:
        """Queue 20 ms of each wanted track (the tap of the leg's audio)."""
        if not self._is_open:
            return
        if self._began_ms is None:
            self._began_ms = at_ms
        since = at_ms - self._began_ms
        if self._is_cut(since) or self._is_lost(since):
            return
        if self._outbox.qsize() * FRAME_MS > self._services.settings.line.slow_reader_ms * len(self._order.tracks):
            self._warn_once(31930, "server reads too slowly")
            return
        for track in self._order.tracks:
            self._queue_media(track, self._offset_ms + since, caller if track == "inbound" else played)

    def tell(self, event: str, error: str = "") -> None:
        """Send the stream's own status callback, if it has one."""
        order = self._order
        if not order.status_callback:
            return
        params = {
            "AccountSid": self._call.resource.account_sid,
            "CallSid": self._call.sid,
            "StreamSid": self.sid,
            "StreamName": self.name,
            "StreamEvent": event,
            "Timestamp": iso8601(self._services.clock.utc_now()),
        }
        if error:
            params["StreamError"] = error
        request = WebhookRequest(order.status_callback, order.status_callback_method, params)
        self._services.background.spawn(self._send_callback(request))

    async def _send_callback(self, request: WebhookRequest) -> None:
        try:
            await self._services.webhooks.send(request, self._call.cookies)
        except DocumentFailed as failed:
            self._call.warn(15003, failed.reason)

    async def _connect(self) -> aiohttp.ClientWebSocketResponse:
        settings = self._services.settings
        headers = _HEADERS | {"X-Twilio-Signature": sign(settings.auth_token, self._order.url)}
        try:
            async with asyncio.timeout(settings.timeouts.socket_secs):
                return await self._services.sockets.ws_connect(
                    self._order.url,
                    headers=headers,
                    max_msg_size=_MAX_MESSAGE_BYTES,
                )
        except TimeoutError as error:
            raise StreamRefused(31901, "connection timed out") from error
        except aiohttp.WSServerHandshakeError as error:
            raise StreamRefused(31920, f"handshake answered {error.status}") from error
        except (aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch) as error:
            raise StreamRefused(31910, "TLS failed") from error
        except aiohttp.ClientConnectorError as error:
            refused = isinstance(error.os_error, ConnectionRefusedError)
            raise StreamRefused(31902 if refused else 31904, "could not connect") from error
        except (aiohttp.ClientError, ValueError) as error:
            raise StreamRefused(31920, "no upgrade") from error

    async def _write(self, connection: aiohttp.ClientWebSocketResponse) -> None:
        while (text := await self._outbox.get()) is not None:
            try:
                await connection.send_str(text)
            except (ConnectionError, aiohttp.ClientError):
                self._is_open = False
                return

    def _take(self, text: str) -> None:
        if not self._is_open:
            return
        if not self._order.is_bidirectional:
            self._warn_once(31951, "this stream only listens")
            return
        if len(text) > _LARGE_MESSAGE_BYTES:
            self._warn_once(0, "message above 64 kB")
        try:
            message = parse_server_message(text, self.sid)
        except InvalidMessage as invalid:
            self._warn_once(31951, str(invalid))
            return
        match message:
            case MediaIn(mulaw):
                self._play(mulaw)
            case MarkIn(name):
                self._call.timeline.add(EventKind.MARK_RECEIVED, name)
                self._call.audio.playout.mark(lambda played: self._echo(name, played))
            case ClearIn():
                self._clear()

    def _play(self, mulaw: bytes) -> None:
        playout = self._call.audio.playout
        if playout.queued_ms == 0 and mulaw:
            self._call.timeline.add(EventKind.MEDIA_RECEIVED, duration_ms=len(mulaw) // 8)
        if not playout.add(mulaw):
            self._warn_once(31931, "more than ten minutes queued")

    def _clear(self) -> None:
        dropped = self._call.audio.playout.queued_ms
        self._call.timeline.add(EventKind.CLEAR_RECEIVED, dropped_ms=dropped)
        self._call.audio.playout.clear()
        self._call.party.on_clear(self._call.now_ms, dropped)

    def _echo(self, name: str, played: bool) -> None:
        if self._is_open:
            self._call.timeline.add(EventKind.MARK_ECHOED, name, by="playing" if played else "clear")
            self._outbox.put_nowait(self._writer.mark(name))

    def _queue_media(self, track: str, timestamp_ms: int, frame: bytes) -> None:
        text = self._writer.media(track, timestamp_ms, frame)
        if self._chance(self._faults.lose_rate):
            return
        self._outbox.put_nowait(text)
        if self._chance(self._faults.duplicate_rate):
            self._outbox.put_nowait(text)

    def _is_lost(self, since: int) -> bool:
        in_gap = self._faults.gap_ms > 0 and 0 <= since - self._faults.gap_at_ms < self._faults.gap_ms
        return in_gap or self._chance(self._faults.drop_rate)

    def _is_cut(self, since: int) -> bool:
        cut_at = self._faults.abrupt_close_at_ms
        if cut_at is None or since < cut_at:
            return False
        self._is_open = False
        self._cut()
        return True

    def _chance(self, rate: float) -> bool:
        return rate > 0 and self._services.random.random() < rate

    def _cut(self) -> None:
        assert self._socket is not None
        transport_socket = self._socket.get_extra_info("socket")
        if transport_socket is not None:
            transport_socket.shutdown(socket.SHUT_RDWR)

    async def _say_stop(self) -> None:
        if self._faults.late_stop_ms:
            clock = self._services.clock
            await clock.sleep_until(clock.now_ms() + self._faults.late_stop_ms)
        if not self._faults.missing_stop:
            self._outbox.put_nowait(self._writer.stop())

    async def _close(self) -> None:
        assert self._socket is not None
        self._outbox.put_nowait(None)
        if self._writing is not None:
            await asyncio.wait({self._writing}, timeout=self._services.settings.timeouts.close_secs)
            self._writing.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._services.settings.timeouts.close_secs):
                await self._socket.close()

    def _warn_once(self, code: int, text: str) -> None:
        if code not in self._reported:
            self._reported.add(code)
            self._call.warn(code, text)
