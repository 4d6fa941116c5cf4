"""What callers say for a `money` slot, and the value it stands for."""

from __future__ import annotations

import pytest

from tests.unit.understanding.slots.reading import value

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("forty two dollars and fifty cents", "42.50"),
        ("$42.50", "42.50"),
        ("forty two fifty", "42.50"),
        ("fifty cents", "0.50"),
        ("a hundred bucks", "100"),
        ("twelve hundred dollars", "1200"),
        ("1,200", "1200"),
        ("nineteen ninety nine", "19.99"),
        ("five", "5"),
        ("two and a half dollars", "2.50"),
        ("twenty bucks", "20"),
        ("nine ninety nine", "9.99"),
        ("three hundred and forty dollars", "340"),
        ("a dollar fifty", "1.50"),
        ("thirty five euros and ten cents", "35.10"),
        ("eighty nine point nine five", "89.95"),
    ],
)
def test_english_money_phrases(text: str, expected: str | None) -> None:
    assert value(text, "money", "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("千二百円", "1200"),
        ("1,200円です", "1200"),
        ("三万五千円", "35000"),
    ],
)
def test_japanese_money_phrases(text: str, expected: str | None) -> None:
    assert value(text, "money", "ja") == expected
