"""Gaps, duplicates, late messages and impossible times."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.telephony.stream_order import Arrival, StreamOrder

pytestmark = pytest.mark.unit


def test_consecutive_numbers_are_in_order() -> None:
    order = StreamOrder()
    assert [order.arrived(number) for number in (1, 2, 3)] == [Arrival.IN_ORDER] * 3
    assert (order.gaps, order.missing) == (0, 0)


def test_a_gap_is_counted_with_what_is_missing() -> None:
    order = StreamOrder()
    order.arrived(1)
    assert order.arrived(5) is Arrival.AFTER_GAP
    assert (order.gaps, order.missing) == (1, 3)


def test_a_straggler_is_late_and_no_longer_missing() -> None:
    order = StreamOrder()
    order.arrived(1)
    order.arrived(4)
    assert order.arrived(2) is Arrival.LATE
    assert order.arrived(2) is Arrival.DUPLICATE
    assert (order.missing, order.late, order.duplicates) == (1, 1, 1)


def test_a_repeated_number_is_a_duplicate() -> None:
    order = StreamOrder()
    order.arrived(1)
    assert order.arrived(1) is Arrival.DUPLICATE


def test_a_giant_leap_costs_no_memory() -> None:
    order = StreamOrder()
    order.arrived(1)
    order.arrived(10**15 - 1)
    assert order.missing == 10**15 - 3
    assert order.arrived(2) is Arrival.DUPLICATE
    assert order.arrived(10**15 - 2) is Arrival.LATE


def test_time_goes_on_by_the_stream_and_not_by_arrival() -> None:
    order = StreamOrder()
    assert [order.is_time_possible(at) for at in (102, 122, 162, 5000)] == [True] * 4


@pytest.mark.parametrize("at", [102, 101, 0, 102 + 60_001])
def test_time_never_stands_still_goes_back_or_leaps(at: int) -> None:
    order = StreamOrder()
    order.is_time_possible(102)
    assert order.is_time_possible(at) is False
    assert order.is_time_possible(122) is True
    assert order.impossible_times == 1


def test_a_stream_does_not_begin_late() -> None:
    assert StreamOrder().is_time_possible(10**12) is False


@given(st.lists(st.integers(0, 30)))
def test_every_message_is_counted_in_exactly_one_way(numbers: list[int]) -> None:
    order = StreamOrder()
    arrivals = [order.arrived(number) for number in numbers]
    assert arrivals.count(Arrival.DUPLICATE) == order.duplicates
    assert arrivals.count(Arrival.LATE) == order.late
    seen = {number for number in numbers if number > 0}
    assert order.missing == (max(seen) - len(seen) if seen else 0)
