"""One row's trouble stays its own; one order is not given twice at a time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from ivr.ports import CarrierSilent, StoreFailed
from ivr.runtime.dispatch.hands import Hands
from ivr.runtime.dispatch.rows import Rows
from tests.unit.runtime.dispatch.worker import AT

pytestmark = pytest.mark.unit


def failing() -> None:
    """A row that another process holds."""
    raise StoreFailed("locked", retryable=True)


def test_a_row_that_failed_rests_for_a_while() -> None:
    rows, done = Rows(), []
    rows.new_turn(AT)
    rows.tried("a", failing)
    rows.tried("a", lambda: done.append("a"))
    rows.tried("b", lambda: done.append("b"))
    rows.new_turn(AT + timedelta(seconds=9))
    rows.tried("a", lambda: done.append("a"))
    assert done == ["b"]
    rows.new_turn(AT + timedelta(seconds=10))
    rows.tried("a", lambda: done.append("a"))
    assert done == ["b", "a"]


def test_the_second_failure_of_a_turn_ends_it() -> None:
    rows = Rows()
    rows.new_turn(AT)
    rows.tried("a", failing)
    with pytest.raises(StoreFailed):
        rows.tried("b", failing)


def test_failures_are_counted_by_turn() -> None:
    rows = Rows()
    for turn in range(3):
        rows.new_turn(AT + timedelta(minutes=turn))
        rows.tried("a", failing)


def test_a_rest_ends_when_the_clock_is_set_back() -> None:
    rows, done = Rows(), []
    rows.new_turn(AT)
    rows.tried("a", failing)
    rows.new_turn(AT - timedelta(hours=1))
    rows.tried("a", lambda: done.append("a"))
    assert done == ["a"]


def test_an_order_is_repeated_only_after_its_time() -> None:
    hands, done = Hands(None), []
    for secs in (0, 2.9, 3):
        hands.start(("look", "t"), lambda: done.append(1), now=AT + timedelta(seconds=secs), every_secs=3)
    assert len(done) == 2


def test_a_mark_from_before_the_clock_was_set_back_does_not_count() -> None:
    hands, done = Hands(None), []
    for by in (timedelta(0), timedelta(hours=-1)):
        hands.start(("look", "t"), lambda: done.append(1), now=AT + by, every_secs=3)
    assert len(done) == 2


def test_old_marks_are_forgotten() -> None:
    hands, done = Hands(None), []
    hands.start(("look", "t"), lambda: done.append(1), now=AT, every_secs=3)
    hands.forget_before(AT + timedelta(seconds=4))
    hands.start(("look", "t"), lambda: done.append(1), now=AT, every_secs=3)
    assert len(done) == 2


@pytest.mark.parametrize("error", [CarrierSilent("x"), StoreFailed("x", retryable=True), ValueError("x")])
def test_an_order_that_fails_can_be_given_again(error: Exception) -> None:
    hands, done = Hands(None), []

    def fail() -> None:
        raise error

    hands.start(("dial", "t"), fail, now=AT)
    hands.start(("dial", "t"), lambda: done.append(1), now=AT)
    assert done == [1]


def test_the_same_order_is_not_under_way_twice_and_a_slow_one_stops_no_other() -> None:
    go_on, done = threading.Event(), []
    with ThreadPoolExecutor(2) as threads:
        hands = Hands(threads)
        hands.start(("dial", "slow"), lambda: bool(go_on.wait(10)) and done.append("slow"), now=AT)
        hands.start(("dial", "slow"), lambda: done.append("twice"), now=AT)
        other = threading.Event()
        hands.start(("dial", "other"), other.set, now=AT)
        assert other.wait(10)
        go_on.set()
    assert done == ["slow"]
