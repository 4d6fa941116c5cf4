"""Wall times on usual days and on the nights when clocks are changed."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.core.queueing.wall_clock import change_between, shown_at

pytestmark = pytest.mark.unit

NEW_YORK = ZoneInfo("America/New_York")
ZONES = ["America/New_York", "Asia/Tokyo", "Europe/London", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kathmandu"]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("wall", "zone", "first", "last"),
    [
        ("2026-11-25T09:00", "America/New_York", "2026-11-25T14:00", "2026-11-25T14:00"),
        ("2028-02-29T09:00", "Asia/Tokyo", "2028-02-29T00:00", "2028-02-29T00:00"),
        ("2026-11-01T00:59", "America/New_York", "2026-11-01T04:59", "2026-11-01T04:59"),
        ("2026-11-01T01:30", "America/New_York", "2026-11-01T05:30", "2026-11-01T06:30"),
        ("2026-11-01T02:00", "America/New_York", "2026-11-01T07:00", "2026-11-01T07:00"),
        ("2026-03-08T02:00", "America/New_York", "2026-03-08T07:00", "2026-03-08T07:00"),
        ("2026-03-08T02:59:59", "America/New_York", "2026-03-08T07:00", "2026-03-08T07:00"),
        ("2026-03-08T03:00", "America/New_York", "2026-03-08T07:00", "2026-03-08T07:00"),
        ("2026-04-05T01:45", "Australia/Lord_Howe", "2026-04-04T14:45", "2026-04-04T15:15"),
        ("2026-10-04T02:10", "Australia/Lord_Howe", "2026-10-03T15:30", "2026-10-03T15:30"),
        ("2026-04-24T00:20", "Africa/Cairo", "2026-04-23T22:00", "2026-04-23T22:00"),
    ],
)
def test_a_wall_time_is_shown_once_or_twice(wall: str, zone: str, first: str, last: str) -> None:
    assert shown_at(datetime.fromisoformat(wall), ZoneInfo(zone)) == (utc(first), utc(last))


def test_a_change_is_found_to_the_second() -> None:
    assert change_between(utc("2026-11-01T00:00:01"), utc("2026-11-01T23:00"), NEW_YORK) == utc("2026-11-01T06:00")


def test_without_a_change_the_end_comes_back() -> None:
    assert change_between(utc("2026-11-02T00:00"), utc("2026-11-02T23:00"), NEW_YORK) == utc("2026-11-02T23:00")


@settings(deadline=None)
@given(st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)), st.sampled_from(ZONES))
def test_clocks_have_reached_the_time_when_it_is_shown(wall: datetime, zone: str) -> None:
    wall = wall.replace(microsecond=0)
    first, last = shown_at(wall, ZoneInfo(zone))
    assert first <= last
    assert all(moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) >= wall for moment in (first, last))
