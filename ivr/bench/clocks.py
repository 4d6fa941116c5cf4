"""A wall clock that runs faster than time does, and the same in every process of this machine."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class FastClock:
    """Minutes of the queue in seconds of a bench: its rules can stay what they are.

    A bench counts its own seconds, which are longer than real ones by `pace` on a machine that is busy or slow.
    """

    start: datetime
    """What it showed at first."""
    speed: float
    """Seconds it shows per second of the bench."""
    pace: float
    """Real seconds per second of the bench."""
    began: float
    """`time.monotonic()` then; on Linux that is one clock for all processes."""

    @classmethod
    def starting(cls, start: datetime, speed: float, pace: float, lead_secs: float = 0.0) -> FastClock:
        """It will show `start` in `lead_secs` of the bench; until then it shows earlier times."""
        return cls(start, speed, pace, time.monotonic() + lead_secs * pace)

    def now(self) -> datetime:
        """The time it shows."""
        return self.at(self.elapsed())

    def at(self, secs: float) -> datetime:
        """What it shows at a second of the bench."""
        return self.start + timedelta(seconds=secs * self.speed)

    def elapsed(self) -> float:
        """Seconds of the bench since it started."""
        return (time.monotonic() - self.began) / self.pace

    def real(self, secs: float) -> float:
        """Real seconds for seconds of the bench."""
        return secs * self.pace

    async def until(self, secs: float) -> None:
        """Until that second of the bench."""
        await asyncio.sleep((secs - self.elapsed()) * self.pace)

    async def sleep(self, secs: float) -> None:
        """So many seconds of the bench."""
        await asyncio.sleep(secs * self.pace)
