"""What callers say for a `time` slot, and the value it stands for."""

from __future__ import annotations

import pytest

from ivr.core.meaning import SlotType
from ivr.understanding.slots import SlotContext, parse_slot
from tests.unit.understanding.slots.reading import FRIDAY, value

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("half past two", "14:30"),
        ("quarter to three", "14:45"),
        ("ten to four", "15:50"),
        ("2:30 pm", "14:30"),
        ("nine thirty", "09:30"),
        ("ten am", "10:00"),
        ("noon", "12:00"),
        ("at two", "14:00"),
        ("eight oh five in the evening", "20:05"),
        ("three o'clock", "15:00"),
        ("in half an hour", "10:30"),
        ("in two hours", "12:00"),
        ("1430", "14:30"),
        ("10 a.m.", "10:00"),
        ("2pm", "14:00"),
        ("twelve thirty", "12:30"),
        ("around four", "16:00"),
        ("seven in the morning", "07:00"),
        ("quarter past nine", "09:15"),
        ("eleven forty five", "11:45"),
        ("five to five", "16:55"),
        ("half three", "15:30"),
        ("sixteen hundred", "16:00"),
        ("8 p.m.", "20:00"),
        ("twenty past ten in the morning", "10:20"),
        ("an hour from now", "11:00"),
    ],
)
def test_english_time_phrases(text: str, expected: str | None) -> None:
    assert value(text, "time", "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("午後三時半", "15:30"),
        ("15時", "15:00"),
        ("三時十五分", "15:15"),
        ("正午", "12:00"),
        ("朝九時", "09:00"),
        ("さんじはん", "15:30"),
        ("一時間後", "11:00"),
        ("夕方の五時ごろ", "17:00"),
        ("10:30", "10:30"),
        ("午前十一時", "11:00"),
        ("夜の七時半", "19:30"),
        ("二時十分前", "13:50"),
        ("じゅうじはん", "10:30"),
        ("午後いちじ", "13:00"),
        ("三十分後", "10:30"),
    ],
)
def test_japanese_time_phrases(text: str, expected: str | None) -> None:
    assert value(text, "time", "ja") == expected


def test_an_hour_without_am_or_pm_is_less_sure() -> None:
    guess = parse_slot("at three", SlotType("time"), SlotContext("en", FRIDAY))
    assert guess is not None
    assert (guess.value, guess.score) == ("15:00", 0.7)
