"""What can be done at a desk, and what is refused."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from ivr.core.queueing.legs import AgentState
from ivr.ports.bridge import Why
from tests.fakes.bridge import refused
from tests.fakes.desk_house import PROMISE, DeskHouse
from tests.unit.agent_bridge.desk.asking import do, on_a_call, snapshot, wrapping_up

pytestmark = pytest.mark.unit


@pytest.fixture
def house() -> DeskHouse:
    return DeskHouse()


@pytest.fixture
def client(house: DeskHouse) -> FlaskClient:
    return house.app().test_client()


def test_going_available_means_to_be_watched(house: DeskHouse, client: FlaskClient) -> None:
    assert do(client, "state", state="available") == (200, "")
    ana = house.agents.get("ana")
    assert ana is not None and ana.state is AgentState.AVAILABLE
    house.clock.pass_secs(31)
    assert house.presence.vanished(house.clock.now()) == ["ana"]
    do(client, "state", state="offline")
    house.clock.pass_secs(31)
    assert house.presence.vanished(house.clock.now()) == []


@pytest.mark.parametrize("state", ["on_call", "nonsense", ""])
def test_states_that_follow_from_calls_cannot_be_chosen(client: FlaskClient, state: str) -> None:
    assert do(client, "state", state=state)[0] == 409


def test_nobody_can_pretend_to_be_paused_by_the_system(client: FlaskClient) -> None:
    assert do(client, "state", state="break", reason="missed 3")[0] == 409
    assert do(client, "state", state="break", reason="line lost")[0] == 409


@pytest.mark.parametrize(
    ("action", "fields", "asked"),
    [
        ("accept", {}, ("accept", "ana")),
        ("decline", {}, ("decline", "ana")),
        ("mute", {}, ("mute", "ana")),
        ("unmute", {}, ("unmute", "ana")),
        ("hold", {}, ("hold", "ana")),
        ("resume", {}, ("resume", "ana")),
        ("keys", {"digits": "12#"}, ("keys", "ana", "12#")),
        ("consult", {"target": "agent:ken"}, ("consult", "ana", "agent", "ken")),
        ("cold", {"target": "queue:general"}, ("cold", "ana", "queue", "general")),
        ("cold", {"target": "agent:ken", "number": "+1 (202) 555-0188"}, ("cold", "ana", "number", "+12025550188")),
        ("join", {}, ("join", "ana")),
        ("complete", {}, ("complete", "ana")),
        ("cancel-consult", {}, ("cancel_consult", "ana")),
        ("end", {}, ("end", "ana")),
    ],
)
def test_buttons_of_a_call_ask_the_bridge(
    house: DeskHouse, client: FlaskClient, action: str, fields: dict[str, str], asked: tuple[str, ...]
) -> None:
    assert do(client, action, **fields)[0] == 200
    assert house.bridge.asked == [asked]


def test_what_the_bridge_refuses_is_told(house: DeskHouse, client: FlaskClient) -> None:
    house.bridge.next_result = refused(Why.ALREADY_TAKEN, "Ken took it.")
    assert do(client, "accept") == (409, "Ken took it.")


@pytest.mark.parametrize("digits", ["", "abc", "1" * 33])
def test_only_keys_are_sent_as_keys(house: DeskHouse, client: FlaskClient, digits: str) -> None:
    assert do(client, "keys", digits=digits)[0] == 409
    assert house.bridge.asked == []


@pytest.mark.parametrize("target", ["", "agent:", "boss:ken"])
def test_nobody_is_asked_without_a_target(house: DeskHouse, client: FlaskClient, target: str) -> None:
    assert do(client, "consult", target=target)[0] == 409
    assert do(client, "cold", target=target)[0] == 409
    assert house.bridge.asked == []


def test_the_same_press_twice_is_done_once(house: DeskHouse, client: FlaskClient) -> None:
    first = do(client, "decline", key="the-same-key-twice")
    assert do(client, "decline", key="the-same-key-twice") == first
    assert house.bridge.asked == [("decline", "ana")]


def test_an_unknown_action_or_a_press_without_a_key_does_nothing(client: FlaskClient) -> None:
    assert do(client, "explode")[0] == 404
    assert client.post("/desk/do/accept", data={}).status_code == 404


def test_notes_are_saved_as_they_are_typed_and_come_back(house: DeskHouse, client: FlaskClient) -> None:
    on_a_call(house)
    contact = snapshot(client)["note"]["contact"]
    answer = client.post("/desk/note", data={"contact": contact, "note": "half a w"})
    saved = house.clock.now().isoformat()
    assert answer.get_json()["saved"] == saved
    assert snapshot(client)["note"] == {"contact": contact, "text": "half a w", "saved": saved}
    assert "half a w</textarea>" in client.get("/desk").text


def test_nobody_writes_in_the_notes_of_another(house: DeskHouse, client: FlaskClient) -> None:
    on_a_call(house)
    contact = snapshot(client)["note"]["contact"]
    house.person = "ken"
    assert client.post("/desk/note", data={"contact": contact, "note": "x"}).status_code == 404
    assert do(client, "finish", contact=contact, outcome="resolved")[0] == 409


def test_a_wrap_up_is_saved_and_the_agent_is_available(house: DeskHouse, client: FlaskClient) -> None:
    contact = wrapping_up(house, client)
    assert snapshot(client)["face"] == "wrap_up"
    assert do(client, "finish", contact=contact, outcome="resolved", note="All well.", then="next") == (200, "Saved.")
    done = house.contacts.get(contact)
    assert done is not None and (done.outcome, done.note) == ("resolved", "All well.")
    assert snapshot(client)["face"] == "available"


def test_a_wrap_up_needs_an_outcome(house: DeskHouse, client: FlaskClient) -> None:
    contact = wrapping_up(house, client)
    assert do(client, "finish", contact=contact) == (409, "Choose how the call ended.")
    assert do(client, "finish", contact=contact, outcome="not_given")[0] == 409
    assert snapshot(client)["face"] == "wrap_up"


def test_save_and_stay_away(house: DeskHouse, client: FlaskClient) -> None:
    contact = wrapping_up(house, client)
    do(client, "finish", contact=contact, outcome="other", then="away")
    assert snapshot(client)["face"] == "break"


def test_a_minute_can_be_added_twice(house: DeskHouse, client: FlaskClient) -> None:
    contact = wrapping_up(house, client)
    before = house.agents.get("ana")
    for status in (200, 200, 409):
        assert do(client, "more-time", contact=contact)[0] == status
    ana = house.agents.get("ana")
    assert ana is not None and before is not None and ana.free_at is not None and before.free_at is not None
    assert (ana.free_at - before.free_at).total_seconds() == 120


def test_a_call_is_promised_from_the_wrap_up_once(house: DeskHouse, client: FlaskClient) -> None:
    house.zone = "America/New_York"
    contact = wrapping_up(house, client)
    assert do(client, "promise", contact=contact, when="nonsense")[0] == 409
    assert do(client, "promise", contact=contact, when="2026-11-23T06:00")[0] == 409
    assert do(client, "promise", contact=contact, when="2026-11-24T10:00") == (200, "Promised.")
    (promised,) = house.promised
    assert promised[:2] == (PROMISE, "ana")
    assert promised[2].isoformat() == "2026-11-24T10:00:00-05:00"
    assert do(client, "promise", contact=contact, when="2026-11-25T10:00")[0] == 409


def test_follow_ups_are_done_or_asked_after(house: DeskHouse, client: FlaskClient) -> None:
    assert do(client, "follow-up", id="1", how="done")[0] == 409
    assert do(client, "follow-up", id="1", how="call")[0] == 409
    assert do(client, "follow-up", id="1", how="pigeon")[0] == 409
    assert house.follow_ups.asked == [("done", "1", ""), ("call", "1")]
