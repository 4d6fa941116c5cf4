"""Which face the desk shows for what, and what it says is next."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agent_bridge.desk.faces import Face, face_of
from agent_bridge.desk.looking import look
from ivr.core.queueing.legs import AgentState, LegState
from tests.fakes.desk_house import DeskHouse

pytestmark = pytest.mark.unit


def face(house: DeskHouse) -> Face:
    found = look(house.parts, "ana")
    assert found is not None
    return face_of(found)


def offered(leg: LegState = LegState.RINGING, state: AgentState = AgentState.RINGING) -> DeskHouse:
    house = DeskHouse()
    house.promise()
    house.become(AgentState.AVAILABLE)
    house.offer(leg, state)
    return house


def test_nobody_has_no_face() -> None:
    assert look(DeskHouse().parts, "nobody") is None


@pytest.mark.parametrize(
    ("state", "reason", "name", "word"),
    [
        (AgentState.OFFLINE, "", "offline", "Offline"),
        (AgentState.AVAILABLE, "", "available", "Available"),
        (AgentState.BREAK, "", "break", "Break"),
        (AgentState.BREAK, "Lunch", "break", "Break · Lunch"),
        (AgentState.BREAK, "missed 1", "missed", "Missed 1"),
        (AgentState.BREAK, "busy", "unreachable", "Not reached"),
        (AgentState.BREAK, "line lost", "line_lost", "Line lost"),
        (AgentState.WRAP_UP, "passed", "resting", "Passed on"),
        (AgentState.WRAP_UP, "", "wrap_up", "Wrap-up"),
        (AgentState.RESERVED, "", "offered", "Being offered a call"),
    ],
)
def test_every_state_has_its_word(state: AgentState, reason: str, name: str, word: str) -> None:
    house = DeskHouse()
    house.become(state, reason=reason, missed=1 if "missed" in reason else 0)
    shown = face(house)
    assert (shown.name, shown.word) == (name, word)


def test_a_missed_call_says_when_and_why_one_is_paused() -> None:
    house = DeskHouse()
    house.become(AgentState.BREAK, reason="missed 2", missed=2)
    assert face(house).next == "You missed 2 calls at 12:00. You are paused so that callers don't wait."


def test_passing_on_is_not_missing() -> None:
    house = DeskHouse()
    house.become(AgentState.WRAP_UP, reason="passed", free_at=house.clock.now() + timedelta(seconds=15))
    assert face(house).is_free_to_choose
    assert face(house).token == "away"


def test_ringing_counts_down_from_when_the_telephone_was_dialled() -> None:
    house = offered()
    shown = face(house)
    assert (shown.name, shown.lasts_secs) == ("ringing", 20)
    assert shown.ends == house.clock.now() + timedelta(seconds=20)


@pytest.mark.parametrize(
    ("leg", "name"), [(LegState.INTENDED, "offered"), (LegState.RINGING, "ringing"), (LegState.ANSWERED, "asked")]
)
def test_an_offer_shows_how_far_the_telephone_is(leg: LegState, name: str) -> None:
    assert face(offered(leg)).name == name


def test_until_the_customer_is_there_one_waits() -> None:
    house = offered(LegState.ACCEPTED)
    house.become(AgentState.ON_CALL)
    assert face(house).name == "waiting"
    assert "Jo Ortiz" in face(house).next


def test_both_there_is_a_call() -> None:
    assert face(offered(LegState.ACCEPTED, AgentState.ON_CALL)).name == "on_call"


def test_the_wrap_up_lasts_longer_with_every_added_minute() -> None:
    house = DeskHouse()
    house.become(AgentState.WRAP_UP, free_at=house.clock.now() + timedelta(seconds=30))
    assert face(house).lasts_secs == 30


@pytest.mark.parametrize(
    ("state", "wish", "words"),
    [
        (AgentState.ON_CALL, AgentState.BREAK, "Break after this call"),
        (AgentState.WRAP_UP, AgentState.OFFLINE, "Offline after your notes"),
    ],
)
def test_a_wish_is_told(state: AgentState, wish: AgentState, words: str) -> None:
    house = DeskHouse()
    house.become(state, wish=wish, wish_reason="line lost" if state is AgentState.ON_CALL else "")
    assert face(house).wish == words
