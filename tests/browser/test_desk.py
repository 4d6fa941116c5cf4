"""The agents' desk in a real browser: what is shown when, what keys do, and what survives."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from ivr.core.queueing.legs import AgentState, LegState
from ivr.storage import SqlContactStore
from tests.browser.conftest import FACES, Face, OpenPage, assert_accessible, assert_targets, sign_in
from tests.browser.desk_scene import DeskScene
from tests.browser.site import PROJECT, Site, running_site

pytestmark = pytest.mark.browser

PICTURES = Path("var/screenshots")


@pytest.fixture
def scene(site: Site) -> Iterator[DeskScene]:
    with site.house() as house:
        made = DeskScene(house)
        made.clear()
        yield made
        made.clear()


def desk(open_page: OpenPage, face: Face = FACES[0]) -> Page:
    """Ana's desk, live."""
    page = open_page("ana", face)
    page.goto("/desk")
    expect(page.locator("#live")).to_have_text("Live")
    return page


def shows(page: Page, face: str) -> None:
    """Waits for a face of the desk; longer than a second is too long for news."""
    expect(page.locator(f"#now[data-face={face}]")).to_be_visible(timeout=3000)


def picture(page: Page, name: str) -> None:
    """To be looked at by people."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    # The library would write the file in a thread that it keeps.
    (PICTURES / f"desk-{name}.png").write_bytes(page.screenshot())


def press_accept(page: Page) -> None:
    page.keyboard.press("F2")


# -- the way of a call ------------------------------------------------------------------------


def test_a_whole_call_by_keyboard_alone(open_page: OpenPage, scene: DeskScene) -> None:
    page = desk(open_page)
    page.get_by_role("button", name="Go available").focus()
    page.keyboard.press("Enter")
    shows(page, "available")
    scene.promised()
    scene.offered()
    shows(page, "ringing")
    assert page.title() == "(☎) Order status – could not be answered – Jo Ortiz"
    expect(page.locator("#call-out")).to_have_text(
        "Incoming call: Jo Ortiz, Order status – could not be answered. F2 accepts."
    )
    scene.talking()
    shows(page, "on_call")
    assert page.title() == "Desk – Denwaban"
    assert page.evaluate("document.activeElement !== document.body")
    page.keyboard.press("F8")
    expect(page.get_by_role("dialog", name="Ask a colleague, or transfer")).to_be_visible()
    assert page.evaluate("document.querySelector('#pass').contains(document.activeElement)")
    page.keyboard.press("Escape")
    page.keyboard.press("F9")
    expect(page.get_by_role("dialog", name="End the call with Jo Ortiz?")).to_be_visible()
    expect(page.get_by_role("button", name="End call")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.type("Parcel is late, jk/ sent again.")
    scene.ended(120)
    shows(page, "wrap_up")
    expect(page.locator("#note")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("1")
    expect(page.get_by_label("Resolved")).to_be_checked()
    page.keyboard.press("Control+Enter")
    shows(page, "available")
    (contact,) = SqlContactStore(scene.house.database).of_agent("ana", limit=1)
    assert (contact.outcome, contact.note) == ("resolved", "Parcel is late, jk/ sent again.")


def test_accept_before_the_telephone_is_answered_is_remembered_for_this_offer(
    open_page: OpenPage, scene: DeskScene
) -> None:
    scene.become(AgentState.AVAILABLE)
    page = desk(open_page)
    scene.promised()
    scene.offered()
    shows(page, "ringing")
    press_accept(page)
    expect(page.locator("#accept-hint")).to_have_text("Accepted. Pick up your telephone, and you are connected.")
    with page.expect_request("**/desk/do/accept") as asked:
        scene.offered(LegState.ANSWERED)
    assert "key=" in (asked.value.post_data or "")


def test_missed_and_passed_on_are_different_words(open_page: OpenPage, scene: DeskScene) -> None:
    page = desk(open_page)
    scene.become(AgentState.BREAK, reason="missed 1", missed=1)
    shows(page, "missed")
    expect(page.locator("#r-card")).to_contain_text("You missed a call at")
    page.get_by_role("button", name="I’m back").click()
    shows(page, "available")
    scene.become(AgentState.WRAP_UP, reason="passed", free_at=scene.now)
    shows(page, "resting")
    expect(page.locator("#now")).to_contain_text("Passed on")


def test_a_break_chosen_in_a_call_is_told_and_can_be_taken_back(open_page: OpenPage, scene: DeskScene) -> None:
    scene.become(AgentState.AVAILABLE)
    scene.promised()
    scene.talking()
    page = desk(open_page)
    page.get_by_label("Reason of the break").select_option("Lunch")
    page.get_by_role("button", name="After this – break").click()
    expect(page.locator("#now")).to_contain_text("Lunch after this call.")
    page.get_by_role("button", name="Stay available instead").click()
    expect(page.locator("#now")).not_to_contain_text("after this call.")


# -- nothing is stolen, nothing is lost -------------------------------------------------------


def test_typed_text_caret_and_focus_stay_while_news_arrive(open_page: OpenPage, scene: DeskScene) -> None:
    scene.become(AgentState.AVAILABLE)
    scene.promised()
    scene.talking()
    page = desk(open_page)
    shows(page, "on_call")
    note = page.locator("#note")
    note.press_sequentially("half a wo")
    note.press("ArrowLeft")
    for number in range(20):
        scene.said(("caller", f"and another thing, number {number}"))
    expect(page.locator("#said")).to_contain_text("number 19")
    expect(note).to_be_focused()
    assert page.evaluate("document.activeElement.selectionStart") == 8
    note.press_sequentially("x")
    expect(note).to_have_value("half a wxo")


def test_a_reload_in_the_middle_of_a_call_loses_nothing(open_page: OpenPage, scene: DeskScene) -> None:
    scene.become(AgentState.AVAILABLE)
    scene.promised()
    scene.talking()
    page = desk(open_page)
    page.locator("#note").press_sequentially("typed just before")
    page.reload()
    shows(page, "on_call")
    expect(page.locator("#note")).to_have_value("typed just before")
    expect(page.get_by_role("heading", name="Jo Ortiz")).to_be_visible()
    expect(page.locator("#note-state")).to_contain_text("Saved")


def test_the_end_of_the_wrap_up_keeps_the_note(open_page: OpenPage, scene: DeskScene) -> None:
    scene.become(AgentState.AVAILABLE)
    scene.promised()
    scene.talking()
    page = desk(open_page)
    page.locator("#note").press_sequentially("not finished")
    scene.ended()
    shows(page, "wrap_up")
    page.get_by_role("button", name="+1 min").click()
    expect(page.locator(".wrap-left")).to_contain_text("1:2")
    expect(page.locator("#note-state")).to_contain_text("Saved")
    scene.become(AgentState.AVAILABLE)
    shows(page, "available")
    (contact,) = SqlContactStore(scene.house.database).of_agent("ana", limit=1)
    assert (contact.outcome, contact.note) == ("not_given", "not finished")


# -- lines and tabs ---------------------------------------------------------------------------


def test_news_arrive_within_a_second(open_page: OpenPage, scene: DeskScene) -> None:
    scene.become(AgentState.AVAILABLE)
    page = desk(open_page)
    page.evaluate(
        """() => { window.seen = 0; new MutationObserver(() => { if (!window.seen &&
            document.querySelector('#now[data-face=ringing]')) window.seen = Date.now(); })
            .observe(document.getElementById('r-state'), { subtree: true, childList: true, attributes: true }); }"""
    )
    scene.promised()
    began = scene.now.timestamp() * 1000
    scene.offered()
    shows(page, "ringing")
    assert page.evaluate("window.seen") - began < 1000


def test_while_the_line_is_down_nothing_is_sent_and_nothing_later(open_page: OpenPage, scene: DeskScene) -> None:
    scene.become(AgentState.AVAILABLE)
    page = desk(open_page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/desk/do/" in request.url else None)
    page.route("**/desk/snapshot**", lambda route: route.abort())
    page.context.set_offline(True)
    expect(page.locator("#live")).to_contain_text("Reconnecting", timeout=16_000)
    page.get_by_role("button", name="Go offline").click()
    expect(page.locator("#problem")).to_contain_text("so nothing was done")
    picture(page, "reconnecting-light-1280")
    page.context.set_offline(False)
    page.unroute("**/desk/snapshot**")
    expect(page.locator("#live")).to_have_text("Live", timeout=8_000)
    shows(page, "available")
    assert sent == []


def test_a_killed_server_is_noticed_and_the_page_recovers_by_itself(chromium: Browser, tmp_path: Path) -> None:
    before = set(psutil.Process().children())
    with running_site(tmp_path) as site, site.house() as house:
        scene = DeskScene(house)
        page = chromium.new_context(base_url=site.base_url).new_page()
        sign_in(page, "ana")
        page.goto("/desk")
        expect(page.locator("#live")).to_have_text("Live")
        for process in set(psutil.Process().children()) - before:
            if process.cmdline()[-2:] == ["ivr", "web"]:
                process.kill()
        expect(page.locator("#live")).to_contain_text("Reconnecting", timeout=4_000)
        scene.become(AgentState.AVAILABLE)
        again = [sys.executable, "-m", "ivr", "web"]
        with subprocess.Popen(again, cwd=PROJECT, env={**os.environ, **site.environment}) as second:
            try:
                expect(page.locator("#live")).to_have_text("Live", timeout=30_000)
                shows(page, "available")
            finally:
                page.context.close()
                second.terminate()


def test_a_session_that_ends_is_told_over_the_page(open_page: OpenPage, scene: DeskScene, site: Site) -> None:
    page = desk(open_page)
    scene.house.accounts.end_sessions("ana", scene.now, by="test")
    expect(page.locator("#problem")).to_contain_text("You are signed out.", timeout=12_000)
    expect(page.locator("#live")).to_have_text("Signed out")
    expect(page.get_by_role("link", name="Sign in again")).to_be_visible()


def test_sound_that_does_not_play_keeps_one_from_being_available(open_page: OpenPage, scene: DeskScene) -> None:
    page = desk(open_page)
    page.evaluate("() => { HTMLMediaElement.prototype.play = () => Promise.reject(new Error('no')); }")
    page.get_by_role("button", name="Go available").click()
    expect(page.locator("#problem")).to_contain_text("You would not hear a call")
    shows(page, "offline")


def test_of_two_tabs_one_rings_and_closing_the_other_changes_nothing(open_page: OpenPage, scene: DeskScene) -> None:
    scene.become(AgentState.AVAILABLE)
    first = desk(open_page)
    second = first.context.new_page()
    second.goto("/desk")
    expect(second.locator("#live")).to_have_text("Live")
    counting = "window.rang = (window.rang || 0) + 1; return Promise.resolve();"
    for page in (first, second):
        page.evaluate(f"() => {{ HTMLMediaElement.prototype.play = () => {{ {counting} }}; }}")
    scene.promised()
    scene.offered()
    shows(first, "ringing")
    shows(second, "ringing")
    first.wait_for_timeout(300)
    assert sorted(page.evaluate("window.rang || 0") for page in (first, second)) == [0, 1]
    scene.talking()
    shows(second, "on_call")
    second.close()
    shows(first, "on_call")


def test_single_letters_can_be_switched_off_and_function_keys_stay(open_page: OpenPage, scene: DeskScene) -> None:
    page = desk(open_page)
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys on this page")
    expect(keys).to_be_visible()
    keys.get_by_label("Keys that are a single letter or digit").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(keys).to_be_hidden()
    scene.become(AgentState.AVAILABLE)
    scene.promised()
    scene.offered()
    shows(page, "ringing")
    page.keyboard.press("F2")
    expect(page.locator("#accept-hint")).to_contain_text("Accepted.")


# -- looks ------------------------------------------------------------------------------------


def put(scene: DeskScene, name: str) -> None:
    """The scene of one face."""
    match name:
        case "available":
            scene.become(AgentState.AVAILABLE)
        case "ringing" | "on_call" | "wrap_up":
            scene.become(AgentState.AVAILABLE)
            scene.promised()
            if name == "ringing":
                scene.offered()
                return
            scene.talking()
        case "missed":
            scene.become(AgentState.BREAK, reason="missed 1", missed=1)


@pytest.mark.parametrize("face", FACES, ids=str)
@pytest.mark.parametrize("name", ["offline", "available", "ringing", "on_call", "wrap_up", "missed"])
def test_every_face_is_accessible(open_page: OpenPage, scene: DeskScene, name: str, face: Face) -> None:
    put(scene, name)
    page = desk(open_page, face)
    if name == "wrap_up":
        scene.ended(300)
    shows(page, name)
    assert_accessible(page)
    assert_targets(page)
    picture(page, f"{name}-{face}")
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "the page scrolls sideways"


def test_dialogs_are_accessible(open_page: OpenPage, scene: DeskScene) -> None:
    put(scene, "on_call")
    page = desk(open_page)
    shows(page, "on_call")
    for opener in ("#open-transfer", "#open-keypad", "#open-end"):
        page.locator(opener).click()
        assert_accessible(page)
        page.keyboard.press("Escape")
