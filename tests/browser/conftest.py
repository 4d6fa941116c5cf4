"""Chromium, and a site to look at. Skipped with a reason where there is no Chromium.

    def test_something(site: Site, open_page: OpenPage) -> None:
        page = open_page("kim")                      # signed in; `open_page()` is not
        page.goto(site.url("/callbacks"))
        assert_accessible(page)

Every page that a test opens is watched: an error in its console, an uncaught exception or a report of the content
policy fails the test. `faces` gives the four looks: light and dark, 1280 and 390 pixels wide.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.browser.site import PEOPLE, Site, running_site

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Two tabs of one test must not slow each other's timers down.
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]
PATIENCE_MS = 15_000
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

OpenPage = Callable[..., Page]


@dataclass(frozen=True, slots=True)
class Face:
    """One look of a page."""

    theme: Literal["light", "dark"]
    width: int

    @property
    def height(self) -> int:
        """Of a phone, or of a laptop."""
        return 844 if self.width < 700 else 900

    def __str__(self) -> str:
        return f"{self.theme}-{self.width}"


FACES = [Face(theme, width) for theme in ("light", "dark") for width in (1280, 390)]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests; each page of `open_page` has cookies of its own."""
    if not Path(CHROMIUM).exists():
        pytest.skip("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A web process with accounts, for all tests."""
    with running_site(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture
def open_page(chromium: Browser, site: Site) -> Iterator[OpenPage]:
    """Opens pages: `open_page("kim")` is signed in, `open_page(face=FACES[3])` is dark and narrow."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def make(person: str = "", face: Face = FACES[0], base_url: str = site.base_url, **context: Any) -> Page:
        made = chromium.new_context(
            base_url=base_url,
            color_scheme=face.theme,
            viewport={"width": face.width, "height": face.height},
            reduced_motion="reduce",
            **context,
        )
        made.set_default_timeout(PATIENCE_MS)
        contexts.append(made)
        page = made.new_page()
        watch(page, troubles)
        if person:
            sign_in(page, person)
        return page

    yield make
    for context in contexts:
        context.close()
    assert troubles == []


def watch(page: Page, troubles: list[str]) -> None:
    """Writes down what a page complains about. Answers that a test wants refused are no complaint."""

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            troubles.append(f"{page.url}: {message.text}")

    page.on("console", hear)
    page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))


def sign_in(page: Page, person: str, password: str | None = None) -> None:
    """By the form on the first page."""
    page.goto("/")
    page.get_by_label("Name").fill(person)
    page.get_by_label("Password").fill(PEOPLE[person].password if password is None else password)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()


def assert_accessible(page: Page) -> None:
    """Nothing that axe-core finds wrong by WCAG 2.2 AA, and nothing that has to be scrolled sideways."""
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "the page scrolls sideways"


def assert_targets(page: Page) -> None:
    """Everything to be pressed is at least 24 pixels high and wide (WCAG 2.5.8); links in sentences are exempt."""
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, input:not([type=hidden]), select, summary, nav a')]
            .filter((one) => one.checkVisibility({ checkOpacity: true }))
            .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
            .filter(([, box]) => box.width < 24 || box.height < 24)
            .map(([html, box]) => `${html} ${Math.round(box.width)}×${Math.round(box.height)}`)"""
    )
    assert small == []
