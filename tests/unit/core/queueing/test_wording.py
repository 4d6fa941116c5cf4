"""What callers are told about windows, places and codes: literal sentences, and that they never promise too much."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.core.queueing.wording import code_text, place_text, rounded_window, when_text, window_text

pytestmark = pytest.mark.unit

NEW_YORK, TOKYO = "America/New_York", "Asia/Tokyo"
NOW = datetime(2026, 11, 28, 19, 0, tzinfo=UTC)
"""Saturday: 14:00 in New York, 04:00 on Sunday in Tokyo."""


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def ahead(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("start", "end", "english", "japanese"),
    [
        (10, 20, "in 10 to 20 minutes", "10分から20分後"),
        (8, 17, "in 5 to 20 minutes", "5分から20分後"),
        (12, 12, "in 10 to 15 minutes", "10分から15分後"),
        (10, 10, "in 10 to 15 minutes", "10分から15分後"),
        (0, 7, "within the next 10 minutes", "10分以内"),
        (4, 10, "within the next 10 minutes", "10分以内"),
        (-20, 0.1, "within the next 5 minutes", "5分以内"),
        (-20, 0, "as soon as possible", "なるべく早いうち"),
        (-20, -10, "as soon as possible", "なるべく早いうち"),
        (55, 61, "in 55 to 75 minutes", "55分から75分後"),
        (74, 90, "in 60 to 90 minutes", "60分から90分後"),
        (30, 91, "today between 2:30 and 3:45 p m", "本日14時半から15時45分までの間"),
        (14, 100, "today between 2:10 and 3:45 p m", "本日14時10分から15時45分までの間"),
        (3, 100, "by 3:45 p m today", "本日15時45分まで"),
        (-60, 190, "by 5:30 p m today", "本日17時半まで"),
        (125, 179, "today between 4 and 5 p m", "本日16時から17時までの間"),
        (185, 299, "today between 5 and 7 p m", "本日17時から19時までの間"),
    ],
)
def test_a_window_is_told_by_minutes_or_by_the_clock(start: float, end: float, english: str, japanese: str) -> None:
    assert window_text(ahead(start), ahead(end), NOW, NEW_YORK, "en") == english
    assert window_text(ahead(start), ahead(end), NOW, NEW_YORK, "ja") == japanese


@pytest.mark.parametrize(
    ("start", "end", "english", "japanese"),
    [
        ("2026-11-29T14:00", "2026-11-29T15:30", "tomorrow morning between 9 and 10:30", "明日9時から10時半までの間"),
        ("2026-11-29T20:00", "2026-11-29T23:00", "tomorrow between 3 and 6 p m", "明日15時から18時までの間"),
        ("2026-11-29T16:00", "2026-11-29T17:00", "tomorrow between 11 a m and noon", "明日11時から12時までの間"),
        ("2026-11-29T16:00", "2026-11-29T18:00", "tomorrow between 11 a m and 1 p m", "明日11時から13時までの間"),
        ("2026-11-29T17:00", "2026-11-29T18:30", "tomorrow between noon and 1:30 p m", "明日12時から13時半までの間"),
        ("2026-11-29T09:30", "2026-11-29T11:00", "tomorrow between 4:30 and 6 a m", "明日4時半から6時までの間"),
        ("2026-11-29T03:00", "2026-11-29T05:00", "today between 10 p m and midnight", "本日22時から24時までの間"),
        ("2026-11-28T18:00", "2026-11-29T05:00", "by midnight today", "本日24時まで"),
        (
            "2026-11-29T04:00",
            "2026-11-29T06:00",
            "between 11 p m today and 1 a m tomorrow",
            "本日23時から明日1時までの間",
        ),
        (
            "2026-12-01T14:00",
            "2026-12-01T15:00",
            "on Tuesday, December 1st, between 9 and 10 a m",
            "12月1日、火曜日、9時から10時までの間",
        ),
        (
            "2026-12-02T17:00",
            "2026-12-03T15:00",
            "between noon on Wednesday, December 2nd and 10 a m on Thursday, December 3rd",
            "12月2日、水曜日、12時から12月3日、木曜日、10時までの間",
        ),
        ("2026-11-28T18:00", "2026-12-11T21:00", "by 4 p m on Friday, December 11th", "12月11日、金曜日、16時まで"),
    ],
)
def test_times_further_away_are_told_by_the_caller_s_clock(start: str, end: str, english: str, japanese: str) -> None:
    assert window_text(utc(start), utc(end), NOW, NEW_YORK, "en") == english
    assert window_text(utc(start), utc(end), NOW, NEW_YORK, "ja") == japanese


@pytest.mark.parametrize(
    ("day", "spoken"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"), (22, "22nd")],
)
def test_days_of_the_month_are_ordinals(day: int, spoken: str) -> None:
    start = datetime(2027, 1, day, 15, 0, tzinfo=UTC)
    assert f"January {spoken}, between" in window_text(start, start + timedelta(hours=1), NOW, NEW_YORK, "en")


def test_today_is_that_of_the_caller() -> None:
    assert window_text(utc("2026-11-29T01:00"), utc("2026-11-29T03:00"), NOW, TOKYO, "ja") == "本日10時から12時までの間"


@pytest.mark.parametrize(
    ("start", "end", "english", "japanese"),
    [
        ("2026-11-29T20:00", "2026-11-29T23:00", "tomorrow between 3 and 6 p m", "明日15時から18時までの間"),
        ("2026-11-28T19:30", "2026-11-28T20:00", "today between 2:30 and 3 p m", "本日14時半から15時までの間"),
        ("2026-11-28T19:33", "2026-11-28T20:01", "today between 2:30 and 3:05 p m", "本日14時半から15時5分までの間"),
        ("2026-11-28T18:30", "2026-11-28T20:00", "by 3 p m today", "本日15時まで"),
        ("2026-11-28T17:00", "2026-11-28T18:00", "as soon as possible", "なるべく早いうち"),
    ],
)
def test_a_chosen_time_is_told_by_the_clock(start: str, end: str, english: str, japanese: str) -> None:
    assert when_text(utc(start), utc(end), NOW, NEW_YORK, "en") == english
    assert when_text(utc(start), utc(end), NOW, NEW_YORK, "ja") == japanese


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        # Clocks go back from 02:00 to 01:00 at 06:00 UTC.
        ("05:30", "06:15", "tomorrow between 1:30 and 2 a m"),
        ("06:00", "06:30", "tomorrow between 1 and 2 a m"),
        ("06:30", "06:30", "tomorrow between 1:30 and 2 a m"),
        ("05:00", "05:30", "tomorrow between 1 and 1:30 a m"),
        ("04:30", "05:45", "tomorrow between 12:30 and 2 a m"),
        ("05:30", "07:30", "tomorrow between 1:30 and 2:30 a m"),
    ],
)
def test_a_window_does_not_end_in_an_hour_that_comes_again(start: str, end: str, text: str) -> None:
    night, now = "2026-11-01T", utc("2026-11-01T00:30")
    assert window_text(utc(night + start), utc(night + end), now, NEW_YORK, "en") == text


def test_the_hour_that_is_skipped_is_not_told() -> None:
    text = window_text(utc("2026-03-08T06:45"), utc("2026-03-08T07:10"), utc("2026-03-08T02:00"), NEW_YORK, "en")
    assert text == "tomorrow between 1:30 and 3:30 a m"


NIGHTS = [datetime(2026, 3, 7, 22), datetime(2026, 10, 31, 22), datetime(2026, 4, 4, 8), datetime(2026, 10, 3, 8)]
NOWS = st.builds(
    lambda night, later: (night + later).replace(tzinfo=UTC),
    st.sampled_from(NIGHTS),
    st.timedeltas(timedelta(), timedelta(days=1)),
)
AWAY = st.timedeltas(timedelta(hours=-1), timedelta(hours=40)) | st.timedeltas(timedelta(), timedelta(minutes=100))
LENGTHS = st.timedeltas(timedelta(), timedelta(hours=30)) | st.timedeltas(timedelta(), timedelta(minutes=50))
ZONES = st.sampled_from([NEW_YORK, TOKYO, "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kathmandu", "Pacific/Apia"])


@settings(deadline=None)
@given(NOWS, AWAY, LENGTHS, ZONES)
def test_what_is_told_is_never_narrower_than_the_numbers(
    now: datetime, away: timedelta, length: timedelta, zone: str
) -> None:
    start, end = now + away, now + away + length
    first, last = rounded_window(start, end, now, zone)
    assert first <= start <= end <= last
    assert first < last
    if end - now > timedelta(minutes=90):
        walls = [moment.astimezone(ZoneInfo(zone)) for moment in (first, end, last)]
        assert walls[0].replace(tzinfo=None) < walls[2].replace(tzinfo=None)
        assert walls[1].replace(tzinfo=None) <= walls[2].replace(tzinfo=None)
    assert start - first <= timedelta(hours=1, minutes=30)
    assert last - end <= timedelta(hours=1, minutes=30)
    for language in ("en", "ja", "fr"):
        assert window_text(start, end, now, zone, language)
        assert when_text(start, end, now, zone, language)


@settings(deadline=None)
@given(NOWS, AWAY, LENGTHS)
def test_minutes_that_are_told_are_whole_fives(now: datetime, away: timedelta, length: timedelta) -> None:
    first, last = rounded_window(now + away, now + away + length, now, NEW_YORK)
    if away + length <= timedelta(minutes=90):
        assert (first - now) % timedelta(minutes=5) == timedelta()
        assert (last - now) % timedelta(minutes=5) == timedelta()


@pytest.mark.parametrize(
    ("callers", "is_capped", "english", "japanese"),
    [
        (0, False, "you are next", "次がお客様の番です"),
        (1, False, "one caller is ahead of you", "お客様の前に、お待ちの方が1名いらっしゃいます"),
        (2, False, "2 callers are ahead of you", "お客様の前に、お待ちの方が2名いらっしゃいます"),
        (20, False, "20 callers are ahead of you", "お客様の前に、お待ちの方が20名いらっしゃいます"),
        (21, False, "about 20 callers are ahead of you", "お客様の前に、お待ちの方が約20名いらっしゃいます"),
        (38, False, "about 40 callers are ahead of you", "お客様の前に、お待ちの方が約40名いらっしゃいます"),
        (1234, False, "about 1,230 callers are ahead of you", "お客様の前に、お待ちの方が約1,230名いらっしゃいます"),
        (
            2000,
            True,
            "more than 2,000 callers are ahead of you",
            "お客様の前に、お待ちの方が2,000名以上いらっしゃいます",
        ),
    ],
)
def test_a_place_is_told_as_exactly_as_it_is_known(callers: int, is_capped: bool, english: str, japanese: str) -> None:
    assert place_text(callers, is_capped, "en") == english
    assert place_text(callers, is_capped, "ja") == japanese


def test_other_languages_hear_english() -> None:
    assert place_text(0, False, "fr") == "you are next"
    assert window_text(ahead(10), ahead(20), NOW, NEW_YORK, "fr") == "in 10 to 20 minutes"


def test_a_code_is_told_digit_by_digit() -> None:
    assert code_text("427190", "en") == "four two seven, one nine zero"
    assert code_text("427190", "ja") == "ヨン ニ ナナ、イチ キュウ ゼロ"
