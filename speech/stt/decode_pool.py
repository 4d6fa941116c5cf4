"""The threads that decode: few, niced, with a short queue in which final decodes go first and guesses may be refused.

A decode that hangs is reported as failed after its time, and its thread is replaced.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Protocol

import structlog

from speech.stt.base import NICENESS, RecognitionFailed, be_nice

logger = structlog.get_logger(__name__)


class Urgency(IntEnum):
    """Who goes first."""

    FINAL = 0
    """Somebody waits for the answer. Refused only when the queue is full."""
    SPECULATIVE = 1
    """Perhaps the turn is over. Refused when a decode would have to wait for a worker behind others."""
    FEED = 2
    """Audio for a streaming engine. Refused while anything waits."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a piece of work ended: `failure` is empty, or a word for logs."""

    value: object = None
    failure: str = ""


@dataclass(frozen=True, slots=True)
class DecodeCounts:
    """Since the start."""

    done: int = 0
    failed: int = 0
    timed_out: int = 0
    refused: int = 0
    cancelled: int = 0
    stuck: int = 0
    """Threads now lost to calls that do not return."""


@dataclass(slots=True, eq=False)
class Ticket:
    """One accepted piece of work."""

    work: Callable[[], object]
    deliver: Callable[[Outcome], None]
    urgency: Urgency
    number: int
    deadline: float = field(default=0.0)


class DecodeQueue(Protocol):
    """What a listener wants of `DecodePool`."""

    def submit(self, work: Callable[[], object], deliver: Callable[[Outcome], None], urgency: Urgency) -> Ticket | None:
        """Runs `work` on a thread, then `deliver` on the loop; None when there is no room for it."""

    def cancel(self, ticket: Ticket) -> bool:
        """True when it had not begun: it will not run, and nothing is delivered."""

    def promote(self, ticket: Ticket) -> None:
        """Somebody waits for it now."""


class DecodePool:
    """Threads and their queue, for one process."""

    def __init__(
        self,
        post: Callable[[Callable[[], None]], object],
        workers: int = 2,
        *,
        capacity: int = 64,
        longest_decode_secs: float = 8.0,
        most_stuck: int = 16,
        niceness: int = NICENESS,
    ) -> None:
        """`post` runs a callable on the loop's thread: `loop.call_soon_threadsafe`."""
        self._post = post
        self._workers = workers
        self._capacity = capacity
        self._longest = longest_decode_secs
        self._most_stuck = most_stuck
        self._niceness = niceness
        self._changed = threading.Condition()
        self._waiting: list[Ticket] = []
        self._running: dict[Ticket, threading.Thread] = {}
        self._numbers = itertools.count()
        self._counts = DecodeCounts()
        self._is_closed = False
        self._threads: set[threading.Thread] = set()
        for _ in range(workers):
            self._start_worker()
        self._watch = threading.Thread(target=self._watch_deadlines, name="decode-watch", daemon=True)
        self._watch.start()

    def submit(self, work: Callable[[], object], deliver: Callable[[Outcome], None], urgency: Urgency) -> Ticket | None:
        """See `DecodeQueue`. The outcome comes within the longest decode's time, counted anew when it begins."""
        with self._changed:
            if self._is_closed or len(self._waiting) >= self._room(urgency):
                self._count(refused=1)
                return None
            deadline = time.monotonic() + self._longest
            ticket = Ticket(work, deliver, urgency, next(self._numbers), deadline)
            self._waiting.append(ticket)
            self._changed.notify_all()
            return ticket

    def cancel(self, ticket: Ticket) -> bool:
        """See `DecodeQueue`."""
        with self._changed:
            if ticket not in self._waiting:
                return False
            self._waiting.remove(ticket)
            self._count(cancelled=1)
            return True

    def promote(self, ticket: Ticket) -> None:
        """See `DecodeQueue`."""
        with self._changed:
            ticket.urgency = Urgency.FINAL

    def counts(self) -> DecodeCounts:
        """A copy."""
        with self._changed:
            return self._counts

    def waiting(self) -> int:
        """Pieces of work that have not begun."""
        with self._changed:
            return len(self._waiting)

    def close(self) -> None:
        """Drops what waits, waits for what runs (not for what is stuck). Idempotent; nothing is delivered any more."""
        with self._changed:
            self._is_closed = True
            self._waiting.clear()
            self._changed.notify_all()
            threads = [*self._threads, self._watch]
        for thread in threads:
            thread.join(timeout=self._longest)

    def _room(self, urgency: Urgency) -> int:
        idle = max(0, self._workers - len(self._running))
        rooms = {
            Urgency.FINAL: self._capacity,
            Urgency.SPECULATIVE: idle + self._workers,
            Urgency.FEED: idle,
        }
        return rooms[urgency]

    def _count(self, **more: int) -> None:
        self._counts = replace(self._counts, **{key: getattr(self._counts, key) + by for key, by in more.items()})

    def _start_worker(self) -> None:
        thread = threading.Thread(target=self._work, name="decode", daemon=True)
        self._threads.add(thread)
        thread.start()

    def _work(self) -> None:
        be_nice(self._niceness)
        while (ticket := self._next()) is not None:
            outcome = _run(ticket)
            with self._changed:
                was_given_up = self._running.pop(ticket, None) is None
                if was_given_up:
                    self._count(stuck=-1)
                    return
                self._count(**{"failed" if outcome.failure else "done": 1})
                self._changed.notify_all()
            self._hand_over(ticket, outcome)

    def _next(self) -> Ticket | None:
        with self._changed:
            while not self._waiting and not self._is_closed:
                self._changed.wait()
            if self._is_closed:
                return None
            ticket = min(self._waiting, key=lambda each: (each.urgency, each.number))
            self._waiting.remove(ticket)
            ticket.deadline = time.monotonic() + self._longest
            self._running[ticket] = threading.current_thread()
            self._changed.notify_all()
            return ticket

    def _watch_deadlines(self) -> None:
        while True:
            with self._changed:
                if self._is_closed:
                    return
                deadlines = [ticket.deadline for ticket in (*self._waiting, *self._running)]
                self._changed.wait(min(deadlines) - time.monotonic() if deadlines else None)
                late = self._give_up_late()
            for ticket in late:
                logger.warning("a decode took too long and was given up", urgency=ticket.urgency.name)
                self._hand_over(ticket, Outcome(failure="timeout"))

    def _give_up_late(self) -> list[Ticket]:
        now = time.monotonic()
        late_waiting = [ticket for ticket in self._waiting if ticket.deadline <= now]
        late_running = [ticket for ticket in self._running if ticket.deadline <= now]
        for ticket in late_waiting:
            self._waiting.remove(ticket)
        for ticket in late_running:
            self._threads.discard(self._running.pop(ticket))
            self._count(stuck=1)
            if self._counts.stuck <= self._most_stuck:
                self._start_worker()
        self._count(timed_out=len(late_waiting) + len(late_running))
        return late_waiting + late_running

    def _hand_over(self, ticket: Ticket, outcome: Outcome) -> None:
        if self._is_closed:
            return
        try:
            self._post(lambda: ticket.deliver(outcome))
        except RuntimeError:
            logger.info("a decode ended after its loop")


def _run(ticket: Ticket) -> Outcome:
    """The outer rim of the decode threads: whatever fails inside costs one utterance, not the thread."""
    try:
        return Outcome(ticket.work())
    except RecognitionFailed as failure:
        return Outcome(failure=failure.reason)
    except Exception as defect:  # noqa: BLE001 - the outer rim of a worker loop
        logger.error("a decode crashed", kind=type(defect).__name__)
        return Outcome(failure="crashed")
