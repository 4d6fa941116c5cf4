"""One call's media as its driver sees it: frames, keys and marks in; prompts out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from enum import Enum
from typing import Any, Protocol

from ivr.telephony.media_gate import MediaCounters
from ivr.telephony.media_stream import Started
from ivr.telephony.playback import OnFailed, OnFinished, Pacing, Playback, Wire
from ivr.telephony.playout import StreamClock

MAX_EARLY_KEYS = 32
"""Kept until somebody listens; nobody presses more in the moment a call is looked up."""


class CloseReason(Enum):
    """Why a stream is over."""

    STOPPED = "stopped"
    """The carrier said `stop`: the caller hung up, or the call was redirected."""
    LOST = "lost"
    """The connection ended without a `stop`. The caller may still be there."""
    WE_CLOSED = "we_closed"
    """The driver closed it; the carrier goes on with its document."""
    SHUTDOWN = "shutdown"
    """This process is going down."""
    SLOW_READER = "slow_reader"
    """The other side stopped reading."""
    PROTOCOL_ERROR = "protocol_error"
    """The other side broke the WebSocket protocol or sent far too much."""


class Line(Wire, Protocol):
    """What a call needs of its socket."""

    def now_ms(self) -> float:
        """Monotonic time."""

    def hang_up(self, reason: CloseReason) -> None:
        """Close the socket in an orderly way."""


def _nobody(*_: Any) -> None:
    """Nobody listens yet."""


class MediaCall:
    """One live stream. All on one event loop; the driver sets the callbacks in `on_call`, before the first frame.

    Callbacks run in the socket's own turn of the loop: they have to be quick and must not block.
    """

    __slots__ = (
        "_early_keys",
        "_is_closed",
        "_line",
        "_on_digit",
        "_playback",
        "_stream_clock",
        "call_id",
        "call_sid",
        "on_closed",
        "on_frame",
        "on_mark",
        "started",
    )

    def __init__(
        self, call_id: str, started: Started, line: Line, counters: MediaCounters, pacing: Pacing | None = None
    ) -> None:
        """Called by the media server only."""
        self.call_id = call_id
        """Our own id."""
        self.call_sid = started.call_sid
        """The carrier's id of the leg."""
        self.started = started
        self.on_frame: Callable[[int, bytes], None] = _nobody
        """(stream time of the first sample in ms, μ-law); only frames in order, each once."""
        self.on_mark: Callable[[str], None] = _nobody
        """Any mark that came back."""
        self.on_closed: Callable[[CloseReason], None] = _nobody
        """Exactly once; after the `on_finished` of all prompts."""
        self._line = line
        self._stream_clock = StreamClock()
        self._playback = Playback(line, self._stream_clock, counters, pacing, now_ms=line.now_ms)
        self._is_closed = False
        self._early_keys: list[tuple[int, str]] = []
        self._on_digit: Callable[[int, str], None] = self._keep_early_key

    @property
    def on_digit(self) -> Callable[[int, str], None]:
        """(stream time in ms, key). Personal data. Keys that came before it was set are told at once when it is."""
        return self._on_digit

    @on_digit.setter
    def on_digit(self, told: Callable[[int, str], None]) -> None:
        self._on_digit = told
        early, self._early_keys = self._early_keys, []
        for at_ms, digit in early:
            told(at_ms, digit)

    @property
    def is_closed(self) -> bool:
        """The stream is over; `play` then finishes at once as not heard."""
        return self._is_closed

    @property
    def our_frame(self) -> Callable[[int, bytes], None] | None:
        """Tap of what the caller heard of us: (stream time in ms, 20 ms of μ-law)."""
        return self._playback.our_frame

    @our_frame.setter
    def our_frame(self, tap: Callable[[int, bytes], None] | None) -> None:
        self._playback.our_frame = tap

    @property
    def on_planned(self) -> Callable[[int, bytes], None] | None:
        """Tap of what is sent: (stream time in ms at which the caller will hear it, μ-law)."""
        return self._playback.on_planned

    @on_planned.setter
    def on_planned(self, tap: Callable[[int, bytes], None] | None) -> None:
        self._playback.on_planned = tap

    def at_ms(self) -> int:
        """Stream time now."""
        return self._stream_clock.at(self._line.now_ms())

    def play(
        self, prompt_id: int, chunks: AsyncIterator[bytes], on_finished: OnFinished, on_failed: OnFailed | None = None
    ) -> None:
        """Play μ-law chunks after what is playing; see `Playback.play`."""
        self._playback.play(prompt_id, chunks, on_finished, on_failed)

    def stop(self, prompt_id: int) -> bool:
        """Stop a prompt at once: `clear` goes out, the rest is dropped, `on_finished` is called before this returns."""
        return self._playback.stop(prompt_id)

    def send_audio(self, mulaw: bytes) -> None:
        """Send audio unpaced, past the prompts (an echo, a tone)."""
        if not self._is_closed:
            self._playback.send_now(mulaw)

    def close_after_playout(self) -> None:
        """Close once everything queued was heard (its marks came back), or at once when nothing plays."""
        self._playback.on_idle = self.close
        if self._playback.is_idle:
            self.close()

    def close(self, reason: CloseReason = CloseReason.WE_CLOSED) -> None:
        """Close now; what was not played yet is dropped by the carrier. Idempotent."""
        if not self._is_closed:
            self._line.hang_up(reason)

    def frame_arrived(self, timestamp: int, mulaw: bytes, now_ms: float) -> None:
        """For the media server: a frame in its place."""
        self._stream_clock.frame_arrived(timestamp, now_ms)
        self.on_frame(timestamp, mulaw)

    def key_arrived(self, digit: str) -> None:
        """For the media server: a key."""
        self._on_digit(self.at_ms(), digit)

    def _keep_early_key(self, at_ms: int, digit: str) -> None:
        if len(self._early_keys) < MAX_EARLY_KEYS:
            self._early_keys.append((at_ms, digit))

    def mark_arrived(self, name: str) -> None:
        """For the media server: a mark."""
        self._playback.mark_reached(name)
        self.on_mark(name)

    def ended(self, reason: CloseReason) -> None:
        """For the media server: the stream is over. Idempotent."""
        if self._is_closed:
            return
        self._is_closed = True
        self._playback.on_idle = None
        try:
            self._playback.close()
        finally:
            self.on_closed(reason)
