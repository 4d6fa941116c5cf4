"""Opening hours over daylight-saving nights, holidays, midnight and time zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from ivr.core.hours import Hours, Span

pytestmark = pytest.mark.unit

NEW_YORK, TOKYO = ZoneInfo("America/New_York"), ZoneInfo("Asia/Tokyo")
OFFICE: tuple[Span, ...] = ((time(9), time(18)),)
WEEK = (OFFICE,) * 5 + ((), ())


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def hours(zone: ZoneInfo = NEW_YORK, week: tuple[tuple[Span, ...], ...] = WEEK, **more: object) -> Hours:
    return Hours(zone, week, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23T13:59", False),
        ("2026-11-23T14:00", True),
        ("2026-11-23T22:59", True),
        ("2026-11-23T23:00", False),
        ("2026-11-28T15:00", False),
        ("2026-07-01T13:00", True),
    ],
)
def test_a_week_is_meant_in_its_own_zone(moment: str, is_open: bool) -> None:
    assert hours().is_open(utc(moment)) is is_open


def test_monday_in_tokyo_begins_on_sunday_in_greenwich() -> None:
    assert hours(TOKYO).is_open(utc("2026-11-22T23:59")) is False
    assert hours(TOKYO).is_open(utc("2026-11-23T00:00")) is True


NIGHT = (((time(0), time(6)),),) * 7


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-08T06:59", True),  # 01:59 EST
        ("2026-03-08T07:00", True),  # 03:00 EDT, the hour from two to three does not exist
        ("2026-03-08T09:59", True),  # 05:59 EDT
        ("2026-03-08T10:00", False),  # 06:00 EDT
        ("2026-11-01T05:30", True),  # 01:30 EDT
        ("2026-11-01T06:30", True),  # 01:30 EST, the second time
        ("2026-11-01T10:59", True),  # 05:59 EST
        ("2026-11-01T11:00", False),  # 06:00 EST
    ],
)
def test_the_nights_when_clocks_change(moment: str, is_open: bool) -> None:
    assert hours(week=NIGHT).is_open(utc(moment)) is is_open


def test_an_end_at_midnight_is_the_end_of_the_day() -> None:
    late = hours(week=(((time(18), time()),),) * 7)
    assert late.is_open(utc("2026-11-24T04:59")) is True
    assert late.is_open(utc("2026-11-24T05:00")) is False


def test_round_the_clock_has_no_gap_at_midnight() -> None:
    always = hours(week=(((time(), time()),),) * 7)
    assert always.is_open(utc("2026-11-24T04:59"))
    assert always.is_open(utc("2026-11-24T05:00"))


def test_a_lunch_break_is_closed() -> None:
    split = hours(week=(((time(9), time(12)), (time(13), time(18))),) * 7)
    assert [split.is_open(utc(f"2026-11-23T{hour}:30")) for hour in (16, 17, 18)] == [True, False, True]


def test_a_holiday_is_closed() -> None:
    assert not hours(holidays=frozenset({date(2026, 12, 25)})).is_open(utc("2026-12-25T15:00"))


def test_a_one_off_change_comes_before_week_and_holiday() -> None:
    day = date(2026, 12, 25)
    changed = hours(holidays=frozenset({day}), changes={day: ((time(10), time(11)),)})
    assert [changed.is_open(utc(f"2026-12-25T{hour}:00")) for hour in (14, 15, 16)] == [False, True, False]


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-11-23T10:00", "2026-11-23T14:00"),
        ("2026-11-23T15:00", "2026-11-24T14:00"),
        ("2026-11-27T23:30", "2026-11-30T14:00"),
        ("2026-03-06T23:30", "2026-03-09T13:00"),
    ],
)
def test_the_next_opening(moment: str, opening: str) -> None:
    assert hours().next_opening(utc(moment)) == utc(opening)


def test_the_next_opening_is_never_in_the_past_on_the_night_clocks_go_back() -> None:
    week = (((time(1, 45), time(3)),),) * 7
    assert hours(week=week).next_opening(utc("2026-11-01T06:30")) == utc("2026-11-02T06:45")


def test_an_opening_in_the_hour_that_does_not_exist_is_after_it() -> None:
    week = (((time(2, 30), time(6)),),) * 7
    assert hours(week=week).next_opening(utc("2026-03-08T06:00")) == utc("2026-03-08T07:30")


def test_hours_that_never_open_have_no_next_opening() -> None:
    assert hours(week=((),) * 7).next_opening(utc("2026-11-23T10:00")) is None


def test_a_text_of_its_own_comes_first() -> None:
    assert hours(texts={"en": "weekdays"}).text("en") == "weekdays"


@pytest.mark.parametrize(
    ("week", "language", "said"),
    [
        (WEEK, "en", "Monday to Friday, nine a m to six p m"),
        (WEEK, "ja", "月曜日から金曜日の午前9時から午後6時まで"),
        (
            (OFFICE, OFFICE, (), OFFICE, (), (), ((time(10), time(12)), (time(13), time(14)))),
            "en",
            "Monday to Tuesday, nine a m to six p m; Thursday, nine a m to six p m; "
            "Sunday, ten a m to twelve p m and one p m to two p m",
        ),
        (((), (), (), OFFICE, (), (), ()), "ja", "木曜日の午前9時から午後6時まで"),
        (((),) * 7, "en", ""),
    ],
)
def test_the_week_in_words(week: tuple[tuple[Span, ...], ...], language: str, said: str) -> None:
    assert hours(week=week).text(language) == said
