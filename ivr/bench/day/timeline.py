"""Virtual time: what is to happen, in order. Nothing waits."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count


class Timeline:
    """A clock that jumps from one thing to the next."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._numbers = count()
        self._heap: list[tuple[datetime, int, Callable[[], None]]] = []

    def now(self) -> datetime:
        """The time it is."""
        return self._now

    def at(self, when: datetime, action: Callable[[], None]) -> None:
        """Does it then; at the earliest now."""
        heapq.heappush(self._heap, (max(when, self._now), next(self._numbers), action))

    def after(self, secs: float, action: Callable[[], None]) -> None:
        """Does it in so many seconds."""
        self.at(self._now + timedelta(seconds=secs), action)

    def run(self, until: datetime) -> None:
        """Everything up to then, and what follows from it."""
        while self._heap and self._heap[0][0] <= until:
            self._now, _, action = heapq.heappop(self._heap)
            action()
        self._now = max(self._now, until)
