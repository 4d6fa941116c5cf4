"""What callers say for a `number` slot, and the value it stands for."""

from __future__ import annotations

import pytest

from tests.unit.understanding.slots.reading import value

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("twenty five", "25"),
        ("one hundred and five", "105"),
        ("a hundred and five", "105"),
        ("three point five", "3.5"),
        ("four two", "42"),
        ("just two please", "2"),
        ("to", "2"),
        ("two thousand and twenty six", "2026"),
        ("minus ten", "-10"),
        ("a couple", "2"),
        ("i'd like three of them", "3"),
        ("seventeen", "17"),
        ("about a dozen", "12"),
        ("two hundred fifty", "250"),
        ("I want six of those", "6"),
        ("one point two five", "1.25"),
        ("three and a half", "3.5"),
        ("fifty-one", "51"),
        ("one million two hundred thousand", "1200000"),
    ],
)
def test_english_number_phrases(text: str, expected: str | None) -> None:
    assert value(text, "number", "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("四十二", "42"),
        ("よんじゅうに", "42"),
        ("三点五", "3.5"),
        ("二つ", "2"),
        ("百五", "105"),
        ("１２個", "12"),
        ("ふたつです", "2"),
        ("十七個です", "17"),
        ("三百二十", "320"),
        ("ごひゃくはちじゅう", "580"),
        ("四つください", "4"),
        ("にじゅうごです", "25"),
        ("一万二千", "12000"),
    ],
)
def test_japanese_number_phrases(text: str, expected: str | None) -> None:
    assert value(text, "number", "ja") == expected
