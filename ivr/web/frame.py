"""What every page has around it: the pages of whoever asks, and their account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for

from ivr.core.accounts.model import Role
from ivr.web.guard import current_person, may

_PAGES = (
    ("desk.home", "Desk", Role.AGENT),
    ("board.home", "Board", Role.SUPERVISOR),
    ("callbacks.listing", "Callbacks", Role.SUPERVISOR),
    ("calls.listing", "Calls", Role.SUPERVISOR),
    ("people.listing", "Accounts", Role.ADMIN),
    ("phone.page", "Phone", Role.AGENT),
)
"""Endpoint, word, least role."""


@dataclass(frozen=True, slots=True)
class Link:
    """A page in the bar."""

    address: str
    word: str
    is_current: bool


def page_links() -> list[Link]:
    """The pages that are there, and that whoever asks may open."""
    return [
        Link(url_for(endpoint), word, request.blueprint == endpoint.split(".")[0])
        for endpoint, word, role in _PAGES
        if endpoint in current_app.view_functions and may(role)
    ]


def home_of(role: Role) -> str:
    """Where somebody begins after signing in."""
    wanted = {Role.AGENT: "desk.home", Role.SUPERVISOR: "pages.home", Role.ADMIN: "pages.home"}[role]
    return url_for(wanted if wanted in current_app.view_functions else "account.mine")


def frame() -> dict[str, Any]:
    """For every template: `pages` and `person`, and whether this house has telephones in the browser."""
    has_phones = "softphone_api.token" in current_app.view_functions
    return {"pages": page_links(), "person": current_person(), "has_browser_phones": has_phones}
