"""The desk's own telephone in a real browser: chosen, rung, answered, taken by one of two tabs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from ivr.simulator.carrier import CarrierCall
from ivr.simulator.carrier.call import CallHooks
from ivr.simulator.carrier.documents import InlineTwiml
from ivr.simulator.carrier.mulaw import SILENCE, tone
from ivr.simulator.carrier.outbound import DialOrder
from tests.browser.phone_looks import NARROW, WIDE, listen_for_errors, picture, violations
from tests.browser.phone_stage import PhoneStage, phone_stage
from tests.fakes.small_application import connect

pytestmark = pytest.mark.browser

READY = "Ready: calls ring in this browser."


@pytest.fixture(scope="module")
def stage() -> Iterator[PhoneStage]:
    with phone_stage() as running:
        yield running


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    return chromium


@pytest.fixture
def context(browser: Browser, stage: PhoneStage) -> Iterator[BrowserContext]:
    stage.application.replies["/agent"] = connect(stage.application)
    stage.application.sockets.clear()
    context = browser.new_context(viewport=WIDE)
    yield context
    page = context.pages[0]
    if page.locator("#softphone [value=browser]").is_checked():
        page.check("#softphone [value=telephone]")
    context.close()
    stage.until(lambda: not stage.carrier.switchboard.phones)


def opened(context: BrowserContext, stage: PhoneStage) -> Page:
    page = context.new_page()
    page.goto(f"{stage.url}/agents-page")
    page.wait_for_selector("#softphone:not([hidden])")
    return page


def at_browser(context: BrowserContext, stage: PhoneStage) -> Page:
    page = opened(context, stage)
    page.check("#softphone [value=browser]")
    expect(page.locator(".phone-state")).to_contain_text(READY)
    expect(page.locator(".phone-state")).to_contain_text("Microphone on")
    return page


def ring(stage: PhoneStage) -> CarrierCall:
    async def dial() -> CarrierCall:
        document = InlineTwiml(connect(stage.application))
        return stage.carrier.dial("+15005550006", "client:ana", CallHooks(), DialOrder(document))

    return stage.loop.run(dial())


def end(stage: PhoneStage, call: CarrierCall) -> None:
    async def hang_up() -> None:
        call.hang_up()

    stage.loop.run(hang_up())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_panel_is_accessible(context: BrowserContext, stage: PhoneStage, scheme: str, size: dict[str, int]) -> None:
    page = opened(context, stage)
    errors = listen_for_errors(page)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size(size)  # type: ignore[arg-type]
    assert violations(page) == []
    page.check("#softphone [value=browser]")
    expect(page.locator(".phone-state")).to_contain_text("Microphone on")
    call = ring(stage)
    expect(page.locator("[data-phone=answer]")).to_be_visible()
    assert violations(page) == []
    picture(page, f"desk-phone-{scheme}-{size['width']}")
    end(stage, call)
    expect(page.locator("[data-phone=answer]")).to_be_hidden()
    assert errors == []


def test_desks_accept_answers_the_ringing_telephone_and_both_are_heard(
    context: BrowserContext, stage: PhoneStage
) -> None:
    page = at_browser(context, stage)
    call = ring(stage)
    expect(page.locator(".phone-state")).to_contain_text("Your telephone rings.")
    page.click("#accept")
    expect(page.locator(".phone-state")).to_contain_text("You are on the line.")
    stage.until(lambda: bool(stage.application.sockets) and any(frame != SILENCE for frame in stage.frames()))
    stage.loop.run(stage.application.sockets[-1].media(tone(500, 2000)))
    loud = "document.querySelector('[data-phone=line]').value > 0.2"
    assert any(page.evaluate(loud) or page.wait_for_timeout(50) for _ in range(100))
    end(stage, call)
    expect(page.locator(".phone-state")).to_contain_text(READY)


def test_accept_that_comes_before_the_ring_is_remembered(context: BrowserContext, stage: PhoneStage) -> None:
    page = at_browser(context, stage)
    page.click("#accept")
    call = ring(stage)
    expect(page.locator(".phone-state")).to_contain_text("You are on the line.")
    page.click("[data-phone=hang-up]")
    stage.until(lambda: call.status.is_final)


def test_reloaded_page_finds_its_call_again(context: BrowserContext, stage: PhoneStage) -> None:
    page = at_browser(context, stage)
    call = ring(stage)
    page.click("#accept")
    expect(page.locator(".phone-state")).to_contain_text("You are on the line.")
    page.reload()
    expect(page.locator(".phone-state")).to_contain_text("You are on the line.")
    assert not call.status.is_final
    expect(page.locator("[data-phone=sound]")).to_be_visible()
    page.click("[data-phone=sound]")
    expect(page.locator(".phone-state")).to_contain_text("Microphone on")
    page.click("[data-phone=hang-up]")
    stage.until(lambda: call.status.is_final)


def test_of_two_tabs_one_is_the_telephone_and_the_other_takes_over(context: BrowserContext, stage: PhoneStage) -> None:
    first = at_browser(context, stage)
    second = opened(context, stage)
    expect(second.locator(".phone-state")).to_contain_text("Your telephone is in another tab.")
    assert len(stage.carrier.switchboard.phones) == 1
    first.close()
    expect(second.locator(".phone-state")).to_contain_text(READY)
    stage.until(lambda: len(stage.carrier.switchboard.rings_at("client:ana")) >= 1)


def test_agent_goes_back_to_the_telephone(context: BrowserContext, stage: PhoneStage) -> None:
    page = at_browser(context, stage)
    page.check("#softphone [value=telephone]")
    expect(page.locator(".phone-state")).to_contain_text("Calls ring at your telephone.")
    stage.until(lambda: not stage.carrier.switchboard.phones)
    call = ring(stage)
    stage.until(lambda: call.status.is_final)
    assert call.status.value == "failed"
