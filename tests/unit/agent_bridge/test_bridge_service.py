"""What agents and supervisors ask for, and what the carrier is asked in turn."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.core.bridging.model import BridgeEnding, PassEnding, Stage, Target, TargetKind
from ivr.core.queueing.legs import AgentState, LegOutcome, LegState
from ivr.core.queueing.model import CallbackState
from ivr.core.queueing.steps import Attempt, Step
from ivr.ports import Answer, StoreFailed, Why
from tests.unit.agent_bridge.talk import ANA_TAG, BOSS, CUSTOMER_TAG, ID, OUTSIDE, Talk

pytestmark = pytest.mark.unit

TO_BEN, TO_OUTSIDE = Target(TargetKind.AGENT, "ben"), Target(TargetKind.NUMBER, OUTSIDE)


@pytest.fixture
def talk() -> Talk:
    return Talk().begin()


def consulting() -> Talk:
    """Ben is there."""
    talk = Talk().begin()
    assert talk.service.consult("ana", TO_BEN, talk.at).is_done
    talk.answers(talk.third().tag)
    talk.deliver()
    return talk


def test_hold_and_mute_are_asked_for_once(talk: Talk) -> None:
    assert talk.service.hold("ana", talk.at).is_done
    assert talk.carrier.of(CUSTOMER_TAG).urls[-1] == f"https://us/voice/bridge/cb-{ID}-1/hold?round=0"
    assert talk.service.hold("ana", talk.at).why is Why.NOT_NOW
    assert talk.service.resume("ana", talk.at).is_done
    assert talk.service.resume("ana", talk.at).why is Why.NOT_NOW
    assert talk.service.mute("ana", talk.at).is_done
    assert talk.service.unmute("ana", talk.at).is_done
    assert talk.carrier.orders == ["hold c", "resume c", "mute a", "unmute a"]


def test_what_a_silent_carrier_did_not_hear_is_done_by_the_worker(talk: Talk) -> None:
    talk.carrier.is_silent = True
    assert talk.service.hold("ana", talk.at).answer is Answer.SILENT
    talk.carrier.is_silent = False
    assert not talk.carrier.of(CUSTOMER_TAG).is_held
    talk.turns(20)
    assert talk.carrier.of(CUSTOMER_TAG).is_held


def test_whoever_is_in_no_conversation_can_ask_for_nothing(talk: Talk) -> None:
    for ask in (talk.service.hold, talk.service.join, talk.service.end):
        assert ask("ben", talk.at).why is Why.NO_CALL
    assert talk.service.consult("ben", TO_BEN, talk.at).why is Why.NO_CALL
    assert talk.service.bridge_of("nobody") is None


def test_a_conversation_is_found_by_its_agent_while_it_goes_on(talk: Talk) -> None:
    found = talk.service.bridge_of("ana")
    assert found is not None and talk.service.open_bridges() == [found]
    talk.service.end("ana", talk.at)
    assert talk.service.bridge_of("ana") is None
    assert talk.service.open_bridges() == []


def test_there_is_no_conversation_before_both_have_said_yes() -> None:
    talk = Talk()
    waiting = [replace(leg, state=LegState.RINGING) for leg in talk.callbacks.legs(ID)]
    talk.callbacks.step(ID, lambda attempt: Step(Attempt(attempt.callback, tuple(waiting), attempt.agent)))
    assert talk.service.bridge_of("ana") is None


def test_an_ended_conversation_is_told_to_both(talk: Talk) -> None:
    assert talk.service.end("ana", talk.at).is_done
    assert talk.carrier.of(CUSTOMER_TAG).said == ["Thank you for calling. Goodbye."]
    assert talk.carrier.of(ANA_TAG).said == ["The call is over. Thank you."]
    assert talk.bridge.ending is BridgeEnding.ENDED


def test_nobody_dials_where_nobody_may_be_dialled(talk: Talk) -> None:
    ask = talk.service.consult
    assert ask("ana", Target(TargetKind.NUMBER, "+19005550100"), talk.at).why is Why.NUMBER
    assert ask("ana", Target(TargetKind.AGENT, "cleo"), talk.at).why is Why.NOBODY
    assert ask("ana", Target(TargetKind.AGENT, "ana"), talk.at).why is Why.NOBODY
    assert ask("ana", Target(TargetKind.QUEUE, "unknown"), talk.at).why is Why.NOBODY
    talk.set_agent("ben", state=AgentState.BREAK)
    assert ask("ana", TO_BEN, talk.at).why is Why.BUSY
    assert ask("ana", Target(TargetKind.QUEUE, "billing"), talk.at).why is Why.NOBODY
    assert talk.carrier.orders == []


def test_a_queues_best_free_agent_is_asked(talk: Talk) -> None:
    assert talk.service.consult("ana", Target(TargetKind.QUEUE, "billing"), talk.at).is_done
    assert talk.third().agent == "ben"
    assert talk.agent("ben") is AgentState.RINGING


def test_a_number_that_the_carrier_refuses_ends_the_consult(talk: Talk) -> None:
    talk.carrier.refuses = True
    talk.service.consult("ana", TO_BEN, talk.at)
    assert talk.bridge.passings[-1].ending is PassEnding.FAILED
    assert not talk.bridge.customer.is_held
    assert talk.agent("ben") is AgentState.AVAILABLE


def test_only_one_is_asked_in_at_a_time_and_only_by_who_has_the_customer() -> None:
    talk = consulting()
    assert talk.service.consult("ana", TO_OUTSIDE, talk.at).why is Why.NOT_NOW
    assert talk.service.cold("ben", TO_OUTSIDE, talk.at).why is Why.NOT_YOURS
    assert talk.service.hold("ana", talk.at).why is Why.NOT_NOW
    assert talk.service.mute("ben", talk.at).is_done


def test_a_colleague_who_was_reserved_in_vain_is_free_again() -> None:
    talk = Talk().begin()
    talk.service.consult("ana", TO_OUTSIDE, talk.at)
    assert talk.service.consult("ana", TO_BEN, talk.at).why is Why.NOT_NOW
    assert talk.agent("ben") is AgentState.AVAILABLE


def test_a_warm_transfer_out_of_three_is_complete_too() -> None:
    talk = consulting()
    assert talk.service.join("ana", talk.at).is_done
    assert talk.service.join("ana", talk.at).why is Why.NOT_NOW
    assert talk.service.complete("ana", talk.at).is_done
    assert talk.bridge.passings[-1].ending is PassEnding.COMPLETED
    assert talk.bridge.owner == talk.third().tag
    assert talk.agent("ana") is AgentState.WRAP_UP
    assert [one.agent for one in talk.follow_ups.for_agent("ana")] == ["ana"]
    talk.deliver()
    assert not talk.carrier.of(CUSTOMER_TAG).is_held
    assert talk.carrier.of(talk.third().tag).ends


def test_out_of_three_the_third_may_be_sent_away_too() -> None:
    talk = consulting()
    talk.service.join("ana", talk.at)
    assert talk.service.cancel_consult("ana", talk.at).is_done
    assert talk.third().stage is Stage.GONE
    assert talk.service.cancel_consult("ana", talk.at).why is Why.NOT_NOW
    assert talk.service.complete("ana", talk.at).why is Why.NOT_NOW


def test_a_consult_that_rings_can_be_neither_joined_nor_completed(talk: Talk) -> None:
    talk.service.consult("ana", TO_BEN, talk.at)
    assert talk.service.join("ana", talk.at).why is Why.NOT_NOW
    assert talk.service.complete("ana", talk.at).why is Why.NOT_NOW
    assert talk.service.keys("ana", "1", talk.at).why is Why.NOT_NOW
    assert talk.service.cancel_consult("ana", talk.at).is_done
    assert talk.carrier.of(talk.third().tag).state == "over"
    talk.deliver()
    assert talk.agent("ben") is AgentState.AVAILABLE


def test_tones_go_to_whoever_was_asked_in() -> None:
    talk = consulting()
    third = talk.third().tag
    assert talk.service.keys("ana", "12x", talk.at).why is Why.NOT_NOW
    assert talk.service.keys("ana", "1*#", talk.at).is_done
    assert talk.carrier.of(third).urls[-1].endswith(f"/{third}/back?keys=1%2A%23")
    talk.deliver()
    talk.turns(2)
    talk.carrier.is_silent = True
    assert talk.service.keys("ana", "1", talk.at).answer is Answer.SILENT
    talk.carrier.is_silent = False
    talk.carrier.hangs_up(third)
    assert talk.service.keys("ana", "1", talk.at).why is Why.NOT_NOW


# -- supervisors -------------------------------------------------------------------------------------


def test_a_supervisor_is_dialled_muted_and_whispers_only_once_inside(talk: Talk) -> None:
    assert talk.service.listen("boss", "+19005550100", "ana", talk.at).why is Why.NUMBER
    assert talk.service.listen("boss", BOSS, "ben", talk.at).why is Why.NO_CALL
    assert talk.service.listen("boss", BOSS, "ana", talk.at).is_done
    assert talk.service.listen("other", BOSS, "ana", talk.at).why is Why.NOT_NOW
    assert talk.service.whisper("boss", talk.at).why is Why.NOT_NOW
    boss = next(party for party in talk.bridge.parties if party.agent == "boss").tag
    talk.answers(boss)
    talk.deliver()
    assert talk.service.whisper("boss", talk.at).is_done
    assert talk.carrier.of(boss).coaches == talk.carrier.of(ANA_TAG).sid
    assert talk.service.barge("boss", talk.at).is_done
    assert (talk.carrier.of(boss).coaches, talk.carrier.of(boss).is_muted) == ("", False)
    assert talk.service.leave("boss", talk.at).is_done
    assert talk.service.leave("boss", talk.at).why is Why.NO_CALL


def test_a_supervisor_cannot_listen_where_the_conference_is_gone(talk: Talk) -> None:
    for tag in (CUSTOMER_TAG, ANA_TAG):
        talk.carrier.of(tag).state = "away"
    talk.bridges.step(talk.bridge.id, lambda bridge: replace(bridge, conferences=()))
    talk.service.listen("boss", BOSS, "ana", talk.at)
    boss = next(party for party in talk.bridge.parties if party.agent == "boss")
    assert boss.is_gone


# -- the present offer -------------------------------------------------------------------------------


def offered(**fields: object) -> Talk:
    """Ana's leg is asked for a yes."""
    talk = Talk()
    _, ana = talk.callbacks.legs(ID)[::-1] if talk.callbacks.legs(ID)[0].agent else talk.callbacks.legs(ID)
    asked = replace(ana, state=LegState.ANSWERED, accepted_at=None, answered_at=talk.at)
    asked = replace(asked, **fields)  # type: ignore[arg-type]
    callback = replace(talk.callback, state=CallbackState.DIALLING, connected_at=None)
    talk.callbacks.step(ID, lambda attempt: Step(Attempt(callback, (asked,), attempt.agent)))
    return talk


