"""What callers say for a `date` slot, and the value it stands for."""

from __future__ import annotations

import pytest

from ivr.core.meaning import SlotType
from ivr.understanding.slots import SlotContext, parse_slot
from tests.unit.understanding.slots.reading import FRIDAY, value

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", "2026-11-20"),
        ("tomorrow", "2026-11-21"),
        ("the day after tomorrow", "2026-11-22"),
        ("next tuesday", "2026-11-24"),
        ("monday", "2026-11-23"),
        ("the third of may", "2027-05-03"),
        ("may third", "2027-05-03"),
        ("december twenty fifth", "2026-12-25"),
        ("the twenty first", "2026-11-21"),
        ("in two weeks", "2026-12-04"),
        ("two weeks from tomorrow", "2026-12-05"),
        ("a week from monday", "2026-11-30"),
        ("12/24/2026", "2026-12-24"),
        ("2026-12-01", "2026-12-01"),
        ("march 3rd twenty twenty seven", "2027-03-03"),
        ("end of the month", "2026-11-30"),
        ("this friday", "2026-11-20"),
        ("three days ago", "2026-11-17"),
        ("last monday", "2026-11-16"),
        ("christmas eve", "2026-12-24"),
        ("i may need it on the 30th", "2026-11-30"),
        ("first of december", "2026-12-01"),
        ("tuesday next week", "2026-11-24"),
        ("monday week", "2026-11-30"),
        ("the fifteenth of next month", "2026-12-15"),
        ("in a month", "2026-12-20"),
        ("the second", "2026-12-02"),
        ("no idea", None),
        ("day after tomorrow please", "2026-11-22"),
        ("how about thursday", "2026-11-26"),
        ("next friday", "2026-11-27"),
        ("on the twenty eighth", "2026-11-28"),
        ("january the second", "2027-01-02"),
        ("february fourteenth twenty twenty seven", "2027-02-14"),
        ("the 5th of december", "2026-12-05"),
        ("ten days from now", "2026-11-30"),
        ("a week from today", "2026-11-27"),
        ("a week on wednesday", "2026-12-02"),
        ("in three months", "2027-02-20"),
        ("new year's eve", "2026-12-31"),
        ("dec 9", "2026-12-09"),
        ("thirty first of march", "2027-03-31"),
        ("wednesday the second of december", "2026-12-02"),
        ("this sunday", "2026-11-22"),
        ("end of next month", "2026-12-31"),
        ("two weeks ago", "2026-11-06"),
        ("yesterday", "2026-11-19"),
        ("it has to be by monday", "2026-11-23"),
        ("tuesday after next", "2026-12-01"),
    ],
)
def test_english_date_phrases(text: str, expected: str | None) -> None:
    assert value(text, "date", "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("明日", "2026-11-21"),
        ("あさって", "2026-11-22"),
        ("来週の火曜日", "2026-11-24"),
        ("月曜日です", "2026-11-23"),
        ("五月三日", "2027-05-03"),
        ("12月25日", "2026-12-25"),
        ("三日後", "2026-11-23"),
        ("一週間後の月曜日", "2026-11-23"),
        ("月末", "2026-11-30"),
        ("週末", "2026-11-21"),
        ("来週の週末", "2026-11-28"),
        ("じゃあすぐ", None),
        ("来月の十日", "2026-12-10"),
        ("ごがつみっか", "2027-05-03"),
        ("再来週の金曜", "2026-12-04"),
        ("二十四日", "2026-11-24"),
        ("今日の午後", "2026-11-20"),
        ("令和九年一月五日", "2027-01-05"),
        ("らいしゅうのげつようび", "2026-11-23"),
        ("じゅうにがつついたち", "2026-12-01"),
        ("昨日", "2026-11-19"),
        ("来週の月曜", "2026-11-23"),
        ("来週水曜日でお願いします", "2026-11-25"),
        ("十二月の二十八日", "2026-12-28"),
        ("しあさって", "2026-11-23"),
        ("二週間後", "2026-12-04"),
        ("今週の土曜日", "2026-11-21"),
        ("来月末", "2026-12-31"),
        ("一月十五日", "2027-01-15"),
        ("ついたちです", "2026-12-01"),
        ("十日後", "2026-11-30"),
        ("次の木曜日", "2026-11-26"),
        ("にじゅうごにち", "2026-11-25"),
        ("明日の午後がいいです", "2026-11-21"),
        ("クリスマス", "2026-12-25"),
        ("今月の三十日", "2026-11-30"),
        ("さ来週の火曜日", "2026-12-01"),
        ("来年の三月十日", "2027-03-10"),
    ],
)
def test_japanese_date_phrases(text: str, expected: str | None) -> None:
    assert value(text, "date", "ja") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("november third", "2026-11-03"),
        ("on tuesday", "2026-11-17"),
        ("about three weeks ago", "2026-10-30"),
        ("the tenth", "2026-11-10"),
    ],
)
def test_english_date_phrases_looking_back(text: str, expected: str | None) -> None:
    assert value(text, "date", "en", question="When did you order it?") == expected


def test_a_vague_date_comes_with_a_low_score() -> None:
    guess = parse_slot("next week", SlotType("date"), SlotContext("en", FRIDAY))
    assert guess is not None
    assert (guess.value, guess.score) == ("2026-11-23", 0.5)


def test_day_comes_first_where_the_region_writes_it_so() -> None:
    guess = parse_slot("3/5/2027", SlotType("date"), SlotContext("en", FRIDAY, region="GB"))
    assert guess is not None
    assert guess.value == "2027-05-03"
