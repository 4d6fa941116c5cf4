"""From a wish to an interval, without any words."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from ivr.understanding.slots.callback_window import Clock, Shape, Wish, interval, merged

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 25, 10, 15)
TOMORROW = date(2026, 11, 26)
MORNING, AFTERNOON, EVENING = (480, 720), (720, 1080), (1080, 1260)


def hours(wish: Wish, now: datetime = NOW) -> str:
    start, end = interval(wish, now)
    return f"{start:%d %H:%M}-{end:%d %H:%M}"


def at(hour: float, *, is_sure: bool = False) -> Clock:
    return Clock(int(hour * 60), is_sure)


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (Wish(TOMORROW), "26 08:00-26 20:00"),
        (Wish(part=MORNING), "25 08:00-25 12:00"),
        (Wish(TOMORROW, Shape.AT, at(3)), "26 15:00-26 15:30"),
        (Wish(TOMORROW, Shape.AT, at(3), part=MORNING), "26 03:00-26 03:30"),
        (Wish(TOMORROW, Shape.AT, at(12), part=MORNING), "26 12:00-26 12:30"),
        (Wish(TOMORROW, Shape.AT, at(12), part=EVENING), "27 00:00-27 00:30"),
        (Wish(TOMORROW, Shape.AT, at(12), part=AFTERNOON), "26 12:00-26 12:30"),
        (Wish(TOMORROW, Shape.AT, at(9), part=(480, 1080)), "26 09:00-26 09:30"),
        (Wish(shape=Shape.AFTER, first=at(9)), "25 21:00-25 22:00"),
        (Wish(shape=Shape.AFTER, first=at(10)), "25 10:00-25 20:00"),
        (Wish(TOMORROW, Shape.AFTER, at(1), part=MORNING), "26 01:00-26 12:00"),
        (Wish(TOMORROW, Shape.AFTER, at(14, is_sure=True), part=MORNING), "26 14:00-26 20:00"),
        (Wish(TOMORROW, Shape.BEFORE, at(8)), "26 08:00-26 20:00"),
        (Wish(TOMORROW, Shape.BEFORE, at(7, is_sure=True)), "26 06:00-26 07:00"),
        (Wish(TOMORROW, Shape.BEFORE, at(0.5, is_sure=True)), "26 00:00-26 00:30"),
        (Wish(TOMORROW, Shape.BEFORE, at(0, is_sure=True)), "26 08:00-27 00:00"),
        (Wish(TOMORROW, Shape.BEFORE, at(4), part=AFTERNOON), "26 12:00-26 16:00"),
        (Wish(TOMORROW, Shape.BETWEEN, at(10), at(2)), "26 10:00-26 14:00"),
        (Wish(TOMORROW, Shape.BETWEEN, at(9), at(9)), "26 09:00-26 21:00"),
        (Wish(TOMORROW, Shape.BETWEEN, at(8), at(22, is_sure=True)), "26 20:00-26 22:00"),
        (Wish(TOMORROW, Shape.BETWEEN, at(12), at(0, is_sure=True)), "26 12:00-27 00:00"),
        (Wish(TOMORROW, Shape.BETWEEN, at(2), at(1, is_sure=True)), "26 00:00-26 01:00"),
        (Wish(TOMORROW, Shape.BETWEEN, at(23, is_sure=True), at(1, is_sure=True)), "26 23:00-27 01:00"),
        (Wish(TOMORROW, Shape.BETWEEN, at(16, is_sure=True), at(14, is_sure=True)), "26 14:00-26 16:00"),
        (Wish(TOMORROW, Shape.BETWEEN, at(16, is_sure=True), at(16, is_sure=True)), "26 16:00-26 16:30"),
        (Wish(TOMORROW, Shape.BETWEEN, at(14, is_sure=True)), "26 14:00-26 14:30"),
        (Wish(TOMORROW, Shape.EITHER, at(3), at(4)), "26 15:00-26 16:30"),
        (Wish(shape=Shape.DELAY, delay=(60, 90)), "25 11:15-25 11:45"),
        (Wish(shape=Shape.DELAY, delay=(60, None)), "25 11:15-25 20:00"),
        (Wish(shape=Shape.DELAY, delay=(600, None)), "25 20:15-25 21:15"),
    ],
)
def test_a_wish_becomes_an_interval(wish: Wish, expected: str) -> None:
    assert hours(wish) == expected


def test_without_a_day_what_is_over_today_means_tomorrow() -> None:
    assert hours(Wish(shape=Shape.AT, first=at(10))) == "26 10:00-26 10:30"
    assert hours(Wish(part=MORNING), datetime(2026, 11, 25, 12)) == "26 08:00-26 12:00"
    assert hours(Wish(part=MORNING), datetime(2026, 11, 25, 11, 59)) == "25 08:00-25 12:00"


def test_a_named_day_stays_even_when_it_is_over() -> None:
    assert hours(Wish(NOW.date(), Shape.AT, at(9))) == "25 09:00-25 09:30"
    assert hours(Wish(NOW.date()), datetime(2026, 11, 25, 20)) == "25 08:00-25 20:00"


def test_later_words_are_completed_by_the_earlier_ones() -> None:
    earlier = Wish(TOMORROW, Shape.AT, at(3), part=AFTERNOON, score=0.8)
    assert merged(earlier, Wish(shape=Shape.AT, first=at(4))) == Wish(
        TOMORROW, Shape.AT, at(4), part=AFTERNOON, score=0.8
    )
    assert merged(earlier, Wish(NOW.date())) == Wish(NOW.date(), Shape.AT, at(3), part=AFTERNOON, score=0.8)
    assert merged(earlier, Wish(NOW.date(), part=MORNING)) == Wish(NOW.date(), part=MORNING, score=0.8)


def test_a_delay_stands_alone() -> None:
    delay = Wish(shape=Shape.DELAY, delay=(60, 90))
    assert merged(Wish(TOMORROW), delay) == delay
    assert merged(delay, Wish(TOMORROW)) == Wish(TOMORROW)
    assert merged(None, delay) == delay
