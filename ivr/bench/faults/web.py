"""The web and media side of a run: stores what the carrier reports and what people say, as the real one does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from ivr.bench.clocks import FastClock
from ivr.bench.news import NEWS
from ivr.core.queueing.leg_events import Word, leg_progressed, leg_said
from ivr.core.queueing.standing import is_live, leg_of
from ivr.core.queueing.steps import Attempt, Step
from ivr.ports import CallbackStore, StoreFailed

T = TypeVar("T")


class Web:
    """Answers late when the database is busy; what cannot be stored is lost, as a crash would lose it."""

    def __init__(self, store: CallbackStore, clock: FastClock, executor: Executor) -> None:
        self._store, self._clock, self._executor = store, clock, executor
        self.failures = 0
        """Times the database did not take it."""

    async def progressed(self, tag: str, sid: str, status: str, over_at: datetime | None) -> None:
        """A report of the carrier."""
        ended_at = over_at.replace(microsecond=0) if over_at is not None else None
        told = replace(NEWS[status], carrier_sid=sid, ended_at=ended_at)

        def store() -> None:
            at = self._clock.now()
            self._store.step_leg(tag, lambda attempt: leg_progressed(attempt, tag, told, at=at))

        await self.run(store)

    async def said(self, tag: str, word: Word) -> tuple[str, datetime]:
        """A word of who is on a leg; the room to wait in, or empty when the leg's attempt is void, and since when."""
        rooms: list[str] = []
        at = self._clock.now()

        def decide(attempt: Attempt) -> Step | None:
            nonlocal at
            at = self._clock.now()
            leg = leg_of(attempt, tag)
            is_wanted = leg is not None and is_live(attempt, tag)
            rooms[:] = [f"{attempt.callback.id}-{leg.attempt}"] if leg is not None and is_wanted else []
            return leg_said(attempt, tag, word, at=at)

        def store() -> bool:
            self._store.step_leg(tag, decide)
            return True

        is_stored = await self.run(store)
        return (rooms[0] if is_stored and rooms else "", at)

    async def run(self, work: Callable[[], T]) -> T | None:
        """In a thread; None also when the database did not take it."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, partial(self._guarded, work))

    def _guarded(self, work: Callable[[], T]) -> T | None:
        try:
            return work()
        except StoreFailed:
            self.failures += 1
            return None