def test_an_offer_is_taken_by_button_and_the_leg_is_moved() -> None:
    talk = offered()
    offer = talk.service.offer("ana")
    assert offer is not None and offer.can_accept
    assert talk.service.accept("ana", talk.at).is_done
    assert talk.carrier.of(ANA_TAG).urls == [f"https://us/voice/meet/{ANA_TAG}"]
    assert talk.service.offer("ana") is None
    assert talk.service.accept("ana", talk.at).why is Why.ALREADY_TAKEN


def test_an_offer_is_passed_by_button_and_the_leg_ended() -> None:
    talk = offered()
    assert talk.service.decline("ana", talk.at).is_done
    assert talk.carrier.of(ANA_TAG).state == "over"
    assert talk.service.offer("ana") is None
    assert talk.service.accept("ana", talk.at).why is Why.DECLINED


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"state": LegState.OVER, "outcome": LegOutcome.NO_ANSWER}, Why.MISSED),
        ({"is_redirected": True}, Why.CALLED_OFF),
        ({"state": LegState.RINGING, "answered_at": None}, Why.STILL_RINGING),
    ],
)
def test_who_comes_too_late_or_too_early_is_told_why(fields: dict[str, object], why: Why) -> None:
    talk = offered(**fields)
    assert talk.service.accept("ana", talk.at).why is why


