"""Waiting for something, but no longer than until a moment on the line's clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

from ivr.simulator.carrier.clock import LineClock


async def wait_until(clock: LineClock, at_ms: float, *awaitables: Awaitable[Any]) -> bool:
    """Return True when one of `awaitables` is done, False when the moment came first. Cancels what still runs."""
    tasks = [asyncio.ensure_future(awaitable) for awaitable in awaitables]
    alarm = asyncio.create_task(clock.sleep_until(at_ms))
    try:
        await asyncio.wait({alarm, *tasks}, return_when=asyncio.FIRST_COMPLETED)
        return any(task.done() for task in tasks)
    finally:
        await end_tasks(alarm, *tasks)


async def end_tasks(*tasks: asyncio.Future[Any]) -> None:
    """Cancel tasks and wait until they are gone; their results and errors are dropped."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
