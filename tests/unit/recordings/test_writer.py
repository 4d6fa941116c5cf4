"""The thread that writes: order, failures, a full queue."""

from __future__ import annotations

import threading

import pytest

from recordings.writer import TapeWriter

pytestmark = pytest.mark.unit


def test_jobs_run_in_order_and_before_close_returns() -> None:
    done: list[int] = []
    writer = TapeWriter()
    for number in range(20):
        assert writer.offer(lambda number=number: done.append(number))  # type: ignore[misc]
    writer.close()
    writer.close()
    assert done == list(range(20))


def test_a_failing_job_is_counted_and_the_next_one_runs() -> None:
    def fail() -> None:
        raise OSError(28, "no space")

    done = threading.Event()
    writer = TapeWriter()
    writer.offer(fail)
    writer.offer(done.set)
    writer.close()
    assert done.is_set() and writer.failures == 1


def test_a_full_queue_refuses_instead_of_blocking() -> None:
    gate, is_busy = threading.Event(), threading.Event()

    def block() -> None:
        is_busy.set()
        gate.wait(10)

    writer = TapeWriter(waiting_jobs=1)
    writer.offer(block)
    assert is_busy.wait(10)
    assert writer.offer(lambda: None)
    assert not writer.offer(lambda: None)
    assert not writer.insist(lambda: None, 0.0)
    gate.set()
    writer.close()
