"""One media socket from its upgrade to its end: opening, frames, closing. Everything bad is counted, never raised."""

from __future__ import annotations

import asyncio
import time
from enum import Enum
from typing import TYPE_CHECKING

import structlog
from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport

from ivr.telephony import media_stream
from ivr.telephony.errors import MalformedMessage
from ivr.telephony.media_call import CloseReason, MediaCall
from ivr.telephony.media_gate import Admission
from ivr.telephony.media_stream import Connected, KeyPressed, MarkReached, MediaFrame, Started, Stopped, StreamMessage
from ivr.telephony.stream_order import Arrival, StreamOrder

if TYPE_CHECKING:
    from ivr.telephony.media_server import MediaServer

_BUDGET_STEP = 64
"""Messages between two looks at the clock."""

_log = structlog.get_logger(__name__)


class _Phase(Enum):
    OPENING = "opening"
    LIVE = "live"
    CLOSED = "closed"


class MediaSession(WSListener):
    """Listener of one socket; `Line` of its call."""

    __slots__ = (
        "_admission",
        "_budget",
        "_budget_at",
        "_call",
        "_counters",
        "_early",
        "_fragments",
        "_is_binary",
        "_limits",
        "_loop",
        "_media_prefix",
        "_open_timer",
        "_order",
        "_phase",
        "_server",
        "_started",
        "_stream_sid",
        "_token",
        "_transport",
        "_unbudgeted",
        "call_id",
    )

    def __init__(self, server: MediaServer, call_id: str, token: str) -> None:
        """Called by the server once the upgrade's signature was good."""
        super().__init__()
        self.call_id = call_id
        self._server = server
        self._counters = server.counters
        self._limits = server.limits
        self._loop = asyncio.get_running_loop()
        self._token = token
        self._phase = _Phase.OPENING
        self._transport: WSTransport | None = None
        self._stream_sid = ""
        self._media_prefix = b""
        self._started: Started | None = None
        self._admission: Admission | None = None
        self._call: MediaCall | None = None
        self._early: list[StreamMessage] = []
        self._order = StreamOrder()
        self._fragments: bytearray | None = None
        self._is_binary = False
        self._budget = float(self._limits.message_burst)
        self._budget_at = time.monotonic()
        self._unbudgeted = 0
        self._open_timer: asyncio.TimerHandle | None = None

    # --- the socket's life -------------------------------------------------------------------------------------

    def on_ws_connected(self, transport: WSTransport) -> None:
        """The upgrade was accepted: look up the ticket while the first messages come in."""
        self._transport = transport
        self._server.connected(self, transport.underlying_transport)
        timeout_secs = self._limits.open_timeout_ms / 1000
        self._open_timer = self._loop.call_later(timeout_secs, self._open_timed_out)
        looked_up = self._server.look_up(self.call_id, self._token)
        self._token = ""
        looked_up.add_done_callback(self._looked_up)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """The connection is gone, for whatever reason."""
        self._other_side_left(transport)
        self._server.disconnected(self)

    def pause_writing(self) -> None:
        """More is unsent than a reader may be behind: cut it off before it costs memory."""
        self._counters.slow_readers += 1
        self._ended(CloseReason.SLOW_READER)
        self._abort()

    def resume_writing(self) -> None:
        """Nothing to do: the socket was cut off when it fell behind."""

    # --- messages in -------------------------------------------------------------------------------------------

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """One WebSocket frame."""
        kind = frame.msg_type
        if self._phase is _Phase.CLOSED and kind is not WSMsgType.CLOSE:
            return
        self._unbudgeted += 1
        if self._unbudgeted >= _BUDGET_STEP and not self._is_within_budget():
            self._counters.floods += 1
            self._close(WSCloseCode.POLICY_VIOLATION, CloseReason.PROTOCOL_ERROR)
        elif kind is WSMsgType.TEXT and frame.fin and self._fragments is None:
            if frame.payload_size > self._limits.message_bytes:
                self._counters.oversized += 1
            else:
                self._read(frame.get_payload_as_bytes())
        else:
            self._rare_frame(transport, frame)

    def _rare_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        match frame.msg_type:
            case WSMsgType.CLOSE:
                self._other_side_left(transport)
                transport.send_close(WSCloseCode.OK)
                transport.disconnect()
            case WSMsgType.PING:  # answered here and not by the library, so that floods of them count too
                transport.send_pong(frame.get_payload_as_bytes())
            case WSMsgType.TEXT | WSMsgType.BINARY | WSMsgType.CONTINUATION:
                self._fragment(frame)

    def _fragment(self, frame: WSFrame) -> None:
        """Collect a message that comes in parts (RFC 6455, section 5.4)."""
        is_first = frame.msg_type is not WSMsgType.CONTINUATION
        if is_first:
            self._is_binary = frame.msg_type is WSMsgType.BINARY
        if is_first == (self._fragments is not None):
            self._counters.protocol_errors += 1
            self._close(WSCloseCode.PROTOCOL_ERROR, CloseReason.PROTOCOL_ERROR)
            return
        parts = self._fragments if self._fragments is not None else bytearray()
        if len(parts) <= self._limits.message_bytes:  # one byte more marks it as too long
            parts += frame.get_payload_as_bytes()[: self._limits.message_bytes + 1 - len(parts)]
        self._fragments = None if frame.fin else parts
        if not frame.fin:
            return
        if self._is_binary:
            self._counters.binary += 1
        elif len(parts) > self._limits.message_bytes:
            self._counters.oversized += 1
        else:
            self._read(bytes(parts))

    def _read(self, text: bytes) -> None:
        try:
            message = media_stream.decode(text)
        except MalformedMessage:
            self._counters.malformed += 1
            return
        if self._phase is not _Phase.LIVE or self._call is None:
            self._take_early(message)
            return
        is_taken = False
        try:
            self._take(self._call, message)
            is_taken = True
        finally:
            if not is_taken:  # a callback of the driver raised; the library logs it
                self.driver_failed()

    def _take_early(self, message: StreamMessage) -> None:
        """Before the ticket was found good and the stream started."""
        match message:
            case Connected():
                return
            case Started() if self._started is None:
                self._started = message
                self._order.arrived(message.sequence)
                self._open_if_ready()
            case _ if self._started is None or len(self._early) >= self._limits.early_messages:
                self._counters.refused_order += 1
                self._refuse("message before start")
            case _:
                self._early.append(message)

    def _take(self, call: MediaCall, message: StreamMessage) -> None:
        if isinstance(message, (Connected, Started)) or message.stream_sid != self._stream_sid:
            self._counters.malformed += 1
            return
        arrival = self._order.arrived(message.sequence)
        if arrival is not Arrival.IN_ORDER and not self._is_usable(arrival):
            return
        if isinstance(message, MediaFrame):
            if self._order.is_time_possible(message.timestamp):
                self._counters.frames_in += 1
                call.frame_arrived(message.timestamp, message.payload, time.monotonic() * 1000)
            else:
                self._counters.impossible_times += 1
            return
        match message:
            case KeyPressed():
                call.key_arrived(message.digit)
            case MarkReached():
                call.mark_arrived(message.name)
            case Stopped():
                self._close(WSCloseCode.OK, CloseReason.STOPPED)

    def _is_usable(self, arrival: Arrival) -> bool:
        """A message after a gap is; what comes late or twice is not."""
        match arrival:
            case Arrival.LATE:
                self._counters.late += 1
                return False
            case Arrival.DUPLICATE:
                self._counters.duplicates += 1
                return False
            case Arrival.AFTER_GAP:
                self._counters.sequence_gaps += 1
        return True

    def _is_within_budget(self) -> bool:
        now = time.monotonic()
        refilled = self._budget + (now - self._budget_at) * self._limits.messages_per_sec
        self._budget = min(refilled, float(self._limits.message_burst)) - self._unbudgeted
        self._budget_at = now
        self._unbudgeted = 0
        return self._budget > 0

    # --- opening -----------------------------------------------------------------------------------------------

    def _looked_up(self, looked_up: asyncio.Future[Admission | None]) -> None:
        if self._phase is not _Phase.OPENING:
            if not looked_up.cancelled():
                looked_up.exception()
            return
        if looked_up.cancelled() or looked_up.exception() is not None:
            self._counters.gate_failures += 1
            self._refuse("ticket could not be looked up")
            return
        self._admission = looked_up.result()
        if self._admission is None:
            self._counters.refused_ticket += 1
            self._refuse("no such ticket")
            return
        self._open_if_ready()

    def _open_if_ready(self) -> None:
        started, admission = self._started, self._admission
        if started is None or admission is None or self._phase is not _Phase.OPENING:
            return
        if started.call_sid != admission.call_sid:
            self._counters.refused_call_sid += 1
            self._refuse("another call")
        elif (started.encoding, started.rate, started.channels) != ("audio/x-mulaw", 8000, 1):
            self._counters.refused_format += 1
            self._refuse("another audio format")
        else:
            self._go_live(started)

    def _go_live(self, started: Started) -> None:
        self._phase = _Phase.LIVE
        self._cancel_open_timer()
        self._stream_sid = started.stream_sid
        self._media_prefix = media_stream.media_prefix(started.stream_sid)
        call = self._call = MediaCall(self.call_id, started, self, self._counters, self._server.pacing)
        self._counters.calls_started += 1
        _log.info("media stream started", call_id=self.call_id)
        is_taken = False
        try:
            self._server.hand_over(call)
            is_taken = True
        finally:
            if not is_taken:
                self.driver_failed()
        early, self._early = self._early, []
        for message in early:
            if self._phase is _Phase.LIVE:
                self._take(call, message)

    def driver_failed(self) -> None:
        """Nobody drives this call: give it back to the carrier, whose document goes on."""
        self._counters.driver_failures += 1
        self._close(WSCloseCode.INTERNAL_ERROR, CloseReason.WE_CLOSED)

    def _open_timed_out(self) -> None:
        if self._phase is _Phase.OPENING:
            self._counters.open_timeouts += 1
            self._refuse("no start in time")

    def _refuse(self, why: str) -> None:
        _log.warning("media socket refused", call_id=self.call_id, why=why)
        self._close(WSCloseCode.POLICY_VIOLATION, CloseReason.PROTOCOL_ERROR)

    def _cancel_open_timer(self) -> None:
        if self._open_timer is not None:
            self._open_timer.cancel()
            self._open_timer = None

    # --- the line of the call ----------------------------------------------------------------------------------

    def now_ms(self) -> float:
        """Monotonic time."""
        return time.monotonic() * 1000

    def send_media(self, mulaw: bytes) -> None:
        """Queue audio at the carrier."""
        if self._transport is not None and self._phase is _Phase.LIVE:
            self._counters.frames_out += 1
            self._transport.send(WSMsgType.TEXT, media_stream.encode_media_after(self._media_prefix, mulaw))

    def send_mark(self, name: str) -> None:
        """Ask for a mark behind what was queued."""
        self._send(media_stream.encode_mark(self._stream_sid, name))

    def send_clear(self) -> None:
        """Drop what the carrier has queued."""
        self._send(media_stream.encode_clear(self._stream_sid))

    def hang_up(self, reason: CloseReason) -> None:
        """Close in an orderly way; the carrier goes on with its document."""
        code = WSCloseCode.GOING_AWAY if reason is CloseReason.SHUTDOWN else WSCloseCode.OK
        self._close(code, reason)

    def _send(self, message: bytes) -> None:
        if self._transport is not None and self._phase is _Phase.LIVE:
            self._transport.send(WSMsgType.TEXT, message)

    # --- closing -----------------------------------------------------------------------------------------------

    def _close(self, code: WSCloseCode, reason: CloseReason) -> None:
        """Send CLOSE once, report the end, and make sure that the connection ends whatever the other side does."""
        transport = self._transport
        if transport is not None and self._phase is not _Phase.CLOSED:
            transport.send_close(code)
            self._loop.call_later(self._limits.close_timeout_ms / 1000, self._abort)
        self._ended(reason)

    def _other_side_left(self, transport: WSTransport) -> None:
        """A CLOSE or the end of the connection, without a `stop`."""
        handshake = transport.close_handshake
        # A CLOSE that this session never sent was sent by the library: after a broken frame, or a ping without answer.
        sent = handshake.sent.code if handshake is not None and handshake.sent is not None else None
        if self._phase is not _Phase.CLOSED and sent is not None and sent is not WSCloseCode.GOING_AWAY:
            self._counters.protocol_errors += 1
            self._ended(CloseReason.PROTOCOL_ERROR)
        else:
            self._ended(CloseReason.LOST)

    def _ended(self, reason: CloseReason) -> None:
        if self._phase is _Phase.CLOSED:
            return
        was_live, self._phase = self._phase is _Phase.LIVE, _Phase.CLOSED
        self._cancel_open_timer()
        self._early.clear()
        self._server.released(self)
        if not was_live or self._call is None:
            return
        if reason is CloseReason.LOST:
            self._counters.calls_lost += 1
        elif reason is CloseReason.STOPPED:
            self._counters.calls_stopped += 1
        _log.info("media stream ended", call_id=self.call_id, reason=reason.value, missing=self._order.missing)
        self._call.ended(reason)

    def _abort(self) -> None:
        if self._transport is not None and not self._transport.is_disconnected:
            self._transport.disconnect(graceful=False)
