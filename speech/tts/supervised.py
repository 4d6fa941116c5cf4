"""A synthesiser whose engine runs in children that are killed when they hang and started anew when they die.

A request goes to an idle child and has a time limit. A child that hangs, dies or talks nonsense is killed, the
request fails at once, and a thread waits (longer each time), starts another child and loads its engine.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import structlog

from speech.interfaces import SynthesisFailed, Voice
from speech.tts.sentences import has_words, speakable_text
from speech.tts.wire import Order, Request
from speech.tts.worker import StartWorker, Worker, WorkerDied

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """Times of a supervised engine, in seconds."""

    request_secs: float = 8.0
    """One text, the wait for an idle child included."""
    load_secs: float = 45.0
    """The first request of a child: the engine loads."""
    first_wait_secs: float = 0.25
    """Before a dead child is started again; doubled with each death that no success follows."""
    longest_wait_secs: float = 30.0


@dataclass(frozen=True, slots=True)
class ChildCounts:
    """What became of an engine's children so far."""

    requests: int = 0
    failures: int = 0
    restarts: int = 0


class SynthesiserProcess:
    """A `Synthesiser` in `children` child processes. Children start with `warm` or with the first request.

    While no child lives, requests fail at once instead of waiting: another engine can speak meanwhile.
    """

    def __init__(
        self,
        engine: str,
        *,
        languages: tuple[str, ...] = (),
        children: int = 1,
        limits: Limits | None = None,
        start: StartWorker | None = None,
    ) -> None:
        if children < 1:
            raise ValueError("an engine needs at least one child")
        self.engine = engine
        self.at_once = children
        self._languages = languages
        self._limits = limits or Limits()
        self._start: Callable[[], Worker] = start or partial(Worker, engine)
        self._changed = threading.Condition()
        self._unborn = children
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        # Apart from the busy ones: requests fail at once while an engine loads anew, instead of waiting for it.
        self._loading: set[Worker] = set()
        self._deaths_in_a_row = 0
        self._counts = ChildCounts()
        self._closing = threading.Event()
        self._revivers: list[threading.Thread] = []

    @property
    def counts(self) -> ChildCounts:
        """For metrics."""
        with self._changed:
            return self._counts

    def languages(self) -> tuple[str, ...]:
        """What the engine says it speaks; before it is loaded, what the constructor was told."""
        return self._languages

    def warm(self) -> None:
        """Starts all children and loads the engine in each. Raises `SynthesisFailed`."""
        while (worker := self._born(even_if_idle=True)) is not None:
            self._ask(worker, Request(Order.WARM), self._limits.load_secs)

    def synthesise(self, text: str, voice: Voice) -> bytes:
        """PCM at 8 kHz; see `Synthesiser`. Text without words gives no bytes. Raises `SynthesisFailed` in time."""
        text = speakable_text(text)
        if not has_words(text):
            return b""
        if (born := self._born(even_if_idle=False)) is not None:
            self._ask(born, Request(Order.WARM), self._limits.load_secs)
        until = time.monotonic() + self._limits.request_secs
        worker = self._free(until)
        pcm = self._ask(worker, Request(Order.SPEAK, text, voice), until - time.monotonic())
        if not pcm:
            raise SynthesisFailed("no_sound")
        return pcm

    def rss_bytes(self) -> int:
        """Memory of all children."""
        with self._changed:
            workers = [*self._idle, *self._busy]
        return sum(worker.rss_bytes() for worker in workers)

    def pids(self) -> tuple[int, ...]:
        """Process ids of the living children."""
        with self._changed:
            return tuple(worker.pid for worker in (*self._idle, *self._busy))

    def close(self) -> None:
        """Kills all children, whatever they do. Idempotent."""
        with self._changed:
            self._closing.set()
            self._unborn = 0
            idle, self._idle = self._idle, []
            for worker in self._busy | self._loading:
                worker.stop()
            revivers = list(self._revivers)
            self._changed.notify_all()
            # Their users see them die and give them back; nobody else may close what a poll is waiting on.
            self._changed.wait_for(lambda: not self._busy, self._limits.first_wait_secs + 2)
        for worker in idle:
            worker.kill()
        for reviver in revivers:
            reviver.join()

    def _born(self, *, even_if_idle: bool) -> Worker | None:
        """A child started just now for this caller, or None when there are enough. Raises `SynthesisFailed`."""
        with self._changed:
            if self._closing.is_set():
                raise SynthesisFailed("closed")
            if not self._unborn or (self._idle and not even_if_idle):
                return None
            self._unborn -= 1
            try:
                worker = self._start()
            except WorkerDied as died:
                self._replace(died.reason)
                raise SynthesisFailed(died.reason) from died
            self._busy.add(worker)
            return worker

    def _free(self, until: float) -> Worker:
        """An idle child, waited for while others are busy. Raises `SynthesisFailed`."""
        with self._changed:
            while not self._idle:
                left = until - time.monotonic()
                if self._closing.is_set():
                    raise SynthesisFailed("closed")
                if not self._busy:
                    raise SynthesisFailed("restarting")
                if left <= 0 or not self._changed.wait(left):
                    raise SynthesisFailed("busy")
            worker = self._idle.pop()
            self._busy.add(worker)
            return worker

    def _ask(self, worker: Worker, request: Request, within_secs: float) -> bytes:
        """One request of a child in `_busy`, which ends idle, or dead and soon replaced."""
        try:
            answer = worker.ask(request, within_secs)
        except WorkerDied as died:
            self._give_back(worker, dead=True)
            with self._changed:
                self._count(requests=1, failures=1)
                self._replace(died.reason)
            raise SynthesisFailed(died.reason) from died
        with self._changed:
            self._count(requests=1, failures=int(bool(answer.failure)))
            self._languages = answer.languages or self._languages
            if not answer.failure and request.order is Order.SPEAK:
                self._deaths_in_a_row = 0
        self._give_back(worker, dead=False)
        if answer.failure:
            raise SynthesisFailed(answer.failure)
        return answer.body

    def _give_back(self, worker: Worker, *, dead: bool) -> None:
        """From busy to idle, or to the grave."""
        dead = dead or self._closing.is_set()
        if dead:
            worker.kill()
        with self._changed:
            self._busy.discard(worker)
            if not dead:
                self._idle.append(worker)
            self._changed.notify_all()

    def _replace(self, reason: str) -> None:
        """Has another child started after the back-off. Called with the lock held."""
        if self._closing.is_set():
            return
        wait_secs = self._next_wait()
        reviver = threading.Thread(target=self._revive, args=(wait_secs,), name=f"revive-{self.engine}", daemon=True)
        self._revivers = [thread for thread in self._revivers if thread.is_alive()] + [reviver]
        reviver.start()
        _log.warning("synthesis child lost", engine=self.engine, reason=reason, restart_in_secs=wait_secs)

    def _next_wait(self) -> float:
        wait_secs = min(self._limits.longest_wait_secs, self._limits.first_wait_secs * 2.0**self._deaths_in_a_row)
        self._deaths_in_a_row = min(self._deaths_in_a_row + 1, 16)
        return wait_secs

    def _revive(self, wait_secs: float) -> None:
        """Starts children until one loads its engine, or all is closed."""
        while not self._closing.wait(wait_secs):
            reason = self._tried_again()
            if not reason:
                return
            with self._changed:
                wait_secs = self._next_wait()
            _log.warning("synthesis child lost", engine=self.engine, reason=reason, restart_in_secs=wait_secs)

    def _tried_again(self) -> str:
        """Why a new child did not come to life; empty when it did."""
        try:
            worker = self._start()
        except WorkerDied as died:
            return died.reason
        with self._changed:
            self._count(restarts=1)
            self._loading.add(worker)
            if self._closing.is_set():
                worker.stop()
        try:
            worker.ask(Request(Order.WARM), self._limits.load_secs)
        except WorkerDied as died:
            worker.kill()
            return died.reason
        finally:
            with self._changed:
                self._loading.discard(worker)
        self._give_back(worker, dead=False)
        return ""

    def _count(self, requests: int = 0, failures: int = 0, restarts: int = 0) -> None:
        seen = self._counts
        self._counts = ChildCounts(seen.requests + requests, seen.failures + failures, seen.restarts + restarts)
