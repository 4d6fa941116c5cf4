from __future__ import annotations

import pytest

from tests.unit.web.accounts.people_house import PASSWORDS, PeopleHouse

pytestmark = pytest.mark.unit

SESSION = "__Host-denwaban"
WANTED = "three owls in a canoe"


@pytest.fixture
def house() -> PeopleHouse:
    return PeopleHouse()


def form(present: str, wanted: str, again: str | None = None) -> dict[str, str]:
    return {"present": present, "wanted": wanted, "again": wanted if again is None else again}


def test_another_password_signs_out_everywhere_else_and_gives_a_new_cookie(house: PeopleHouse) -> None:
    ana, elsewhere = house.signed_in("ana"), house.signed_in("ana")
    before = ana.cookie(SESSION)
    assert ana.send("/account/password", form(PASSWORDS["ana"], WANTED)).status_code == 303
    assert ana.cookie(SESSION) != before
    assert "Your password is changed." in ana.get("/account").text
    assert elsewhere.get("/account").status_code == 303
    assert house.browser().sign_in("ana", WANTED).status_code == 303


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (form("wrong", WANTED), "The present password is not right."),
        (form(PASSWORDS["ana"], WANTED, "another"), "The two new passwords are not the same."),
        (form(PASSWORDS["ana"], "short"), "Take at least 12 characters"),
        (form(PASSWORDS["ana"], "ana ruiz 2026"), "Take something that is not made of your name."),
    ],
)
def test_another_password_is_refused_in_words_and_never_shown(
    house: PeopleHouse, sent: dict[str, str], sentence: str
) -> None:
    ana = house.signed_in("ana")
    answer = ana.send("/account/password", sent)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert not any(f'value="{value}"' in answer.text for value in sent.values())


def test_letter_keys_are_switched_off_and_on(house: PeopleHouse) -> None:
    ana = house.signed_in("ana")
    assert 'data-letter-keys="on"' in ana.get("/account").text
    ana.send("/account/keys", {})
    assert 'data-letter-keys="off"' in ana.get("/account").text
    ana.send("/account/keys", {"letters": "on"})
    assert 'data-letter-keys="on"' in ana.get("/account").text


def test_own_sessions_are_listed_and_ended(house: PeopleHouse) -> None:
    ana, other = house.signed_in("ana"), house.browser()
    other.headers = {"User-Agent": "Mozilla/5.0 (iPhone) Safari/604.1"}
    other.sign_in("ana")
    page = ana.get("/account").text
    assert "Safari on iPhone" in page and "this one" in page
    here = house.accounts.sessions("ana", house.clock.now())
    theirs = next(one.id for one in here if one.device == "Safari on iPhone")
    assert ana.send(f"/account/sessions/{theirs}/end").location == "/account"
    assert other.get("/account").status_code == 303
    assert ana.send("/account/sessions/unknown/end").status_code == 404


def test_nobody_ends_another_persons_session(house: PeopleHouse) -> None:
    house.signed_in("kim")
    kims = house.accounts.sessions("kim", house.clock.now())[0].id
    assert house.signed_in("ana").send(f"/account/sessions/{kims}/end").status_code == 404
    assert len(house.accounts.sessions("kim", house.clock.now())) == 1


def test_ending_the_own_session_is_signing_out(house: PeopleHouse) -> None:
    ana = house.signed_in("ana")
    own = house.accounts.sessions("ana", house.clock.now())[0].id
    assert ana.send(f"/account/sessions/{own}/end").location == "/"
    assert ana.cookie(SESSION) is None


def test_all_others_are_signed_out_at_once(house: PeopleHouse) -> None:
    others = [house.signed_in("ana") for _ in range(2)]
    ana = house.signed_in("ana")
    ana.send("/account/sessions/end")
    assert "2 other browsers are signed out." in ana.get("/account").text
    assert [one.get("/account").status_code for one in others] == [303, 303]
