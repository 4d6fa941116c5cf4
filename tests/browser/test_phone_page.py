"""The page /phone in a real browser, beside a carrier whose line answers with a media stream."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from ivr.simulator.carrier.call import CallHooks
from ivr.simulator.carrier.documents import InlineTwiml
from ivr.simulator.carrier.mulaw import SILENCE, tone
from ivr.simulator.carrier.outbound import DialOrder
from tests.browser.phone_looks import NARROW, WIDE, listen_for_errors, picture, violations
from tests.browser.phone_stage import SPOKEN, TELEPHONES, PhoneStage, phone_stage
from tests.fakes.small_application import connect

pytestmark = pytest.mark.browser

QUICK_MS = 8000


@pytest.fixture(scope="module")
def stage() -> Iterator[PhoneStage]:
    with phone_stage() as running:
        yield running


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    return chromium


@pytest.fixture
def page(browser: Browser, stage: PhoneStage) -> Iterator[Page]:
    yield from opened(browser, stage)


def opened(browser: Browser, stage: PhoneStage, **options: Any) -> Iterator[Page]:
    stage.application.replies["/voice"] = connect(stage.application)
    stage.application.sockets.clear()
    context = browser.new_context(viewport=WIDE, **options)
    page = context.new_page()
    errors = listen_for_errors(page)
    page.goto(f"{stage.url}/phone")
    wait_for(page, "idle")
    try:
        yield page
        assert errors == []
    finally:
        context.close()
        stage.until(lambda: not stage.carrier.switchboard.phones)


def wait_for(page: Page, state: str) -> None:
    page.wait_for_selector(f"#phone[data-state={state}]", timeout=QUICK_MS)


def call(page: Page, stage: PhoneStage) -> None:
    page.click("#call")
    wait_for(page, "connected")
    stage.until(lambda: bool(stage.application.sockets))


def keys(stage: PhoneStage) -> str:
    return "".join(one["dtmf"]["digit"] for one in stage.application.sockets[-1].of("dtmf"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_page_is_accessible_at_rest_during_a_call_and_while_it_rings(
    browser: Browser, stage: PhoneStage, scheme: Any, size: Any
) -> None:
    for page in opened(browser, stage, color_scheme=scheme):
        page.set_viewport_size(size)
        name = f"phone-{scheme}-{size['width']}"
        assert violations(page) == []
        picture(page, f"{name}-rest")
        stage.loop.run(ring(stage))
        page.wait_for_selector("#incoming:not([hidden])")
        assert violations(page) == []
        picture(page, f"{name}-ringing")
        page.click("#decline")
        call(page, stage)
        page.click("summary")
        page.check("#captions")
        page.click("[data-key='5']")
        assert violations(page) == []
        picture(page, f"{name}-call")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.click("#hangup")
        wait_for(page, "idle")


def test_nothing_is_wider_than_a_very_small_screen_and_targets_are_large(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    boxes = page.eval_on_selector_all(
        "main button:not([hidden]), main select, main input, main summary",
        "all => all.map(one => [one.id || one.dataset.key || one.tagName, one.offsetWidth, one.offsetHeight])",
    )
    assert [name for name, width, height in boxes if width and min(width, height) < 24] == []
    assert [name for name, width, height in boxes if width and name in "0123456789*#callmute" and height < 44] == []


def test_sound_crosses_both_ways_and_keys_arrive(page: Page, stage: PhoneStage) -> None:
    call(page, stage)
    stage.until(lambda: any(frame != SILENCE for frame in stage.frames()))
    assert page.evaluate("document.getElementById('level-line').value") < 0.01
    stage.loop.run(stage.application.sockets[-1].media(tone(500, 3000)))
    loud = "document.getElementById('level-line').value > 0.2"
    assert any(page.evaluate(loud) or page.wait_for_timeout(50) for _ in range(100))
    page.click("[data-key='4']")
    page.locator("body").press("2")
    page.click("[data-key='#']")
    stage.until(lambda: keys(stage) == "42#")
    expect(page.locator("#pressed")).to_have_text("42#")
    page.click("#hangup")
    wait_for(page, "idle")
    expect(page.locator("#notice")).to_have_text("The call is over.")
    stage.until(stage.last_call_ended)


def test_muted_microphone_sends_nothing(page: Page, stage: PhoneStage) -> None:
    call(page, stage)
    stage.until(lambda: any(frame != SILENCE for frame in stage.frames()))
    page.click("#mute")
    expect(page.locator("#badge-word")).to_have_text("Connected, muted")
    expect(page.locator("#mute")).to_have_text("Unmute")
    before = len(stage.frames()) + 25
    stage.until(lambda: len(stage.frames()) > before + 50)
    assert set(stage.frames()[before:]) == {SILENCE}
    page.click("#hangup")
    wait_for(page, "idle")


def test_without_a_microphone_typing_and_keypad_still_make_a_call(browser: Browser, stage: PhoneStage) -> None:
    refusing = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));"
    stage.application.replies["/voice"] = connect(stage.application)
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    page.add_init_script(refusing)
    page.goto(f"{stage.url}/phone")
    wait_for(page, "idle")
    stage.application.sockets.clear()
    call(page, stage)
    expect(page.locator("#mic-state")).to_contain_text("refused")
    page.fill("#words", "Where is my order?")
    page.press("#words", "Enter")
    stage.until(lambda: stage.heard_by_application(SPOKEN[:3200]))
    page.locator("#timer").click()
    page.keyboard.press("7")
    stage.until(lambda: keys(stage) == "7")
    page.click("#hangup")
    wait_for(page, "idle")
    context.close()


def test_closed_page_ends_its_call_at_once(browser: Browser, stage: PhoneStage) -> None:
    stage.application.replies["/voice"] = connect(stage.application)
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{stage.url}/phone")
    wait_for(page, "idle")
    call(page, stage)
    began = time.monotonic()
    page.close(run_before_unload=True)
    stage.until(stage.last_call_ended, 5)
    assert time.monotonic() - began < 5
    context.close()


def test_lost_line_comes_back_and_the_call_goes_on(page: Page, stage: PhoneStage) -> None:
    call(page, stage)
    own = stage.carrier.calls[-1]
    (phone,) = stage.carrier.switchboard.phones
    assert phone.outbox is not None
    stage.loop.run(give_up(phone.outbox))
    expect(page.locator("#live")).to_contain_text("Reconnecting", timeout=QUICK_MS)
    expect(page.locator("#live")).to_contain_text("Line ready", timeout=QUICK_MS)
    expect(page.locator("#badge-word")).to_have_text("Connected")
    assert stage.carrier.calls[-1] is own and not own.status.is_final
    page.click("#hangup")
    wait_for(page, "idle")


async def give_up(outbox: Any) -> None:
    outbox.close()


async def ring(stage: PhoneStage, number: str = TELEPHONES[0]) -> None:
    twiml = '<Response><Say>hello</Say><Pause length="60"/></Response>'
    stage.carrier.dial("+15005550006", number, CallHooks(), DialOrder(InlineTwiml(twiml)))


def test_line_that_calls_back_rings_at_the_number_the_page_has_chosen(page: Page, stage: PhoneStage) -> None:
    page.select_option("#from", TELEPHONES[1])
    stage.until(lambda: bool(stage.carrier.switchboard.rings_at(TELEPHONES[1])))
    stage.loop.run(ring(stage, TELEPHONES[1]))
    page.wait_for_selector("#incoming:not([hidden])")
    assert "is calling" in page.inner_text("#incoming .who") and page.title().startswith("(☎)")
    page.click("#answer")
    wait_for(page, "connected")
    assert page.is_hidden("#incoming")
    page.click("#hangup")
    wait_for(page, "idle")


def test_japanese_number_brings_a_japanese_voice_and_language(page: Page) -> None:
    page.select_option("#to", "+815005550006")
    assert page.input_value("#language") == "ja-JP"
    assert page.get_attribute("#words", "lang") == "ja"


def test_telephone_is_used_by_keyboard_alone(page: Page, stage: PhoneStage) -> None:
    page.focus("#call")
    page.keyboard.press("Enter")
    wait_for(page, "connected")
    assert page.evaluate("document.activeElement.id") == "hangup"
    page.keyboard.press("1")
    stage.until(lambda: bool(stage.application.sockets) and keys(stage) == "1")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#badge-word")).to_have_text("Connected, muted")
    page.focus("#hangup")
    page.keyboard.press("Enter")
    wait_for(page, "idle")
    assert page.evaluate("document.activeElement.id") == "call"


def test_bad_line_is_put_in_between(page: Page, stage: PhoneStage) -> None:
    page.click("summary")
    page.locator("#noise").fill("35")
    expect(page.locator("#line-words")).to_have_text("noise 5 dB")
    call(page, stage)
    page.click("#mute")
    stage.until(lambda: len(set(stage.frames()[-20:])) > 10)
    page.locator("#noise").fill("0")
    page.click("#hangup")
    wait_for(page, "idle")
