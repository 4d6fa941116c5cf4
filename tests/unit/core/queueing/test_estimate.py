"""How long it takes: windows that are monotone, bounded, and true often enough."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.core.queueing import estimate
from ivr.core.queueing.estimate import Opening, Server, Window, Work, rest_secs, window

pytestmark = pytest.mark.unit

USUAL = Work(assumed_secs=240)
MEASURED = Work(handle_secs=[60.0, 120.0, 180.0, 240.0, 300.0] * 10, between_secs=30)
HOUR = 3600.0


def test_with_a_free_agent_and_nobody_ahead_it_is_ones_turn_at_once_but_not_to_the_second() -> None:
    assert window(0, [Server()], USUAL) == Window(0.0, 120.0, 128)


def test_the_same_seed_gives_the_same_window() -> None:
    assert window(7, [Server()] * 3, USUAL, seed=5) == window(7, [Server()] * 3, USUAL, seed=5)
    assert window(7, [Server()] * 3, USUAL, seed=5) != window(7, [Server()] * 3, USUAL, seed=6)


@given(
    ahead=st.integers(21, 2000),
    busy=st.lists(st.integers(0, 900), min_size=1, max_size=12),
    leaves=st.one_of(st.none(), st.integers(60, 40_000)),
    scheduled=st.lists(st.integers(0, 9000), max_size=40),
    closes=st.one_of(st.none(), st.integers(0, 20_000)),
)
@settings(max_examples=60, deadline=None)
def test_of_a_long_line_only_the_runs_that_cannot_matter_are_left_out(
    ahead: int, busy: list[int], leaves: float | None, scheduled: list[int], closes: int | None
) -> None:
    agents = [Server(float(secs), leaves if number == 0 else None) for number, secs in enumerate(busy)]
    opening = Opening(closes, 30_000.0) if closes is not None else Opening()

    def told() -> Window:
        return window(ahead, agents, MEASURED, opening=opening, scheduled=[float(secs) for secs in scheduled], seed=3)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(estimate._Line, "longest_wait", lambda line, ahead: math.inf)  # noqa: SLF001
        with_all_runs = told()
    assert told() == with_all_runs


def test_without_measurements_the_assumed_length_counts() -> None:
    one = window(4, [Server()], USUAL)
    assert 700 < one.p50_secs < 1150
    assert one.p50_secs < one.p90_secs < 2000


def test_measured_conversations_count_more_the_more_there_are() -> None:
    few = window(10, [Server()], Work(handle_secs=[30.0] * 4, assumed_secs=300))
    many = window(10, [Server()], Work(handle_secs=[30.0] * 100, assumed_secs=300))
    assert 300 <= many.p50_secs <= 320 < 1500 < few.p50_secs


def test_what_lies_between_two_conversations_counts() -> None:
    short = window(10, [Server()], Work(handle_secs=[60.0] * 50))
    long = window(10, [Server()], Work(handle_secs=[60.0] * 50, between_secs=60))
    assert (short.p50_secs, long.p50_secs) == (600.0, 1200.0)


def test_what_is_left_of_a_conversation_follows_from_how_long_it_has_lasted() -> None:
    work = Work(handle_secs=[60.0, 120.0, 300.0] * 10)
    assert rest_secs(work, 0.0) == 160.0
    assert rest_secs(work, 100.0) == 110.0
    assert rest_secs(work, 999.0) == 80.0


def test_an_agent_on_a_call_is_free_after_about_that_time() -> None:
    one = window(0, [Server(free_in_secs=600)], MEASURED)
    assert 500 < one.p50_secs < 700
    assert one.p90_secs >= one.p50_secs + 120


@given(
    ahead=st.integers(0, 60),
    busy=st.lists(st.integers(0, 900), min_size=1, max_size=5),
    leaves=st.sampled_from([None, 1800.0]),
    scheduled=st.lists(st.integers(0, 3000), max_size=4),
    seed=st.integers(0, 1000),
)
@settings(max_examples=60, deadline=None)
def test_one_more_ahead_is_never_sooner_and_one_agent_more_never_later(
    ahead: int, busy: list[int], leaves: float | None, scheduled: list[int], seed: int
) -> None:
    agents = [Server(float(secs), leaves) for secs in busy]
    opening = Opening(closes_in_secs=4 * HOUR, reopens_in_secs=16 * HOUR)
    times = [float(secs) for secs in scheduled]

    def told(ahead: int, agents: list[Server]) -> Window:
        return window(ahead, agents, MEASURED, opening=opening, scheduled=times, seed=seed)

    one, longer, helped = told(ahead, agents), told(ahead + 1, agents), told(ahead, [*agents, Server(100.0)])
    assert one.p50_secs <= longer.p50_secs
    assert one.p90_secs <= longer.p90_secs
    assert helped.p50_secs <= one.p50_secs
    assert helped.p90_secs <= one.p90_secs
    assert one.p90_secs - one.p50_secs > 119.99


def test_scheduled_ones_who_become_due_before_are_in_front() -> None:
    alone = window(5, [Server()], MEASURED)
    with_others = window(5, [Server()], MEASURED, scheduled=[100.0, 200.0, 300.0])
    much_later = window(5, [Server()], MEASURED, scheduled=[9 * HOUR])
    assert with_others.p50_secs > alone.p50_secs + 300
    assert much_later == alone


def test_what_does_not_fit_before_closing_goes_on_at_the_next_opening() -> None:
    opening = Opening(closes_in_secs=600, reopens_in_secs=16 * HOUR)
    one = window(30, [Server()], MEASURED, opening=opening)
    assert 16 * HOUR + 5000 < one.p50_secs < 16 * HOUR + 8000


def test_what_does_not_fit_into_the_next_day_goes_on_the_day_after() -> None:
    opening = Opening(closes_in_secs=0, reopens_in_secs=HOUR, open_secs=2 * HOUR)
    one = window(50, [Server()], MEASURED, opening=opening)
    assert 25 * HOUR < one.p50_secs < 27 * HOUR


def test_who_asks_in_the_night_is_told_the_morning() -> None:
    one = window(0, [Server()], MEASURED, opening=Opening(closes_in_secs=0, reopens_in_secs=8 * HOUR))
    assert (one.p50_secs, one.is_guess) == (8 * HOUR, False)


def test_a_time_while_it_is_closed_is_due_at_the_opening() -> None:
    opening = Opening(closes_in_secs=HOUR, reopens_in_secs=10 * HOUR)
    crowd = window(20, [Server()], MEASURED, opening=opening, scheduled=[5 * HOUR] * 10)
    alone = window(20, [Server()], MEASURED, opening=opening)
    assert crowd.p50_secs > alone.p50_secs


def test_an_agent_whose_shift_ends_is_back_at_the_next_opening() -> None:
    opening = Opening(closes_in_secs=HOUR, reopens_in_secs=10 * HOUR)
    one = window(20, [Server(leaves_in_secs=300.0)], MEASURED, opening=opening)
    assert one.p50_secs > 10 * HOUR
    both = window(20, [Server(leaves_in_secs=300.0), Server()], MEASURED, opening=opening)
    assert both.p50_secs < one.p50_secs


@pytest.mark.parametrize("ahead", [0, 3, 40])
def test_with_nobody_signed_in_it_is_a_guess_about_the_next_opening(ahead: int) -> None:
    one = window(ahead, [], MEASURED, opening=Opening(closes_in_secs=HOUR, reopens_in_secs=9 * HOUR, staff=2))
    assert one.is_guess
    assert one.p50_secs >= 9 * HOUR
    assert one.p90_secs >= one.p50_secs + 24 * HOUR


def test_with_nobody_and_no_hours_half_a_day_is_guessed() -> None:
    assert window(3, [], MEASURED) == Window(43200.0, 129600.0, 128, is_guess=True)
    assert window(40, [], MEASURED).is_guess


def test_agents_who_all_leave_for_good_make_it_a_guess() -> None:
    one = window(30, [Server(leaves_in_secs=300.0)], MEASURED)
    assert (one.p50_secs, one.is_guess) == (43200.0, True)


def test_a_long_line_is_added_up() -> None:
    exact = 199 * 210.0 / 4
    one = window(200, [Server()] * 4, MEASURED)
    assert exact * 0.93 < one.p50_secs < exact * 1.07
    assert one.p90_secs < exact * 1.3


def test_those_who_become_due_before_are_in_front_of_the_last_of_a_long_line_too() -> None:
    work, crew = Work(handle_secs=[100.0] * 200), [Server()]
    alone = window(50, crew, work)
    joined = window(50, crew, work, scheduled=[60.0 * index for index in range(1, 41)])
    after = window(50, crew, work, scheduled=[20_000.0] * 40)
    assert (alone.p50_secs, after.p50_secs) == (pytest.approx(5000, abs=1), pytest.approx(5000, abs=1))
    assert joined.p50_secs == pytest.approx(9000, abs=1)


def test_a_very_long_line_has_a_bound() -> None:
    assert window(100_000, [Server(leaves_in_secs=1.0)], MEASURED).is_guess
    assert window(1_000_000, [Server()], MEASURED).is_guess


def test_a_hundred_agents_are_not_slower_than_the_first_64() -> None:
    assert window(5, [Server(float(secs)) for secs in range(100)], MEASURED).p50_secs < 120


# -- how often it is true ------------------------------------------------------------------------


def true_waits(agents: int, load: float, seed: int, hours: int) -> list[tuple[float, Window]]:
    """A day of callers, first come first served, each told a window when they ask; (what it was, what was told)."""
    dice = random.Random(seed)
    mean, now = 240.0, 0.0
    free_at = [0.0] * agents
    calls: list[tuple[float, float]] = []
    found: list[tuple[float, Window]] = []
    while now < hours * HOUR:
        now += dice.expovariate(load * agents / mean)
        work = Work([end - start for start, end in calls if end <= now][-100:], assumed_secs=mean)
        ahead = sum(start > now for start, _ in calls)
        busy = [Server(rest_secs(work, now - start)) for start, end in calls if start <= now < end]
        servers = busy + [Server()] * (agents - len(busy))
        told = window(ahead, servers, work, seed=len(found))
        free_at.sort()
        start = max(now, free_at[0])
        free_at[0] = start + dice.lognormvariate(math.log(mean) - 0.18, 0.6)
        calls.append((start, free_at[0]))
        found.append((start - now, told))
    return found


@pytest.mark.parametrize(("agents", "load", "seed", "hours"), [(3, 0.95, 1, 8), (5, 1.05, 2, 4), (12, 1.0, 3, 2)])
def test_most_true_waits_are_within_what_was_told(agents: int, load: float, seed: int, hours: int) -> None:
    day = true_waits(agents, load, seed, hours)
    kept = sum(wait <= told.p90_secs for wait, told in day) / len(day)
    assert len(day) > 250
    assert kept >= 0.85


def test_a_window_is_not_true_by_being_endless() -> None:
    day = [(wait, told) for wait, told in true_waits(5, 1.05, 2, 4) if wait > 120]
    late = sum(wait > told.p50_secs for wait, told in day) / len(day)
    assert 0.2 < late < 0.8
