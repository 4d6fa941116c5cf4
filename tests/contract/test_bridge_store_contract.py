"""Bridged conversations and follow-ups: one suite over memory, SQLite and PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.core.bridging.followups import CheckBack, FollowUp, FollowUpState
from ivr.core.bridging.model import (
    Bridge,
    BridgeEnding,
    Offer,
    Party,
    PartyOutcome,
    PartyRole,
    PassEnding,
    Passing,
    PassKind,
    Stage,
    Target,
    TargetKind,
)
from tests.contract.conftest import NOW, TalkStores

pytestmark = pytest.mark.contract

CUSTOMER = Party("c" * 32, PartyRole.CUSTOMER, NOW, name="山田", number="+12025550123", call_sid="CA1", ends=True)
ANA = Party(
    "a" * 32, PartyRole.AGENT, NOW, Stage.GONE, agent="ana", outcome=PartyOutcome.TALKED, sequence=(0, 3), coaches="x"
)
PASSED = Passing(PassKind.COLD, Target(TargetKind.QUEUE, "billing"), "d" * 32, "ana", NOW, NOW, PassEnding.BUSY)
BRIDGE = Bridge(
    id="cb-1-1",
    callback_id="1" * 32,
    attempt=1,
    parties=(CUSTOMER, ANA),
    owner=ANA.tag,
    opened_at=NOW,
    changed_at=NOW,
    queue="general",
    about="Grace \U0001f600",
    passings=(PASSED, replace(PASSED, kind=PassKind.RETURN, ended_at=None, ending=None)),
    conferences=("CF1", "CF2"),
    alone_since=NOW,
)
FOLLOW_UP = FollowUp("f" * 32, "ana", "1" * 32, "Ben", NOW, "Grace", "+12025550123", "late", "ja")


def test_a_bridge_comes_back_with_every_field(talks: TalkStores) -> None:
    assert talks.bridges.open(BRIDGE) == BRIDGE
    assert talks.bridges.get(BRIDGE.id) == BRIDGE
    assert talks.bridges.get("cb-2-1") is None


def test_a_bridge_is_opened_once(talks: TalkStores) -> None:
    talks.bridges.open(BRIDGE)
    assert talks.bridges.open(replace(BRIDGE, about="another")) == BRIDGE


def test_a_step_is_a_decision_over_the_row(talks: TalkStores) -> None:
    talks.bridges.open(BRIDGE)
    over = replace(BRIDGE, ended_at=NOW, ending=BridgeEnding.ENDED)
    assert talks.bridges.step(BRIDGE.id, lambda found: over if found == BRIDGE else None) == over
    assert talks.bridges.get(BRIDGE.id) == over
    assert talks.bridges.step(BRIDGE.id, lambda found: None) is None
    assert talks.bridges.step(BRIDGE.id, lambda found: found) is None
    assert talks.bridges.step("cb-2-1", lambda found: over) is None
    with pytest.raises(ValueError, match="another"):
        talks.bridges.step(BRIDGE.id, lambda found: replace(found, id="cb-2-1"))


def test_steps_wait_for_each_other(talks: TalkStores) -> None:
    talks.bridges.open(BRIDGE)

    def count(_: int) -> None:
        talks.bridges.step(BRIDGE.id, lambda found: replace(found, attempt=found.attempt + 1))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(count, range(12)))
    found = talks.bridges.get(BRIDGE.id)
    assert found is not None
    assert found.attempt == 13


def test_unsettled_are_those_that_go_on_or_owe_a_call(talks: TalkStores) -> None:
    over = replace(BRIDGE, id="cb-3-1", ended_at=NOW, ending=BridgeEnding.PASSED_ON, is_cleared=True)
    owes = replace(over, id="cb-4-1", offer=Offer.TAKEN, opened_at=NOW - timedelta(minutes=1))
    kept = replace(over, id="cb-5-1", offer=Offer.KEPT)
    for bridge in (BRIDGE, over, owes, kept):
        talks.bridges.open(bridge)
    assert talks.bridges.unsettled() == [owes, BRIDGE]
    assert talks.bridges.unsettled(limit=1) == [owes]
    talks.bridges.step(owes.id, lambda found: replace(found, offer=Offer.KEPT))
    assert talks.bridges.unsettled() == [BRIDGE]


def test_a_follow_up_comes_back_with_every_field_and_is_made_once(talks: TalkStores) -> None:
    assert talks.follow_ups.add(FOLLOW_UP)
    assert not talks.follow_ups.add(replace(FOLLOW_UP, passed_to="Cleo"))
    assert talks.follow_ups.get(FOLLOW_UP.id) == FOLLOW_UP
    assert talks.follow_ups.get("e" * 32) is None


def test_follow_ups_of_an_agent_come_oldest_first_until_they_are_done(talks: TalkStores) -> None:
    older = replace(FOLLOW_UP, id="1" * 32, created_at=NOW - timedelta(hours=1))
    others = replace(FOLLOW_UP, id="2" * 32, agent="ben")
    for one in (FOLLOW_UP, older, others):
        talks.follow_ups.add(one)
    assert talks.follow_ups.for_agent("ana") == [older, FOLLOW_UP]
    assert talks.follow_ups.for_agent("ana", limit=1) == [older]
    asked = replace(older, state=FollowUpState.CHECKING, how=CheckBack.TEXT, check_id="x")
    assert talks.follow_ups.change(older.id, lambda found: asked) == asked
    assert talks.follow_ups.for_agent("ana") == [asked, FOLLOW_UP]
    done = replace(asked, state=FollowUpState.DONE, note="solved", done_at=NOW)
    assert talks.follow_ups.change(older.id, lambda found: done) == done
    assert talks.follow_ups.for_agent("ana") == [FOLLOW_UP]
    assert talks.follow_ups.get(older.id) == done


def test_a_follow_up_changes_only_by_a_decision_about_itself(talks: TalkStores) -> None:
    talks.follow_ups.add(FOLLOW_UP)
    assert talks.follow_ups.change(FOLLOW_UP.id, lambda found: None) is None
    assert talks.follow_ups.change("e" * 32, lambda found: found) is None
    with pytest.raises(ValueError, match="another"):
        talks.follow_ups.change(FOLLOW_UP.id, lambda found: replace(found, id="e" * 32))
