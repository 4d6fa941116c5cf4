"""The one thread that touches the disk for all tapes of a process; frames never wait for it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

import structlog

WAITING_JOBS = 512
"""About as many seconds of audio, over all calls, may wait for a slow disk."""

_log = structlog.get_logger(__name__)
Job = Callable[[], None]


class TapeWriter:
    """Runs jobs in order. A job that fails is counted and does not stop the next."""

    def __init__(self, waiting_jobs: int = WAITING_JOBS) -> None:
        self._jobs: queue.Queue[Job | None] = queue.Queue(waiting_jobs)
        self._thread = threading.Thread(target=self._work, name="tape-writer", daemon=True)
        self._thread.start()
        self.failures = 0

    def offer(self, job: Job) -> bool:
        """Never blocks; False when too much is waiting."""
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            return False
        return True

    def insist(self, job: Job, timeout_secs: float) -> bool:
        """Waits for room; False when there was none in time."""
        try:
            self._jobs.put(job, timeout=timeout_secs)
        except queue.Full:
            return False
        return True

    def close(self) -> None:
        """Finishes what waits, then ends the thread. Idempotent."""
        if self._thread.is_alive():
            self._jobs.put(None)
            self._thread.join()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except OSError as error:
                self.failures += 1
                _log.error("recording cannot be written", errno=error.errno)
