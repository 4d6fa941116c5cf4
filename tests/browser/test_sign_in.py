from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import FACES, Face, OpenPage, assert_accessible, assert_targets
from tests.browser.site import PEOPLE, Site

pytestmark = pytest.mark.browser


def test_somebody_signs_in_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("kim")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.type(PEOPLE["kim"].password)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Kim Novak")).to_be_visible()


def test_the_first_tab_leads_past_the_bar(open_page: OpenPage) -> None:
    page = open_page("kim")
    page.goto("/callbacks")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_wrong_password_is_told_and_the_name_is_kept(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/")
    page.get_by_label("Name").fill("ben")
    page.get_by_label("Password").fill("not the password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("This name and password do not fit.")
    expect(page.get_by_label("Name")).to_have_value("ben")
    expect(page.get_by_label("Password")).to_have_value("")
    expect(page.get_by_label("Password")).to_be_focused()


def test_the_menu_opens_by_keyboard_and_signs_out(open_page: OpenPage) -> None:
    page = open_page("kim")
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Account")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Sign out")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Password")).to_be_visible()
    page.goto("/account")
    expect(page).to_have_url(re.compile(r"/\?next=%2Faccount$"))


def test_after_signing_in_the_page_that_was_wanted_is_there(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/callbacks?bucket=now")
    page.get_by_label("Name").fill("kim")
    page.get_by_label("Password").fill(PEOPLE["kim"].password)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/callbacks\?bucket=now$"))


def test_an_agent_on_a_supervisors_page_is_shown_a_way_on(open_page: OpenPage) -> None:
    page = open_page("ana")
    page.goto("/callbacks")
    expect(page.get_by_text("Your account may not open this page.")).to_be_visible()
    page.get_by_role("link", name="your account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ana Ruiz")


def test_a_page_whose_session_was_ended_says_so_and_stays(open_page: OpenPage, site: Site) -> None:
    page = open_page("kim")
    page.goto("/callbacks?bucket=now")
    expect(page.locator("#live")).to_have_text("Live")
    with site.house() as house:
        assert house.accounts.end_sessions("kim", house.clock.now(), by="test") >= 1
    expect(page.get_by_role("alert")).to_have_text("Signed out – sign in again")
    expect(page.locator("#live")).to_have_text("Signed out")
    expect(page.get_by_role("heading", name="Callbacks")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(2500)
    assert asked == []
    assert_accessible(page)
    page.get_by_role("link", name="Signed out – sign in again").click()
    expect(page).to_have_url(re.compile(r"/\?next=%2Fcallbacks%3Fbucket%3Dnow$"))


def test_an_administrator_adds_somebody_who_then_chooses_a_password(open_page: OpenPage) -> None:
    page = open_page("ada")
    page.goto("/accounts")
    page.get_by_label("Short name").fill("cho")
    page.get_by_label("Name", exact=True).fill("Cho Sato")
    page.get_by_role("button", name="Add").click()
    given = page.locator(".password").inner_text()
    assert_accessible(page)
    other = open_page()
    other.goto("/")
    other.get_by_label("Name").fill("cho")
    other.get_by_label("Password").fill(given)
    other.keyboard.press("Enter")
    expect(other.get_by_text("Your password was made by somebody else.")).to_be_visible()
    other.get_by_label("Present password").fill(given)
    other.get_by_label("New password, 12 characters or more").fill("three owls in a canoe")
    other.get_by_label("New password again").fill("three owls in a canoe")
    other.get_by_role("button", name="Change password").click()
    expect(other.get_by_text("Your password is changed.")).to_be_visible()


@pytest.mark.parametrize("face", FACES, ids=str)
@pytest.mark.parametrize(
    ("person", "path"),
    [("", "/"), ("kim", "/"), ("kim", "/callbacks"), ("ana", "/account"), ("ana", "/callbacks"), ("ada", "/accounts")],
)
def test_pages_can_be_used_by_everybody(open_page: OpenPage, site: Site, person: str, path: str, face: Face) -> None:
    page = open_page(person, face)
    page.goto(path)
    assert_accessible(page)
    assert_targets(page)


@pytest.mark.parametrize("face", FACES, ids=str)
def test_the_open_menu_can_be_used_by_everybody(open_page: OpenPage, face: Face) -> None:
    page = open_page("ada", face)
    page.locator("summary").click()
    assert_accessible(page)
    assert_targets(page)
