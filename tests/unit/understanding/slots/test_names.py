"""What callers say for a `name` slot, and the value it stands for."""

from __future__ import annotations

import pytest

from tests.unit.understanding.slots.reading import value

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my name is john smith", "John Smith"),
        ("this is Mary", "Mary"),
        ("uh it's david jones speaking", "David Jones"),
        ("smith s m y t h", "Smyth"),
        ("hi my name's Anna Lee", "Anna Lee"),
        ("it's peter", "Peter"),
        ("yeah this is tom brown here", "Tom Brown"),
        ("maria garcia", "Maria Garcia"),
        ("O'Connor", "O'Connor"),
    ],
)
def test_english_name_phrases(text: str, expected: str | None) -> None:
    assert value(text, "name", "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("田中です", "田中"),
        ("佐藤花子と申します", "佐藤花子"),
        ("名前は鈴木一郎です", "鈴木一郎"),
        ("山本太郎といいます", "山本太郎"),
        ("えっと、中村です。", "中村"),
        ("高橋でございます", "高橋"),
        ("私、小林と申します", "小林"),
    ],
)
def test_japanese_name_phrases(text: str, expected: str | None) -> None:
    assert value(text, "name", "ja") == expected


def test_a_name_keeps_the_capitals_the_recogniser_wrote() -> None:
    assert value("This is Ronald McDonald", "name") == "Ronald McDonald"


def test_free_text_loses_only_its_hesitation() -> None:
    assert value("uh, um, my lamp flickers at night", "text") == "my lamp flickers at night"
