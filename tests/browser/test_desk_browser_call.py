"""A real call at the desk whose telephone is the browser: rung, taken with one key, heard both ways, ended."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from werkzeug.serving import make_server

from agent_bridge.desk.pages import desk_blueprint
from ivr.core.queueing.legs import AgentState
from ivr.simulator.carrier.mulaw import tone
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.phone_looks import picture
from tests.browser.test_desk_call import RULES, parts_of, shows
from tests.integration.bridge_stage import AGENT, CUSTOMER, BridgeStage, on_bridge_stage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

TALK_MS = 4000
"""Whoever leaves sooner than 3 s after the connection has not talked, and is called again."""
PAGE_OF_ANA = "client:ana"


@contextmanager
def desk_of_ana(stage: BridgeStage) -> Iterator[Page]:
    """Her page in a browser of its own. Nobody signs in here, so requests for her telephone say whose it is."""
    stage.app.register_blueprint(desk_blueprint(parts_of(stage), lambda: "ana"))
    server = make_server("127.0.0.1", 0, stage.app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            page = browser.new_page()
            page.set_default_timeout(15_000)
            page.route("**/api/v1/softphone/*", lambda route: route.continue_(url=f"{route.request.url}?agent=ana"))
            page.goto(f"http://127.0.0.1:{server.server_port}/desk")
            expect(page.locator("#live")).to_have_text("Live")
            yield page
            browser.close()
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


def test_one_key_takes_the_call_in_the_browser_and_both_are_heard(tmp_path: Path) -> None:
    def scene(stage: BridgeStage) -> None:
        customer = stage.person(CUSTOMER)
        stage.agent("ana", AGENT)
        stage.agents.set_state("ana", lambda ana: replace(ana, state=AgentState.OFFLINE))
        with desk_of_ana(stage) as page:
            page.check("#softphone [value=browser]")
            expect(page.locator(".phone-state")).to_contain_text("Ready: calls ring in this browser.")
            page.click("#go button")
            shows(page, "available")
            stage.promise(CUSTOMER)
            shows(page, "ringing", "asked")
            page.keyboard.press("F2")
            shows(page, "on_call")
            stage.until(lambda: stage.is_inside(PAGE_OF_ANA) and stage.is_inside(CUSTOMER))
            expect(page.locator(".phone-state")).to_contain_text("You are on the line.")
            picture(page, "desk-browser-call")
            call = stage.call(CUSTOMER)
            assert call is not None
            stage.loop.call_soon_threadsafe(call.send_audio, tone(500, 3000))
            loud = "document.querySelector('[data-phone=line]').value > 0.2"
            assert any(page.evaluate(loud) or page.wait_for_timeout(50) for _ in range(100))
            customer.frames.clear()
            stage.until(lambda: any(not is_silence for _, _, is_silence in customer.frames))
            page.wait_for_timeout(TALK_MS)
            stage.hangs_up(CUSTOMER)
            shows(page, "wrap_up")
            expect(page.locator(".phone-state")).to_contain_text("Ready: calls ring in this browser.")
            page.check("#softphone [value=telephone]")

    if not Path(CHROMIUM).exists():
        pytest.skip("there is no Chromium on this machine")
    # In a thread of its own: another test's browser may have this one's event loop.
    with ThreadPoolExecutor(1) as beside:
        beside.submit(on_bridge_stage, tmp_path, scene, RULES, 1.0).result()
