"""Two people in a conversation: taken by button, held with words, muted, ended; whoever hangs up first."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.core.bridging.model import BridgeEnding
from ivr.core.queueing.legs import AgentState
from ivr.core.queueing.model import CallbackState
from ivr.ports import Why
from tests.integration.bridge_stage import AGENT, CUSTOMER, BridgeStage, on_bridge_stage

pytestmark = pytest.mark.integration


def now() -> datetime:
    return datetime.now(UTC)


def test_a_call_taken_by_button_is_a_conversation_both_ways(tmp_path: Path) -> None:
    def play(stage: BridgeStage) -> None:
        callback = stage.talking()
        assert stage.hears(AGENT, CUSTOMER)
        assert stage.hears(CUSTOMER, AGENT)
        assert stage.service.accept("ana", now()).why is Why.ALREADY_TAKEN
        assert stage.service.decline("ana", now()).why is Why.ALREADY_TAKEN
        bridge = stage.service.bridge_of("ana")
        assert bridge is not None and bridge.id == f"cb-{callback.id}-1"

    on_bridge_stage(tmp_path, play)


def test_a_customer_on_hold_hears_words_and_nothing_of_the_agent(tmp_path: Path) -> None:
    def play(stage: BridgeStage) -> None:
        stage.talking()
        assert stage.service.hold("ana", now()).is_done
        stage.until(lambda: "Ana is looking something up" in stage.said(CUSTOMER))
        assert not stage.hears(AGENT, CUSTOMER)
        assert not stage.hears(CUSTOMER, AGENT)
        stage.until(lambda: "Ana is still looking" in stage.said(CUSTOMER))
        assert stage.service.hold("ana", now()).why is Why.NOT_NOW
        assert stage.service.resume("ana", now()).is_done
        stage.until(lambda: stage.hears(AGENT, CUSTOMER))

    on_bridge_stage(tmp_path, play)


def test_a_muted_agent_hears_and_is_not_heard(tmp_path: Path) -> None:
    def play(stage: BridgeStage) -> None:
        stage.talking()
        assert stage.service.mute("ana", now()).is_done
        assert not stage.hears(AGENT, CUSTOMER)
        assert stage.hears(CUSTOMER, AGENT)
        assert stage.service.unmute("ana", now()).is_done
        assert stage.hears(AGENT, CUSTOMER)

    on_bridge_stage(tmp_path, play)


def test_a_call_ended_by_button_ends_with_goodbye_and_time_for_notes(tmp_path: Path) -> None:
    def play(stage: BridgeStage) -> None:
        callback = stage.talking()
        stage.until(lambda: stage.now_is(callback).state is CallbackState.CONNECTED)
        stage.until(lambda: (now() - (stage.now_is(callback).connected_at or now())).total_seconds() > 3.5)
        assert stage.service.end("ana", now()).is_done
        stage.until(lambda: "Thank you for calling. Goodbye." in stage.said(CUSTOMER))
        stage.until(lambda: "The call is over." in stage.said(AGENT))
        stage.until(lambda: stage.now_is(callback).state is CallbackState.DONE)
        assert stage.bridge(callback).ending is BridgeEnding.ENDED
        ana = stage.agents.get("ana")
        assert ana is not None and ana.state is AgentState.WRAP_UP
        assert stage.service.hold("ana", now()).why is Why.NO_CALL

    on_bridge_stage(tmp_path, play)


def test_a_customer_whose_agent_hangs_up_first_hears_goodbye(tmp_path: Path) -> None:
    def play(stage: BridgeStage) -> None:
        callback = stage.talking()
        stage.until(lambda: stage.now_is(callback).state is CallbackState.CONNECTED)
        stage.until(lambda: (now() - (stage.now_is(callback).connected_at or now())).total_seconds() > 3.5)
        stage.hangs_up(AGENT)
        stage.until(lambda: "Thank you for calling. Goodbye." in stage.said(CUSTOMER))
        stage.until(lambda: stage.now_is(callback).state is CallbackState.DONE)
        assert stage.bridge(callback).ending is BridgeEnding.AGENT_LEFT

    on_bridge_stage(tmp_path, play)


def test_a_declined_offer_goes_back_to_the_line(tmp_path: Path) -> None:
    def play(stage: BridgeStage) -> None:
        stage.person(AGENT)
        stage.person(CUSTOMER)
        stage.agent("ana", AGENT)
        callback = stage.promise(CUSTOMER)
        stage.until(lambda: stage.can_accept("ana"))
        assert stage.service.decline("ana", now()).is_done
        assert stage.service.accept("ana", now()).why in (Why.DECLINED, Why.NO_OFFER)
        stage.until(lambda: not stage.now_is(callback).state.is_in_flight)
        assert stage.now_is(callback).state is CallbackState.PENDING

    on_bridge_stage(tmp_path, play)


def test_an_offer_that_only_rings_cannot_be_taken_by_button(tmp_path: Path) -> None:
    def play(stage: BridgeStage) -> None:
        stage.person(AGENT, after_ms=60_000)
        stage.agent("ana", AGENT)
        stage.promise(CUSTOMER)
        assert stage.service.accept("ana", now()).why is Why.NO_OFFER
        stage.until(lambda: stage.service.offer("ana") is not None)
        assert stage.service.accept("ana", now()).why is Why.STILL_RINGING

    on_bridge_stage(tmp_path, play)
