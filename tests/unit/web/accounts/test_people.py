from __future__ import annotations

import re

import pytest

from ivr.core.accounts.model import AccountEvent, Role
from ivr.web.accounts.people import WORDS
from tests.unit.web.accounts.people_house import Browser, PeopleHouse

pytestmark = pytest.mark.unit


@pytest.fixture
def house() -> PeopleHouse:
    return PeopleHouse()


@pytest.fixture
def ada(house: PeopleHouse) -> Browser:
    return house.signed_in("ada")


def test_everybody_is_listed_with_role_and_state(house: PeopleHouse, ada: Browser) -> None:
    house.accounts.set_disabled("ana", True, house.clock.now(), by="ada")
    page = ada.get("/accounts").text
    for words in ("Ana Ruiz", "Kim Novak", "Disabled", "May sign in", "account added", "signed in"):
        assert words in page


def test_somebody_is_added_and_the_password_is_shown_once(house: PeopleHouse, ada: Browser) -> None:
    answer = ada.send("/accounts", {"id": "cho", "name": "Cho Sato", "role": "agent"}, "/accounts")
    found = re.search(r'class="password">([^<]+)<', answer.text)
    assert found is not None
    assert found[1] not in ada.get("/accounts").text
    browser = house.browser()
    assert browser.sign_in("cho", found[1]).location == "/account"
    assert house.accounts.notes(2)[1].by == "ada"


def test_what_cannot_be_added_is_refused_in_words(ada: Browser) -> None:
    answer = ada.send("/accounts", {"id": "ana", "name": "Ana", "role": "agent"}, "/accounts")
    assert (answer.status_code, "There is an account with this name already." in answer.text) == (422, True)
    assert ada.send("/accounts", {"id": "x", "name": "X", "role": "boss"}, "/accounts").status_code == 400


def test_a_role_is_changed(house: PeopleHouse, ada: Browser) -> None:
    ada.send("/accounts/ana/role", {"role": "supervisor"}, "/accounts")
    account = house.accounts.get("ana")
    assert account is not None and account.role is Role.SUPERVISOR
    assert "Done: another role for ana." in ada.get("/accounts").text


def test_somebody_is_disabled_enabled_and_signed_out(house: PeopleHouse, ada: Browser) -> None:
    kim = house.signed_in("kim")
    ada.send("/accounts/kim/end-sessions", page="/accounts")
    assert kim.get("/callbacks").status_code == 303
    ada.send("/accounts/kim/disable", page="/accounts")
    assert house.browser().sign_in("kim").status_code == 422
    ada.send("/accounts/kim/enable", page="/accounts")
    assert house.browser().sign_in("kim").status_code == 303


def test_another_password_is_given(house: PeopleHouse, ada: Browser) -> None:
    answer = ada.send("/accounts/kim/reset", page="/accounts")
    found = re.search(r'class="password">([^<]+)<', answer.text)
    assert found is not None
    assert house.browser().sign_in("kim").status_code == 422
    assert house.browser().sign_in("kim", found[1]).location == "/account"


def test_what_makes_no_sense_is_refused(ada: Browser) -> None:
    assert ada.send("/accounts/kim/promote", page="/accounts").status_code == 404
    ada.send("/accounts/ada/disable", page="/accounts")
    assert "This is the only administrator left" in ada.get("/accounts").text
    answer = ada.send("/accounts/nobody/reset", page="/accounts")
    assert (answer.status_code, "There is no such account." in answer.text) == (422, True)


def test_every_event_has_its_words() -> None:
    assert set(WORDS) == {kind.value for kind in AccountEvent}


def test_names_are_escaped(house: PeopleHouse, ada: Browser) -> None:
    evil = "<script>alert(1)</script>"
    house.accounts.add("eve", evil, Role.AGENT, house.clock.now(), by="ada")
    assert evil not in ada.get("/accounts").text
