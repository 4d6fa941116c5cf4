"""Contacts begin and end with conversations, and empty chairs get no calls, whether or not a page looks."""

from __future__ import annotations

import pytest

from agent_bridge.desk.keeping import keep_contacts, pause_vanished
from ivr.core.queueing.legs import AgentState, LegState
from tests.fakes.desk_house import PROMISE, DeskHouse

pytestmark = pytest.mark.unit


def talking() -> DeskHouse:
    house = DeskHouse()
    house.promise()
    house.become(AgentState.AVAILABLE)
    house.offer(LegState.ACCEPTED, AgentState.ON_CALL)
    return house


def test_a_conversation_is_one_contact_however_often_it_is_looked_at() -> None:
    house = talking()
    assert keep_contacts(house.parts, house.clock.now()) == 1
    assert keep_contacts(house.parts, house.clock.now()) == 0
    (contact,) = house.contacts.open_ones()
    assert (contact.agent, contact.callback_id, contact.name) == ("ana", PROMISE, "Jo Ortiz")


def test_nobody_who_does_not_talk_has_a_contact() -> None:
    house = DeskHouse()
    house.become(AgentState.ON_CALL, callback_id="e" * 32)
    assert keep_contacts(house.parts, house.clock.now()) == 0
    house.become(AgentState.AVAILABLE, callback_id="")
    assert keep_contacts(house.parts, house.clock.now(), agent_id="ana") == 0


def test_the_time_being_up_saves_it_as_not_given() -> None:
    house = talking()
    keep_contacts(house.parts, house.clock.now())
    house.clock.pass_secs(60)
    house.become(AgentState.WRAP_UP, callback_id="")
    keep_contacts(house.parts, house.clock.now())
    (contact,) = house.contacts.open_ones()
    assert contact.ended_at == house.clock.now()
    house.clock.pass_secs(30)
    house.become(AgentState.AVAILABLE)
    keep_contacts(house.parts, house.clock.now())
    assert house.contacts.open_ones() == []
    (done,) = house.contacts.of_agent("ana")
    assert done.outcome == "not_given"


def test_a_customer_who_was_not_there_is_not_reached() -> None:
    house = DeskHouse()
    house.promise()
    house.become(AgentState.AVAILABLE)
    house.offer(LegState.ACCEPTED, AgentState.RINGING)
    house.become(AgentState.ON_CALL)
    keep_contacts(house.parts, house.clock.now())
    house.become(AgentState.AVAILABLE, callback_id="")
    keep_contacts(house.parts, house.clock.now())
    (done,) = house.contacts.of_agent("ana")
    assert done.outcome == "not_reached"


def test_a_desk_that_vanished_is_paused_after_thirty_seconds_and_once() -> None:
    house = DeskHouse()
    house.become(AgentState.AVAILABLE)
    house.presence.watch("ana", is_watched=True, at=house.clock.now())
    house.clock.pass_secs(30)
    assert pause_vanished(house.parts, house.clock.now()) == 0
    house.clock.pass_secs(1)
    assert pause_vanished(house.parts, house.clock.now()) == 1
    assert pause_vanished(house.parts, house.clock.now()) == 0
    ana = house.agents.get("ana")
    assert ana is not None and (ana.state, ana.reason) == (AgentState.BREAK, "line lost")


def test_who_has_only_a_telephone_never_vanishes() -> None:
    house = DeskHouse()
    house.become(AgentState.AVAILABLE)
    house.clock.pass_secs(3600)
    assert pause_vanished(house.parts, house.clock.now()) == 0
