"""The desk's page over stores in memory: for whom it is, and what it shows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from ivr.core.queueing.legs import AgentState
from ivr.ports import Contact
from tests.fakes.desk_house import PROMISE, DeskHouse
from tests.unit.agent_bridge.desk.asking import do, on_a_call, snapshot, wrapping_up

pytestmark = pytest.mark.unit


@pytest.fixture
def house() -> DeskHouse:
    return DeskHouse()


@pytest.fixture
def client(house: DeskHouse) -> FlaskClient:
    return house.app().test_client()


def test_nobody_signed_in_is_sent_to_the_door(house: DeskHouse, client: FlaskClient) -> None:
    house.person = None
    assert client.get("/desk").status_code == 302
    for answer in (
        client.get("/desk/snapshot"),
        client.post("/desk/note", data={"contact": "1"}),
        client.post("/desk/do/accept", data={"key": "k" * 20}),
    ):
        assert answer.status_code == 401


def test_who_takes_no_calls_has_no_desk(house: DeskHouse, client: FlaskClient) -> None:
    house.person = "kim"
    answer = client.get("/desk")
    assert answer.status_code == 404
    assert "not among the people who take calls" in answer.text
    assert client.get("/desk/snapshot").status_code == 401


def test_an_action_without_a_token_is_refused(house: DeskHouse) -> None:
    answer = house.app(checks_csrf=True).test_client().post("/desk/do/state", data={"state": "available"})
    assert answer.status_code == 400
    ana = house.agents.get("ana")
    assert ana is not None and ana.state is AgentState.OFFLINE


def test_the_offer_shows_who_why_what_was_tried_and_what_was_promised(house: DeskHouse, client: FlaskClient) -> None:
    house.promise()
    house.said(("us", "How can I help?"), ("caller", "where is my order"))
    house.become(AgentState.AVAILABLE)
    house.offer()
    page = client.get("/desk").text
    for words in ("Jo Ortiz", "+1 202 ···23", "Order status", "42719", "A call between 11:59 and 12:09, told at 11:54"):
        assert words in page
    assert "where is my order" in page
    assert "+12025550123" not in page
    found = snapshot(client)
    assert found["face"] == "ringing"
    assert found["offer"] == f"{PROMISE}-{'b' * 32}"
    assert found["canAccept"] is False


def test_what_callers_say_is_text_and_never_markup(house: DeskHouse, client: FlaskClient) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    house.promise(name=evil, reason=evil, brief={"order": evil}, notes=(evil,))
    house.said(("caller", evil))
    house.become(AgentState.AVAILABLE)
    house.offer()
    for html in [client.get("/desk").text, *snapshot(client)["regions"].values()]:
        assert "<script>alert" not in html
        assert "<img" not in html


def test_japanese_words_say_that_they_are_japanese(house: DeskHouse, client: FlaskClient) -> None:
    house.promise(language="ja", reason="注文の状況")
    house.said(("caller", "注文はどこですか"))
    house.become(AgentState.AVAILABLE)
    house.offer()
    regions = snapshot(client)["regions"]
    assert '<dd class="why-word" lang="ja">注文の状況</dd>' in regions["card"]
    assert '<span lang="ja">注文はどこですか</span>' in regions["transcript"]


def test_a_number_that_may_be_forged_is_warned_of(house: DeskHouse, client: FlaskClient) -> None:
    house.promise(attested="failed")
    house.become(AgentState.AVAILABLE)
    house.offer()
    assert "may be forged" in snapshot(client)["regions"]["card"]


def test_nothing_new_is_a_short_answer(client: FlaskClient) -> None:
    version = snapshot(client)["v"]
    again = client.get(f"/desk/snapshot?v={version}").get_json()
    assert again["same"] is True
    assert "regions" not in again


def test_a_page_that_asks_is_a_sign_of_life(house: DeskHouse, client: FlaskClient) -> None:
    snapshot(client)
    assert house.presence.last_seen("ana") == house.clock.now()


def test_an_empty_desk_says_what_was_and_what_comes(house: DeskHouse, client: FlaskClient) -> None:
    contact = wrapping_up(house, client)
    do(client, "finish", contact=contact, outcome="resolved")
    house.clock.pass_secs(360)
    later = house.clock.now().replace(hour=14, minute=30)
    house.promise(id="7" * 32, number="+12025550177", name="Lee", eligible_at=later, promised_from=later)
    card = snapshot(client)["regions"]["card"]
    assert "No calls right now. 1 callback is planned, the first at 14:30. Last call 6 minutes ago." in card


def test_earlier_dealings_with_a_caller_are_shown(house: DeskHouse, client: FlaskClient) -> None:
    before = Contact("9" * 32, "ken", "8" * 32, 1, house.clock.now(), number="+12025550123", reason="Returns")
    house.contacts.open(replace(before, outcome="resolved", note="Was content.", done_at=house.clock.now()))
    on_a_call(house)
    regions = snapshot(client)["regions"]
    assert "Was content." in regions["history"]
    assert "Was here before, once" in regions["card"]


def test_a_break_chosen_in_a_call_is_shown_as_what_follows(house: DeskHouse, client: FlaskClient) -> None:
    on_a_call(house)
    do(client, "state", state="break", reason="Lunch")
    assert "<strong>Lunch after this call.</strong>" in snapshot(client)["regions"]["state"]
    do(client, "state", state="available")
    assert "after this call" not in snapshot(client)["regions"]["state"]
