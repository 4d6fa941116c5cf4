from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Blueprint

from ivr.core.accounts.model import Role, SessionLimits
from ivr.ports import StoreFailed
from ivr.settings.model import Accounts
from ivr.web import create_app
from ivr.web.guard import acting, guard_of, may
from tests.unit.web.accounts.people_house import PASSWORDS, Browser, PeopleHouse

pytestmark = pytest.mark.unit

SESSION = "__Host-denwaban"
ELSE: dict[str, Any] = {"base_url": "https://calls.example.com", "environ_base": {"REMOTE_ADDR": "203.0.113.9"}}
PAGES = {
    "/account": "agent",
    "/callbacks": "supervisor",
    "/api/v1/calls": "supervisor",
    "/api/v1/callbacks": "supervisor",
    "/accounts": "admin",
}


@pytest.fixture
def house() -> PeopleHouse:
    return PeopleHouse()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("name", "rank"), [("ana", 0), ("kim", 1), ("ada", 2)])
def test_a_page_opens_for_its_role_and_those_above(house: PeopleHouse, name: str, rank: int, path: str) -> None:
    wanted = ["agent", "supervisor", "admin"].index(PAGES[path])
    assert house.signed_in(name).get(path).status_code == (200 if rank >= wanted else 403)


def test_every_page_is_guarded(house: PeopleHouse) -> None:
    open_to_all = {"static", "pages", "health", "voice", "outbound", "sms", "api_description"}
    stranger = house.browser()
    for rule in house.web.app.url_map.iter_rules():
        name = rule.endpoint.split(".")[0]
        if name in open_to_all:
            continue
        path = rule.rule.replace("<callback_id>", "x").replace("<action>", "take").replace("<account_id>", "ana")
        path = path.replace("<session_id>", "x")
        code = stranger.get(path).status_code if "GET" in (rule.methods or ()) else stranger.post(path).status_code
        assert code in (303, 401), rule.rule


def test_what_is_refused_says_so_and_shows_a_way_on(house: PeopleHouse) -> None:
    answer = house.signed_in("ana").get("/callbacks")
    assert "Your account may not open this page." in answer.text
    assert '<a href="/account">your account</a>' in answer.text
    assert 'href="/callbacks"' not in answer.text
    kim = house.signed_in("kim").get("/accounts")
    assert '<a href="/callbacks">Callbacks</a>' in kim.text


def test_the_bar_has_the_pages_of_the_role(house: PeopleHouse) -> None:
    pages = {name: house.signed_in(name).get("/account").text for name in ("ana", "kim", "ada")}
    assert [">Callbacks<" in pages[name] for name in pages] == [False, True, True]
    assert [">Accounts<" in pages[name] for name in pages] == [False, False, True]
    assert "Sign out</button>" in pages["ana"]


def test_an_action_without_a_session_changes_nothing_and_says_why(house: PeopleHouse) -> None:
    browser = house.browser()
    answer = browser.post("/callbacks/x/take")
    assert (answer.status_code, answer.location) == (303, "/")
    assert "You were signed out, so nothing was changed." in browser.get("/").text


@pytest.mark.parametrize(
    "headers",
    [{"X_Denwaban_Poll": "1"}, {"HX_Request": "true"}, {"X_Requested_With": "fetch"}, {"Sec_Fetch_Mode": "cors"},
     {"Accept": "application/json"}],
)  # fmt: skip
def test_scripts_of_open_pages_are_told_that_they_are_signed_out(house: PeopleHouse, headers: dict[str, str]) -> None:
    answer = house.browser().get("/callbacks?part=rows", **headers)
    assert answer.status_code == 401
    assert answer.json == {
        "error": "signed_out",
        "message": "Signed out – sign in again",
        "sign_in": "/?next=%2Fcallbacks%3Fpart%3Drows",
    }


def test_a_session_ends_without_use(house: PeopleHouse) -> None:
    kim = house.signed_in("kim")
    house.clock.pass_by(29 * 60)
    assert kim.get("/callbacks").status_code == 200
    house.clock.pass_by(29 * 60)
    assert kim.get("/callbacks").status_code == 200
    house.clock.pass_by(30 * 60)
    assert kim.get("/callbacks").status_code == 303


def test_a_page_that_asks_by_itself_keeps_no_session_alive(house: PeopleHouse) -> None:
    kim = house.signed_in("kim")
    for _ in range(29):
        house.clock.pass_by(60)
        assert kim.get("/callbacks?part=rows", X_Denwaban_Poll="1").status_code == 200
    house.clock.pass_by(60)
    assert kim.get("/callbacks?part=rows", X_Denwaban_Poll="1").status_code == 401


def test_a_session_ends_after_its_whole_time_whatever_its_use() -> None:
    house = PeopleHouse(limits=SessionLimits(timedelta(minutes=30), timedelta(hours=1)))
    kim = house.signed_in("kim")
    for _ in range(3):
        house.clock.pass_by(19 * 60)
        assert kim.get("/callbacks").status_code == 200
    house.clock.pass_by(3 * 60)
    assert kim.get("/callbacks").status_code == 303


def test_sessions_end_with_disabling_another_role_or_another_password(house: PeopleHouse) -> None:
    now, accounts = house.clock.now(), house.accounts
    orders: dict[str, Callable[[], object]] = {
        "disabled": lambda: accounts.set_disabled("kim", True, now, by="ada"),
        "enabled again": lambda: accounts.set_disabled("kim", False, now, by="ada"),
        "another role": lambda: accounts.set_role("kim", Role.ADMIN, now, by="ada"),
        "another password": lambda: accounts.reset("kim", now, by="ada", password=PASSWORDS["ana"]),
    }
    for name, order in orders.items():
        kim = house.signed_in("kim") if name != "enabled again" else house.browser()
        order()
        assert kim.get("/account").status_code == 303, name


