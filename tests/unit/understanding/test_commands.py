"""What callers can say everywhere, and what only sounds like it."""

from __future__ import annotations

import pytest

from ivr.core.meaning import Expecting, Kind, SlotType
from ivr.understanding.commands import Command, find

pytestmark = pytest.mark.unit

ALL = ("agent", "repeat", "slower", "louder", "main_menu", "language", "goodbye", "callback", "no_recording")


def asked(text: str, language: str = "en", **changes: object) -> str | None:
    fields = {"kind": Kind.OPEN, "language": language, "commands": ALL, "languages": ("en", "ja"), **changes}
    found = find(text, Expecting(**fields))  # type: ignore[arg-type]
    return found.name if found else None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("agent", "agent"), ("representative please", "agent"), ("I want to speak to a human", "agent"),
        ("can i talk to someone", "agent"), ("put me through to an operator please", "agent"), ("operator!", "agent"),
        ("could you connect me with a real person", "agent"), ("customer service", "agent"),
        ("get me a manager", "agent"),
        ("is there someone i can talk to", "agent"), ("uh, a person, please", "agent"),
        ("pardon?", "repeat"), ("say that again", "repeat"), ("can you repeat that please", "repeat"),
        ("Sorry, what was that?", "repeat"), ("one more time", "repeat"), ("I didn't catch that", "repeat"),
        ("could you say that again please", "repeat"), ("what did you say", "repeat"),
        ("repeat the question", "repeat"),
        ("slower please", "slower"), ("could you speak more slowly", "slower"), ("slow down", "slower"),
        ("you're too fast", "slower"), ("louder", "louder"), ("speak up please", "louder"),
        ("i can't hear you", "louder"), ("main menu", "main_menu"), ("go back to the main menu", "main_menu"),
        ("start over", "main_menu"), ("goodbye", "goodbye"), ("ok thank you bye", "goodbye"), ("bye bye", "goodbye"),
        ("that's all", "goodbye"), ("no thanks that's everything", "goodbye"), ("call me back", "callback"),
        ("can i get a callback", "callback"), ("please don't record this call", "no_recording"),
        ("japanese please", "language"), ("in english", "language"), ("do you speak Japanese?", "language"),
        ("英語でお願いします", "language"), ("can we switch to japanese", "language"),
    ],
)  # fmt: skip
def test_english_commands(text: str, name: str) -> None:
    assert asked(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "can i return something", "where is my order", "no thank you", "i need an agent's manual for my camera order",
        "someone stole my package", "the person who delivered it was rude", "is the manual in english",
        "do i have to call back the seller", "what time do you close", "my last name is byers", "the slower delivery",
        "i want to repeat my last order", "a record player", "thank you", "hello", "how do i record a return",
        "i ordered a louder speaker", "are there people in the shop on sunday", "that's all wrong",
    ],
)  # fmt: skip
def test_english_sentences_that_are_no_command(text: str) -> None:
    assert asked(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("もう一度お願いします", "repeat"), ("もう一回言ってください", "repeat"), ("すみません、もう一度", "repeat"),
        ("聞き取れませんでした", "repeat"), ("何とおっしゃいましたか", "repeat"),
        ("オペレーターをお願いします", "agent"), ("担当者に代わってください", "agent"), ("人と話したいです", "agent"),
        ("担当の方につないでください", "agent"), ("オペレーター", "agent"), ("ゆっくりお願いします", "slower"),
        ("もう少しゆっくり話してください", "slower"), ("もっと大きな声でお願いします", "louder"),
        ("聞こえません", "louder"), ("メインメニュー", "main_menu"), ("最初に戻ってください", "main_menu"),
        ("さようなら", "goodbye"), ("失礼します", "goodbye"), ("ありがとうございました失礼いたします", "goodbye"),
        ("それだけです", "goodbye"), ("折り返しお電話ください", "callback"), ("録音しないでください", "no_recording"),
        ("英語で", "language"), ("英語でお願いします", "language"), ("English please", "language"),
    ],
)  # fmt: skip
def test_japanese_commands(text: str, name: str) -> None:
    assert asked(text, "ja") == name


@pytest.mark.parametrize(
    "text",
    [
        "返品したいです",
        "注文はどこですか",
        "担当者の対応が悪かった",
        "人気の商品はどれですか",
        "はい",
        "大丈夫です",
        "ありがとう",
    ],
)
def test_japanese_sentences_that_are_no_command(text: str) -> None:
    assert asked(text, "ja") is None


def test_a_command_that_is_not_in_force_is_not_found() -> None:
    assert asked("goodbye", commands=("agent",)) is None


def test_thats_all_answers_a_yes_or_no_question_but_bye_still_ends_the_call() -> None:
    slot = SlotType("yes_no")
    assert asked("that's all", kind=Kind.SLOT, slot=slot) is None
    assert asked("no thank you", kind=Kind.SLOT, slot=slot) is None
    assert asked("それだけです", "ja", kind=Kind.SLOT, slot=slot) is None
    assert asked("bye", kind=Kind.SLOT, slot=slot) == "goodbye"


def test_a_named_language_is_told_whether_or_not_it_can_be_had() -> None:
    expecting = Expecting(Kind.OPEN, "en", commands=("language",), languages=("en", "ja"))
    assert find("japanese please", expecting) == Command("language", "ja")
    assert find("french please", expecting) == Command("language", "fr")
    assert find("can you speak spanish", expecting) == Command("language", "es")
    assert find("スペイン語でお願いします", expecting) == Command("language", "es")
    assert find("another language please", expecting) == Command("language", None)
    assert find("another language", expecting) == Command("language", None)


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(
    "word", ["can you ", "sorry ", "a ", "the ", "please ", "to ", "はい", "も", "ありがとう", "talk to a "]
)
def test_long_repetitions_are_read_quickly(language: str, word: str) -> None:
    assert asked((word * 400)[:500], language) in (None, "repeat")


@pytest.mark.parametrize("slot", ["name", "text", "choice"])
def test_the_mere_name_of_a_language_may_be_the_answer_to_a_question(slot: str) -> None:
    expecting = Expecting(Kind.SLOT, "en", slot=SlotType(slot), commands=("language",), languages=("en", "ja"))
    assert find("german", expecting) is None
    assert find("german please speak german", expecting) is None
    assert find("can we speak german", expecting) == Command("language", "de")
    assert find("japanese", expecting) == Command("language", "ja")


@pytest.mark.parametrize(
    ("text", "language"), [("call me back", "en"), ("折り返しお願いします", "ja"), ("that's all", "en")]
)
def test_where_a_callback_is_arranged_these_are_answers(text: str, language: str) -> None:
    assert asked(text, language, kind=Kind.SLOT, slot=SlotType("callback_time")) is None


def test_where_a_callback_is_arranged_the_other_commands_are_in_force() -> None:
    assert asked("agent", kind=Kind.SLOT, slot=SlotType("callback_time")) == "agent"
