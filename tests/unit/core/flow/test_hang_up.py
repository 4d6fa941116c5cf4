"""`hang_up`: a goodbye, heard to its end."""

from __future__ import annotations

import pytest

from ivr.core.commands import HangUp, PlayPrompt
from ivr.core.flow.model import FlowNode, HangUpVerb
from ivr.core.flow.verbs import VerbRules, hang_up, rules_for
from tests.unit.core.driving import Drive
from tests.unit.core.flows import flow_of, prompt, shop_flow

pytestmark = pytest.mark.unit


def goodbye() -> Drive:
    return Drive(flow_of({"bye": HangUpVerb(prompt("Goodbye."), "resolved")}))


def test_the_goodbye_cannot_be_interrupted() -> None:
    drive = goodbye()
    assert drive.of(PlayPrompt) == [PlayPrompt(1, "Goodbye.", "en", interruptible=False, node="bye")]
    assert drive.speak() == []


def test_the_call_ends_after_the_goodbye_s_mark_and_not_before() -> None:
    drive = goodbye()
    assert drive.of(HangUp) == []
    drive.played()
    assert drive.of(HangUp) == [HangUp("resolved")]


def test_nothing_to_say_hangs_up_at_once() -> None:
    drive = Drive(flow_of({"bye": HangUpVerb(None, "wrong_number")}))
    assert drive.of(HangUp) == [HangUp("wrong_number")]


def test_words_and_commands_after_the_goodbye_change_nothing() -> None:
    drive = goodbye()
    assert drive.command("agent") == []
    assert drive.nonsense() == []
    assert drive.noise() == []


def test_after_the_hang_up_nothing_is_ordered_any_more() -> None:
    drive = goodbye()
    drive.played()
    assert drive.press("0") == []
    assert drive.speak() == []


def test_a_key_means_nothing_to_the_verb_itself() -> None:
    drive = goodbye()
    verb = drive.session.flow.nodes["bye"].verb
    rules: VerbRules = rules_for(verb)
    assert rules.key(drive.session._call, verb, "1") is None  # noqa: SLF001
    assert rules is hang_up


def test_every_verb_of_the_sample_flow_has_rules() -> None:
    for node in shop_flow().nodes.values():
        assert isinstance(node, FlowNode)
        assert hasattr(rules_for(node.verb), "enter")
