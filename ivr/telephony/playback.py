"""Plays prompts on one stream: paced a little ahead of real time, known by id and mark, stopped at once.

Prompts play one after another. A prompt is *completed* when its mark comes back and nothing was cleared;
a mark that comes back after a clear proves nothing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from ivr.telephony.errors import TelephonyError
from ivr.telephony.media_gate import MediaCounters
from ivr.telephony.media_stream import MULAW_BYTES_PER_MS
from ivr.telephony.playout import FRAME_MS, PlayoutClock, StreamClock

FRAME_BYTES = FRAME_MS * MULAW_BYTES_PER_MS
_SILENCE = b"\xff"

OnFinished = Callable[[int, bool, int], None]
"""(prompt id, was heard to its end, how much of it was played in ms)"""
OnFailed = Callable[[int, BaseException], None]
"""(prompt id, what the speaker raised)"""


class Wire(Protocol):
    """The sending side of one socket."""

    def send_media(self, mulaw: bytes) -> None:
        """Queue audio at the carrier."""

    def send_mark(self, name: str) -> None:
        """Ask for a mark behind what was queued."""

    def send_clear(self) -> None:
        """Drop what the carrier has queued."""


@dataclass(frozen=True, slots=True)
class Pacing:
    """How far ahead of the caller's ear the audio is sent."""

    lead_ms: int = 240
    """Audio kept at the carrier: bridges our own delays; what a barge-in has to drop."""
    message_ms: int = 100
    """Longest piece in one message, a multiple of 20."""
    mark_grace_ms: int = 3_000
    """How long after its estimated end a prompt's mark may be missing."""


@dataclass(slots=True, eq=False)
class _Prompt:
    prompt_id: int
    chunks: AsyncIterator[bytes]
    on_finished: OnFinished
    on_failed: OnFailed | None
    mark: str
    sent_ms: int = 0
    feed: asyncio.Task[None] | None = None
    watchdog: asyncio.TimerHandle | None = None


@dataclass(slots=True)
class _Untaped:
    """Frames on their way to the caller's ear, kept until they are played."""

    frames: deque[tuple[float, int, bytes]] = field(default_factory=deque)
    next_at: int = 0


