from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from ivr.core.accounts.model import AccountEvent
from ivr.ports import StoreFailed
from tests.unit.web.accounts.people_house import PASSWORDS, PeopleHouse

pytestmark = pytest.mark.unit

SESSION, DEVICE, FORM = "__Host-denwaban", "__Host-denwaban-device", "__Host-denwaban-form"


@pytest.fixture
def house() -> PeopleHouse:
    return PeopleHouse()


def test_the_first_page_asks_for_name_and_password_and_tells_strangers_nothing_else(house: PeopleHouse) -> None:
    page = house.browser().get("/").text
    for words in ('autocomplete="username"', 'autocomplete="current-password"', "The phone is answered."):
        assert words in page
    assert "media-1" not in page and "Last calls" not in page


def test_a_supervisor_signs_in_and_sees_what_is_running(house: PeopleHouse) -> None:
    browser = house.browser()
    answer = browser.sign_in("kim")
    assert (answer.status_code, answer.location) == (303, "/")
    page = browser.get("/").text
    assert "Kim Novak" in page and "media-1" in page and "current-password" not in page


def test_an_agent_who_signs_in_is_sent_to_their_own_page(house: PeopleHouse) -> None:
    browser = house.browser()
    assert browser.sign_in("ana").location == "/account"
    assert browser.get("/").location == "/account"


def test_the_name_may_be_typed_in_capitals(house: PeopleHouse) -> None:
    assert house.browser().sign_in(" KIM ", PASSWORDS["kim"]).status_code == 303


@pytest.mark.parametrize(("name", "password"), [("kim", "wrong"), ("nobody", PASSWORDS["kim"]), ("", ""), ("kim", "")])
def test_wrong_name_and_wrong_password_have_the_same_answer(house: PeopleHouse, name: str, password: str) -> None:
    answer = house.browser().sign_in(name, password)
    assert answer.status_code == 422
    assert "This name and password do not fit." in answer.text
    assert SESSION not in answer.headers.get("Set-Cookie", "")


def test_what_was_typed_as_password_is_not_in_the_answer(house: PeopleHouse) -> None:
    assert "hunter2hunter2" not in house.browser().sign_in("kim", "hunter2hunter2").text


def test_a_name_of_the_wrong_kind_is_escaped(house: PeopleHouse) -> None:
    evil = '"><script>alert(1)</script>'
    assert evil not in house.browser().sign_in(evil, "x").text


def test_endless_input_is_refused_before_it_is_hashed(house: PeopleHouse) -> None:
    assert house.browser().sign_in("kim", "x" * 5000).status_code == 422
    assert house.hasher.verified == 0


def test_too_many_tries_are_told_to_wait_and_even_the_right_password_waits(house: PeopleHouse) -> None:
    browser = house.browser()
    for _ in range(5):
        assert browser.sign_in("kim", "wrong").status_code == 422
    answer = browser.sign_in("kim")
    assert (answer.status_code, "Too many tries. The next one counts in 1 s." in answer.text) == (429, True)
    house.clock.pass_by(1)
    assert browser.sign_in("kim").status_code == 303


def test_a_name_nobody_has_is_limited_just_the_same(house: PeopleHouse) -> None:
    browser = house.browser()
    codes = [browser.sign_in("nobody", "wrong").status_code for _ in range(6)]
    assert codes == [422] * 5 + [429]


def test_strangers_who_try_an_account_do_not_keep_its_own_browser_out(house: PeopleHouse) -> None:
    own = house.signed_in("kim")
    own.send("/sign-out", page="/account")
    for number in range(40):
        house.browser(f"198.51.100.{number}").sign_in("kim", "wrong")
    assert house.browser("198.51.100.200").sign_in("kim").status_code == 429
    assert own.sign_in("kim").status_code == 303


def test_a_mark_of_another_account_or_a_forged_one_is_no_known_browser(house: PeopleHouse) -> None:
    own = house.signed_in("ana")
    for number in range(40):
        house.browser(f"198.51.100.{number}").sign_in("kim", "wrong")
    own.send("/sign-out", page="/account")
    assert own.sign_in("kim").status_code == 429
    forged = house.browser("198.51.100.201")
    forged.client.set_cookie(DEVICE, "W10.x.y", domain="calls.example.com", secure=True)
    assert forged.sign_in("kim").status_code == 429


def test_behind_our_proxy_the_address_that_it_tells_is_counted(house: PeopleHouse) -> None:
    for number in range(5):
        tries = house.browser("127.0.0.1", host="calls.example.com")
        tries.headers = {"X-Forwarded-For": f"1.1.1.{number}, 198.51.100.7"}
        tries.sign_in("kim", "wrong")
    assert tries.sign_in("kim").status_code == 429
    other = house.browser("127.0.0.1", host="calls.example.com")
    other.headers = {"X-Forwarded-For": "198.51.100.7, 198.51.100.8"}
    assert other.sign_in("kim").status_code == 303


def test_tries_are_counted_in_the_metrics_and_written_down_without_what_was_typed(house: PeopleHouse) -> None:
    browser = house.browser()
    browser.sign_in("hunter2hunter2", "wrong")
    browser.sign_in("kim", "wrong")
    browser.sign_in("kim")
    for outcome, number in (("wrong", 2), ("done", 1), ("limited", 0)):
        assert house.web.figure(f'denwaban_sign_ins_total{{outcome="{outcome}"}}') == number
    notes = [(note.kind, note.account_id, note.by) for note in house.accounts.notes(3)]
    assert notes == [
        (AccountEvent.SIGNED_IN, "kim", "kim"),
        (AccountEvent.WRONG, "kim", ""),
        (AccountEvent.WRONG, "", ""),
    ]


