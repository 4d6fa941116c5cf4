"""Leases from before the clock was set back: when they may be taken for left alone. Used by one thread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ivr.core.queueing.claims import is_beyond
from ivr.core.queueing.model import Callback


class FarLeases:
    """Those that lie beyond, and since when each was seen so, by a clock that nobody sets.

    Whoever holds one and lives makes it anew within a turn. What stays as it is for so long is nobody's.
    """

    def __init__(self, steady_secs: Callable[[], float]) -> None:
        self._steady_secs = steady_secs
        self._seen: dict[str, tuple[datetime, float]] = {}

    def left_alone(self, callback: Callback, lease_secs: float, now: datetime) -> datetime | None:
        """The end of the lease, when it may be adopted although it lies ahead."""
        until = callback.lease_until
        if until is None or not is_beyond(callback, lease_secs=lease_secs, now=now):
            self._seen.pop(callback.id, None)
            return None
        seen_until, since = self._seen.setdefault(callback.id, (until, self._steady_secs()))
        if seen_until != until:
            self._seen[callback.id] = until, self._steady_secs()
            return None
        return until if self._steady_secs() - since >= lease_secs else None
