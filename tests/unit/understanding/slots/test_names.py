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


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I don't want to say", "en"), ("I'd rather not say", "en"), ("no", "en"), ("skip", "en"),
        ("i don't want to tell you my name", "en"), ("prefer not to say", "en"), ("none of your business", "en"),
        ("言いたくありません", "ja"), ("名前は言いたくないです", "ja"), ("教えたくない", "ja"),
        ("匿名でお願いします", "ja"),
        ("いいえ", "ja"), ("ちょっと言えません", "ja"),
    ],
)  # fmt: skip
def test_a_name_that_is_withheld_is_an_empty_value(text: str, language: str) -> None:
    assert value(text, "name", language) == ""


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [("Noah", "en", "Noah"), ("will not", "en", "Will Not"), ("Anna Pass", "en", "Anna Pass"),
     ("岩井です", "ja", "岩井"), ("乃木です", "ja", "乃木"), ("伊井野です", "ja", "伊井野")],
)  # fmt: skip
def test_names_that_look_like_a_refusal_are_names(text: str, language: str, name: str) -> None:
    assert value(text, "name", language) == name


def test_free_text_is_withheld_only_in_so_many_words() -> None:
    assert value("I'd rather not say", "text") == ""
    assert value("言いたくありません", "text", "ja") == ""
    assert value("no", "text") == "no"
    assert value("i don't want to wait any longer", "text") == "i don't want to wait any longer"
