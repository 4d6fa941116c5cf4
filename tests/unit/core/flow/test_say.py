"""`say`: a text, then on."""

from __future__ import annotations

import pytest

from ivr.core.commands import PlayPrompt
from ivr.core.flow.model import HangUpVerb, SayVerb
from tests.unit.core.driving import Drive
from tests.unit.core.flows import flow_of, prompt, shop_flow

pytestmark = pytest.mark.unit


def test_the_next_node_s_prompt_follows_without_a_gap() -> None:
    drive = Drive(flow_of({"s": SayVerb(prompt("One."), "bye"), "bye": HangUpVerb(prompt("Two."))}))
    assert [(one.text, one.node) for one in drive.of(PlayPrompt)] == [("One.", "s"), ("Two.", "bye")]


def test_a_say_may_decide_what_the_call_counts_as() -> None:
    drive = Drive()
    drive.press("1")
    drive.press("42719")
    drive.yes()
    drive.found(status="shipped", total=80)
    drive.end()
    assert drive.notes("outcome")[0]["outcome"] == "resolved"


def test_values_are_put_into_the_text() -> None:
    nodes = {"s": SayVerb(prompt("You are {{ caller.number | spoken_phone }}."), "bye"), "bye": HangUpVerb(None)}
    assert Drive(flow_of(nodes)).said() == ["You are two zero two, five five five, zero one two three."]


def test_a_missing_value_is_left_out_and_noted() -> None:
    nodes = {"s": SayVerb(prompt("Hello {{ order.name.first }}!"), "bye"), "bye": HangUpVerb(None)}
    drive = Drive(flow_of(nodes))
    assert drive.said() == ["Hello !"]
    assert drive.notes("missing_value") == [{"name": "order.name.first"}]


def test_a_language_without_a_text_hears_the_first_language_s() -> None:
    only_english = {"en": prompt("Hello.")["en"]}
    nodes = {"s": SayVerb(only_english, "bye"), "bye": HangUpVerb(None)}
    assert Drive(flow_of(nodes), dialled="+815012345678").said() == ["Hello."]


def test_a_prompt_without_any_text_says_nothing() -> None:
    assert Drive(flow_of({"s": SayVerb({}, "bye"), "bye": HangUpVerb(None)})).said() == []


def test_hours_are_told_in_the_caller_s_language() -> None:
    drive = Drive(shop_flow(), dialled="+815012345678")
    drive.press("2")
    assert drive.said()[0] == "We are here 九時から五時.（日本語）"
