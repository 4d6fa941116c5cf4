"""Line time: the milliseconds in which the carrier plays audio and waits, optionally faster than real time."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class LineClock(Protocol):
    """The only source of time for calls; webhooks' time limits stay in real seconds."""

    def now_ms(self) -> float:
        """Line time in milliseconds since the clock was made; never jumps."""

    def utc_now(self) -> datetime:
        """The date that goes with `now_ms`: aware, UTC."""

    async def sleep_until(self, at_ms: float) -> None:
        """Return when `now_ms` has reached `at_ms`; at once when it is past."""


class ScaledClock:
    """The machine's monotonic clock, running `speed` times as fast."""

    def __init__(self, speed: float = 1.0) -> None:
        """Raise `ValueError` unless `speed` is positive."""
        if speed <= 0:
            raise ValueError("speed must be positive")
        self._speed = speed
        self._zero = time.monotonic()
        self._zero_date = datetime.now(UTC)

    def now_ms(self) -> float:
        """Line time in milliseconds."""
        return (time.monotonic() - self._zero) * 1000.0 * self._speed

    def utc_now(self) -> datetime:
        """The date on the line."""
        return self._zero_date + timedelta(milliseconds=self.now_ms())

    async def sleep_until(self, at_ms: float) -> None:
        """Sleep for what is missing; yields to other tasks even when nothing is."""
        await asyncio.sleep(max(0.0, (at_ms - self.now_ms()) / 1000.0 / self._speed))


async def sleep_ms(clock: LineClock, duration_ms: float) -> None:
    """Wait `duration_ms` of line time."""
    await clock.sleep_until(clock.now_ms() + duration_ms)
