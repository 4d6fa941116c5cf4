"""An event loop whose clock jumps to the next timer as soon as nothing else wants to run: no real time passes."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

Result = TypeVar("Result")


class _JumpingSelector(selectors.SelectSelector):
    """Instead of waiting, tells how long it would have waited."""

    skipped_secs = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = super().select(0)
        if not found and timeout is None:
            raise RuntimeError("nothing is left that could ever happen: the test waits for ever")
        if not found and timeout is not None and timeout > 0:
            self.skipped_secs += timeout
        return found


class VirtualLoop(asyncio.SelectorEventLoop):
    """For tests without sockets and threads."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._jumping.skipped_secs


def run_virtually(work: Coroutine[Any, Any, Result]) -> Result:
    """Runs to the end; tasks that are left over are cancelled."""
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.run_until_complete(_cancel_the_rest())
        loop.close()


async def _cancel_the_rest() -> None:
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


class InlineExecutor(Executor):
    """Runs everything at once in the caller's thread."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - handed on, as every executor does
            future.set_exception(error)
        return future
