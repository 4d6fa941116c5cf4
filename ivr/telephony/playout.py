"""Two clocks of a stream, pure: what the carrier has played by now, and what time it is on the stream.

sent:     |--a--|--b--|--c--|                 (faster than real time)
played:   |--a-----|--b-----|--c-----|
now:                  ^
dry_at:                             ^         lead = dry_at - now
"""

from __future__ import annotations

from dataclasses import dataclass

_DRIFT = 0.00005
"""Two clocks may drift apart this fast (ms per ms): 0.2 s in an hour."""

FRAME_MS = 20
"""One frame of telephone audio."""


@dataclass(slots=True)
class PlayoutClock:
    """Estimates the carrier's playout of one FIFO buffer. All times in ms on one monotonic clock."""

    dry_at: float = 0.0
    """When everything sent so far has been played."""

    def sent(self, now: float, duration_ms: float) -> float:
        """Take note of audio just sent; returns when its first sample is played."""
        begins_at = max(self.dry_at, now)
        self.dry_at = begins_at + duration_ms
        return begins_at

    def lead(self, now: float) -> float:
        """Audio sent and not yet played, ms."""
        return max(0.0, self.dry_at - now)

    def cleared(self, now: float) -> None:
        """What was not yet played never will be."""
        self.dry_at = min(self.dry_at, now)


@dataclass(slots=True)
class StreamClock:
    """Maps our monotonic clock to the stream's timestamps, following the frames that were delayed least."""

    _offset: float | None = None
    _seen_at: float = 0.0
    _phase: int = 0

    def frame_arrived(self, timestamp: int, now: float) -> None:
        """Take note of a frame with stream time `timestamp` (ms), complete `now`."""
        offset = timestamp + FRAME_MS - now
        if self._offset is None:
            self._phase = timestamp % FRAME_MS
            self._offset = offset
        else:
            self._offset = max(offset, self._offset - (now - self._seen_at) * _DRIFT)
        self._seen_at = now

    def at(self, now: float) -> int:
        """Stream time in ms; 0 before the first frame."""
        return 0 if self._offset is None else max(0, round(now + self._offset))

    def aligned(self, now: float) -> int:
        """Stream time in ms of the nearest frame border."""
        at = self.at(now) - self._phase
        return max(0, round(at / FRAME_MS) * FRAME_MS + self._phase)
