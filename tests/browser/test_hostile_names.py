from __future__ import annotations

import pytest
from playwright.sync_api import expect

from ivr.core.accounts.model import Role
from tests.browser.conftest import OpenPage, sign_in
from tests.browser.site import Site

pytestmark = pytest.mark.browser

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    '"><script>alert(1)</script>',
    "' onfocus=alert(1) autofocus='",
    '" onmouseover=alert(1) x="',
    "</td></table><iframe srcdoc='<script>alert(1)</script>'>",
    "javascript:alert(1)",
    "{{ 7 * 7 }}",
    "{% for x in range(9) %}x{% endfor %}",
    "<style>body { display: none }</style>",
    "<form action=https://evil.example><input name=csrf_token>",
    "</title><script>alert(1)</script>",
    "<a href='javascript:alert(1)'>x</a>",
    "\u2028alert(1)//",
    "<details open ontoggle=alert(1)>",
)


@pytest.mark.parametrize("page_of", ["accounts", "own account"])
def test_names_are_shown_as_they_are_and_do_nothing(open_page: OpenPage, site: Site, page_of: str) -> None:
    with site.house() as house:
        now = house.clock.now()
        made = [f"eve{number}" for number in range(len(HOSTILE))]
        for account_id, name in zip(made, HOSTILE, strict=True):
            added = house.accounts.add(account_id, name, Role.AGENT, now, by="test", password="nine quiet lanterns")
            assert added.problem == ""
        try:
            _look(open_page, made, page_of)
        finally:
            for account_id in made:
                house.accounts.remove(account_id, now, by="test")


def _look(open_page: OpenPage, made: list[str], page_of: str) -> None:
    """`open_page` itself fails the test when the content policy reports anything."""
    dialogs: list[str] = []
    page = open_page("ada" if page_of == "accounts" else "")
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    if page_of == "accounts":
        page.goto("/accounts")
        for name in HOSTILE:
            expect(page.get_by_role("cell", name=name.strip(), exact=True).first).to_be_visible()
    else:
        for account_id, name in zip(made[:6], HOSTILE, strict=False):
            sign_in(page, account_id, "nine quiet lanterns")
            page.goto("/account")
            expect(page.get_by_role("heading", level=1)).to_have_text(name)
            page.locator("summary").click()
            with page.expect_navigation():
                page.get_by_role("button", name="Sign out", exact=True).click()
    assert dialogs == []
