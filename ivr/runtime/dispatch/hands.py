"""Threads that do what was ordered: never the same order twice at a time, nor too soon after the last time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from datetime import datetime, timedelta
from threading import Lock

import structlog

from ivr.ports import CarrierSilent, StoreFailed

log = structlog.get_logger(__name__)

Key = tuple[str, str]
"""(kind of order, what it is about)"""


class Hands:
    """One per worker. Without an executor everything is done at once, where it is ordered."""

    def __init__(self, executor: Executor | None) -> None:
        self._executor = executor
        self._lock = Lock()
        self._running: set[Key] = set()
        self._not_before: dict[Key, datetime] = {}

    def start(self, key: Key, work: Callable[[], None], *, now: datetime, every_secs: float = 0.0) -> None:
        """Does the work, unless the same is under way or was begun less than `every_secs` ago."""
        with self._lock:
            # A mark that is further ahead than it ever was set is from before the clock was set back.
            if key in self._running or now < self._not_before.get(key, now) <= now + timedelta(seconds=every_secs):
                return
            self._running.add(key)
            if every_secs:
                self._not_before[key] = now + timedelta(seconds=every_secs)
        if self._executor is None:
            self._do(key, work)
        else:
            self._executor.submit(self._do, key, work)

    def forget_before(self, before: datetime) -> None:
        """Old marks are not kept for ever."""
        with self._lock:
            self._not_before = {key: at for key, at in self._not_before.items() if at >= before}

    def _do(self, key: Key, work: Callable[[], None]) -> None:
        try:
            work()
        except CarrierSilent:
            log.warning("carrier did not answer", order=key[0])
        except StoreFailed as problem:
            log.warning("outcome of an order not stored", order=key[0], reason=problem.reason)
        except Exception:  # a thread's rim: nobody else would ever hear of it
            log.exception("order failed", order=key[0])
        finally:
            with self._lock:
                self._running.discard(key)
