"""Sounds of katakana, and how far two rows of them are apart."""

from __future__ import annotations

import pytest

from ivr.simulator.phonemes import changes, phonemes

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("katakana", "sounds"),
    [
        ("ハッソウズミ", "haQsozumi"),
        ("チュウモン", "tyumoN"),
        ("オーダー", "oda"),
        ("ヘイジツ", "hezitu"),
        ("キュウ", "kyu"),
        ("ファックス", "haQkusu"),
        ("オフィスチェア", "ohisutea"),
        ("42ヲ", "42o"),
        ("ョ", "yo"),
        ("", ""),
    ],
)
def test_katakana_becomes_single_sounds(katakana: str, sounds: str) -> None:
    assert phonemes(katakana) == sounds


@pytest.mark.parametrize(
    ("heard", "wanted", "least"),
    [
        ("abcde", "bcd", 0),
        ("abxde", "bcd", 1),
        ("kamidesu", "gamidesu", 0.5),
        ("haQsotumi", "haQsozumi", 1),
        ("", "abc", 3),
        ("abc", "", 0),
    ],
)
def test_the_fewest_changes_anywhere_in_what_was_heard(heard: str, wanted: str, least: float) -> None:
    assert changes(heard, wanted) == least
