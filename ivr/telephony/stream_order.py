"""Order of a stream's messages, pure: gaps, duplicates, late arrivals, and times that cannot be."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

_REMEMBERED_GAPS = 512
"""Missing numbers kept in mind; an older straggler counts as a duplicate."""

MAX_TIME_STEP_MS = 60_000
"""A larger step of the stream's clock between two frames is a fault: a socket silent for so long is dead."""


class Arrival(Enum):
    """How a message stands to those before it."""

    IN_ORDER = "in_order"
    AFTER_GAP = "after_gap"
    LATE = "late"
    DUPLICATE = "duplicate"


@dataclass(slots=True)
class StreamOrder:
    """Follows `sequenceNumber` (1, 2, 3 … over all kinds of messages) and the media timestamps of one stream."""

    gaps: int = 0
    missing: int = 0
    """Messages that never came (so far)."""
    duplicates: int = 0
    late: int = 0
    impossible_times: int = 0
    _highest: int = 0
    _last_ms: int | None = None
    _missing: set[int] = field(default_factory=set)

    def arrived(self, sequence: int) -> Arrival:
        """Take note of a message's number."""
        step = sequence - self._highest
        if step == 1:
            self._highest = sequence
            return Arrival.IN_ORDER
        if step > 1:
            self._note_gap(sequence)
            return Arrival.AFTER_GAP
        if sequence in self._missing:
            self._missing.discard(sequence)
            self.missing -= 1
            self.late += 1
            return Arrival.LATE
        self.duplicates += 1
        return Arrival.DUPLICATE

    def is_time_possible(self, timestamp: int) -> bool:
        """Whether a frame's stream time (ms) may follow the last one; the timestamp, not the arrival, is the time."""
        if self._last_ms is not None and not self._last_ms < timestamp <= self._last_ms + MAX_TIME_STEP_MS:
            self.impossible_times += 1
            return False
        if self._last_ms is None and timestamp > MAX_TIME_STEP_MS:
            self.impossible_times += 1
            return False
        self._last_ms = timestamp
        return True

    def _note_gap(self, sequence: int) -> None:
        self.gaps += 1
        self.missing += sequence - self._highest - 1
        self._missing.update(range(max(self._highest + 1, sequence - _REMEMBERED_GAPS), sequence))
        if len(self._missing) > _REMEMBERED_GAPS:
            self._missing = {number for number in self._missing if number >= sequence - _REMEMBERED_GAPS}
        self._highest = sequence
