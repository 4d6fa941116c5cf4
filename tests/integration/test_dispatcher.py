"""Workers, SQLite and the simulated carrier's REST interface: promises are kept over the wire."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.core.queueing.legs import AgentState, LegOutcome
from ivr.core.queueing.model import CallbackState, Cause
from ivr.core.queueing.rules import Mode, QueueRules
from ivr.core.queueing.standing import LEAST_TALK
from ivr.simulator.carrier import Answering, Pickup, SilentParty
from tests.fakes.small_application import surroundings
from tests.integration.dispatch_stage import Stage

pytestmark = pytest.mark.integration

AGENT, CUSTOMER = "+12025550171", "+12025550123"


def on_stage(folder: Path, play: Callable[[Stage], None], rules: QueueRules | None = None, speed: float = 10.0) -> None:
    """Plays beside a served carrier; the play blocks, the carrier does not."""

    async def scene() -> None:
        async with surroundings(serve_rest=True, speed=speed) as (application, carrier):
            stage = Stage(folder, application, carrier, rules or QueueRules("general"))
            try:
                await asyncio.to_thread(play, stage)
            finally:
                stage.close()

    asyncio.run(scene())


def hang_up(stage: Stage, number: str) -> None:
    """Whoever has this number hangs up."""
    for call in list(stage.carrier.calls):
        if call.resource.to_number == number and not call.status.is_final:
            call.hang_up()


def calls_to(stage: Stage, number: str) -> int:
    """How often the carrier was asked for it."""
    return sum(call.resource.to_number == number for call in stage.carrier.calls)


@pytest.mark.parametrize("mode", list(Mode))
def test_a_promise_is_kept_over_the_wire_by_one_of_two_workers(tmp_path: Path, mode: Mode) -> None:
    def play(stage: Stage) -> None:
        for number in (AGENT, CUSTOMER):
            stage.carrier.set_answering(number, Answering(party=SilentParty))
        stage.agent("ana", AGENT)
        callback = stage.promise(CUSTOMER)
        with stage.working("w1", "w2"):
            stage.until(lambda: stage.now_is(callback).state is CallbackState.CONNECTED)
            connected_at = stage.now_is(callback).connected_at
            assert connected_at is not None
            stage.until(lambda: datetime.now(UTC) > connected_at + LEAST_TALK)
            hang_up(stage, CUSTOMER)
            hang_up(stage, AGENT)
            stage.until(lambda: stage.now_is(callback).state is CallbackState.DONE)
        assert (calls_to(stage, CUSTOMER), calls_to(stage, AGENT)) == (1, 1)
        ana = stage.agents.get("ana")
        assert ana is not None
        assert ana.state is AgentState.WRAP_UP

    on_stage(tmp_path, play, QueueRules("general", mode=mode))


def test_a_busy_customer_is_tried_again_later_and_the_agent_is_told_and_free(tmp_path: Path) -> None:
    def play(stage: Stage) -> None:
        stage.carrier.set_answering(AGENT, Answering(party=SilentParty))
        stage.carrier.set_answering(CUSTOMER, Answering(Pickup.BUSY))
        stage.agent("ana", AGENT)
        callback = stage.promise(CUSTOMER)
        with stage.working("w1"):
            stage.until(lambda: stage.now_is(callback).state is CallbackState.RETRY_AT)
        waiting = stage.now_is(callback)
        assert (waiting.cause, dict(waiting.tries)) == (Cause.BUSY, {"busy": 1})
        ana = stage.agents.get("ana")
        assert ana is not None
        assert ana.state is AgentState.AVAILABLE

    on_stage(tmp_path, play)


def test_an_agent_who_does_not_answer_is_paused_and_the_place_is_kept(tmp_path: Path) -> None:
    def play(stage: Stage) -> None:
        stage.carrier.set_answering(AGENT, Answering(Pickup.BUSY))
        stage.agent("ana", AGENT)
        callback = stage.promise(CUSTOMER)
        with stage.working("w1"):
            stage.until(lambda: (ana := stage.agents.get("ana")) is not None and ana.state is AgentState.BREAK)
            stage.until(lambda: stage.now_is(callback).state is CallbackState.PENDING)
        assert calls_to(stage, CUSTOMER) == 0
        assert stage.now_is(callback).order_at == callback.order_at

    on_stage(tmp_path, play)


def test_an_order_that_was_taken_and_never_confirmed_is_looked_up_and_not_repeated(tmp_path: Path) -> None:
    def play(stage: Stage) -> None:
        stage.tells_progress = False
        stage.carrier.faults.rest.lying.coming = 1
        stage.carrier.set_answering(CUSTOMER, Answering(Pickup.BUSY))
        stage.agent("ana", AGENT)
        callback = stage.promise(CUSTOMER)
        with stage.working("w1", "w2"):
            stage.until(lambda: stage.now_is(callback).state is CallbackState.RETRY_AT, secs=60)
        (leg,) = stage.callbacks.legs(callback.id)
        assert (leg.outcome, calls_to(stage, CUSTOMER)) == (LegOutcome.BUSY, 1)

    on_stage(tmp_path, play, QueueRules("general", mode=Mode.CUSTOMER_FIRST))
