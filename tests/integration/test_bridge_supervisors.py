"""A supervisor in a conversation: listens unheard, whispers to the agent alone, then speaks to both, and leaves."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.ports import Why
from tests.integration.bridge_stage import AGENT, BOSS, CUSTOMER, BridgeStage, on_bridge_stage

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]


def now() -> datetime:
    return datetime.now(UTC)


def listening(stage: BridgeStage) -> None:
    stage.talking()
    stage.person(BOSS)
    assert stage.service.listen("boss", BOSS, "ana", now()).is_done
    stage.until(lambda: stage.is_inside(BOSS))


def test_a_supervisor_listens_then_whispers_then_speaks_then_leaves(tmp_path: Path) -> None:
    def play(stage: BridgeStage) -> None:
        listening(stage)
        assert stage.hears(CUSTOMER, BOSS) and stage.hears(AGENT, BOSS)
        assert not stage.hears(BOSS, AGENT) and not stage.hears(BOSS, CUSTOMER)
        stage.until(lambda: stage.service.whisper("boss", now()).is_done)
        assert stage.hears(BOSS, AGENT)
        assert not stage.hears(BOSS, CUSTOMER)
        assert stage.service.barge("boss", now()).is_done
        assert stage.hears(BOSS, AGENT) and stage.hears(BOSS, CUSTOMER)
        assert stage.service.leave("boss", now()).is_done
        stage.until(lambda: stage.call(BOSS) is None)
        assert stage.hears(CUSTOMER, AGENT)
        assert stage.service.leave("boss", now()).why is Why.NO_CALL

    on_bridge_stage(tmp_path, play)


def test_a_supervisor_is_not_left_behind(tmp_path: Path) -> None:
    def play(stage: BridgeStage) -> None:
        listening(stage)
        stage.hangs_up(CUSTOMER)
        stage.until(lambda: stage.call(BOSS) is None and stage.call(AGENT) is None)

    on_bridge_stage(tmp_path, play)


def test_there_is_nothing_to_listen_to_without_a_conversation(tmp_path: Path) -> None:
    def play(stage: BridgeStage) -> None:
        assert stage.service.listen("boss", BOSS, "ana", now()).why is Why.NO_CALL
        assert stage.service.whisper("boss", now()).why is Why.NO_CALL

    on_bridge_stage(tmp_path, play)