def test_cookies_are_kept_from_scripts_other_sites_and_plain_http(house: PeopleHouse) -> None:
    answer = house.browser().sign_in("kim")
    set_cookies = {line.partition("=")[0]: line for line in answer.headers.getlist("Set-Cookie")}
    for name in (SESSION, DEVICE):
        flags = {part.strip() for part in set_cookies[name].split(";")[1:]}
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= flags
        assert not any(flag.startswith("Domain") for flag in flags)
    form = house.browser().get("/").headers["Set-Cookie"]
    assert form.startswith(f"{FORM}=") and all(flag in form for flag in ("Secure", "HttpOnly", "SameSite=Lax"))


def test_a_session_that_was_there_before_is_worth_nothing_after_signing_in(house: PeopleHouse) -> None:
    browser = house.browser()
    browser.client.set_cookie(SESSION, "planted-by-somebody", domain="calls.example.com", secure=True)
    browser.sign_in("kim")
    first = browser.cookie(SESSION)
    assert first not in (None, "planted-by-somebody")
    old = house.browser()
    old.client.set_cookie(SESSION, first or "", domain="calls.example.com", secure=True)
    browser.sign_in("ada")
    assert browser.cookie(SESSION) != first
    assert old.get("/account").status_code == 303


def test_a_form_of_before_signing_in_is_not_good_afterwards(house: PeopleHouse) -> None:
    browser = house.browser()
    token = browser.form_token("/")
    browser.sign_in("kim")
    assert browser.post("/sign-out", {"csrf_token": token}).status_code == 400


def test_signing_out_ends_the_session_on_the_server(house: PeopleHouse) -> None:
    browser = house.signed_in("kim")
    token = browser.cookie(SESSION)
    answer = browser.send("/sign-out")
    assert (answer.status_code, answer.location, browser.cookie(SESSION)) == (303, "/", None)
    browser.client.set_cookie(SESSION, token or "", domain="calls.example.com", secure=True)
    assert browser.get("/account").location == "/?next=%2Faccount"
    assert house.accounts.notes(1)[0].kind is AccountEvent.SIGNED_OUT


def test_forms_without_their_token_do_nothing(house: PeopleHouse) -> None:
    stranger = house.browser()
    assert stranger.post("/sign-in", {"name": "kim", "password": PASSWORDS["kim"]}).status_code == 400
    kim = house.signed_in("kim")
    for path in ("/sign-out", "/account/password", "/account/keys", "/account/sessions/end", "/callbacks/x/take"):
        assert kim.post(path).status_code == 400
    assert kim.get("/account").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"}],
)
def test_forms_of_other_sites_are_refused_even_with_a_token(house: PeopleHouse, headers: dict[str, str]) -> None:
    kim = house.signed_in("kim")
    token = kim.form_token("/account")
    assert kim.post("/sign-out", {"csrf_token": token}, **headers).status_code == 403
    assert kim.get("/account").status_code == 200


@pytest.mark.parametrize("way", ["/callbacks?bucket=now", "/account"])
def test_the_way_back_is_gone_after_signing_in(house: PeopleHouse, way: str) -> None:
    browser = house.browser()
    sent = browser.get(way)
    assert (sent.status_code, sent.location) == (303, f"/?next={quote(way, safe='')}")
    assert f'name="next" value="{way}"' in browser.get(sent.location).text
    assert browser.sign_in("kim", way=way).location == way


@pytest.mark.parametrize(
    "way",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
     "/\tx//evil.example", "/ /evil.example", "evil", "/sign-out", "/" + "a" * 600, "/%0d%0aX: y\r\nZ: 1", "/ü"],
)  # fmt: skip
def test_a_way_back_that_leads_elsewhere_is_not_taken(house: PeopleHouse, way: str) -> None:
    assert house.browser().sign_in("kim", way=way).location == "/"


def test_many_who_sign_in_at_once_leave_threads_for_callers(
    house: PeopleHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    three, go = threading.Barrier(4), threading.Event()

    def slow(_: str, __: str) -> bool:
        three.wait(10)
        return go.wait(10) and False

    monkeypatch.setattr(house.hasher, "verify", slow)
    with ThreadPoolExecutor(3) as crowd:
        jobs = [crowd.submit(house.browser(f"198.51.100.{n}").sign_in, "kim", "wrong") for n in range(3)]
        three.wait(10)
        assert house.browser().sign_in("kim").status_code == 503
        go.set()
        assert [job.result().status_code for job in jobs] == [422, 422, 422]


def test_without_a_database_nobody_gets_in_and_the_page_says_so(
    house: PeopleHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = house.browser()
    kim = house.signed_in("kim")

    def fail(*_: object, **__: object) -> None:
        raise StoreFailed("down", retryable=True)

    for name in ("tries", "session", "get", "has_any"):
        monkeypatch.setattr(house.store, name, fail)
    answer = browser.sign_in("kim")
    assert (answer.status_code, "nobody can sign in now" in answer.text) == (503, True)
    assert kim.get("/callbacks").status_code == 503
    assert kim.get("/api/v1/calls", Accept="application/json").status_code == 503


def test_nobody_has_an_account_yet_is_told_to_this_machine_only(house: PeopleHouse) -> None:
    empty = PeopleHouse("ana")
    assert empty.store.remove("ana")
    assert "ivr users add" in empty.here().get("/").text
    assert "ivr users add" not in empty.browser().get("/").text
    assert "ivr users add" not in house.here().get("/").text
