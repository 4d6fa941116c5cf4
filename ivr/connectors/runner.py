"""Runs a source's answer in a thread with a deadline. What hangs is counted, bounded, and cannot starve the rest."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor

import structlog

from ivr.connectors.source import Question, Record, Source, SourceFailed

THREADS = 32
PER_CONNECTOR = 8

_log = structlog.get_logger(__name__)


class BoundedRunner:
    """At most `per_connector` calls of one connector run at a time, hung ones included; more fail as `busy`."""

    def __init__(self, *, threads: int = THREADS, per_connector: int = PER_CONNECTOR) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="connector")
        self._per_connector = per_connector
        self._lock = threading.Lock()
        self._running: Counter[str] = Counter()
        self._hung = 0

    def hung(self) -> int:
        """Calls given up on that still run."""
        with self._lock:
            return self._hung

    def run(self, connector: str, source: Source, question: Question) -> Record | None:
        """The answer. `SourceFailed`: the source's own, or `busy`, `timeout`, `closed`, `broken` (a defect, logged)."""
        future = self._submit(connector, lambda: source.answer(question))
        try:
            failure = future.exception(timeout=question.deadline.remaining())
        except TimeoutError:
            self._give_up(future)
            question.abandon()
            raise SourceFailed("timeout") from None
        except CancelledError:
            raise SourceFailed("closed") from None
        if failure is None:
            return future.result()
        if isinstance(failure, SourceFailed):
            raise SourceFailed(failure.reason) from None
        # The message is left out: it can quote arguments.
        _log.error("connector broken", connector=connector, error=type(failure).__name__)
        raise SourceFailed("broken") from None

    def close(self) -> None:
        """Takes no more calls; does not wait for hung ones. Idempotent."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _submit(self, connector: str, answer: Callable[[], Record | None]) -> Future[Record | None]:
        with self._lock:
            if self._running[connector] >= self._per_connector:
                raise SourceFailed("busy")
            self._running[connector] += 1
        try:
            future = self._pool.submit(answer)
        except RuntimeError:
            self._finished(connector)
            raise SourceFailed("closed") from None
        future.add_done_callback(lambda _: self._finished(connector))
        return future

    def _finished(self, connector: str) -> None:
        with self._lock:
            self._running[connector] -= 1

    def _give_up(self, future: Future[Record | None]) -> None:
        if future.cancel():
            return
        with self._lock:
            self._hung += 1
        future.add_done_callback(lambda _: self._came_back())

    def _came_back(self) -> None:
        with self._lock:
            self._hung -= 1
