"""A web process with accounts in memory, and browsers that sign in to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ivr.core.accounts.model import Role, SessionLimits
from ivr.runtime.accounts import StoredAccounts
from ivr.storage.memory import MemoryAccountStore
from tests.fakes.hashing import CountingHasher
from tests.fakes.queue_service import ScriptedQueue
from tests.unit.web.kit import START, House

PASSWORDS = {"ana": "blue kettle on Tuesday", "kim": "seven green umbrellas", "ada": "a boat under the stairs"}
ROLES = {"ana": Role.AGENT, "kim": Role.SUPERVISOR, "ada": Role.ADMIN}
NAMES = {"ana": "Ana Ruiz", "kim": "Kim Novak", "ada": "Ada Byron"}
ELSEWHERE = "203.0.113.9"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Browser:
    """One browser somewhere; it keeps cookies."""

    client: FlaskClient
    address: str = ELSEWHERE
    host: str = "calls.example.com"
    scheme: str = "https"
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers=self._headers(headers), **self._where())

    def post(self, path: str, form: dict[str, str] | None = None, **headers: str) -> TestResponse:
        """A form with nothing added."""
        return self.client.post(path, data=form or {}, headers=self._headers(headers), **self._where())

    def send(self, path: str, form: dict[str, str] | None = None, page: str = "/account") -> TestResponse:
        """A form with the token that `page` gave it."""
        return self.post(path, {"csrf_token": self.form_token(page), **(form or {})})

    def form_token(self, page: str) -> str:
        found = _TOKEN.search(self.get(page).text)
        assert found is not None, f"{page} has no form"
        return found[1]

    def sign_in(self, name: str, password: str | None = None, way: str = "") -> TestResponse:
        form = {"name": name, "password": PASSWORDS[name] if password is None else password, "next": way}
        return self.send("/sign-in", form, "/")

    def cookie(self, name: str) -> str | None:
        found = self.client.get_cookie(name, domain=self.host)
        return found.value if found is not None else None

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        return {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}

    def _where(self) -> dict[str, object]:
        return {"environ_base": {"REMOTE_ADDR": self.address}, "base_url": f"{self.scheme}://{self.host}"}


class PeopleHouse:
    """Three people with accounts, none signed in."""

    def __init__(self, *people: str, limits: SessionLimits | None = None) -> None:
        self.store = MemoryAccountStore()
        self.hasher = CountingHasher()
        self.accounts = StoredAccounts(self.store, self.hasher, limits or SessionLimits())
        self.queue = ScriptedQueue()
        self.web = House(queue=self.queue, accounts=self.accounts)
        self.web.add_node()
        self.clock = self.web.clock
        for name in people or tuple(ROLES):
            added = self.accounts.add(
                name, NAMES[name], ROLES[name], START, by="command line", password=PASSWORDS[name]
            )
            assert added.problem == ""

    def browser(self, address: str = ELSEWHERE, **fields: str) -> Browser:
        return Browser(self.web.app.test_client(), address, **fields)  # type: ignore[arg-type]

    def signed_in(self, name: str) -> Browser:
        browser = self.browser()
        assert browser.sign_in(name).status_code == 303
        return browser

    def here(self) -> Browser:
        """On the machine itself."""
        return self.browser("127.0.0.1", host="127.0.0.1", scheme="http")
