"""A promise is kept between two browser tabs: the agent's page and the customer's."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.core.queueing.legs import AgentPhone, AgentState, LegOutcome, Role
from ivr.core.queueing.model import CallbackState
from ivr.core.queueing.rules import QueueRules
from tests.fakes.small_application import surroundings
from tests.integration.dispatch_stage import Stage
from tests.integration.softphone_client import TELEPHONE, Browser, browser, registered, telephone_token

pytestmark = pytest.mark.integration

NUMBER_OF_ANA = "+12025550171"


def work(stage: Stage, stop: threading.Event) -> None:
    with stage.working("w1"):
        stop.wait()


def at_page(stage: Stage) -> None:
    """Ana is signed in, and her page is her telephone."""
    stage.agent("ana", NUMBER_OF_ANA)
    stage.agents.set_state("ana", lambda ana: replace(ana, phone=AgentPhone.BROWSER))


async def takes(page: Browser) -> dict[str, str]:
    incoming: dict[str, str] = await page.next("incoming")
    await page.send("accept", call=incoming["call"])
    await page.next("connected")
    return incoming


def test_the_agents_page_is_rung_and_then_the_customers(tmp_path: Path) -> None:
    async def scene() -> None:
        async with surroundings(1, serve_rest=True, telephones=(TELEPHONE,)) as (application, carrier):
            stage, stop = Stage(tmp_path, application, carrier, QueueRules("general")), threading.Event()
            at_page(stage)
            async with registered(carrier, "ana") as ana, browser(carrier, telephone_token()) as customer:
                await customer.send("register", address=TELEPHONE)
                await customer.next("registered")
                callback = stage.promise(TELEPHONE)
                working = asyncio.create_task(asyncio.to_thread(work, stage, stop))
                try:
                    assert (await takes(ana))["to"] == "client:ana"
                    assert (await takes(customer))["to"] == TELEPHONE
                    state = CallbackState.CONNECTED
                    await asyncio.to_thread(stage.until, lambda: stage.now_is(callback).state is state)
                finally:
                    stop.set()
                    await working
                    stage.close()
        assert [call.resource.to_number for call in carrier.calls] == ["client:ana", TELEPHONE]

    asyncio.run(scene())


def test_an_agent_whose_page_is_closed_is_out_of_reach_at_once(tmp_path: Path) -> None:
    async def scene() -> None:
        async with surroundings(1, serve_rest=True) as (application, carrier):
            stage, stop = Stage(tmp_path, application, carrier, QueueRules("general")), threading.Event()
            at_page(stage)
            callback = stage.promise(TELEPHONE)
            working = asyncio.create_task(asyncio.to_thread(work, stage, stop))

            def is_paused() -> bool:
                ana = stage.agents.get("ana")
                return ana is not None and (ana.state, ana.reason) == (AgentState.BREAK, "failed")

            try:
                await asyncio.to_thread(stage.until, is_paused)
                (leg,) = stage.callbacks.legs(callback.id)
                assert (leg.role, leg.number, leg.outcome) == (Role.AGENT, "client:ana", LegOutcome.FAILED)
            finally:
                stop.set()
                await working
                stage.close()

    asyncio.run(scene())
