"""Puts a caller's audio on an even timeline of 20 ms frames: gaps become silence, late and doubled frames go."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

from speech.formats import FRAME_MS, MULAW_FRAME_BYTES, MULAW_SILENCE

_TOLERANCE_MS = FRAME_MS // 2
_LONGEST_GAP_MS = 2000
"""More is not filled: nobody needs so much silence, and a made-up time stamp must not cost memory."""
_LATE_IN_A_ROW = 25
"""After so many, the stamps are not believed any more and frames are counted instead."""
_LONGEST_PUSH_BYTES = 8000


@dataclass(slots=True)
class TimelineCounts:
    """What was mended."""

    filled: int = 0
    late: int = 0
    oversized: int = 0


class Timeline:
    """Turns (stamp, bytes) of any lengths into (at_ms, frame of 160 bytes)."""

    def __init__(self) -> None:
        self.counts = TimelineCounts()
        self.now_ms: int | None = None
        """End of the last frame, in stream ms."""
        self._rest = b""
        self._late_in_a_row = 0

    def frames(self, at_ms: int, mulaw: bytes) -> Iterator[tuple[int, bytes]]:
        """The frames that are complete now, silence for lost ones first."""
        if len(mulaw) > _LONGEST_PUSH_BYTES:
            self.counts.oversized += 1
            mulaw = mulaw[:_LONGEST_PUSH_BYTES]
        now = self.now_ms if self.now_ms is not None else at_ms
        expected = now + len(self._rest) // (MULAW_FRAME_BYTES // FRAME_MS)
        if at_ms < expected - _TOLERANCE_MS and self._is_late():
            return
        if at_ms > expected + _TOLERANCE_MS:
            now = yield from self._filled(now, at_ms)
        if at_ms >= expected - _TOLERANCE_MS:
            self._late_in_a_row = 0
        audio = self._rest + mulaw
        whole = len(audio) // MULAW_FRAME_BYTES * MULAW_FRAME_BYTES
        self._rest = audio[whole:]
        for start in range(0, whole, MULAW_FRAME_BYTES):
            self.now_ms = now + FRAME_MS
            yield now, audio[start : start + MULAW_FRAME_BYTES]
            now = self.now_ms
        self.now_ms = now

    def _is_late(self) -> bool:
        """Whether to drop the frame."""
        self._late_in_a_row += 1
        self.counts.late += 1
        return self._late_in_a_row <= _LATE_IN_A_ROW

    def _filled(self, now: int, until: int) -> Generator[tuple[int, bytes], None, int]:
        """Silence as far as `until`, to the nearest whole frame; after a jump where the gap is too long to fill."""
        self._rest = b""
        start = max(now, until - _LONGEST_GAP_MS)
        count = round((until - start) / FRAME_MS)
        for number in range(count):
            self.counts.filled += 1
            yield start + number * FRAME_MS, MULAW_SILENCE * MULAW_FRAME_BYTES
        return start + count * FRAME_MS
