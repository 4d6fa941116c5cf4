"""A real call through the desk: a worker dials over the simulated carrier, a browser takes the call and ends it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from werkzeug.serving import make_server

from agent_bridge.desk.pages import desk_blueprint
from agent_bridge.desk.parts import DeskParts
from ivr.core.queueing.legs import AgentState
from ivr.core.queueing.model import CallbackState
from ivr.core.queueing.rules import QueueRules
from ivr.runtime.clock import SystemClock
from ivr.storage import SqlContactStore, SqlDeskPresence, SqlDeskPulse
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.fakes.stores import MemoryCallStore, MemoryWebhookLedger
from tests.integration.bridge_stage import AGENT, CUSTOMER, BridgeStage, on_bridge_stage

pytestmark = pytest.mark.browser

RULES = QueueRules("general", wrap_up_secs=60, ring_agent_secs=20)


def parts_of(stage: BridgeStage) -> DeskParts:
    """The desk over the stage's database and bridge."""
    return DeskParts(
        agents=stage.agents,
        callbacks=stage.callbacks,
        calls=MemoryCallStore(),
        contacts=SqlContactStore(stage.database),
        presence=SqlDeskPresence(stage.database),
        pulse=SqlDeskPulse(stage.database),
        ledger=MemoryWebhookLedger(),
        clock=SystemClock(None),
        bridge=stage.service,
        rules=lambda: {"general": RULES},
        zones=lambda: {"general": "UTC"},
        follow_ups=stage.follow_ups,
    )


@contextmanager
def desk_of(stage: BridgeStage, agent: str) -> Iterator[Page]:
    """The agent's page in a browser of its own; without sockets, so that it asks each second."""
    stage.app.register_blueprint(desk_blueprint(parts_of(stage), lambda: agent))
    server = make_server("127.0.0.1", 0, stage.app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            page = browser.new_page()
            page.set_default_timeout(15_000)
            page.goto(f"http://127.0.0.1:{server.server_port}/desk")
            expect(page.locator("#live")).to_have_text("Live")
            yield page
            browser.close()
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


def shows(page: Page, *faces: str) -> None:
    one_of = ", ".join(f"#now[data-face={face}]" for face in faces)
    expect(page.locator(one_of)).to_be_visible(timeout=20_000)


def on_stage(folder: Path, play: Callable[[BridgeStage, Page], None]) -> None:
    """Ana is signed in and offline; her telephone and the customer's answer."""
    if not Path(CHROMIUM).exists():
        pytest.skip("there is no Chromium on this machine")

    def scene(stage: BridgeStage) -> None:
        stage.person(CUSTOMER)
        stage.agent("ana", AGENT)
        stage.agents.set_state("ana", lambda ana: replace(ana, state=AgentState.OFFLINE))
        with desk_of(stage, "ana") as page:
            play(stage, page)

    # In a thread of its own: where other tests have a browser open, this one has an event loop already.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(on_bridge_stage, folder, scene, RULES, speed=1.0).result()


@pytest.mark.timeout(180)
def test_a_call_is_taken_talked_muted_ended_and_noted_by_keyboard(tmp_path: Path) -> None:
    def play(stage: BridgeStage, page: Page) -> None:
        stage.person(AGENT)
        page.locator("#go button").focus()
        page.keyboard.press("Enter")
        shows(page, "available")
        callback = stage.promise(CUSTOMER)
        shows(page, "ringing", "asked")
        page.keyboard.press("F2")
        shows(page, "on_call")
        stage.until(lambda: stage.is_inside(AGENT) and stage.is_inside(CUSTOMER))
        assert stage.hears(AGENT, CUSTOMER)
        assert stage.hears(CUSTOMER, AGENT)
        page.keyboard.press("F4")
        expect(page.locator("#r-controls")).to_contain_text("Muted")
        assert not stage.hears(AGENT, CUSTOMER)
        page.keyboard.press("F4")
        expect(page.locator("#r-controls")).not_to_contain_text("Muted")
        page.keyboard.press("n")
        page.keyboard.type("All settled.")
        page.keyboard.press("F9")
        expect(page.locator("#end")).to_be_visible()
        page.keyboard.press("Enter")
        shows(page, "wrap_up")
        page.locator("#finish input").nth(1).focus()
        page.keyboard.press("1")
        page.keyboard.press("Control+Enter")
        shows(page, "available")
        (contact,) = SqlContactStore(stage.database).of_agent("ana")
        assert (contact.callback_id, contact.outcome, contact.note) == (callback.id, "resolved", "All settled.")
        known = stage.callbacks.get(callback.id)
        assert known is not None and known.state is CallbackState.DONE

    on_stage(tmp_path, play)


@pytest.mark.timeout(180)
def test_not_now_and_missed_are_told_apart(tmp_path: Path) -> None:
    def play(stage: BridgeStage, page: Page) -> None:
        stage.person(AGENT)
        page.locator("#go button").click()
        shows(page, "available")
        stage.promise(CUSTOMER)
        shows(page, "ringing", "asked")
        expect(page.locator("#decline button")).to_be_visible()
        page.locator("#decline button").click()
        shows(page, "resting")
        ana = stage.agents.get("ana")
        assert ana is not None and (ana.state, ana.missed) == (AgentState.WRAP_UP, 0)

    on_stage(tmp_path, play)
