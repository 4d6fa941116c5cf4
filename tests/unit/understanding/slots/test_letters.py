"""What callers say for a `letters` slot, and the value it stands for."""

from __future__ import annotations

import pytest

from tests.unit.understanding.slots.reading import value

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a as in apple b as in boy four two", "AB42"),
        ("alpha bravo one niner", "AB19"),
        ("B four seven Q nine", "B47Q9"),
        ("it's a b c dash one two three", "ABC123"),
        ("tee four nine", "T49"),
        ("double u x y", "WXY"),
        ("see dee one", "CD1"),
        ("my code is x y z", "XYZ"),
        ("q r s nine", "QRS9"),
        ("f as in frank g as in golf three three", "FG33"),
        ("it's capital m then t four", "MT4"),
        ("x ray yankee zulu", "XYZ"),
        ("b b two eight", "BB28"),
    ],
)
def test_english_letters_phrases(text: str, expected: str | None) -> None:
    assert value(text, "letters", "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("エービー四七", "AB47"),
        ("シーディー十二", "CD12"),
        ("AB123", "AB123"),
    ],
)
def test_japanese_letters_phrases(text: str, expected: str | None) -> None:
    assert value(text, "letters", "ja") == expected
