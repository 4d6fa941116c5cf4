"""Order, refusals, failures and hangs of the decode threads. Real threads, no sleeping: events say when."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterator

import pytest

from speech.stt.base import RecognitionFailed, on_a_nice_thread
from speech.stt.decode_pool import DecodePool, Outcome, Urgency

pytestmark = pytest.mark.unit


class Loop:
    """Stands for the event loop: what is posted waits to be run by the test."""

    def __init__(self) -> None:
        self._posted: queue.Queue[Callable[[], None]] = queue.Queue()

    def post(self, call: Callable[[], None]) -> None:
        self._posted.put(call)

    def run_one(self) -> None:
        self._posted.get(timeout=10)()

    @property
    def is_idle(self) -> bool:
        return self._posted.empty()


class Gate:
    """Work that waits until it is let go."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.let_go = threading.Event()

    def __call__(self) -> object:
        self.entered.set()
        assert self.let_go.wait(10)
        return "held"


@pytest.fixture
def loop() -> Loop:
    return Loop()


@pytest.fixture
def pool(loop: Loop) -> Iterator[DecodePool]:
    pool = DecodePool(loop.post, workers=1, capacity=3)
    yield pool
    pool.close()


def test_a_result_is_delivered_on_the_loop(pool: DecodePool, loop: Loop) -> None:
    outcomes: list[Outcome] = []
    pool.submit(lambda: 42, outcomes.append, Urgency.FINAL)
    loop.run_one()
    assert outcomes == [Outcome(42)]
    assert pool.counts().done == 1


def test_workers_are_nice_and_so_is_what_they_load(pool: DecodePool, loop: Loop) -> None:
    outcomes: list[Outcome] = []
    pool.submit(lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id()), outcomes.append, Urgency.FINAL)
    loop.run_one()
    assert outcomes == [Outcome(10)]
    assert on_a_nice_thread(lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id())) == 10


def test_loading_fails_where_it_was_asked_for() -> None:
    def fail() -> None:
        raise RecognitionFailed("model-not-loaded")

    with pytest.raises(RecognitionFailed):
        on_a_nice_thread(fail)


def test_final_decodes_overtake_guesses(pool: DecodePool, loop: Loop) -> None:
    done: list[str] = []
    gate = Gate()
    pool.submit(gate, lambda _: None, Urgency.FINAL)
    assert gate.entered.wait(10)
    pool.submit(lambda: done.append("guess"), lambda _: None, Urgency.SPECULATIVE)
    pool.submit(lambda: done.append("final"), lambda _: None, Urgency.FINAL)
    gate.let_go.set()
    for _ in range(3):
        loop.run_one()
    assert done == ["final", "guess"]


def test_a_promoted_guess_goes_first(pool: DecodePool, loop: Loop) -> None:
    done: list[str] = []
    gate = Gate()
    pool.submit(gate, lambda _: None, Urgency.FINAL)
    assert gate.entered.wait(10)
    guess = pool.submit(lambda: done.append("guess"), lambda _: None, Urgency.SPECULATIVE)
    pool.submit(lambda: done.append("final"), lambda _: None, Urgency.FINAL)
    assert guess is not None
    pool.promote(guess)
    gate.let_go.set()
    for _ in range(3):
        loop.run_one()
    assert done == ["guess", "final"]


def test_guesses_and_feeds_are_refused_when_they_would_wait_long(pool: DecodePool) -> None:
    gate = Gate()
    pool.submit(gate, lambda _: None, Urgency.FINAL)
    assert gate.entered.wait(10)
    assert pool.submit(lambda: None, lambda _: None, Urgency.FEED) is None
    assert pool.submit(lambda: None, lambda _: None, Urgency.SPECULATIVE) is not None
    assert pool.submit(lambda: None, lambda _: None, Urgency.SPECULATIVE) is None
    assert pool.submit(lambda: None, lambda _: None, Urgency.FINAL) is not None
    assert pool.submit(lambda: None, lambda _: None, Urgency.FINAL) is not None
    assert pool.submit(lambda: None, lambda _: None, Urgency.FINAL) is None
    assert pool.counts().refused == 3
    assert pool.waiting() == 3
    gate.let_go.set()


def test_only_what_has_not_begun_can_be_cancelled(pool: DecodePool, loop: Loop) -> None:
    gate = Gate()
    running = pool.submit(gate, lambda _: None, Urgency.FINAL)
    assert gate.entered.wait(10)
    waiting = pool.submit(lambda: None, lambda _: None, Urgency.FINAL)
    assert running is not None
    assert waiting is not None
    assert pool.cancel(waiting)
    assert not pool.cancel(waiting)
    assert not pool.cancel(running)
    gate.let_go.set()
    loop.run_one()
    assert loop.is_idle


@pytest.mark.parametrize(
    ("failure", "reason"), [(RecognitionFailed("decode"), "decode"), (ZeroDivisionError(), "crashed")]
)
def test_a_failure_costs_one_decode_and_not_the_thread(
    pool: DecodePool, loop: Loop, failure: Exception, reason: str
) -> None:
    def fail() -> object:
        raise failure

    outcomes: list[Outcome] = []
    pool.submit(fail, outcomes.append, Urgency.FINAL)
    pool.submit(lambda: "next", outcomes.append, Urgency.FINAL)
    loop.run_one()
    loop.run_one()
    assert outcomes == [Outcome(failure=reason), Outcome("next")]
    assert pool.counts().failed == 1


def test_a_hanging_decode_is_given_up_and_its_thread_replaced(loop: Loop) -> None:
    pool = DecodePool(loop.post, workers=1, longest_decode_secs=0.05)
    gate = Gate()
    outcomes: list[Outcome] = []
    pool.submit(gate, outcomes.append, Urgency.FINAL)
    loop.run_one()
    assert outcomes == [Outcome(failure="timeout")]
    pool.submit(lambda: "alive", outcomes.append, Urgency.FINAL)
    loop.run_one()
    assert outcomes[-1] == Outcome("alive")
    assert (pool.counts().timed_out, pool.counts().stuck) == (1, 1)
    gate.let_go.set()
    pool.close()


def test_work_that_never_gets_a_thread_fails_in_time(loop: Loop) -> None:
    pool = DecodePool(loop.post, workers=1, longest_decode_secs=0.05, most_stuck=0)
    gate = Gate()
    outcomes: list[Outcome] = []
    pool.submit(gate, outcomes.append, Urgency.FINAL)
    loop.run_one()
    pool.submit(lambda: None, outcomes.append, Urgency.FINAL)
    loop.run_one()
    assert outcomes == [Outcome(failure="timeout"), Outcome(failure="timeout")]
    gate.let_go.set()
    pool.close()


def test_nothing_is_accepted_after_the_end(loop: Loop) -> None:
    pool = DecodePool(loop.post)
    pool.close()
    pool.close()
    assert pool.submit(lambda: None, lambda _: None, Urgency.FINAL) is None


def test_a_loop_that_is_gone_is_no_failure() -> None:
    posted = threading.Event()

    def post(call: Callable[[], None]) -> None:
        posted.set()
        raise RuntimeError("Event loop is closed")

    pool = DecodePool(post, workers=1)
    pool.submit(lambda: None, lambda _: None, Urgency.FINAL)
    assert posted.wait(10)
    pool.close()
