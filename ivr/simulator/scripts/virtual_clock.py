"""A clock that jumps from one thing that happens to the next, and takes no time at all."""

from __future__ import annotations

import heapq
from collections.abc import Callable


class VirtualClock:
    """What is to happen, by time; things of the same time happen in the order in which they were planned."""

    def __init__(self) -> None:
        """Begin at 0 with nothing to do."""
        self.at = 0
        """Now, milliseconds."""
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._order = 0

    @property
    def next_at(self) -> int | None:
        """When the next thing happens; None when nothing is planned."""
        return self._heap[0][0] if self._heap else None

    def later(self, after_ms: int, action: Callable[[], None]) -> None:
        """Plans something."""
        self._order += 1
        heapq.heappush(self._heap, (self.at + after_ms, self._order, action))

    def take(self) -> Callable[[], None]:
        """The next thing, to be done when the clock stands at `next_at`. Raises `IndexError` when there is none."""
        return heapq.heappop(self._heap)[2]
