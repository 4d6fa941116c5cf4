"""A small day on the virtual clock: everything is accounted for, and the same seed gives the same day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.bench.day.day import CLOSES, NEXT_DAY, OPENS, Day, DaySize
from ivr.bench.day.figures import DayFigures, audit, books_of, run_day
from ivr.bench.day.people import CHOOSES_A_TIME, Act, caller, manner
from ivr.bench.day.shapes import Shape, arrivals
from ivr.bench.day.timeline import Timeline
from ivr.core.queueing.model import CallbackState

pytestmark = pytest.mark.unit

SMALL = DaySize(callers=60, agents=1, seed=3)


@pytest.fixture(scope="module")
def small() -> DayFigures:
    return run_day(Shape.FLAT, SMALL)


def test_a_timeline_does_things_in_order_and_what_follows_from_them() -> None:
    line, done = Timeline(OPENS), []
    line.after(20, lambda: done.append(("late", line.now())))
    line.after(10, lambda: line.after(5, lambda: done.append(("then", line.now()))))
    line.at(OPENS - timedelta(hours=1), lambda: done.append(("now", line.now())))
    line.run(OPENS + timedelta(seconds=15))
    assert done == [("now", OPENS), ("then", OPENS + timedelta(seconds=15))]
    line.run(CLOSES)
    assert (done[-1][0], line.now()) == ("late", CLOSES)


@pytest.mark.parametrize("shape", list(Shape))
def test_as_many_callers_come_as_are_told_within_the_day(shape: Shape) -> None:
    found = arrivals(shape, 500, 1)
    assert (len(found), found) == (500, sorted(found))
    assert found[0] >= 0.0
    assert found[-1] <= 9 * 3600 + 60


@pytest.mark.parametrize(("shape", "busiest"), [(Shape.MORNING_PEAK, 1), (Shape.EVENING_PEAK, 6)])
def test_peaks_are_where_they_are_said_to_be(shape: Shape, busiest: int) -> None:
    hours = [int(secs // 3600) for secs in arrivals(shape, 5000, 1)]
    counts = [hours.count(hour) for hour in range(9)]
    assert counts.index(max(counts)) == busiest


def test_people_are_drawn_from_the_seed() -> None:
    assert caller(1, 5) == caller(1, 5)
    assert manner(1, "+12025000000", 2, is_agent=False) == manner(1, "+12025000000", 2, is_agent=False)
    chosen = sum(caller(1, index).chooses_time for index in range(2000))
    assert chosen == pytest.approx(2000 * CHOOSES_A_TIME, rel=0.25)
    assert {manner(1, f"+1202{index}", 1, is_agent=False).act for index in range(900)} == set(Act) - {Act.DECLINES}


def test_a_day_has_no_findings_and_the_keys_of_the_targets(small: DayFigures) -> None:
    assert small.findings == ()
    assert list(small.row()) == [
        "callers",
        "agents",
        "seconds",
        "promises_kept",
        "abandoned",
        "longest_total_wait_s",
        "dials_per_callback",
    ]
    assert (small.callers, small.agents) == (60, 1)
    assert small.promises <= 60
    assert small.dials_per_callback >= 1.0
    assert 0.5 <= small.promises_kept <= small.rang_in_time + 0.05 <= 1.05


def test_the_same_seed_gives_the_same_day(small: DayFigures) -> None:
    again = run_day(Shape.FLAT, SMALL)
    assert replace(again, seconds=0.0) == replace(small, seconds=0.0)


def test_who_is_not_reached_today_is_called_tomorrow() -> None:
    figures = run_day(Shape.EVENING_PEAK, DaySize(callers=260, agents=1, seed=1))
    assert figures.next_day > 0
    assert figures.findings == ()
    assert figures.longest_total_wait_s > (NEXT_DAY - CLOSES).total_seconds()


def test_a_promise_that_is_forgotten_is_found() -> None:
    day = Day(Shape.FLAT, replace(SMALL, callers=10))
    day.run()
    books = books_of(day)
    gone = books.accepted[0].id
    stuck = replace(books.callbacks[gone], state=CallbackState.PENDING)
    assert audit(books) == []
    assert [finding.kind for finding in audit(replace(books, callbacks={**books.callbacks, gone: stuck}))] == ["lost"]
    missing = {key: one for key, one in books.callbacks.items() if key != gone}
    assert {finding.kind for finding in audit(replace(books, callbacks=missing))} == {"lost"}
