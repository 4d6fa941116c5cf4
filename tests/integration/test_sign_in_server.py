"""Signing in to real web processes: cookies over HTTP, processes that count together, and a log that tells nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from ivr.ports import Attempt, NoEntry
from tests.browser.site import PEOPLE, Site, running_site

pytestmark = pytest.mark.integration

WRONG = "hunter2 hunter2 hunter2"
TYPED_AS_NAME = "a password in the wrong field"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="module")
def sites(folder: Path) -> Iterator[tuple[Site, Site]]:
    """Two web processes over one database."""
    with running_site(folder) as first, running_site(folder) as second:
        yield first, second


def sign_in(site: Site, name: str, password: str, browser: requests.Session | None = None) -> requests.Response:
    browser = browser or requests.Session()
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(site.url("/"), timeout=10).text)
    assert found is not None
    form = {"csrf_token": found[1], "name": name, "password": password}
    return browser.post(site.url("/sign-in"), data=form, allow_redirects=False, timeout=10)


def test_a_session_of_one_process_is_good_in_the_other(sites: tuple[Site, Site]) -> None:
    browser = requests.Session()
    answer = sign_in(sites[0], "kim", PEOPLE["kim"].password, browser)
    assert answer.status_code == 303
    (cookie,) = [line for line in answer.raw.headers.getlist("Set-Cookie") if line.startswith("denwaban=")]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    for site in sites:
        assert browser.get(site.url("/callbacks"), timeout=10).status_code == 200
    with sites[0].house() as house:
        house.accounts.end_sessions("kim", house.clock.now(), by="test")
    for site in sites:
        answer = browser.get(site.url("/callbacks"), headers={"X-Denwaban-Poll": "1"}, timeout=10)
        assert (answer.status_code, answer.json()["error"]) == (401, "signed_out")


def test_all_processes_count_wrong_passwords_together(sites: tuple[Site, Site]) -> None:
    for number in range(6):
        assert sign_in(sites[number % 2], "ben", WRONG).status_code in (422, 429)
    with sites[0].house() as house:
        now = house.clock.now()
        here = [house.accounts.sign_in(Attempt("ben", WRONG, "127.0.0.1"), now) for _ in range(2)]
        assert isinstance(here[1], NoEntry) and here[1].wait > timedelta()
        for number in range(1, 10):
            house.accounts.sign_in(Attempt("ben", WRONG, "127.0.0.1"), now + number * timedelta(minutes=1))
    for site in sites:
        assert sign_in(site, "ben", PEOPLE["ben"].password).status_code == 429


def test_pages_want_a_sign_in_even_on_this_machine_and_programs_here_do_not(sites: tuple[Site, Site]) -> None:
    page = requests.get(sites[0].url("/callbacks"), allow_redirects=False, timeout=10)
    assert (page.status_code, page.headers["Location"]) == (303, "/?next=%2Fcallbacks")
    assert requests.get(sites[0].url("/api/v1/calls"), timeout=10).status_code == 200
    forwarded = {"X-Forwarded-For": "203.0.113.9"}
    assert requests.get(sites[0].url("/api/v1/calls"), headers=forwarded, timeout=10).status_code == 401


def test_neither_passwords_nor_names_nor_cookies_are_in_the_log(sites: tuple[Site, Site], folder: Path) -> None:
    browser = requests.Session()
    sign_in(sites[0], TYPED_AS_NAME, WRONG)
    sign_in(sites[0], "ada", PEOPLE["ada"].password, browser)
    token = browser.cookies["denwaban"]
    browser.get(sites[0].url("/accounts"), timeout=10)
    log = (folder / "web.log").read_text("utf-8")
    for secret in (WRONG, TYPED_AS_NAME, token, PEOPLE["ada"].password, PEOPLE["ada"].name, "argon2id"):
        assert secret not in log
    database = b"".join(path.read_bytes() for path in folder.glob("calls.sqlite*"))
    for secret in (WRONG, TYPED_AS_NAME, token, PEOPLE["ada"].password):
        assert secret.encode() not in database
