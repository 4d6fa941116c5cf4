"""Whether an answer sounds whole, by what is expected."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.core.meaning import Expecting, Kind, SlotType
from ivr.ports import Completeness
from ivr.understanding.completeness import completeness

pytestmark = pytest.mark.unit

DIGITS = SlotType("digits", length=5)


def judged(text: str, expecting: Expecting) -> str:
    return completeness(text, expecting, lambda sentence: sentence == "where is my order").value


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("four two seven one nine", "complete"), ("42719", "complete"), ("it's four two seven one nine", "complete"),
        ("four two seven", "incomplete"), ("my order number is", "incomplete"), ("uh", "incomplete"),
        ("four two seven one nine three", "unknown"), ("let me see", "incomplete"), ("i don't have it", "unknown"),
        ("double", "incomplete"), ("", "unknown"),
    ],
)  # fmt: skip
def test_digits_of_known_length_in_english(text: str, whole: str) -> None:
    assert judged(text, Expecting(Kind.SLOT, "en", slot=DIGITS)) == whole


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("四二七一九", "complete"),
        ("よんにいなな", "incomplete"),
        ("注文番号は", "incomplete"),
        ("えーと", "incomplete"),
        ("わかりません", "unknown"),
    ],
)
def test_digits_of_known_length_in_japanese(text: str, whole: str) -> None:
    assert judged(text, Expecting(Kind.SLOT, "ja", slot=DIGITS)) == whole


@pytest.mark.parametrize(
    ("text", "whole"), [("one two", "incomplete"), ("one two three", "unknown"), ("12345678", "complete")]
)
def test_digits_of_free_length_are_whole_only_at_the_most(text: str, whole: str) -> None:
    slot = SlotType("digits", min_length=3, max_length=8)
    assert judged(text, Expecting(Kind.SLOT, "en", slot=slot)) == whole


def test_a_valid_phone_number_is_whole() -> None:
    expecting = Expecting(Kind.SLOT, "en", slot=SlotType("phone"))
    assert judged("six five oh two five three zero zero zero zero", expecting) == "complete"
    assert judged("six five oh", expecting) == "incomplete"


def test_yes_is_whole_but_no_waits_for_the_correction() -> None:
    confirm = Expecting(Kind.CONFIRM, "en", slot=DIGITS, correcting="42719")
    assert judged("yes", confirm) == "complete"
    assert judged("no", confirm) == "unknown"
    assert judged("no", Expecting(Kind.CONFIRM, "en")) == "complete"
    assert judged("no it's", confirm) == "incomplete"
    assert judged("はい", Expecting(Kind.CONFIRM, "ja")) == "complete"


@pytest.mark.parametrize(
    ("text", "language", "whole"),
    [
        ("where is my order", "en", "complete"), ("i want to return the", "en", "incomplete"),
        ("i have a question and", "en", "incomplete"), ("my lamp is broken", "en", "unknown"),
        ("荷物が届かないので", "ja", "incomplete"), ("えーと", "ja", "incomplete"), ("返品したいです", "ja", "unknown"),
        ("which bulb does the desk lamp need", "en", "trailing"), ("what is the chair made of", "en", "trailing"),
        ("i need", "en", "incomplete"), ("my order number is", "en", "incomplete"),
        ("can i return my", "en", "incomplete"),
        ("商品を返したいのですが", "ja", "trailing"), ("荷物が来ないんですけど", "ja", "trailing"),
        ("届いた商品が", "ja", "incomplete"), ("昨日注文したので", "ja", "incomplete"),
    ],
)  # fmt: skip
def test_open_questions(text: str, language: str, whole: str) -> None:
    assert judged(text, Expecting(Kind.OPEN, language)) == whole


@pytest.mark.parametrize(
    ("text", "language"),
    [("uh", "en"), ("uh um", "en"), ("Ummm...", "en"), ("mm", "en"), ("well", "en"), ("えーと", "ja"), ("うーん", "ja"),
     ("えっと、あのー", "ja"), ("んー", "ja"), ("あー", "ja")],
)  # fmt: skip
@pytest.mark.parametrize(
    "expecting",
    [Expecting(Kind.OPEN, "en"), Expecting(Kind.CONFIRM, "en"), Expecting(Kind.SLOT, "en", slot=DIGITS),
     Expecting(Kind.SLOT, "en", slot=SlotType("phone")), Expecting(Kind.SLOT, "en", slot=SlotType("yes_no")),
     Expecting(Kind.SLOT, "en", slot=SlotType("name"))],
)  # fmt: skip
def test_a_mere_hesitation_is_waited_out(text: str, language: str, expecting: Expecting) -> None:
    assert judged(text, replace(expecting, language=language)) == "incomplete"


@pytest.mark.parametrize(("text", "language"), [("okay", "en"), ("uh huh", "en"), ("うん", "ja"), ("はい", "ja")])
def test_a_short_yes_is_no_hesitation(text: str, language: str) -> None:
    assert judged(text, Expecting(Kind.CONFIRM, language)) == "complete"


def test_every_outcome_is_one_of_the_port() -> None:
    assert {member.value for member in Completeness} == {"complete", "unknown", "incomplete", "trailing"}


@pytest.mark.parametrize(
    ("text", "language", "whole"),
    [
        ("tomorrow after three", "en", "complete"), ("tomorrow", "en", "unknown"),
        ("tomorrow after", "en", "incomplete"),
        ("between two and", "en", "incomplete"), ("between two", "en", "incomplete"),
        ("tomorrow from two", "en", "unknown"),
        ("on the third of", "en", "incomplete"), ("december", "en", "incomplete"), ("in an hour", "en", "complete"),
        ("yes", "en", "complete"), ("no", "en", "unknown"), ("no thanks", "en", "complete"), ("later", "en", "unknown"),
        ("明日の三時以降", "ja", "complete"), ("明日の", "ja", "incomplete"), ("明日", "ja", "unknown"),
        ("明日の三時から", "ja", "unknown"), ("十二月", "ja", "incomplete"), ("はい", "ja", "complete"),
        ("明日の午後", "ja", "unknown"), ("いいえ", "ja", "unknown"),
    ],
)  # fmt: skip
def test_a_time_for_a_call_is_whole_with_day_and_hour(text: str, language: str, whole: str) -> None:
    assert judged(text, Expecting(Kind.SLOT, language, slot=SlotType("callback_time"))) == whole


def test_a_read_back_of_a_time_is_answered_by_yes() -> None:
    expecting = Expecting(Kind.CONFIRM, "en", slot=SlotType("callback_time"), correcting="asap")
    assert judged("yes", expecting) == "complete"
    assert judged("no", expecting) == "unknown"
