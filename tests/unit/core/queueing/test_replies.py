"""What the queue says by itself, and what it understands of texts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.queueing.replies import Reply, TextCommand, reply, text_command

pytestmark = pytest.mark.unit

VALUES = {
    "window": "in 10 to 20 minutes",
    "place": "You are next.",
    "problem": "We are closed then.",
    "company": "Harbour Lights",
    "code": "4271",
}
# To whom a carrier sends nothing more.
OPT_OUTS = ("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout")


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("name", Reply)
def test_every_sentence_exists_and_has_all_its_values(name: Reply, language: str) -> None:
    said = reply(name, language, **VALUES)
    assert said and "{" not in said and "  " not in said
    assert bool(re.search("[ぁ-ん]", said)) is (language == "ja")


def test_an_unknown_language_is_answered_in_english() -> None:
    assert reply(Reply.CONNECTING, "fr") == "You are being connected."


def test_an_empty_value_leaves_no_gap() -> None:
    assert reply(Reply.TEXT_WHEN, "en", window="today between 2 and 3 p m", place="") == (
        "We will call you today between 2 and 3 p m. Reply LATER and a time, or NOCALL."
    )


def test_a_value_that_looks_like_a_place_for_another_one_stays_as_it_is() -> None:
    said = reply(Reply.TEXT_PROMISED, "en", company="The {code} company", window="soon", code="4271")
    assert said.startswith("The {code} company: we will call you soon. Your code is 4271.")


def test_a_value_that_is_not_given_stays_visible() -> None:
    assert reply(Reply.TEXT_MOVED, "en") == "We will call you {window}."


@pytest.mark.parametrize("name", [name for name in Reply if name.value.startswith("text_")])
def test_no_text_of_ours_recommends_a_word_that_makes_the_carrier_refuse_later_texts(name: Reply) -> None:
    words = set(re.findall(r"[A-Z]{3,}", reply(name, "en")))
    assert not words & {word.upper() for word in OPT_OUTS}


def test_the_words_that_our_texts_recommend_are_understood() -> None:
    recommended = set(re.findall(r"[A-Z]{3,}", reply(Reply.TEXT_HELP, "en")))
    assert {text_command(word)[0] for word in recommended} == {
        TextCommand.WHEN,
        TextCommand.LATER,
        TextCommand.CANCEL,
    }
    japanese = re.findall("「(.+?)」", reply(Reply.TEXT_HELP, "ja"))
    assert [text_command(word)[0] for word in japanese] == [TextCommand.WHEN, TextCommand.LATER, TextCommand.CANCEL]


@pytest.mark.parametrize(
    ("body", "command", "rest"),
    [
        ("WHEN", TextCommand.WHEN, ""),
        ("when?", TextCommand.WHEN, ""),
        ("When's my turn", TextCommand.WHEN, "'s my turn"),
        ("ＷＨＥＮ", TextCommand.WHEN, ""),
        ("いつですか？", TextCommand.WHEN, "ですか"),
        ("Later", TextCommand.LATER, ""),
        ("LATER tomorrow after three.", TextCommand.LATER, "tomorrow after three"),
        ("LATER: Tuesday", TextCommand.LATER, "tuesday"),
        ("Later\nTuesday", TextCommand.LATER, "tuesday"),
        ("change to 5 pm", TextCommand.LATER, "to 5 pm"),
        ("変更　明日の三時以降", TextCommand.LATER, "明日の三時以降"),
        ("変更明日の三時以降", TextCommand.LATER, "明日の三時以降"),
        ("later明日", TextCommand.LATER, "明日"),
        ("NOCALL", TextCommand.CANCEL, ""),
        ("No call please", TextCommand.CANCEL, "please"),
        ("Cancel!", TextCommand.CANCEL, ""),
        ("取り消してください", TextCommand.CANCEL, "てください"),
        ("取消", TextCommand.CANCEL, ""),
        ("キャンセルします。", TextCommand.CANCEL, "します"),
        ("キャンセルしないでください", None, "キャンセルしないでください"),
        ("停止しません", None, "停止しません"),
        ("STOP", TextCommand.STOP, ""),
        ("stop calling me", TextCommand.STOP, "calling me"),
        ("StopAll", TextCommand.STOP, ""),
        ("end", TextCommand.STOP, ""),
        ("Quit.", TextCommand.STOP, ""),
        ("End of the week would be fine", None, "end of the week would be fine"),
        ("whenever you like", None, "whenever you like"),
        ("stopover in Denver", None, "stopover in denver"),
        ("No, call me", None, "no, call me"),
        ("CALL", TextCommand.CALL, ""),
        ("Call me!", TextCommand.CALL, "me"),
        ("電話", TextCommand.CALL, ""),
        ("お電話ください", TextCommand.CALL, "ください"),
        ("電話しないでください", None, "電話しないでください"),
        ("", None, ""),
        ("?!", None, ""),
    ],
)
def test_a_text_is_understood_by_its_first_word(body: str, command: TextCommand | None, rest: str) -> None:
    assert text_command(body) == (command, rest)


@pytest.mark.parametrize("word", OPT_OUTS)
def test_every_word_that_carriers_take_for_themselves_is_obeyed_by_us_too(word: str) -> None:
    assert text_command(word.upper())[0] in (TextCommand.STOP, TextCommand.CANCEL)


@given(st.text(max_size=200))
def test_any_text_at_all_is_a_command_or_none(body: str) -> None:
    command, rest = text_command(body)
    assert command is None or isinstance(command, TextCommand)
    assert len(rest) <= 4 * 18 * len(body)
