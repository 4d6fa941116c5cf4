"""What pages with a telephone are looked at with: errors, breaches of their policy, accessibility, pictures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.conftest import ARGUMENTS, CHROMIUM, RULES

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@contextmanager
def hearing(chromium: Browser, recording: Path) -> Iterator[Browser]:
    """Another Chromium, whose microphone hears a WAV once."""
    arguments = [*ARGUMENTS, f"--use-file-for-fake-audio-capture={recording}%noloop"]
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=arguments)
    try:
        yield browser
    finally:
        browser.close()


def listen_for_errors(page: Page) -> list[str]:
    """Errors of the page's scripts and of its policy, as they happen."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    return errors


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]


def picture(page: Page, name: str) -> None:
    """A screenshot to be looked at."""
    folder = Path("var/screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    # Given a path, the library would write it in a thread that stays.
    (folder / f"{name}.png").write_bytes(page.screenshot(full_page=True))
