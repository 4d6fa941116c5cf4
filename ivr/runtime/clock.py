"""The real clocks. Everything else takes times as arguments."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path


class SystemClock:
    """`ivr.ports.Clock` over the system's clocks.

    For tests of whole servers the wall clock can be moved while they run: a file holds by how many seconds. It is read
    again whenever it changes; what is no number counts for nothing.
    """

    def __init__(self, moved_by: Path | None = None) -> None:
        """`moved_by` is that file; None, as everywhere but in tests, is the system's own time."""
        self._moved_by = moved_by
        self._seen_ns = -1
        self._offset = timedelta()

    def now(self) -> datetime:
        """Aware, UTC."""
        if self._moved_by is not None:
            self._look(self._moved_by)
        return datetime.now(UTC) + self._offset

    def monotonic_ms(self) -> int:
        """Never jumps."""
        return time.monotonic_ns() // 1_000_000

    def _look(self, file: Path) -> None:
        with suppress(OSError, ValueError, OverflowError):
            changed_ns = file.stat().st_mtime_ns
            if changed_ns != self._seen_ns:
                self._offset = timedelta(seconds=float(file.read_text("ascii").strip()))
                self._seen_ns = changed_ns
