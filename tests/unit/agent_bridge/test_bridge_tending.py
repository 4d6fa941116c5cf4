"""What a worker sees to: nobody alone, lost news, legs that came too late, and what is owed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.core.bridging import events as e
from ivr.core.bridging.model import BridgeEnding, Offer, PassEnding, PassKind, Stage, Target, TargetKind
from ivr.core.queueing.legs import AgentState, LegOutcome, LegState
from ivr.core.queueing.model import CallbackState, Kind
from ivr.core.queueing.steps import Attempt, Step
from tests.unit.agent_bridge.talk import ANA_TAG, BOSS, CUSTOMER, CUSTOMER_TAG, ID, OUTSIDE, Talk

pytestmark = pytest.mark.unit

TO_BEN, TO_OUTSIDE = Target(TargetKind.AGENT, "ben"), Target(TargetKind.NUMBER, OUTSIDE)


@pytest.fixture
def talk() -> Talk:
    return Talk().begin()


def lose_news(talk: Talk) -> None:
    talk.carrier.told.clear()


def gone(talk: Talk, name: str) -> None:
    """The agent signed out."""
    talk.set_agent(name, state=AgentState.OFFLINE, callback_id="")


def test_a_worker_opens_the_bridge_that_nobody_asked_for() -> None:
    talk = Talk()
    talk.turn()
    assert talk.bridge.owner == ANA_TAG


def test_a_promise_without_two_legs_has_no_bridge() -> None:
    talk = Talk()
    talk.callbacks.step(
        ID, lambda attempt: Step(replace(attempt, legs=(replace(attempt.legs[0], state=LegState.OVER),)))
    )
    talk.tending.tend(talk.callback, talk.at)
    assert talk.bridges.unsettled() == []


def test_a_calm_conversation_is_left_to_the_queue(talk: Talk) -> None:
    talk.turns(20)
    assert talk.tending.withheld() == frozenset()
    talk.service.consult("ana", TO_BEN, talk.at)
    assert talk.tending.withheld() == {(ID, 1)}
    assert talk.bridge.alone_since is None


def test_lost_news_of_who_is_inside_are_made_up_for() -> None:
    talk = Talk()
    talk.service.bridge_of("ana")
    for tag in (CUSTOMER_TAG, ANA_TAG):
        talk.carrier.enters(tag, ends=True)
    lose_news(talk)
    talk.turn()
    assert [party.stage for party in talk.bridge.parties] == [Stage.INSIDE, Stage.INSIDE]


def test_a_leg_that_never_found_its_way_is_shown_it_again() -> None:
    talk = Talk()
    talk.service.bridge_of("ana")
    talk.carrier.enters(CUSTOMER_TAG, ends=True)
    talk.carrier.of(ANA_TAG).state = "stream"
    for _ in range(12):
        while talk.carrier.told:
            talk.hands.happened(talk.bridge.id, talk.carrier.told.pop(0), talk.at)
        talk.at += timedelta(seconds=1)
        talk.tending.tend(talk.callback, talk.at)
    assert talk.carrier.of(ANA_TAG).urls[-1] == f"https://us/voice/bridge/cb-{ID}-1/{ANA_TAG}/back"


def test_a_customer_who_left_unheard_of_is_missed_after_some_seconds(talk: Talk) -> None:
    talk.service.consult("ana", TO_BEN, talk.at)
    talk.carrier.hangs_up(CUSTOMER_TAG)
    lose_news(talk)
    talk.turns(10)
    assert talk.bridge.ending is BridgeEnding.CUSTOMER_LEFT
    assert talk.bridge.passings[-1].ending is PassEnding.CUSTOMER_LEFT
    [customer] = [leg for leg in talk.callbacks.legs(ID) if leg.tag == CUSTOMER_TAG]
    assert (customer.state, customer.outcome) == (LegState.OVER, LegOutcome.COMPLETED)


def test_what_the_queue_heard_of_a_leg_counts_too(talk: Talk) -> None:
    def over(attempt: Attempt) -> Step:
        legs = tuple(replace(leg, state=LegState.OVER, over_at=talk.at) for leg in attempt.legs)
        return Step(replace(attempt, legs=legs))

    talk.callbacks.step(ID, over)
    talk.turn()
    assert talk.bridge.ending is BridgeEnding.CUSTOMER_LEFT
    talk.turn()


def test_somebody_who_rings_for_ever_is_taken_back(talk: Talk) -> None:
    talk.service.consult("ana", TO_BEN, talk.at)
    talk.turns(80)
    assert talk.bridge.passings[-1].ending is PassEnding.NO_ANSWER
    assert talk.carrier.of(talk.third().tag).state == "over"
    assert talk.agent("ben") is AgentState.AVAILABLE


def test_an_order_to_dial_whose_answer_was_lost_is_given_up(talk: Talk) -> None:
    talk.carrier.is_silent = True
    talk.service.consult("ana", TO_BEN, talk.at)
    talk.carrier.is_silent = False
    talk.turns(12)
    assert talk.bridge.passings[-1].ending is PassEnding.FAILED


def test_nobody_takes_it_so_it_goes_back_and_then_a_call_is_offered(talk: Talk) -> None:
    talk.service.cold("ana", TO_BEN, talk.at)
    talk.answers(talk.third().tag, "2")
    talk.turns(2)
    assert talk.third().agent == "ana" and talk.bridge.pending is not None
    assert talk.bridge.pending.kind is PassKind.RETURN
    talk.answers(talk.third().tag, "2")
    talk.turns(2)
    assert talk.bridge.offer is Offer.MADE
    assert talk.carrier.of(CUSTOMER_TAG).urls[-1].endswith("/offer")
    assert talk.service.bridge_of("ana") is None


def offered_a_call(talk: Talk) -> None:
    """Ana is gone, nobody took the customer, who wants to be called."""
    talk.service.cold("ana", TO_OUTSIDE, talk.at)
    gone(talk, "ana")
    talk.carrier.hangs_up(talk.third().tag)
    talk.turns(2)
    assert talk.bridge.offer is Offer.MADE
    talk.happens(e.Said(wants_it=True))
    talk.carrier.hangs_up(CUSTOMER_TAG)
    talk.deliver()
    assert talk.bridge.ending is BridgeEnding.PASSED_ON


def settle(talk: Talk) -> None:
    """The queue is done with the attempt."""
    done = replace(talk.callback, state=CallbackState.DONE, lease_owner="")
    talk.callbacks.step(ID, lambda attempt: Step(replace(attempt, callback=done)))
    talk.tending.settle(talk.at)


def test_the_call_that_is_owed_is_promised_once_the_present_one_is_settled(talk: Talk) -> None:
    offered_a_call(talk)
    talk.tending.settle(talk.at)
    assert talk.bridge.offer is Offer.TAKEN
    settle(talk)
    talk.tending.settle(talk.at)
    [owed] = talk.callbacks.open_for(CUSTOMER)
    assert (owed.queue, owed.kind, owed.code, owed.state) == ("general", Kind.CALLBACK, "4711", CallbackState.PENDING)
    assert talk.bridge.offer is Offer.KEPT


def test_a_number_that_may_not_be_dialled_cannot_be_promised_a_call(talk: Talk) -> None:
    offered_a_call(talk)
    hidden = replace(talk.callback, number="", state=CallbackState.DONE)
    talk.callbacks.step(ID, lambda attempt: Step(replace(attempt, callback=hidden)))
    talk.tending.settle(talk.at)
    assert talk.bridge.offer is Offer.KEPT
    assert talk.callbacks.open_for(CUSTOMER) == []


def test_a_customer_alone_for_more_than_five_seconds_is_offered_a_call(talk: Talk) -> None:
    talk.carrier.of(ANA_TAG).ends = False
    talk.carrier.hangs_up(ANA_TAG)
    talk.deliver()
    assert talk.bridge.alone_since is not None
    talk.turns(4)
    assert talk.bridge.offer is Offer.NONE
    talk.turns(5)
    assert talk.bridge.offer is Offer.MADE


def test_an_agent_alone_for_more_than_five_seconds_is_told(talk: Talk) -> None:
    talk.carrier.of(CUSTOMER_TAG).ends = False
    talk.carrier.of(CUSTOMER_TAG).state = "stream"
    talk.happens(e.Departed("CA-c", "CF1", 9, e.Left.MOVED))
    talk.bridges.step(talk.bridge.id, lambda found: replace(found, alone_since=talk.at - timedelta(seconds=9)))
    talk.bridges.step(
        talk.bridge.id,
        lambda found: replace(found, parties=(replace(found.customer, stage=Stage.DIALLED), *found.parties[1:])),
    )
    talk.tending.tend(talk.callback, talk.at + timedelta(seconds=3))
    assert talk.carrier.of(ANA_TAG).said


def test_who_comes_after_the_end_is_told_and_then_it_is_cleared(talk: Talk) -> None:
    talk.service.consult("ana", TO_BEN, talk.at)
    third = talk.third().tag
    talk.carrier.hangs_up(CUSTOMER_TAG)
    talk.deliver()
    assert talk.bridge.is_over
    late = talk.carrier.of(third)
    late.state, late.status = "away", "in-progress"
    talk.carrier.enters(third, ends=False)
    lose_news(talk)
    talk.carrier.is_silent = True
    talk.tending.settle(talk.at + timedelta(seconds=6))
    talk.carrier.is_silent = False
    talk.tending.settle(talk.at + timedelta(seconds=12))
    assert talk.carrier.of(third).state == "over"
    talk.tending.settle(talk.at + timedelta(seconds=70))
    assert talk.bridge.is_cleared
    assert talk.bridges.unsettled() == []


def test_flags_that_the_carrier_forgot_are_set_again() -> None:
    talk = Talk().begin()
    talk.service.listen("boss", BOSS, "ana", talk.at)
    boss = next(party for party in talk.bridge.parties if party.agent == "boss").tag
    talk.answers(boss)
    talk.deliver()
    talk.service.whisper("boss", talk.at)
    talk.service.mute("ana", talk.at)
    seen = talk.carrier
    seen.of(boss).coaches, seen.of(ANA_TAG).is_muted, seen.of(CUSTOMER_TAG).ends = "", False, False
    seen.of(CUSTOMER_TAG).is_held = True
    talk.turns(20)
    assert seen.of(boss).coaches == "CA-a"
    assert seen.of(ANA_TAG).is_muted and seen.of(CUSTOMER_TAG).ends and not seen.of(CUSTOMER_TAG).is_held


def test_a_supervisor_whispers_to_whoever_has_the_customer_next() -> None:
    talk = Talk().begin()
    talk.service.listen("boss", BOSS, "ana", talk.at)
    boss = next(party for party in talk.bridge.parties if party.agent == "boss").tag
    talk.answers(boss)
    talk.deliver()
    talk.service.whisper("boss", talk.at)
    talk.service.consult("ana", TO_BEN, talk.at)
    talk.answers(talk.third().tag)
    talk.deliver()
    talk.service.complete("ana", talk.at)
    talk.deliver()
    party = talk.bridge.party(boss)
    assert party is not None and party.coaches == talk.third().tag
    talk.service.cold("ben", TO_OUTSIDE, talk.at)
    party = talk.bridge.party(boss)
    assert party is not None and (party.coaches, party.is_muted) == ("", True)


def test_many_conversations_are_not_remembered_for_ever(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent_bridge.tending.MAX_LOOKS", 0)
    talk.turns(3)
    assert talk.bridge.alone_since is None
