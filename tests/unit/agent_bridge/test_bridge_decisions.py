"""Decisions over a bridge, one by one: what is refused, and what is late, doubled or of somebody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent_bridge import commands as c
from agent_bridge.decide import decide
from agent_bridge.happen import happened
from agent_bridge.openings import language_of
from agent_bridge.orders import LetGo, MakeOffer, NoteFollowUp, Release, SetEnds, SetHold, between
from agent_bridge.settling import settled
from ivr.core.bridging import events as e
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
from ivr.core.queueing.legs import Agent
from ivr.ports import Why

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
TO_BEN = Target(TargetKind.AGENT, "ben")
CUSTOMER = Party("c" * 32, PartyRole.CUSTOMER, NOW, call_sid="CA-c", ends=True)
ANA = Party("a" * 32, PartyRole.AGENT, NOW, agent="ana", call_sid="CA-a", ends=True)
BEN = Party("b" * 32, PartyRole.THIRD, NOW, Stage.INTENDED, agent="ben")
BOSS = Party("e" * 32, PartyRole.SUPERVISOR, NOW, Stage.INTENDED, agent="boss", is_muted=True)
BRIDGE = Bridge("cb-1-1", "1", 1, (CUSTOMER, ANA), ANA.tag, NOW, NOW)
OVER = replace(BRIDGE, ended_at=NOW, ending=BridgeEnding.ENDED)


def asked(kind: PassKind = PassKind.CONSULT, bridge: Bridge = BRIDGE) -> Bridge:
    decision = decide(bridge, c.AskIn(ANA.tag, kind, TO_BEN, BEN), NOW)
    assert decision.why is None
    return decision.bridge


def told(bridge: Bridge, *events: e.Event) -> Bridge:
    for event in events:
        bridge = happened(bridge, event, NOW)
    return bridge


def entered(sid: str, sequence: int, conference: str = "CF1", label: str = "") -> e.Entered:
    return e.Entered(sid, conference, sequence, label)


# -- what is refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [c.Hold(ANA.tag), c.Listen(BOSS), c.Leave(BOSS.tag)])
def test_nothing_is_done_to_what_is_over(command: c.Command) -> None:
    assert decide(OVER, command, NOW).why is Why.NO_CALL
    assert decide(OVER, command, NOW).bridge is OVER


def test_strangers_and_those_who_are_gone_can_ask_for_nothing() -> None:
    assert decide(BRIDGE, c.Hold("x"), NOW).why is Why.NO_CALL
    cold = asked(PassKind.COLD)
    assert decide(cold, c.Resume(ANA.tag), NOW).why is Why.NO_CALL
    assert decide(BRIDGE, c.Whisper(ANA.tag, CUSTOMER.tag), NOW).why is Why.NO_CALL


def test_nobody_whispers_to_somebody_on_hold() -> None:
    inside = replace(BOSS, stage=Stage.INSIDE)
    bridge = replace(BRIDGE, parties=(replace(CUSTOMER, is_held=True), ANA, inside))
    assert decide(bridge, c.Whisper(BOSS.tag, CUSTOMER.tag), NOW).why is Why.NOT_NOW
    assert decide(bridge, c.Whisper(BOSS.tag, "x"), NOW).why is Why.NOT_NOW
    assert decide(bridge, c.Whisper(BOSS.tag, ANA.tag), NOW).why is None


def test_an_end_during_a_consult_ends_the_consult_too() -> None:
    ended = decide(asked(), c.End(ANA.tag), NOW).bridge
    assert (ended.ending, ended.passings[-1].ending) == (BridgeEnding.ENDED, PassEnding.CANCELLED)
    third = ended.party(BEN.tag)
    assert third is not None and third.outcome is PartyOutcome.CANCELLED


# -- what happens ------------------------------------------------------------------------------------


def test_news_of_strangers_and_old_news_change_nothing() -> None:
    known = told(BRIDGE, entered("CA-c", 5))
    assert told(known, entered("CA-x", 6)) == known
    assert told(known, e.Departed("CA-c", "CF1", 4, e.Left.HUNG_UP)) == known
    assert told(known, entered("CA-c", 5)) is known


def test_a_second_conference_of_the_same_name_is_the_newer_one() -> None:
    known = told(BRIDGE, entered("CA-c", 5), entered("CA-c", 1, "CF2"))
    assert known.conferences == ("CF1", "CF2")
    assert told(known, e.Departed("CA-c", "CF1", 9, e.Left.MOVED)) == known


def test_a_leg_is_known_by_its_label_too() -> None:
    bridge = told(
        replace(BRIDGE, parties=(replace(CUSTOMER, call_sid=""), ANA)), entered("CA-9", 1, label=CUSTOMER.tag)
    )
    assert bridge.customer.call_sid == "CA-9"


def test_a_third_who_hangs_up_before_joining_has_failed() -> None:
    dialled = told(asked(), e.Placed(BEN.tag, "CA-b"), e.Departed("CA-b", "CF1", 1, e.Left.HUNG_UP))
    assert dialled.passings[-1].ending is PassEnding.FAILED
    moved = told(asked(), e.Placed(BEN.tag, "CA-b"), e.Departed("CA-b", "CF1", 1, e.Left.MOVED))
    third = moved.party(BEN.tag)
    assert third is not None and third.stage is Stage.DIALLED


def test_the_first_id_of_a_leg_counts_and_a_cancelled_one_keeps_it() -> None:
    dialled = told(asked(), e.Placed(BEN.tag, "CA-b"))
    assert told(dialled, e.Placed(BEN.tag, "CA-x")) is dialled
    assert told(dialled, e.Placed("x", "CA-x")) is dialled
    cancelled = decide(asked(), c.CancelConsult(ANA.tag), NOW).bridge
    third = told(cancelled, e.Placed(BEN.tag, "CA-b")).party(BEN.tag)
    assert third is not None and (third.call_sid, third.stage) == ("CA-b", Stage.GONE)


def test_a_yes_counts_once_and_only_of_whoever_is_asked() -> None:
    took = told(asked(), e.Took(BEN.tag, "CA-b"))
    assert told(took, e.Took(BEN.tag, "CA-b")) is took
    assert told(BRIDGE, e.Took("x", "CA-x")) is BRIDGE


def test_an_over_leg_that_was_answered_and_not_taken_has_declined() -> None:
    assert told(asked(), e.Over(BEN.tag, PartyOutcome.TALKED)).passings[-1].ending is PassEnding.DECLINED
    assert told(BRIDGE, e.Over("x", PartyOutcome.TALKED)) is BRIDGE


def test_an_offer_is_answered_and_kept_only_where_one_was_made() -> None:
    assert told(BRIDGE, e.Said(wants_it=True)) is BRIDGE
    assert told(BRIDGE, e.Promised()) is BRIDGE and told(BRIDGE, e.Cleared()) is BRIDGE
    made = replace(BRIDGE, offer=Offer.MADE, queue="general")
    assert told(made, e.Said(wants_it=False)).offer is Offer.REFUSED
    taken = told(made, e.Said(wants_it=True, queue="billing"))
    assert (taken.offer, taken.owes_queue) == (Offer.TAKEN, "billing")
    assert told(taken, e.Promised()).offer is Offer.KEPT
    assert told(OVER, e.Cleared()).is_cleared


def test_nobody_is_rescued_who_needs_no_rescue() -> None:
    assert told(BRIDGE, e.Rescued(None)) is BRIDGE
    owned = replace(BRIDGE, parties=(CUSTOMER, replace(ANA, stage=Stage.DIALLED)))
    assert told(owned, e.Rescued(None)).offer is Offer.NONE


def test_the_list_counts_for_those_of_whom_nothing_was_heard_lately() -> None:
    late = NOW + timedelta(seconds=9)
    missing = happened(BRIDGE, e.Looked(frozenset({"CA-c"})), late)
    assert [party.stage for party in missing.parties] == [Stage.INSIDE, Stage.COMING]
    assert happened(BRIDGE, e.Looked(frozenset()), NOW) is BRIDGE
    back = happened(missing, e.Looked(frozenset({"CA-c", "CA-a"})), late)
    assert [party.stage for party in back.parties] == [Stage.INSIDE, Stage.INSIDE]


# -- what follows ------------------------------------------------------------------------------------


def test_an_agent_who_hangs_up_in_a_consult_has_completed_it_or_left_it_to_ring() -> None:
    there = told(asked(), e.Took(BEN.tag, "CA-b"), entered("CA-b", 1))
    left = told(there, e.Departed("CA-a", "CF1", 2, e.Left.HUNG_UP))
    assert (left.owner, left.passings[-1].ending, left.customer.is_held) == (BEN.tag, PassEnding.COMPLETED, False)
    rings = told(asked(), e.Departed("CA-a", "CF1", 2, e.Left.HUNG_UP))
    assert [passing.kind for passing in rings.passings] == [PassKind.CONSULT, PassKind.COLD]
    assert rings.passings[0].ending is PassEnding.AGENT_LEFT


def test_a_conversation_is_over_once_its_agent_left_and_the_conference_with_them() -> None:
    alone = told(BRIDGE, e.Departed("CA-a", "CF1", 1, e.Left.HUNG_UP))
    assert not alone.is_over and alone.alone_since is not None
    over = told(alone, e.Departed("CA-c", "CF1", 2, e.Left.MOVED))
    assert over.ending is BridgeEnding.AGENT_LEFT
    assert settled(over, NOW) is over


def test_whose_leaving_ends_the_conference_is_taken_off_before_they_are_let_go() -> None:
    orders = between(BRIDGE, asked(PassKind.COLD))
    assert orders.index(SetEnds(ANA.tag, ends=False)) < orders.index(LetGo(ANA.tag))
    assert SetHold(CUSTOMER.tag, is_held=True) in orders and Release(ANA.tag) in orders


def test_a_follow_up_is_for_what_was_taken_and_an_offer_is_made_once() -> None:
    cold = asked(PassKind.COLD)
    taken = told(cold, e.Took(BEN.tag, "CA-b"), entered("CA-b", 1))
    assert NoteFollowUp(taken.passings[-1]) in between(cold, taken)
    made = replace(BRIDGE, offer=Offer.MADE)
    assert between(BRIDGE, made) == (MakeOffer(CUSTOMER.tag),)
    assert between(made, made) == ()


def test_a_passing_without_its_party_is_left_alone() -> None:
    lost = replace(BRIDGE, passings=(Passing(PassKind.CONSULT, TO_BEN, "x", "ana", NOW),))
    assert settled(lost, NOW).pending is not None


def test_an_agent_is_spoken_to_in_a_language_they_have() -> None:
    agent = Agent("ana", "Ana", "+1", ("general",), languages=("ja", "fr"))
    assert language_of(agent, "en") == "ja"
    assert language_of(agent, "fr") == "fr"
    assert language_of(None, "en") == "en"