def test_nothing_is_offered_to_whom_nothing_is_offered() -> None:
    talk = offered()
    assert talk.service.offer("ben") is None and talk.service.offer("nobody") is None
    assert talk.service.accept("ben", talk.at).why is Why.NO_OFFER


def test_an_accepted_offer_whose_carrier_is_silent_is_accepted() -> None:
    talk = offered()
    talk.carrier.is_silent = True
    assert talk.service.accept("ana", talk.at).answer is Answer.SILENT
    assert talk.service.accept("ana", talk.at + timedelta(seconds=1)).why is Why.ALREADY_TAKEN


# -- stores that fail --------------------------------------------------------------------------------


def failing(*_: object, **__: object) -> None:
    raise StoreFailed("locked", retryable=True)


def test_what_cannot_be_stored_is_refused(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk.bridges, "step", failing)
    assert talk.service.hold("ana", talk.at).why is Why.STORE
    monkeypatch.setattr(talk.bridges, "unsettled", failing)
    assert talk.service.hold("ana", talk.at).why is Why.NO_CALL
    monkeypatch.setattr(talk.callbacks, "step_leg", failing)
    assert talk.service.accept("ana", talk.at).why is Why.STORE


def test_an_agent_who_cannot_be_stored_is_heard_of_in_the_log_only(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk.follow_up_store, "add", failing)
    talk.service.cold("ana", TO_OUTSIDE, talk.at)
    talk.answers(talk.third().tag)
    talk.deliver()
    assert talk.bridge.passings[-1].ending is PassEnding.TAKEN
