"""A wished time against a queue's hours: the part that is open, or what is wrong and what could be had instead."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.core.hours import Hours, Span
from ivr.core.queueing.calling_hours import CallingHours
from ivr.core.queueing.wished_times import (
    Slot,
    TimeProblem,
    WrongTime,
    first_meeting,
    keep_to_calling_hours,
    openings,
    time_problem,
)

pytestmark = pytest.mark.unit

HERE = "America/New_York"
OFFICE: tuple[Span, ...] = ((time(9), time(18)),)
LUNCH: tuple[Span, ...] = ((time(9), time(12)), (time(13), time(18)))
ALWAYS: tuple[Span, ...] = ((time(), time()),)
NOW = "2026-11-25T14:30"  # a Wednesday, by the clock in New York


def hours(spans: tuple[Span, ...] = OFFICE, zone: str = HERE, **more: object) -> Hours:
    return Hours(ZoneInfo(zone), (spans,) * 5 + ((), ()), **more)  # type: ignore[arg-type]


THANKSGIVING = hours(holidays=frozenset({date(2026, 11, 26)}), changes={date(2026, 11, 27): ()})


def asked(start: str, end: str, queue: Hours, now: str = NOW, zone: str = HERE) -> TimeProblem | Slot:
    wall = datetime.fromisoformat
    return time_problem(wall(start), wall(end), wall(now), queue, zone, 7)


def shown(slot: Slot | None, zone: str = HERE) -> str:
    if slot is None:
        return "nothing"
    start, end = slot.start.astimezone(ZoneInfo(zone)), slot.end.astimezone(ZoneInfo(zone))
    return f"{start:%d %H:%M} to {end:%d %H:%M}"


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-11-25T15:00", "2026-11-25T16:00", "25 15:00 to 25 16:00"),
        ("2026-11-25T15:00", "2026-11-26T00:00", "25 15:00 to 25 18:00"),  # "after three"
        ("2026-11-25T12:00", "2026-11-25T16:00", "25 14:30 to 25 16:00"),  # has begun
        ("2026-11-26T00:00", "2026-11-27T00:00", "26 09:00 to 26 18:00"),  # "tomorrow"
        ("2026-11-26T16:00", "2026-11-26T16:00", "26 16:00 to 26 17:00"),  # "at four"
        ("2026-11-26T16:00", "2026-11-26T16:05", "26 16:00 to 26 16:05"),  # that exactly
        ("2026-11-28T00:00", "2026-12-01T00:00", "30 09:00 to 30 18:00"),  # "after the weekend"
        ("2026-12-02T10:00", "2026-12-02T18:00", "02 10:00 to 02 14:30"),  # as far as promises go
    ],
)
def test_the_part_in_which_people_are_there_is_the_slot(start: str, end: str, expected: str) -> None:
    found = asked(start, end, hours())
    assert isinstance(found, Slot)
    assert shown(found) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-11-26T10:00", "2026-11-26T16:00", "26 10:00 to 26 12:00"),
        ("2026-11-26T11:30", "2026-11-26T16:00", "26 13:00 to 26 16:00"),
        ("2026-11-26T11:30", "2026-11-26T13:20", "26 11:30 to 26 12:00"),
        ("2026-11-26T11:55", "2026-11-26T13:20", "26 13:00 to 26 13:20"),
    ],
)
def test_of_two_parts_it_is_the_first_with_room(start: str, end: str, expected: str) -> None:
    found = asked(start, end, hours(LUNCH))
    assert isinstance(found, Slot)
    assert shown(found) == expected


@pytest.mark.parametrize(
    ("start", "end", "reason", "suggestion"),
    [
        ("2026-11-25T10:00", "2026-11-25T11:00", "PAST", "25 14:30 to 25 15:30"),
        ("2026-11-25T13:00", "2026-11-25T14:30", "PAST", "25 14:30 to 25 15:30"),
        ("2026-11-25T13:30", "2026-11-25T14:35", "PAST", "25 14:30 to 25 15:30"),  # five minutes are left
        ("2026-11-25T18:00", "2026-11-25T19:00", "CLOSED_THEN", "30 09:00 to 30 10:00"),
        ("2026-11-25T17:55", "2026-11-25T19:00", "CLOSED_THEN", "30 09:00 to 30 10:00"),
        ("2026-11-30T07:00", "2026-11-30T08:00", "CLOSED_THEN", "30 09:00 to 30 10:00"),
        ("2026-11-26T10:00", "2026-11-26T12:00", "HOLIDAY", "30 09:00 to 30 10:00"),
        ("2026-11-27T10:00", "2026-11-27T12:00", "CLOSED_DAY", "30 09:00 to 30 10:00"),  # a one-off change
        ("2026-11-28T00:00", "2026-11-29T00:00", "CLOSED_DAY", "30 09:00 to 30 10:00"),
        ("2026-12-02T14:25", "2026-12-02T15:30", "TOO_FAR", "02 13:30 to 02 14:30"),  # five minutes before the limit
        ("2026-12-24T10:00", "2026-12-24T12:00", "TOO_FAR", "02 13:30 to 02 14:30"),
    ],
)
def test_what_is_wrong_comes_with_what_could_be_had(start: str, end: str, reason: str, suggestion: str) -> None:
    found = asked(start, end, THANKSGIVING)
    assert isinstance(found, TimeProblem)
    assert (found.reason.name, shown(found.suggestion)) == (reason, suggestion)


def test_a_queue_that_never_opens_suggests_nothing() -> None:
    never = hours(())
    assert asked("2026-11-26T10:00", "2026-11-26T11:00", never) == TimeProblem(WrongTime.CLOSED_DAY, None)
    assert asked("2026-12-26T10:00", "2026-12-26T11:00", never) == TimeProblem(WrongTime.TOO_FAR, None)


def test_a_change_of_a_holiday_opens_it() -> None:
    day = date(2026, 11, 26)
    found = asked("2026-11-26T10:00", "2026-11-26T20:00", hours(holidays=frozenset({day}), changes={day: LUNCH[:1]}))
    assert isinstance(found, Slot)
    assert shown(found) == "26 10:00 to 26 12:00"


def test_a_change_of_a_holiday_says_closed_then_at_other_times() -> None:
    day = date(2026, 11, 26)
    found = asked("2026-11-26T15:00", "2026-11-26T16:00", hours(holidays=frozenset({day}), changes={day: LUNCH[:1]}))
    assert isinstance(found, TimeProblem)
    assert found.reason is WrongTime.CLOSED_THEN


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-11-26T18:00", "2026-11-27T00:00", "26 19:00 to 27 00:00"),
        ("2026-11-26T02:00", "2026-11-26T05:00", "26 02:00 to 26 04:00"),
    ],
)
def test_callers_speak_by_their_clock_and_queues_open_by_theirs(start: str, end: str, expected: str) -> None:
    found = asked(start, end, hours(zone="Asia/Tokyo"))
    assert isinstance(found, Slot)
    assert shown(found) == expected


def test_a_saturday_elsewhere_is_judged_by_its_middle() -> None:
    found = asked("2026-11-28T00:00", "2026-11-29T00:00", hours(zone="America/Los_Angeles"))
    assert isinstance(found, TimeProblem)
    assert found.reason is WrongTime.CLOSED_DAY


def test_now_may_come_with_its_zone() -> None:
    wall = datetime.fromisoformat
    now = datetime(2026, 11, 25, 19, 30, tzinfo=UTC)
    found = time_problem(wall("2026-11-25T12:00"), wall("2026-11-25T16:00"), now, hours(), HERE, 7)
    assert isinstance(found, Slot)
    assert shown(found) == "25 14:30 to 25 16:00"


ROUND_THE_CLOCK = Hours(ZoneInfo(HERE), (ALWAYS,) * 7)


@pytest.mark.parametrize(
    ("start", "end", "now", "first", "last"),
    [
        # Clocks go forward: 02:00 to 03:00 does not exist.
        ("2026-03-08T01:30", "2026-03-08T02:30", "2026-03-07T12:00", "2026-03-08T06:30", "2026-03-08T07:00"),
        ("2026-03-08T02:30", "2026-03-08T03:30", "2026-03-07T12:00", "2026-03-08T07:00", "2026-03-08T07:30"),
        ("2026-03-08T02:15", "2026-03-08T02:45", "2026-03-07T12:00", "2026-03-08T07:00", "2026-03-08T07:30"),
        # Clocks go back: 01:00 to 02:00 comes twice.
        ("2026-11-01T01:15", "2026-11-01T01:45", "2026-10-31T12:00", "2026-11-01T05:15", "2026-11-01T06:45"),
        ("2026-11-01T00:30", "2026-11-01T01:30", "2026-10-31T12:00", "2026-11-01T04:30", "2026-11-01T06:30"),
    ],
)
def test_skipped_times_move_forward_and_doubled_ones_cover_both(
    start: str, end: str, now: str, first: str, last: str
) -> None:
    found = asked(start, end, ROUND_THE_CLOCK, now)
    assert found == Slot(datetime.fromisoformat(first + "+00:00"), datetime.fromisoformat(last + "+00:00"))


def test_days_that_touch_at_midnight_are_one_opening() -> None:
    since, until = datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 25, 12, tzinfo=UTC)
    assert openings(ROUND_THE_CLOCK, since, until) == [Slot(since, until)]


def test_times_that_overlap_or_repeat_are_one_opening() -> None:
    spans: tuple[Span, ...] = ((time(13), time(17)), (time(9), time(15)), (time(10), time(11)))
    day = hours(spans, "UTC")
    found = openings(day, datetime(2026, 11, 25, tzinfo=UTC), datetime(2026, 11, 25, 23, tzinfo=UTC))
    assert found == [Slot(datetime(2026, 11, 25, 9, tzinfo=UTC), datetime(2026, 11, 25, 17, tzinfo=UTC))]


def kept(start: str, end: str, queue: Hours, calling: CallingHours | None = None) -> TimeProblem | Slot:
    wall = datetime.fromisoformat
    slot = Slot(*(wall(text).replace(tzinfo=ZoneInfo(HERE)).astimezone(UTC) for text in (start, end)))
    return keep_to_calling_hours(slot, queue, calling or CallingHours(), HERE, 7)


def test_a_day_without_a_time_is_kept_to_calling_hours() -> None:
    found = kept("2026-11-26T19:00", "2026-11-27T04:00", hours(zone="Asia/Tokyo"))
    assert isinstance(found, Slot)
    assert shown(found) == "26 19:00 to 26 20:00"


def test_what_lies_outside_calling_hours_gets_the_next_time_inside() -> None:
    found = kept("2026-11-26T20:00", "2026-11-27T04:00", hours(zone="Asia/Tokyo"))
    assert isinstance(found, TimeProblem)
    # Friday 09:00 in Tokyo is the last opening of the week; the next begins on Sunday evening in New York.
    assert (found.reason.name, shown(found.suggestion)) == ("OUTSIDE_CALLING_HOURS", "29 19:00 to 29 20:00")


def test_days_without_calls_are_left_out() -> None:
    not_on_sundays = CallingHours(days=frozenset(range(6)))
    found = kept("2026-11-26T20:00", "2026-11-27T04:00", hours(zone="Asia/Tokyo"), not_on_sundays)
    assert isinstance(found, TimeProblem)
    assert shown(found.suggestion) == "30 19:00 to 30 20:00"


def test_hours_that_never_meet_suggest_nothing() -> None:
    found = kept("2026-11-26T19:00", "2026-11-27T04:00", hours(zone="Asia/Tokyo"), CallingHours(time(10), time(16)))
    assert found == TimeProblem(WrongTime.OUTSIDE_CALLING_HOURS, None)


NIGHTS = [
    datetime(2026, 3, 6),
    datetime(2026, 10, 30),
    datetime(2026, 4, 3),
    datetime(2026, 10, 2),
    datetime(2028, 2, 28),
]
ZONES = st.sampled_from(["America/New_York", "Asia/Tokyo", "Australia/Lord_Howe", "Africa/Cairo", "Europe/London"])
CLOCKS = st.builds(lambda quarters: time(quarters // 4, quarters % 4 * 15), st.integers(0, 95))
SPANS = st.builds(lambda a, b: (min(a, b), max(a, b)), CLOCKS, CLOCKS).filter(lambda span: span[0] < span[1])
WEEKS = st.lists(st.lists(SPANS | st.just((time(), time())), max_size=3).map(tuple), min_size=7, max_size=7).map(tuple)


@settings(deadline=None)
@given(
    st.sampled_from(NIGHTS), st.timedeltas(timedelta(), timedelta(days=2)), st.integers(-10, 80), st.integers(0, 60),
    ZONES, ZONES, WEEKS,
)  # fmt: skip
def test_any_slot_lies_within_the_hours_and_after_now(
    night: datetime, later: timedelta, ahead: int, quarters: int, zone: str, queue_zone: str,
    week: tuple[tuple[Span, ...], ...],
) -> None:  # fmt: skip
    now = (night + later).replace(microsecond=0)
    queue = Hours(ZoneInfo(queue_zone), week, holidays=frozenset({(now + timedelta(days=1)).date()}))
    start = now + timedelta(hours=ahead)
    found = time_problem(start, start + timedelta(minutes=15 * quarters), now, queue, zone, 3)
    slot = found if isinstance(found, Slot) else found.suggestion
    if slot is None:
        return
    moment = now.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    assert moment <= slot.start < slot.end <= moment + timedelta(days=3)
    length = slot.end - slot.start
    assert all(queue.is_open(slot.start + length * part / 24) for part in range(24))
    if isinstance(found, TimeProblem):
        assert length <= timedelta(hours=1)


CALLING = CallingHours(time(9), time(20))


@pytest.mark.parametrize(
    ("zone", "expected"),
    [(HERE, "2026-11-23 10:00"), ("Asia/Tokyo", "2026-11-23 19:00")],
)
def test_people_are_there_and_it_is_time_to_call(zone: str, expected: str) -> None:
    queue = hours((((time(9), time(20))),), zone=HERE)
    start = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo(HERE))
    found = first_meeting(queue, (zone,), CALLING, start)
    assert found is not None and f"{found.astimezone(ZoneInfo(HERE)):%Y-%m-%d %H:%M}" == expected


def test_people_are_there_only_when_it_is_night_elsewhere() -> None:
    assert first_meeting(hours(), ("Asia/Tokyo",), CALLING, datetime(2026, 11, 23, 15, 0, tzinfo=UTC)) is None
