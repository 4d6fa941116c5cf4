"""A line clock that jumps to the next sleeper as soon as nothing else wants to run: no real time passes."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from datetime import UTC, datetime, timedelta

_SETTLE_TURNS = 25
_EPOCH = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


class VirtualLineClock:
    """Virtual milliseconds; fits the carrier's `LineClock`. Only for code whose every wait goes through it."""

    def __init__(self) -> None:
        self._now_ms = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._pump: asyncio.Task[None] | None = None

    def now_ms(self) -> float:
        """Virtual time."""
        return self._now_ms

    def utc_now(self) -> datetime:
        """Noon-ish on a fixed day, plus virtual time."""
        return _EPOCH + timedelta(milliseconds=self._now_ms)

    async def sleep_until(self, at_ms: float) -> None:
        """Wait for virtual time to reach `at_ms`."""
        if at_ms <= self._now_ms:
            await asyncio.sleep(0)
            return
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (at_ms, next(self._order), woken))
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._run())
        await woken

    async def _run(self) -> None:
        while self._sleepers:
            for _ in range(_SETTLE_TURNS):
                await asyncio.sleep(0)
            at_ms, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                self._now_ms = max(self._now_ms, at_ms)
                woken.set_result(None)