class Playback:
    """The single writer of one stream's audio. Lives on one event loop; nothing here may be called from elsewhere."""

    __slots__ = (
        "_clock",
        "_closing_iterators",
        "_counters",
        "_current",
        "_is_closed",
        "_loop",
        "_now",
        "_pacing",
        "_queue",
        "_serial",
        "_sleep",
        "_stream_clock",
        "_untaped",
        "_wire",
        "on_idle",
        "on_planned",
        "our_frame",
    )

    def __init__(
        self,
        wire: Wire,
        stream_clock: StreamClock,
        counters: MediaCounters,
        pacing: Pacing | None = None,
        *,
        now_ms: Callable[[], float] | None = None,
        sleep_ms: Callable[[float], Awaitable[None]] | None = None,
    ) -> None:
        """Prepare a playback; times come from the running loop unless given."""
        self._wire = wire
        self._stream_clock = stream_clock
        self._counters = counters
        self._pacing = pacing or Pacing()
        self._loop = asyncio.get_running_loop()
        self._now = now_ms or (lambda: self._loop.time() * 1000)
        self._sleep = sleep_ms or (lambda ms: asyncio.sleep(ms / 1000))
        self._clock = PlayoutClock()
        self._current: _Prompt | None = None
        self._queue: deque[_Prompt] = deque()
        self._serial = 0
        self._untaped = _Untaped()
        self._is_closed = False
        self._closing_iterators: set[asyncio.Task[None]] = set()
        self.our_frame: Callable[[int, bytes], None] | None = None
        """Gets (stream time in ms, 20 ms of μ-law) of everything the caller heard."""
        self.on_planned: Callable[[int, bytes], None] | None = None
        """Gets (stream time in ms at which it will be heard, μ-law) when audio is sent: what an echo can be made of."""
        self.on_idle: Callable[[], None] | None = None
        """Called whenever the last prompt is over."""

    @property
    def is_idle(self) -> bool:
        """Nothing plays and nothing waits."""
        return self._current is None and not self._queue

    def play(
        self,
        prompt_id: int,
        chunks: AsyncIterator[bytes],
        on_finished: OnFinished,
        on_failed: OnFailed | None = None,
    ) -> None:
        """Play μ-law audio after what is playing.

        Args:
            prompt_id: The driver's own number, given back in every report.
            chunks: μ-law, any lengths. Closed (`aclose`) when the prompt is over.
            on_finished: Called exactly once, also after a stop, a failure, or the end of the call.
            on_failed: Called before that when `chunks` raised.
        """
        self._serial += 1
        prompt = _Prompt(prompt_id, chunks, on_finished, on_failed, mark=f"prompt-{prompt_id}-{self._serial}")
        if self._is_closed:
            self._close_iterator(prompt)
            on_finished(prompt_id, False, 0)
            return
        self._queue.append(prompt)
        self._begin_next()

    def stop(self, prompt_id: int) -> bool:
        """Stop a prompt at once and report it; False when there is no such prompt (any more)."""
        current = self._current
        if current is not None and current.prompt_id == prompt_id:
            if current.sent_ms:
                self._wire.send_clear()
            heard_ms = self._heard_ms(current)
            self._clock.cleared(self._now())
            self._finish(current, False, heard_ms)
            return True
        for prompt in self._queue:
            if prompt.prompt_id == prompt_id:
                self._queue.remove(prompt)
                self._close_iterator(prompt)
                prompt.on_finished(prompt_id, False, 0)
                return True
        return False

    def send_now(self, mulaw: bytes) -> None:
        """Send audio as it is, past the queue and unpaced."""
        self._clock.sent(self._now(), len(mulaw) / MULAW_BYTES_PER_MS)
        self._wire.send_media(mulaw)

    def mark_reached(self, name: str) -> None:
        """The carrier gave a mark back."""
        prompt = self._current
        if prompt is None or prompt.mark != name or prompt.watchdog is None:
            self._counters.marks_unknown += 1
            return
        self._clock.cleared(self._now())
        self._finish(prompt, True, prompt.sent_ms)

    def close(self) -> None:
        """The stream is over: report everything that had not finished. Idempotent."""
        if self._is_closed:
            return
        self._is_closed = True
        waiting = list(self._queue)
        self._queue.clear()
        if self._current is not None:
            self._finish(self._current, False, self._heard_ms(self._current))
        for prompt in waiting:
            self._close_iterator(prompt)
            prompt.on_finished(prompt.prompt_id, False, 0)

    def _begin_next(self) -> None:
        if self._current is None and self._queue:
            prompt = self._current = self._queue.popleft()
            prompt.feed = self._loop.create_task(self._feed(prompt))
            prompt.feed.add_done_callback(lambda task: self._fed(prompt, task))

    async def _feed(self, prompt: _Prompt) -> None:
        waiting = bytearray()
        longest = self._pacing.message_ms * MULAW_BYTES_PER_MS
        async for chunk in prompt.chunks:
            waiting += chunk
            while len(waiting) >= FRAME_BYTES:
                size = min(len(waiting) // FRAME_BYTES * FRAME_BYTES, longest)
                piece = bytes(waiting[:size])
                del waiting[:size]
                await self._send_paced(prompt, piece)
        if waiting:
            await self._send_paced(prompt, bytes(waiting).ljust(FRAME_BYTES, _SILENCE))

    async def _send_paced(self, prompt: _Prompt, piece: bytes) -> None:
        while (ahead := self._clock.lead(self._now()) - self._pacing.lead_ms) > 0:
            await self._sleep(ahead)
        now = self._now()
        duration_ms = len(piece) // MULAW_BYTES_PER_MS
        begins_at = self._clock.sent(now, duration_ms)
        prompt.sent_ms += duration_ms
        if self.on_planned is not None:
            self.on_planned(self._stream_clock.aligned(begins_at), piece)
        self._keep_for_tape(begins_at, piece)
        self._tape_until(now)
        self._wire.send_media(piece)

    def _fed(self, prompt: _Prompt, task: asyncio.Task[None]) -> None:
        """Everything of a prompt was sent, or its speaker failed."""
        failure = TelephonyError("speech was cancelled") if task.cancelled() else task.exception()
        self._close_iterator(prompt)
        if prompt is not self._current:
            return
        if failure is None:
            self._wire.send_mark(prompt.mark)
            patience_ms = self._clock.lead(self._now()) + self._pacing.mark_grace_ms
            prompt.watchdog = self._loop.call_later(patience_ms / 1000, self._mark_missing, prompt)
            return
        self._counters.speech_failures += 1
        if prompt.on_failed is not None:
            prompt.on_failed(prompt.prompt_id, failure)
        if prompt is self._current:
            self._finish(prompt, False, self._heard_ms(prompt))

    def _mark_missing(self, prompt: _Prompt) -> None:
        if prompt is self._current:
            self._counters.marks_missing += 1
            self._finish(prompt, False, prompt.sent_ms)

    def _finish(self, prompt: _Prompt, is_completed: bool, heard_ms: int) -> None:
        self._current = None
        if prompt.watchdog is not None:
            prompt.watchdog.cancel()
        if prompt.feed is not None:
            prompt.feed.cancel()
        self._tape_until(float("inf") if is_completed else self._now())
        self._untaped.frames.clear()
        prompt.on_finished(prompt.prompt_id, is_completed, heard_ms)
        self._begin_next()
        if self.is_idle and self.on_idle is not None:
            self.on_idle()

    def _heard_ms(self, prompt: _Prompt) -> int:
        unplayed = min(self._clock.lead(self._now()), prompt.sent_ms)
        return round(prompt.sent_ms - unplayed)

    def _close_iterator(self, prompt: _Prompt) -> None:
        """Let an async generator run its clean-up now instead of at garbage collection."""
        close = getattr(prompt.chunks, "aclose", None)
        if close is not None:
            task = self._loop.create_task(_run(close()))
            self._closing_iterators.add(task)
            task.add_done_callback(self._iterator_closed)

    def _iterator_closed(self, task: asyncio.Task[None]) -> None:
        self._closing_iterators.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._counters.speech_failures += 1

    def _keep_for_tape(self, begins_at: float, piece: bytes) -> None:
        if self.our_frame is None:
            return
        kept = self._untaped
        at = self._stream_clock.aligned(begins_at)
        if abs(at - kept.next_at) <= 2 * FRAME_MS:
            at = kept.next_at
        for start in range(0, len(piece), FRAME_BYTES):
            offset_ms = start // MULAW_BYTES_PER_MS
            kept.frames.append((begins_at + offset_ms, at + offset_ms, piece[start : start + FRAME_BYTES]))
        kept.next_at = at + len(piece) // MULAW_BYTES_PER_MS

    def _tape_until(self, now: float) -> None:
        frames = self._untaped.frames
        while frames and frames[0][0] < now:
            _, at, mulaw = frames.popleft()
            if self.our_frame is not None:
                self.our_frame(at, mulaw)


async def _run(closing: Awaitable[None]) -> None:
    await closing
