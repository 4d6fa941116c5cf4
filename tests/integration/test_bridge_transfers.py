"""A third person: consult, three-way, warm and cold transfer, the way back, and the offer when nobody is left."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.core.bridging.followups import CheckBack, FollowUpState
from ivr.core.bridging.model import Offer, PassEnding, PassKind, Target, TargetKind
from ivr.core.queueing.legs import AgentState
from ivr.core.queueing.model import Callback, CallbackState
from ivr.ports import Why
from ivr.simulator.carrier import Pickup
from tests.integration.bridge_stage import AGENT, BEN, CUSTOMER, OUTSIDE, BridgeStage, on_bridge_stage

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

TO_BEN = Target(TargetKind.AGENT, "ben")
TAKE_IT = "To take the call, press 1"


def now() -> datetime:
    return datetime.now(UTC)


def state_of(stage: BridgeStage, agent: str) -> AgentState:
    found = stage.agents.get(agent)
    assert found is not None
    return found.state


def endings(stage: BridgeStage, callback: Callback) -> list[tuple[PassKind, PassEnding | None]]:
    return [(passing.kind, passing.ending) for passing in stage.bridge(callback).passings]


def with_ben(stage: BridgeStage) -> Callback:
    """Ana talks with the customer, and has asked Ben in."""
    callback = stage.talking()
    stage.person(BEN)
    stage.agent("ben", BEN)
    assert stage.service.consult("ana", TO_BEN, now()).is_done
    stage.until(lambda: TAKE_IT in stage.said(BEN))
    return callback


def in_consult(stage: BridgeStage) -> Callback:
    """Ben has said yes."""
    callback = with_ben(stage)
    stage.presses(BEN, "1")
    stage.until(lambda: stage.is_inside(BEN))
    return callback


def test_a_consult_is_between_the_agents_while_the_customer_hears_words(tmp_path: Path) -> None:
    def play(stage: BridgeStage) -> None:
        with_ben(stage)
        assert "Ana passes you a call. a customer" in stage.said(BEN)
        assert not stage.is_inside(BEN)
        stage.until(lambda: "Ana is asking a colleague" in stage.said(CUSTOMER))
        stage.presses(BEN, "1")
        stage.until(lambda: stage.is_inside(BEN))
        assert stage.hears(AGENT, BEN) and stage.hears(BEN, AGENT)
        assert not stage.hears(BEN, CUSTOMER)
        assert state_of(stage, "ben") is AgentState.ON_CALL
        assert stage.service.consult("ana", TO_BEN, now()).why is Why.BUSY

    on_bridge_stage(tmp_path, play)


def test_a_warm_transfer_leaves_the_colleague_with_the_customer(tmp_path: Path) -> None:
    def play(stage: BridgeStage) -> None:
        callback = in_consult(stage)
        assert stage.service.complete("ana", now()).is_done
        stage.until(lambda: "You have passed the call on" in stage.said(AGENT))
        stage.until(lambda: stage.call(AGENT) is None)
        stage.until(lambda: stage.hears(BEN, CUSTOMER))
        assert stage.hears(CUSTOMER, BEN)
        assert state_of(stage, "ana") is AgentState.WRAP_UP
        assert endings(stage, callback) == [(PassKind.CONSULT, PassEnding.COMPLETED)]
        [follow_up] = stage.follow_ups.for_agent("ana")
        assert (follow_up.passed_to, follow_up.number) == ("Ben", CUSTOMER)
        stage.hangs_up(CUSTOMER)
        stage.until(lambda: stage.now_is(callback).state is CallbackState.DONE)
        stage.until(lambda: state_of(stage, "ben") is AgentState.WRAP_UP)
        stage.until(lambda: stage.call(BEN) is None)

    on_bridge_stage(tmp_path, play)


def test_three_people_hear_each_other(tmp_path: Path) -> None:
    def play(stage: BridgeStage) -> None:
        callback = in_consult(stage)
        assert stage.service.join("ana", now()).is_done
        stage.until(lambda: stage.hears(BEN, CUSTOMER))
        assert stage.hears(AGENT, CUSTOMER) and stage.hears(CUSTOMER, AGENT) and stage.hears(CUSTOMER, BEN)
        stage.hangs_up(AGENT)
        stage.until(lambda: stage.call(AGENT) is None)
        stage.until(lambda: stage.hears(BEN, CUSTOMER))
        assert endings(stage, callback) == [(PassKind.CONSULT, PassEnding.JOINED)]

    on_bridge_stage(tmp_path, play)


def test_a_consult_that_is_cancelled_gives_the_customer_back(tmp_path: Path) -> None:
    def play(stage: BridgeStage) -> None:
        callback = in_consult(stage)
        assert stage.service.cancel_consult("ana", now()).is_done
        stage.until(lambda: stage.call(BEN) is None)
        stage.until(lambda: stage.hears(AGENT, CUSTOMER))
        assert "The call does not need you any more" in stage.said(BEN)
        assert endings(stage, callback) == [(PassKind.CONSULT, PassEnding.CANCELLED)]

    on_bridge_stage(tmp_path, play)


def test_a_colleague_who_passes_is_free_and_the_customer_is_back(tmp_path: Path) -> None:
    def play(stage: BridgeStage) -> None:
        callback = with_ben(stage)
        stage.presses(BEN, "2")
        stage.until(lambda: endings(stage, callback) == [(PassKind.CONSULT, PassEnding.DECLINED)])
        stage.until(lambda: stage.hears(AGENT, CUSTOMER))
        stage.until(lambda: state_of(stage, "ben") is AgentState.AVAILABLE)

    on_bridge_stage(tmp_path, play)


def test_an_agent_who_hangs_up_in_a_consult_leaves_the_customer_to_the_colleague(tmp_path: Path) -> None:
    def play(stage: BridgeStage) -> None:
        in_consult(stage)
        stage.hangs_up(AGENT)
        stage.until(lambda: stage.hears(BEN, CUSTOMER))
        assert stage.is_inside(CUSTOMER)

    on_bridge_stage(tmp_path, play)


def test_a_cold_transfer_is_taken_by_a_number_outside(tmp_path: Path) -> None:
    def play(stage: BridgeStage) -> None:
        callback = stage.talking()
        stage.person(OUTSIDE)
        assert stage.service.cold("ana", Target(TargetKind.NUMBER, OUTSIDE), now()).is_done
        stage.until(lambda: "You are being connected to" in stage.said(CUSTOMER))
        stage.until(lambda: stage.call(AGENT) is None)
        stage.until(lambda: TAKE_IT in stage.said(OUTSIDE))
        stage.presses(OUTSIDE, "1")
        stage.until(lambda: stage.hears(OUTSIDE, CUSTOMER))
        assert stage.hears(CUSTOMER, OUTSIDE)
        assert endings(stage, callback) == [(PassKind.COLD, PassEnding.TAKEN)]
        assert len(stage.follow_ups.for_agent("ana")) == 1
        stage.hangs_up(OUTSIDE)
        stage.until(lambda: "Thank you for calling. Goodbye." in stage.said(CUSTOMER))
        stage.until(lambda: stage.now_is(callback).state is CallbackState.DONE)

    on_bridge_stage(tmp_path, play)


def test_a_cold_transfer_to_a_dead_number_comes_back_to_the_agent(tmp_path: Path) -> None:
    def play(stage: BridgeStage) -> None:
        callback = stage.talking()
        stage.person(OUTSIDE, pickup=Pickup.FAIL)
        assert stage.service.cold("ana", Target(TargetKind.NUMBER, OUTSIDE), now()).is_done
        stage.until(lambda: "I am getting Ana back for you" in stage.said(CUSTOMER))
        stage.until(lambda: "Your caller is coming back to you" in stage.said(AGENT))
        stage.presses(AGENT, "1")
        stage.until(lambda: stage.is_inside(AGENT))
        stage.until(lambda: stage.hears(AGENT, CUSTOMER))
        assert endings(stage, callback) == [(PassKind.COLD, PassEnding.FAILED), (PassKind.RETURN, PassEnding.TAKEN)]
        assert stage.follow_ups.for_agent("ana") == []
        assert stage.service.bridge_of("ana") is not None
        assert stage.service.hold("ana", now()).is_done

    on_bridge_stage(tmp_path, play)


def test_a_customer_whom_nobody_takes_is_offered_a_call_and_it_is_promised(tmp_path: Path) -> None:
    def play(stage: BridgeStage) -> None:
        callback = stage.talking()
        stage.person(OUTSIDE, pickup=Pickup.BUSY)
        assert stage.service.cold("ana", Target(TargetKind.NUMBER, OUTSIDE), now()).is_done
        stage.agents.set_state("ana", lambda agent: replaced(agent))
        stage.until(lambda: "If you would like us to call you back, press 1" in stage.said(CUSTOMER))
        stage.presses(CUSTOMER, "1")
        stage.until(lambda: "We will call you back as soon as somebody is free" in stage.said(CUSTOMER))
        stage.until(lambda: stage.now_is(callback).state is CallbackState.DONE)
        stage.until(lambda: stage.bridge(callback).offer is Offer.KEPT)
        [owed] = stage.callbacks.open_for(CUSTOMER)
        assert (owed.queue, owed.arrived_at) == ("general", callback.arrived_at)

    on_bridge_stage(tmp_path, play)


def replaced(agent: object) -> object:
    from dataclasses import replace

    return replace(agent, state=AgentState.OFFLINE, callback_id="")  # type: ignore[type-var]


def test_a_follow_up_is_done_by_a_check_back_call(tmp_path: Path) -> None:
    def play(stage: BridgeStage) -> None:
        callback = in_consult(stage)
        assert stage.service.complete("ana", now()).is_done
        stage.until(lambda: stage.call(AGENT) is None)
        stage.until(lambda: stage.hears(BEN, CUSTOMER))
        stage.hangs_up(CUSTOMER)
        stage.until(lambda: stage.now_is(callback).state is CallbackState.DONE)
        [follow_up] = stage.follow_ups.for_agent("ana")
        asked = stage.follow_ups.check_back(follow_up.id, "ana", CheckBack.CALL, now())
        assert asked is not None and asked.state is FollowUpState.CHECKING
        check = stage.callbacks.get(asked.check_id)
        assert check is not None and (check.owner, check.number) == ("ana", CUSTOMER)
        assert stage.follow_ups.check_back(follow_up.id, "ana", CheckBack.CALL, now()) is None
        assert stage.follow_ups.done(follow_up.id, "ben", "", now()) is None
        assert stage.follow_ups.done(follow_up.id, "ana", "solved", now()) is not None
        assert stage.follow_ups.for_agent("ana") == []

    on_bridge_stage(tmp_path, play)
