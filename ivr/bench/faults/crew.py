"""The workers of a run: real processes, forked from one that has everything imported; killed, frozen, started again."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Callable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import structlog

from ivr.bench.clocks import FastClock
from ivr.bench.faults.plan import QUEUE, TICK_SECS, TIMEOUT_SECS, Plan
from ivr.bench.faults.wire import AnyNumber, WireCarrier
from ivr.core.hours import Hours
from ivr.core.queueing.rules import QueueRules
from ivr.core.queueing.steps import Attempt, Step
from ivr.ports import Decide, StoreFailed
from ivr.runtime.dispatch import Dispatcher, DispatchPorts
from ivr.storage import SqlAgentStore, SqlCallbackStore, SqlTextStore, open_database
from ivr.storage.database import Database

CONTEXT = multiprocessing.get_context("forkserver")
# As texts: the drivers are loaded before the fork, and are known to storage alone.
PRELOADED = [
    "ivr.cli",
    "ivr.bench.faults.lane",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "sqlalchemy.dialects.postgresql.psycopg",
    "psycopg",
]
MOST_SECS = 30.0
"""No worker outlives its run, even if its run was killed."""
CRASHED = 70
"""Exit code of a worker that ended by a mistake of ours."""


@dataclass(frozen=True, slots=True)
class Post:
    """Where a worker works."""

    url: str
    socket: str
    clock: FastClock
    plan: Plan


class TalkativeStore(SqlCallbackStore):
    """Says so when an intent is on disk: that is the moment to strike."""

    def __init__(self, database: Database, now: Callable[[], datetime], on_intent: Callable[[], None]) -> None:
        super().__init__(database, now)
        self._on_intent = on_intent

    def step(self, callback_id: str, decide: Decide, *, agent_id: str = "") -> Attempt | None:
        """As the real one."""
        before: list[Attempt] = []

        def noted(attempt: Attempt) -> Step | None:
            before[:] = [attempt]
            return decide(attempt)

        after = super().step(callback_id, noted, agent_id=agent_id)
        if after is not None and before and len(after.legs) > len(before[0].legs):
            self._on_intent()
        return after


def work(post: Post, name: str) -> None:
    """The life of one worker process; it ends when the carrier's socket is gone, or by a signal."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    log_mistakes(mistakes_file(post.socket))
    is_done = False
    try:
        _work(post, name)
        is_done = True
    finally:
        if not is_done:
            traceback.print_exc()
            os._exit(CRASHED)


def mistakes_file(socket: str) -> Path:
    """Where workers write what should not have happened."""
    return Path(f"{socket}.mistakes")


def log_mistakes(path: Path) -> None:
    """Only errors are logged, one line each: a dispatcher goes on after them, and the run is not a good one."""

    def write(logger: object, method: str, event: MutableMapping[str, Any]) -> str:
        with path.open("a") as file:
            file.write(f"{event.get('event')} {event.get('row', '')} {traceback.format_exc(limit=-3)!r}\n")
        raise structlog.DropEvent

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR), processors=[write])


def _work(post: Post, name: str) -> None:
    database = _opened(post)
    rules, limits = {QUEUE: post.plan.rules}, post.plan.limits

    def rules_now() -> Mapping[str, QueueRules]:
        return rules

    def no_hours(name: str) -> Hours | None:
        return None

    carrier = WireCarrier(post.socket, name, post.clock.real(TIMEOUT_SECS))
    ports = DispatchPorts(
        callbacks=TalkativeStore(database, post.clock.now, carrier.intent_stored),
        agents=SqlAgentStore(database),
        texts=SqlTextStore(database),
        carrier=carrier,
        numbers=AnyNumber(),
        rules=rules_now,
        hours=no_hours,
        limits=lambda: limits,
    )
    with ThreadPoolExecutor(4) as threads:
        trusts = post.plan.trusts_intents
        dispatcher = Dispatcher(ports, name, post.clock.now, executor=threads, trusts_intents=trusts)
        while os.path.exists(post.socket) and post.clock.elapsed() < MOST_SECS:
            with contextlib.suppress(StoreFailed):  # the next turn tries again, as the real worker does
                dispatcher.tick(post.clock.now())
            time.sleep(post.clock.real(TICK_SECS))


def _opened(post: Post) -> Database:
    """As whoever starts workers would: again and again, while somebody frozen holds the database."""
    while True:
        try:
            return open_database(post.url)
        except StoreFailed:
            if post.clock.elapsed() > MOST_SECS:
                raise
            time.sleep(0.1)


@dataclass(frozen=True, slots=True)
class Frozen:
    """A worker stood still between two seconds of the run."""

    worker: str
    began: float
    ended: float


class Crew:
    """The workers by their names."""

    def __init__(self, post: Post) -> None:
        self._post, self._started = post, 0
        self._workers: dict[str, ForkServerProcess] = {}
        self.kills = 0
        self.frozen: list[Frozen] = []
        self.crashes = 0

    def start(self, name: str = "") -> str:
        """One more, under an old name or a new one."""
        self._started += 1
        name = name or f"w{self._started}"
        worker = CONTEXT.Process(target=work, args=(self._post, name), daemon=True)
        worker.start()
        self._workers[name] = worker
        return name

    def names(self) -> list[str]:
        """Who lives."""
        return [name for name, worker in self._workers.items() if worker.exitcode is None]

    def kill(self, name: str) -> bool:
        """`kill -9`."""
        worker = self._workers.get(name)
        if worker is None or not self._signal(worker, signal.SIGKILL):
            return False
        self.kills += 1
        return True

    def freeze(self, name: str) -> bool:
        """Stands still until `thaw`."""
        worker = self._workers.get(name)
        return worker is not None and self._signal(worker, signal.SIGSTOP)

    def thaw(self, name: str, began: float) -> None:
        """Goes on, if it still lives."""
        worker = self._workers.get(name)
        if worker is not None:
            self._signal(worker, signal.SIGCONT)
        self.frozen.append(Frozen(name, began, self._post.clock.elapsed()))

    def end(self) -> None:
        """Kills all, and counts those that had ended by a mistake."""
        for worker in self._workers.values():
            self._signal(worker, signal.SIGKILL)
        for worker in self._workers.values():
            worker.join(5.0)
            self.crashes += worker.exitcode == CRASHED

    @staticmethod
    def _signal(worker: ForkServerProcess, number: signal.Signals) -> bool:
        if worker.exitcode is not None or worker.pid is None:
            return False
        os.kill(worker.pid, number)
        return True


def warm_up() -> None:
    """Before a run, in the process that starts workers: the one they are forked from has everything loaded."""
    CONTEXT.set_forkserver_preload(PRELOADED)
    first = CONTEXT.Process(target=os.getpid)
    first.start()
    first.join()
