"""What is said around a bridge, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ivr.core.bridging import words
from ivr.core.bridging.model import (
    Bridge,
    BridgeEnding,
    Party,
    PartyRole,
    PassEnding,
    Passing,
    PassKind,
    Stage,
    Target,
    TargetKind,
)
from ivr.core.bridging.words import Say, about, brief_words, hold_words, last_words, say
from ivr.core.queueing.model import Callback

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
CUSTOMER = Party("c" * 32, PartyRole.CUSTOMER, NOW)
ANA = Party("a" * 32, PartyRole.AGENT, NOW, agent="ana", name="Ana")
BEN = Party("b" * 32, PartyRole.THIRD, NOW, agent="ben", name="Ben")
BRIDGE = Bridge("cb-1-1", "1", 1, (CUSTOMER, ANA, BEN), ANA.tag, NOW, NOW, about="Grace, late order")


def passing(kind: PassKind, tag: str = BEN.tag) -> Bridge:
    return replace(BRIDGE, passings=(Passing(kind, Target(TargetKind.AGENT, "ben"), tag, "ana", NOW),))


def test_every_sentence_exists_in_both_languages_with_the_same_values() -> None:
    values = re.compile(r"\{(\w+)\}")
    for name in Say:
        assert set(values.findall(say(name, "en"))) == set(values.findall(say(name, "ja")))
        assert say(name, "xx") == say(name, "en")


@pytest.mark.parametrize(
    ("bridge", "first", "again"),
    [
        (BRIDGE, "Ana is looking something up", "Ana is still looking"),
        (passing(PassKind.CONSULT), "Ana is asking a colleague", "Ana is still talking"),
        (passing(PassKind.COLD), "connected to Ben", "Ben has not answered yet"),
        (passing(PassKind.COLD, "x"), "connected to a colleague", "a colleague has not answered"),
        (passing(PassKind.RETURN), "Ben cannot take the call just now. I am getting Ana", "Ana's telephone"),
        (replace(BRIDGE, owner="x"), "a colleague is looking", "a colleague is still looking"),
    ],
)
def test_whoever_waits_hears_who_does_what_for_them(bridge: Bridge, first: str, again: str) -> None:
    assert first in hold_words(bridge, 0)
    assert again in hold_words(bridge, 1)


def test_a_return_names_the_one_who_did_not_take_the_call() -> None:
    cold = Passing(PassKind.COLD, Target(TargetKind.AGENT, "ben"), BEN.tag, "ana", NOW, NOW, PassEnding.BUSY)
    back = Passing(PassKind.RETURN, Target(TargetKind.AGENT, "ana"), "r" * 32, "ana", NOW)
    bridge = replace(BRIDGE, passings=(cold, back))
    assert hold_words(bridge, 0) == "Ben cannot take the call just now. I am getting Ana back for you."


def test_whoever_is_asked_in_hears_by_whom_and_whom_it_is_about() -> None:
    assert brief_words(passing(PassKind.CONSULT), BEN) == "Ana passes you a call. Grace, late order."
    assert brief_words(passing(PassKind.RETURN), ANA).startswith("Your caller is coming back to you")
    assert brief_words(BRIDGE, BEN) == "a colleague passes you a call. Grace, late order."


@pytest.mark.parametrize(
    ("bridge", "party", "expected"),
    [
        (BRIDGE, CUSTOMER, "Thank you for calling. Goodbye."),
        (replace(BRIDGE, ending=BridgeEnding.CUSTOMER_LEFT, ended_at=NOW), ANA, "The customer has hung up. Goodbye."),
        (BRIDGE, BEN, "The call does not need you any more. Thank you. Goodbye."),
        (replace(BRIDGE, owner=BEN.tag), ANA, "You have passed the call on. Thank you."),
        (BRIDGE, ANA, "The call is over. Thank you."),
        (replace(BRIDGE, ended_at=NOW), BEN, "The call is over. Thank you."),
    ],
)
def test_whoever_leaves_hears_why(bridge: Bridge, party: Party, expected: str) -> None:
    assert last_words(bridge, party) == expected


def test_what_it_is_about_is_one_short_line() -> None:
    callback = Callback("1", "general", "+12025550123", "en", NOW, NOW, NOW, NOW, NOW)
    assert about(callback) == "a customer"
    told = replace(callback, name="Grace", reason="late order", brief={"order": "42720", "when": ""})
    assert about(told) == "Grace, late order, 42720"
    assert about(replace(told, language="ja")) == "Grace、late order、42720"
    assert len(about(replace(told, reason="x" * 500))) == words.ABOUT_CHARS
    assert Stage.GONE.rank == 4
