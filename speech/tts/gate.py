"""Who is served next by an engine that can do one thing at a time: the caller who hears nothing yet."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import IntEnum
from itertools import count


class Urgency(IntEnum):
    """Lower goes first; equals in order of arrival."""

    FIRST = 0
    """A caller waits in silence for this sentence."""
    AHEAD = 1
    """Another sentence of the prompt plays meanwhile."""
    BACKGROUND = 2
    """Nobody waits."""


class Gate:
    """Lets `places` through at once. For one event loop."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._arrivals = count()
        self._waiting: list[tuple[Urgency, int, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def passing(self, urgency: Urgency) -> AsyncIterator[None]:
        """Waits for a place and holds it."""
        if self._free:
            self._free -= 1
        else:
            await self._turn(urgency)
        try:
            yield
        finally:
            self._free += 1
            self._call_next()

    async def _turn(self, urgency: Urgency) -> None:
        """Returns with a place."""
        called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (urgency, next(self._arrivals), called))
        try:
            await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled():
                # Called and cancelled at once: the place goes on to the next.
                self._free += 1
                self._call_next()
            raise

    def _call_next(self) -> None:
        while self._free and self._waiting:
            _, _, called = heapq.heappop(self._waiting)
            if not called.done():
                self._free -= 1
                called.set_result(None)
