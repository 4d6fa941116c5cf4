"""One row at a time: what is wrong with one promise does not stop the others; a locked row is left alone a while."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from ivr.ports import StoreFailed

log = structlog.get_logger(__name__)

REST = timedelta(seconds=10)
"""A row that failed is left alone for so long: a frozen process may hold its lock."""
MAX_FAILURES = 2
"""In one turn; then it is not the rows but the database."""


class Rows:
    """Failures of this turn, and rows that rest. Used by one thread."""

    def __init__(self) -> None:
        self._now = datetime.min.replace(tzinfo=UTC)
        self._failures = 0
        self._rests: dict[str, datetime] = {}

    def new_turn(self, now: datetime) -> None:
        """Failures are counted anew. A rest ends early when the clock was set back."""
        self._now, self._failures = now, 0
        self._rests = {name: until for name, until in self._rests.items() if now < until <= now + REST}

    def tried(self, name: str, work: Callable[[], object]) -> None:
        """Does the work unless the row rests. Raises `StoreFailed` after too many failures."""
        if name in self._rests:
            return
        try:
            work()
        except StoreFailed as problem:
            self._failures += 1
            self._rests[name] = self._now + REST
            log.warning("row left alone", row=name, reason=problem.reason)
            if self._failures >= MAX_FAILURES:
                raise
        except Exception:  # a row's rim: the others go on
            self._rests[name] = self._now + REST
            log.exception("row left alone", row=name)
