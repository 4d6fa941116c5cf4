"""What callers say for a `yes_no` slot, and the value it stands for."""

from __future__ import annotations

import pytest

from tests.unit.understanding.slots.reading import value

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("yes please", "yes"),
        ("yup that's it", "yes"),
        ("no that's not it", "no"),
        ("nah i'm good", "no"),
        ("that's correct", "yes"),
        ("not quite", "no"),
        ("i don't think so", "no"),
        ("mm-hmm", "yes"),
        ("sure thing", "yes"),
        ("uh no", "no"),
        ("yes it is", "yes"),
        ("absolutely not", "no"),
        ("that is not correct", "no"),
        ("of course", "yes"),
        ("yeah no it's wrong", "no"),
        ("banana", None),
        ("you got it", "yes"),
        ("perfect thanks", "yes"),
        ("i do not", "no"),
        ("no problem", "yes"),
    ],
)
def test_english_yes_no_phrases(text: str, expected: str | None) -> None:
    assert value(text, "yes_no", "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("はい、そうです", "yes"),
        ("いいえ、違います", "no"),
        ("うん", "yes"),
        ("ええ、合ってます", "yes"),
        ("ちょっと違います", "no"),
        ("はいお願いします", "yes"),
        ("それで大丈夫です", "yes"),
        ("間違いないです", "yes"),
        ("そうじゃないです", "no"),
        ("違うよ", "no"),
        ("オッケーです", "yes"),
        ("大丈夫です", "yes"),
        ("バナナ", None),
        ("全然違う", "no"),
    ],
)
def test_japanese_yes_no_phrases_to_a_check(text: str, expected: str | None) -> None:
    assert value(text, "yes_no", "ja", question="四二七一九でよろしいですか") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("大丈夫です", "no"),
        ("ありません", "no"),
        ("はい、大丈夫です", "no"),
        ("あります", "yes"),
        ("結構です", "no"),
        ("いいです", "no"),
        ("はい、もう一つあります", "yes"),
        ("ないです", "no"),
        ("特にありません", "no"),
        ("以上です", "no"),
    ],
)
def test_japanese_yes_no_phrases_to_an_offer(text: str, expected: str | None) -> None:
    assert value(text, "yes_no", "ja", question="他にございますか") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no that's all", "no"),
        ("that's everything thanks", "no"),
        ("i'm all set", "no"),
        ("yes one more thing", "yes"),
        ("nothing else", "no"),
        ("actually yes", "yes"),
        ("no thank you", "no"),
    ],
)
def test_english_yes_no_phrases_to_an_offer(text: str, expected: str | None) -> None:
    assert value(text, "yes_no", "en", question="Is there anything else?") == expected


def test_daijobu_without_a_telling_question_is_neither_yes_nor_no() -> None:
    assert value("大丈夫です", "yes_no", "ja", question="ご注文についてお伺いします") is None


def test_there_is_nothing_else_is_a_no() -> None:
    assert value("there is nothing else", "yes_no") == "no"
    assert value("there is", "yes_no") == "yes"
