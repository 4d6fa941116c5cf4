"""When to be called back: what holds in both languages, what mends a read-back, and what whole answers are."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.understanding.slots import SlotContext, parse_slot
from ivr.understanding.slots.callback_time import is_fuller, is_whole, mend
from tests.unit.understanding.slots.callback_reading import SLOT, WEDNESDAY, heard

pytestmark = pytest.mark.unit

HELD_OUT = Path(__file__).parents[3] / "data"
OFFER_JA = "できるだけ早く折り返しお電話いたしましょうか"
CHECK_JA = "できるだけ早くお電話します。よろしいでしょうか"
READ = "2026-11-26T15:00/2026-11-26T20:00"
WORDS = {
    "en": "yes no not later now tomorrow friday next week december 3rd 31st at after before between and to half past "
    "quarter three 10 12 00:00 24 pm am noon midnight morning night in an hour minutes or until the lunch 9999 weeks "
    "years ago february 30 hours 1500 first last",
    "ja": "はい いいえ 後で 今すぐ 明日 金曜 来週 十二月 三日 三十二日 の から まで 以降 前 午前 午後 夜 十二時 半 "
    "二十四時 九十九分 か と 間 時間後 分後 以内 昼 夕方 無理 じゃなくて 末 年 9999 再来年",
}


def mended(text: str, old: str = READ, language: str = "en") -> str | None:
    guess = mend(text, old, SlotContext(language, WEDNESDAY))
    return guess.value if guess else None


@pytest.mark.parametrize(("language", "least"), [("en", 0.92), ("ja", 0.92)])
def test_phrases_of_other_people_are_understood(language: str, least: float) -> None:
    with (HELD_OUT / f"callback_times.{language}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    right = [
        row
        for row in rows
        if heard(row["phrase"], language, datetime.fromisoformat(row["now"])) == (row["value"] or None)
    ]
    print(f"{language}: {len(right)} of {len(rows)}, {len(right) / len(rows):.1%}")
    assert len(rows) >= 40
    assert len(right) / len(rows) >= least


@pytest.mark.parametrize(
    ("text", "question", "expected"),
    [
        ("大丈夫です", OFFER_JA, "no"),
        ("大丈夫です", CHECK_JA, "asap"),
        ("いいです", OFFER_JA, "no"),
        ("結構です", OFFER_JA, "no"),
        ("それで大丈夫です", OFFER_JA, "asap"),
        ("大丈夫です", "", None),
    ],
)
def test_the_question_decides_what_daijobu_means(text: str, question: str, expected: str | None) -> None:
    assert heard(text, "ja", question=question) == expected


@pytest.mark.parametrize(
    ("text", "now", "expected"),
    [
        ("in the morning", "2026-11-25T15:00", "2026-11-26T08:00/2026-11-26T12:00"),
        ("this morning", "2026-11-25T15:00", "2026-11-25T08:00/2026-11-25T12:00"),
        ("at four", "2026-11-25T17:00", "2026-11-26T16:00/2026-11-26T16:30"),
        ("today at four", "2026-11-25T17:00", "2026-11-25T16:00/2026-11-25T16:30"),
        ("after four", "2026-11-25T17:00", "2026-11-25T16:00/2026-11-25T20:00"),
        ("before noon", "2026-11-25T15:00", "2026-11-26T08:00/2026-11-26T12:00"),
        ("between two and four", "2026-11-25T16:00", "2026-11-26T14:00/2026-11-26T16:00"),
        ("today", "2026-11-25T21:00", "2026-11-25T08:00/2026-11-25T20:00"),
        ("today", "2026-11-25T06:00", "2026-11-25T08:00/2026-11-25T20:00"),
        ("in an hour", "2026-11-25T23:30", "2026-11-26T00:30/2026-11-26T01:00"),
        ("wednesday at noon", "2026-12-31T09:00", "2027-01-06T12:00/2027-01-06T12:30"),
        ("february 29th", "2027-12-20T09:00", "2028-02-29T08:00/2028-02-29T20:00"),
        ("not for at least an hour", "2026-11-25T19:30", "2026-11-25T20:30/2026-11-25T21:30"),
    ],
)
def test_the_hour_of_the_question_decides_the_day(text: str, now: str, expected: str) -> None:
    assert heard(text, now=datetime.fromisoformat(now)) == expected


def test_seconds_and_zones_of_the_reference_do_not_show() -> None:
    now = datetime(2026, 11, 25, 10, 15, 42, 7, tzinfo=UTC)
    assert heard("in an hour", now=now) == "2026-11-25T11:15/2026-11-25T11:45"


def test_outside_america_the_day_comes_first() -> None:
    context = SlotContext("en", WEDNESDAY, region="GB")
    guess = parse_slot("4/12 at ten", SLOT, context)
    assert guess is not None
    assert guess.value == "2026-12-04T10:00/2026-12-04T10:30"


def test_the_end_of_the_calendar_names_no_time() -> None:
    assert heard("in two hours", now=datetime(9999, 12, 31, 23, 0)) is None


@pytest.mark.parametrize(
    ("text", "score"),
    [("tomorrow after three pm", 1.0), ("tomorrow after three", 0.9), ("next week", 0.5), ("monday or friday", 0.6)],
)
def test_what_is_vague_comes_with_a_lower_score(text: str, score: float) -> None:
    guess = parse_slot(text, SLOT, SlotContext("en", WEDNESDAY))
    assert guess is not None
    assert guess.score == score


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("february 30th at ten", "en"),
        ("the 45th in the morning", "en"),
        ("december in the morning", "en"),
        ("二月三十日の十時にお願いします", "ja"),
        ("11月32日の午前中に", "ja"),
    ],
)
def test_a_day_that_does_not_exist_is_no_other_day(text: str, language: str) -> None:
    assert heard(text, language) is None


@pytest.mark.parametrize(
    ("text", "language", "score"),
    [
        ("yes please", "en", 1.0),
        ("well you know the thing is yes they said please", "en", 0.6),
        ("お願いします", "ja", 1.0),
        ("ライトのほうの広告三九の上がいできますようにお願いします", "ja", 0.6),
    ],
)
def test_a_word_in_a_long_sentence_is_less_sure(text: str, language: str, score: float) -> None:
    guess = parse_slot(text, SLOT, SlotContext(language, WEDNESDAY))
    assert guess is not None
    assert (guess.value, guess.score) == ("asap", score)


@pytest.mark.parametrize(
    ("other", "value", "fuller"),
    [
        ("2026-11-26T15:00/2026-11-26T20:00", "2026-11-26T08:00/2026-11-26T20:00", True),
        ("2026-11-26T08:00/2026-11-26T20:00", "2026-11-26T08:00/2026-11-26T20:00", False),
        ("2026-11-27T15:00/2026-11-27T20:00", "2026-11-26T08:00/2026-11-26T20:00", False),
        ("2026-11-26T07:00/2026-11-26T09:00", "2026-11-26T08:00/2026-11-26T20:00", False),
        ("asap", "2026-11-26T08:00/2026-11-26T20:00", False),
        ("2026-11-26T08:00/2026-11-26T20:00", "later", False),
    ],
)
def test_another_reading_is_fuller_within_the_same_interval(other: str, value: str, fuller: bool) -> None:
    assert is_fuller(other, value) is fuller


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("no, after four", "en", "2026-11-26T16:00/2026-11-26T20:00"),
        ("no, before four", "en", "2026-11-26T08:00/2026-11-26T16:00"),
        ("no, on Friday", "en", "2026-11-27T15:00/2026-11-27T20:00"),
        ("no, friday at ten", "en", "2026-11-27T10:00/2026-11-27T10:30"),
        ("no, in an hour", "en", "2026-11-25T11:15/2026-11-25T11:45"),
        ("no, as soon as possible", "en", "asap"),
        ("no, another time", "en", "later"),
        ("no", "en", None),
        ("yes", "en", None),
        ("yes please", "en", None),
        ("yes, after three", "en", None),
        ("いえ、四時以降です", "ja", "2026-11-26T16:00/2026-11-26T20:00"),
        ("いいえ、金曜です", "ja", "2026-11-27T15:00/2026-11-27T20:00"),
        ("いえ、今すぐ", "ja", "asap"),
        ("別の時間で", "ja", "later"),
        ("はい", "ja", None),
        ("いいえ", "ja", None),
    ],
)
def test_a_time_that_was_read_back_is_mended(text: str, language: str, expected: str | None) -> None:
    assert mended(text, language=language) == expected


def test_a_mended_time_is_marked_as_a_correction() -> None:
    guess = mend("no, after four", READ, SlotContext("en", WEDNESDAY))
    assert guess is not None
    assert guess.is_correction


def test_after_a_word_was_read_back_a_time_stands_alone() -> None:
    assert mended("no, at four", "asap") == "2026-11-25T16:00/2026-11-25T16:30"
    assert mended("as soon as possible", "asap") is None


def test_a_time_beyond_the_calendar_mends_nothing() -> None:
    assert mend("in two hours", READ, SlotContext("en", datetime(9999, 12, 31, 23, 0))) is None


@pytest.mark.parametrize(
    ("text", "language", "whole"),
    [
        ("tomorrow after three", "en", True),
        ("tomorrow", "en", False),
        ("after three", "en", False),
        ("tomorrow morning", "en", False),
        ("tomorrow from two", "en", False),
        ("in an hour", "en", True),
        ("yes", "en", True),
        ("no thanks", "en", True),
        ("no", "en", False),
        ("as soon as possible", "en", True),
        ("call me back", "en", False),
        ("later", "en", False),
        ("potato", "en", False),
        ("明日の三時以降", "ja", True),
        ("明日の三時から", "ja", False),
        ("明日", "ja", False),
        ("はい", "ja", True),
        ("いいえ", "ja", False),
        ("なるべく早く", "ja", True),
    ],
)
def test_what_needs_nothing_more_is_whole(text: str, language: str, whole: bool) -> None:
    assert is_whole(text, SlotContext(language, WEDNESDAY)) is whole


def check(text: str, language: str, now: datetime) -> None:
    value = heard(text, language, now)
    if value in (None, "asap", "later", "no"):
        return
    start, end = (datetime.fromisoformat(one) for one in value.split("/"))
    assert start < end
    assert (end.date() - start.date()).days <= 1
    assert value == f"{start:%Y-%m-%dT%H:%M}/{end:%Y-%m-%dT%H:%M}"


@given(
    st.sampled_from(["en", "ja"]).flatmap(
        lambda one: st.tuples(st.just(one), st.lists(st.sampled_from(WORDS[one].split()), max_size=9))
    ),
    st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2100, 1, 1)),
)
def test_from_comes_before_to_whatever_is_said(said: tuple[str, list[str]], now: datetime) -> None:
    check(" ".join(said[1]), said[0], now)


@given(st.sampled_from(["en", "ja"]), st.text(max_size=80))
def test_odd_text_is_no_error(language: str, text: str) -> None:
    check(text, language, WEDNESDAY)
