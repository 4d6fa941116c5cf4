"""When people may be called: local time, unknown zones, changed clocks, times they chose."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.core.queueing.calling_hours import CallingHours, may_call, next_allowed

pytestmark = pytest.mark.unit

USUAL = CallingHours()
TOKYO, NEW_YORK, LONDON = ("Asia/Tokyo",), ("America/New_York",), ("Europe/London",)
COUNTRY = ("America/New_York", "America/Chicago", "America/Los_Angeles", "Pacific/Honolulu")
NEVER_TOGETHER = ("America/New_York", "Asia/Shanghai")
ALL = [TOKYO, NEW_YORK, LONDON, COUNTRY, NEVER_TOGETHER, ("Africa/Cairo",), ("Australia/Lord_Howe", "Asia/Kathmandu")]
ODD_HOURS = [
    USUAL,
    CallingHours(time(2, 15), time(2, 45)),
    CallingHours(time(0, 30), time(1, 30)),
    CallingHours(time(1, 30), time(6)),
    CallingHours(time(0), time(0)),
    CallingHours(time(22), time(0), frozenset({2})),
]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zones", "is_time"),
    [
        ("2026-11-25T00:00", TOKYO, True),  # 09:00
        ("2026-11-24T23:59:59", TOKYO, False),
        ("2026-11-25T10:59:59", TOKYO, True),
        ("2026-11-25T11:00", TOKYO, False),  # 20:00
        ("2026-11-25T14:00", NEW_YORK, True),  # 09:00 EST
        ("2026-07-01T13:00", NEW_YORK, True),  # 09:00 EDT
        ("2026-07-01T12:59", NEW_YORK, False),
        ("2028-02-29T09:00", LONDON, True),
        ("2028-02-29T20:00", LONDON, False),
        ("2026-11-29T12:00", LONDON, True),  # a Sunday
    ],
)
def test_people_are_called_from_nine_to_eight_where_they_are(now: str, zones: tuple[str, ...], is_time: bool) -> None:
    assert may_call(utc(now), zones, USUAL, chosen_by_caller=False) is is_time


@pytest.mark.parametrize(
    ("now", "is_time"),
    [
        ("2026-11-25T14:00", False),  # New York 09:00, Honolulu 04:00
        ("2026-11-25T18:59", False),
        ("2026-11-25T19:00", True),  # Honolulu 09:00
        ("2026-11-26T00:59", True),  # New York 19:59
        ("2026-11-26T01:00", False),
    ],
)
def test_of_an_unknown_zone_it_must_be_time_in_all(now: str, is_time: bool) -> None:
    assert may_call(utc(now), COUNTRY, USUAL, chosen_by_caller=False) is is_time


@pytest.mark.parametrize(
    ("now", "is_time"), [("2026-11-25T14:00", True), ("2026-11-25T13:59", False), ("2026-11-26T00:59", True)]
)
def test_zones_that_are_never_awake_together_leave_it_to_the_first(now: str, is_time: bool) -> None:
    assert may_call(utc(now), NEVER_TOGETHER, USUAL, chosen_by_caller=False) is is_time


def test_a_time_that_the_caller_chose_is_stronger() -> None:
    assert may_call(utc("2026-11-25T03:00"), NEW_YORK, USUAL, chosen_by_caller=True) is True


def test_without_any_zone_the_hours_are_universal_time() -> None:
    assert may_call(utc("2026-11-25T09:00"), (), USUAL, chosen_by_caller=False) is True
    assert may_call(utc("2026-11-25T08:59"), (), USUAL, chosen_by_caller=False) is False


@pytest.mark.parametrize(
    ("now", "zones", "expected"),
    [
        ("2026-11-25T12:00", LONDON, "2026-11-25T12:00"),
        ("2026-11-25T08:00", LONDON, "2026-11-25T09:00"),
        ("2026-11-25T20:00", LONDON, "2026-11-26T09:00"),
        ("2026-11-25T15:00", COUNTRY, "2026-11-25T19:00"),
        ("2026-11-26T01:00", COUNTRY, "2026-11-26T19:00"),
        ("2026-11-25T03:00", NEVER_TOGETHER, "2026-11-25T14:00"),
        ("2028-02-28T12:00", TOKYO, "2028-02-29T00:00"),
        ("2026-10-31T23:00", LONDON, "2026-11-01T09:00"),
        ("2026-03-07T23:00", ("America/Chicago",), "2026-03-07T23:00"),
        ("2026-03-08T04:00", NEW_YORK, "2026-03-08T13:00"),  # 09:00 EDT, the night was short
        ("2026-11-01T04:00", NEW_YORK, "2026-11-01T14:00"),  # 09:00 EST, the night was long
    ],
)
def test_the_next_time_is_the_earliest(now: str, zones: tuple[str, ...], expected: str) -> None:
    assert next_allowed(utc(now), zones, USUAL) == utc(expected)


def test_the_next_time_comes_in_the_zone_of_the_question() -> None:
    found = next_allowed(datetime(2026, 11, 25, 21, 0, tzinfo=ZoneInfo("Asia/Tokyo")), TOKYO, USUAL)
    assert found.isoformat() == "2026-11-26T09:00:00+09:00"


@pytest.mark.parametrize(
    ("hours", "now", "expected"),
    [
        # 02:15 does not exist on this night, 03:00 is no longer within: a day later.
        (CallingHours(time(2, 15), time(2, 45)), "2026-03-08T06:00", "2026-03-09T06:15"),
        # 02:15 does not exist, 03:00 is the first moment after it.
        (CallingHours(time(2, 15), time(6)), "2026-03-08T06:00", "2026-03-08T07:00"),
        # 01:00 to 01:30 comes a second time.
        (CallingHours(time(0, 30), time(1, 30)), "2026-11-01T05:45", "2026-11-01T06:00"),
        # 01:30 comes twice; between them the clock shows less.
        (CallingHours(time(1, 30), time(6)), "2026-11-01T06:10", "2026-11-01T06:30"),
        (CallingHours(days=frozenset({0})), "2026-11-25T12:00", "2026-11-30T14:00"),
        (CallingHours(time(22), time()), "2026-11-25T12:00", "2026-11-26T03:00"),
    ],
)
def test_changed_clocks_and_days_are_heeded(hours: CallingHours, now: str, expected: str) -> None:
    assert next_allowed(utc(now), NEW_YORK, hours) == utc(expected)


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": time(20), "end": time(9)},
        {"start": time(9), "end": time(9)},
        {"days": frozenset()},
        {"days": frozenset({7})},
    ],
)
def test_hours_without_any_time_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="calling hours need"):
        CallingHours(**wrong)  # type: ignore[arg-type]


NIGHTS = [
    datetime(2026, 3, 7),
    datetime(2026, 10, 31),
    datetime(2026, 4, 4),
    datetime(2026, 10, 3),
    datetime(2028, 2, 28),
]
MOMENTS = st.builds(
    lambda night, ahead: (night + ahead).replace(tzinfo=UTC),
    st.sampled_from(NIGHTS),
    st.timedeltas(timedelta(), timedelta(days=3)),
)


@settings(deadline=None)
@given(MOMENTS, st.sampled_from(ALL), st.sampled_from(ODD_HOURS))
def test_the_next_time_is_allowed_and_nothing_before_it_is(
    now: datetime, zones: tuple[str, ...], hours: CallingHours
) -> None:
    found = next_allowed(now, zones, hours)
    assert found >= now
    assert may_call(found, zones, hours, chosen_by_caller=False)
    waits = min(found - now, timedelta(hours=30))
    tried = [now + waits * step / 60 for step in range(60)] + [found - timedelta(seconds=1)]
    assert not any(may_call(moment, zones, hours, chosen_by_caller=False) for moment in tried if now <= moment < found)


@settings(deadline=None)
@given(MOMENTS, st.sampled_from(ALL))
def test_nobody_is_called_when_it_is_quiet_at_the_first_place(now: datetime, zones: tuple[str, ...]) -> None:
    if may_call(now, zones, USUAL, chosen_by_caller=False):
        assert time(9) <= now.astimezone(ZoneInfo(zones[0])).time() < time(20)
