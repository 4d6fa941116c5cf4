"""The real clocks. Everything else takes times as arguments."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class SystemClock:
    """`ivr.ports.Clock` over the system's clocks."""

    def now(self) -> datetime:
        """Aware, UTC."""
        return datetime.now(UTC)

    def monotonic_ms(self) -> int:
        """Never jumps."""
        return time.monotonic_ns() // 1_000_000
