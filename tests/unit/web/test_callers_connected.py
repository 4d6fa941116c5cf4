"""Callers on the line: to the agent who took the call, and back to the flow where there was no conversation."""

from __future__ import annotations

import pytest

from ivr.core.queueing.legs import Leg, LegState
from tests.fakes.queue_service import AT, ONE, TAG, ScriptedQueue, leg
from tests.unit.web.kit import CALL, House, document, redirect, stream_url, verbs

pytestmark = pytest.mark.unit

DONE = {"CallStatus": "completed", "SequenceNumber": "9"}


@pytest.fixture
def house() -> House:
    """A caller who was sent to an agent: the stream is over, and so is our conversation."""
    house = House(queue=ScriptedQueue())
    house.add_node()
    house.ask("/voice/incoming")
    call = house.calls.by_sid(CALL)
    assert call is not None
    snapshot = {"node": "to_agent.through", "phase": "hung_up", "step": "main", "unheard": ["You are through."]}
    house.calls.update(call.id, snapshot=snapshot, node_id="media-1")
    house.calls.end(call.id, ended_at=house.clock.now(), outcome="bridge", cause="completed")
    queue_of(house).legs[TAG] = on_the_line(answered_at=AT)
    return house


def on_the_line(**changes: object) -> Leg:
    return leg(state=LegState.ACCEPTED, number="", carrier_sid=CALL, **changes)


def queue_of(house: House) -> ScriptedQueue:
    assert house.queue is not None
    return house.queue


def test_a_caller_who_was_handed_over_goes_to_the_agent(house: House) -> None:
    answer = house.ask("/voice/after-stream?resume=1")
    conference = document(answer).find("Dial/Conference")
    assert conference is not None and conference.text == f"cb-{ONE}-1"


def test_a_caller_whose_process_fell_before_that_goes_on_waiting(house: House) -> None:
    call = house.calls.recent()[0]
    house.add_node("media-2")
    house.calls.update(call.id, status="in_progress", ended_at=None)
    queue_of(house).legs[TAG] = on_the_line()
    assert stream_url(house.ask("/voice/after-stream?resume=1"))


def test_without_a_conversation_the_call_goes_on_in_the_flow(house: House) -> None:
    queue_of(house).has_talked = False
    answer = house.ask(f"/voice/met/{TAG}?back=1")
    assert redirect(answer) == "/voice/after-stream?resume=1"
    call = house.calls.recent()[0]
    assert (call.status, call.outcome, call.ended_at, call.node_id) == ("in_progress", None, None, None)
    assert call.snapshot == {
        "node": "to_agent.lost", "phase": "asking", "step": "main", "outcome": None, "unheard": [],
    }  # fmt: skip


def test_after_a_conversation_nothing_goes_on(house: House) -> None:
    assert verbs(house.ask(f"/voice/met/{TAG}?back=1")) == ["Hangup"]
    assert house.calls.recent()[0].status == "ended"
    assert ("came_out", (TAG,)) in queue_of(house).asked


def test_whoever_is_not_that_caller_is_hung_up(house: House) -> None:
    queue_of(house).has_talked = False
    assert verbs(house.ask(f"/voice/met/{'f' * 32}")) == ["Hangup"]
    assert verbs(house.ask(f"/voice/met/{TAG}", CallSid="CA" + "9" * 32)) == ["Hangup"]
    assert verbs(house.ask(f"/voice/met/{TAG}", CallStatus="completed")) == ["Hangup"]
    queue_of(house).legs[TAG] = leg(carrier_sid=CALL)
    assert verbs(house.ask(f"/voice/met/{TAG}")) == ["Hangup"]
    assert queue_of(house).asked == []


def test_a_call_that_was_never_sent_to_a_person_does_not_go_on(house: House) -> None:
    queue_of(house).has_talked = False
    house.calls.update(house.calls.recent()[0].id, snapshot={"node": "welcome"})
    assert verbs(house.ask(f"/voice/met/{TAG}")) == ["Hangup"]


def test_a_caller_who_hangs_up_is_taken_out_of_the_line(house: House) -> None:
    house.ask("/voice/status", DONE)
    assert ("caller_left", (CALL,)) in queue_of(house).asked


# -- a number in place of a queue --------------------------------------------------------------------


@pytest.fixture
def passed_on() -> House:
    """A caller who goes on to a number."""
    house = House(queue=ScriptedQueue(legs={}))
    house.add_node()
    house.ask("/voice/incoming")
    call = house.calls.recent()[0]
    records = {"transfer": {"ok": "yes", "number": "+12135550177"}}
    house.calls.update(call.id, snapshot={"node": "to_shop.dialling", "records": records, "phase": "hung_up"})
    house.calls.end(call.id, ended_at=house.clock.now(), outcome="dial", cause="completed")
    return house


def test_the_number_is_dialled_on_the_callers_own_line(passed_on: House) -> None:
    answer = passed_on.ask("/voice/after-stream?resume=1")
    dial = document(answer).find("Dial")
    assert dial is not None
    assert dial.findtext("Number") == "+12135550177"
    assert dial.attrib["callerId"] == passed_on.calls.recent()[0].dialled
    assert dial.attrib["action"] == "https://calls.example.com/voice/dialled"


@pytest.mark.parametrize("status", ["no-answer", "busy", "failed", "canceled"])
def test_where_nobody_answers_the_flow_goes_on(passed_on: House, status: str) -> None:
    answer = passed_on.ask("/voice/dialled", DialCallStatus=status)
    assert redirect(answer) == "/voice/after-stream?resume=1"
    snapshot = passed_on.calls.recent()[0].snapshot
    assert snapshot is not None and snapshot["node"] == "to_shop.nobody"


def test_after_a_talk_with_a_number_that_is_the_end(passed_on: House) -> None:
    assert verbs(passed_on.ask("/voice/dialled", DialCallStatus="completed")) == ["Hangup"]
    assert verbs(passed_on.ask("/voice/dialled", CallStatus="completed", DialCallStatus="no-answer")) == ["Hangup"]


def test_an_unknown_call_or_one_that_went_nowhere_is_hung_up(passed_on: House) -> None:
    assert verbs(passed_on.ask("/voice/dialled", CallSid="CA" + "9" * 32, DialCallStatus="busy")) == ["Hangup"]
    passed_on.calls.update(passed_on.calls.recent()[0].id, snapshot=None)
    assert verbs(passed_on.ask("/voice/dialled", DialCallStatus="busy")) == ["Hangup"]
