"""Why a promise stands where it stands, read from the stores."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ivr.core.queueing.legs import AgentState
from ivr.core.queueing.model import Callback
from ivr.ports import StoreFailed
from ivr.runtime.desk.explaining import explain
from tests.unit.runtime.desk.counter import AT, OTHER, Counter

pytestmark = pytest.mark.unit


@pytest.fixture
def counter() -> Counter:
    made = Counter()
    made.agent()
    return made


def why(counter: Counter, promise: Callback, language: str = "en") -> str:
    return explain(counter.parts, counter.now_is(promise.id), counter.at, language)


def test_the_next_one_is_told_so(counter: Counter) -> None:
    assert why(counter, counter.booked("k1")).startswith("Next")


def test_those_in_front_are_counted(counter: Counter) -> None:
    for last in range(2):
        counter.booked(f"k{last}", caller=f"+1202555{100 + last:04d}", number="")
    counter.pass_time(minutes=1)
    assert why(counter, counter.booked("mine")).startswith("Third")


def test_a_closed_queue_is_told_with_its_opening_in_its_own_zone(counter: Counter) -> None:
    promise = counter.booked("k1")
    counter.at = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    assert "9:00 tomorrow" in why(counter, promise)


def test_a_queue_that_never_opens_again_has_no_opening(counter: Counter) -> None:
    promise = counter.booked("k1")
    hours = counter.schedules["support_desk"]
    days = {(AT + timedelta(days=day)).date(): () for day in range(-1, 30)}
    counter.schedules["support_desk"] = type(hours)(hours.zone, hours.week, changes=days)
    assert why(counter, promise)


def test_an_early_morning_where_the_customer_is_is_told(counter: Counter) -> None:
    """Seven in Los Angeles; people are called from nine, noon with us."""
    promise = counter.booked("k1", caller=OTHER, number="")
    assert "12:00" in why(counter, promise)


def test_a_time_that_was_chosen_is_told(counter: Counter) -> None:
    promise = counter.booked("k1", when="2026-11-24T14:00/2026-11-24T16:00")
    assert "14:00 tomorrow" in why(counter, promise)


def test_where_nobody_is_there_that_is_the_reason(counter: Counter) -> None:
    promise = counter.booked("k1")
    counter.agent(state=AgentState.OFFLINE)
    alone = why(counter, promise)
    counter.agent()
    assert alone != why(counter, promise)


def test_what_is_in_flight_is_not_counted(counter: Counter) -> None:
    promise = counter.booked("k1")
    counter.in_flight(promise)
    assert why(counter, promise) == "Being dialled for Ana."


def test_a_promise_of_a_queue_without_rules_or_schedule_is_explained(counter: Counter) -> None:
    assert why(counter, counter.booked("k1", queue="lost"), "ja")


def test_a_store_that_is_away_is_no_reason(counter: Counter) -> None:
    promise = counter.booked("k1")
    counter.rows.failing = "unreachable"
    with pytest.raises(StoreFailed):
        explain(counter.parts, promise, counter.at, "en")