def test_a_made_cookie_opens_nothing(house: PeopleHouse) -> None:
    house.signed_in("kim")
    for value in ("", "x", "a" * 64, "kim", house.store.sessions("kim")[0].token_hash):
        browser = house.browser()
        browser.client.set_cookie(SESSION, value, domain="calls.example.com", secure=True)
        assert browser.get("/callbacks").status_code == 303


def statuses(browser: Browser) -> list[int]:
    return [browser.get(path).status_code for path in ("/callbacks", "/api/v1/calls", "/api/v1/callbacks")]


def test_without_any_account_this_machine_may_look_and_act_and_nobody_else(house: PeopleHouse) -> None:
    empty = PeopleHouse("ana")
    empty.store.remove("ana")
    assert statuses(empty.here()) == [200, 200, 200]
    assert statuses(empty.browser()) == [303, 401, 401]


def test_with_the_first_account_pages_want_a_sign_in_and_programs_here_go_on(house: PeopleHouse) -> None:
    assert statuses(house.here()) == [303, 200, 200]


def test_a_disabled_account_is_an_account() -> None:
    house = PeopleHouse("ana")
    house.accounts.set_disabled("ana", True, house.clock.now(), by="ada")
    assert statuses(house.here()) == [303, 200, 200]


def test_once_there_was_an_account_a_removed_one_opens_nothing_again() -> None:
    house = PeopleHouse("ana")
    assert statuses(house.here())[0] == 303
    house.store.remove("ana")
    assert statuses(house.here())[0] == 303


def test_somebody_signed_in_here_has_their_role_and_not_the_machines(house: PeopleHouse) -> None:
    ana = house.signed_in("ana")
    token = ana.cookie(SESSION)
    here = house.here()
    here.client.set_cookie(SESSION, token or "", domain="127.0.0.1")
    assert statuses(here) == [403, 403, 403]


def test_the_json_interface_can_be_closed_to_this_machine(house: PeopleHouse) -> None:
    closed = house.web.settings.model_copy(update={"accounts": Accounts(local_api=False)})
    other = PeopleHouse()
    other.web.settings = closed
    other.web.__post_init__()
    assert statuses(other.here()) == [303, 401, 401]


def test_what_a_supervisor_does_is_written_down_under_their_name(house: PeopleHouse) -> None:
    kim = house.signed_in("kim")
    one = next(iter(house.queue.callbacks))
    kim.send(f"/callbacks/{one}/dial-now", page=f"/callbacks/{one}")
    assert ("dial_now", (one, "kim")) in house.queue.asked
    answer = kim.client.post(
        f"/api/v1/callbacks/{one}/dial-now",
        json={},
        base_url="https://calls.example.com",
        environ_base={"REMOTE_ADDR": "203.0.113.9"},
    )
    assert answer.status_code == 200
    assert [one for one in house.queue.asked if one[0] == "dial_now"][1][1][1] == "kim"


def test_json_of_another_site_is_refused(house: PeopleHouse) -> None:
    kim = house.signed_in("kim")
    one = next(iter(house.queue.callbacks))
    foreign = {"Origin": "https://evil.example"}
    answer = kim.client.post(f"/api/v1/callbacks/{one}/take", json={}, headers=foreign, **ELSE)
    assert answer.status_code == 403


def test_a_password_made_by_somebody_else_is_changed_before_anything_else(house: PeopleHouse) -> None:
    given = house.accounts.reset("kim", house.clock.now(), by="ada").password
    browser = house.browser()
    assert browser.sign_in("kim", given).location == "/account"
    assert browser.get("/callbacks").location == "/account"
    assert browser.get("/").location == "/account"
    assert browser.get("/api/v1/calls", Accept="application/json").status_code == 403
    assert "made by somebody else" in browser.get("/account").text
    form = {"present": given, "wanted": "three owls in a canoe", "again": "three owls in a canoe"}
    assert browser.send("/account/password", form).location == "/account"
    assert browser.get("/callbacks").status_code == 200


def test_nobody_is_let_in_while_it_is_unknown_whether_there_are_accounts(
    house: PeopleHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> bool:
        raise StoreFailed("down", retryable=True)

    monkeypatch.setattr(house.store, "has_any", fail)
    assert statuses(house.here()) == [503, 200, 200]


def test_a_script_with_an_old_form_is_told_so(house: PeopleHouse) -> None:
    answer = house.signed_in("kim").post("/account/keys", X_Requested_With="fetch")
    assert answer.status_code == 400
    assert answer.json is not None and answer.json["error"] == "form"


def test_pages_from_elsewhere_find_the_guard(house: PeopleHouse) -> None:
    app = create_app(house.web.deps)
    desk = Blueprint("desk", __name__)
    desk.add_url_rule("/desk", "home", lambda: f"{acting()} {may(Role.AGENT)} {may(Role.ADMIN)}")
    app.register_blueprint(guard_of(app).protect(desk, Role.AGENT))
    browser = Browser(app.test_client())
    assert browser.get("/desk").location == "/?next=%2Fdesk"
    assert browser.sign_in("ana").location == "/desk"
    assert browser.get("/desk").text == "ana True False"
