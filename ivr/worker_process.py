"""The worker: promises are kept here, and background work is done that belongs to no call. Any number may run."""

from __future__ import annotations

import secrets
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import structlog

from agent_bridge.desk.keeping import keep_contacts, pause_vanished
from ivr.app import House, open_house
from ivr.core.events import EndCause
from ivr.desk_house import open_desk
from ivr.ports import StoreFailed
from ivr.queue_house import open_dialler
from ivr.runtime.dispatch import Dispatcher
from ivr.settings import Settings

log = structlog.get_logger(__name__)

TURN_SECS = 0.5
AFTER_FAILURE_SECS = 2.0
SWEEP_SECS = 5.0
DESK_SECS = 1.0
"""Between two looks at who talks, and whose desk has vanished."""
REFRESH_SECS = 2.0
"""Between two looks for changed flows, queues and hours."""
THREADS = 8
"""For the carrier: that many slow answers can be waited for at once."""
LOST_AFTER = timedelta(seconds=90)
"""A call whose media node has been gone for this long, and that no other took over, counts as lost."""
KEEP_REPLIES = timedelta(hours=24)


def run_worker(settings: Settings) -> None:
    """Works until told to stop."""
    house = open_house(settings, process="worker")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        with ThreadPoolExecutor(THREADS, "carrier") as threads:
            Worker(house, dispatcher_for(house, threads), desk_keeper(house)).run(stop)
            threads.shutdown(wait=True, cancel_futures=True)
    finally:
        house.close()


def dispatcher_for(house: House, threads: ThreadPoolExecutor | None) -> Dispatcher:
    """A dispatcher with a name of its own."""
    dialler = open_dialler(house.settings)
    ports = replace(house.promises.dispatch_ports(dialler), bridges=house.open_talks().tending(dialler.call))
    name = secrets.token_hex(4)
    log.info("worker ready", worker=name, dials=house.settings.dialling.enabled)
    return Dispatcher(ports, name, house.clock.now, executor=threads, steady_secs=time.monotonic)


def desk_keeper(house: House) -> Callable[[], object]:
    """What goes on at the agents' desks whether or not their pages are open."""
    talks = house.open_talks()
    parts = open_desk(house, talks.service, talks.follow_ups)

    def keep() -> None:
        now = house.clock.now()
        keep_contacts(parts, now)
        pause_vanished(parts, now)

    return keep


class Worker:
    """The loop: turns of the dispatcher, and now and then the rest."""

    def __init__(self, house: House, dispatcher: Dispatcher, keep_desks: Callable[[], object] | None = None) -> None:
        self._house, self._dispatcher, self._keep_desks = house, dispatcher, keep_desks or (lambda: None)
        self.failures = 0
        """Turns that failed, one after another."""

    def run(self, stop: threading.Event) -> None:
        """Until `stop`; then what was claimed and not dialled is given back."""
        sweeps, refreshes, desks = _Every(SWEEP_SECS), _Every(REFRESH_SECS), _Every(DESK_SECS)
        while not stop.wait(AFTER_FAILURE_SECS if self.failures else TURN_SECS):
            if refreshes.is_due():
                self._guarded("looking for changed flows", self._house.flows.refresh)
            self._turn()
            if desks.is_due():
                self._guarded("desks", self._keep_desks)
            if sweeps.is_due():
                self._guarded("sweep", lambda: sweep(self._house))
        self._guarded("letting go", lambda: self._dispatcher.let_go(self._house.clock.now()))

    def _turn(self) -> None:
        if self._guarded("turn", lambda: self._dispatcher.tick(self._house.clock.now())):
            if self.failures:
                log.info("worker goes on", failed_turns=self.failures)
            self.failures = 0
        else:
            self.failures += 1

    def _guarded(self, what: str, work: Callable[[], object]) -> bool:
        try:
            work()
        except StoreFailed as problem:
            log.warning("background work not done", work=what, reason=problem.reason, failures=self.failures + 1)
        except Exception:  # the worker loop's rim: whatever broke, the next round tries again
            log.exception("background work failed", work=what, failures=self.failures + 1)
        else:
            return True
        return False


class _Every:
    """True once in so many seconds."""

    def __init__(self, secs: float) -> None:
        self._secs, self._next = secs, time.monotonic()

    def is_due(self) -> bool:
        """Whether it is time again."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + self._secs
        return True


def sweep(house: House) -> int:
    """One round; the number of calls that were ended."""
    now = house.clock.now()
    house.ledger.forget_before(now - KEEP_REPLIES)
    alive = {node.id for node in house.nodes.nodes(alive_since=now - LOST_AFTER)}
    ended = 0
    for call in house.calls.recent(500):
        started = call.answered_at or call.created_at
        if call.status == "ended" or started is None or call.node_id in alive or now - started < LOST_AFTER:
            continue
        if house.calls.end(call.id, ended_at=now, outcome="abandoned", cause=EndCause.LOST.value):
            ended += 1
    if ended:
        log.warning("lost calls ended", calls=ended)
    return ended
