"""A contact begins with the conversation, ends with it, and is done when its outcome is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent_bridge.work import OFFERED, Outcome, began, closed, extended, followed, noted, promised
from ivr.core.queueing.legs import AgentState
from ivr.ports import Contact
from tests.unit.agent_bridge.people import NOON, PROMISE, ana, later, promise, talking, wrapping_up

pytestmark = pytest.mark.unit

CONTACT = Contact(
    id="a" * 32,
    agent="ana",
    callback_id=PROMISE,
    attempt=1,
    began_at=NOON,
    call_id="d" * 32,
    number="+12025550123",
    name="Jo Ortiz",
    language="en",
    queue="general",
    reason="Order status",
)


def test_a_contact_begins_when_the_agent_talks() -> None:
    assert began(talking(), promise(), "a" * 32, later(5)) == CONTACT
    assert began(talking(since=None), promise(), "a" * 32, NOON) == CONTACT


def test_an_offer_is_no_contact_yet() -> None:
    assert began(ana(AgentState.RINGING, callback_id=PROMISE), promise(), "a" * 32, NOON) is None
    assert began(talking(callback_id="e" * 32), promise(), "a" * 32, NOON) is None


def test_while_the_agent_talks_nothing_is_new() -> None:
    assert followed(CONTACT, talking(), later(5), did_talk=True) is None


def test_the_conversation_ended_when_the_wrap_up_began() -> None:
    ended = followed(CONTACT, wrapping_up(since=later(60)), later(61), did_talk=True)
    assert ended == replace(CONTACT, ended_at=later(60))
    assert ended is not None and followed(ended, wrapping_up(since=later(60)), later(65), did_talk=True) is None


def test_when_the_time_is_up_the_outcome_is_not_given() -> None:
    ended = replace(CONTACT, ended_at=later(60), note="half a word")
    assert followed(ended, ana(), later(90), did_talk=True) == replace(ended, outcome="not_given", done_at=later(90))


def test_a_customer_who_was_not_there_is_told_apart() -> None:
    done = followed(CONTACT, ana(), later(20), did_talk=False)
    assert done == replace(CONTACT, ended_at=later(20), outcome="not_reached", done_at=later(20))


def test_who_had_a_wrap_up_has_talked_however_short_it_was() -> None:
    ended = replace(CONTACT, ended_at=later(2))
    done = followed(ended, ana(), later(32), did_talk=False)
    assert done is not None and done.outcome == "not_given"


def test_the_contact_of_somebody_who_was_removed_is_done() -> None:
    done = followed(CONTACT, None, later(20), did_talk=True)
    assert done is not None and done.outcome == "not_given"


def test_what_is_done_stays_as_it_is() -> None:
    assert followed(replace(CONTACT, done_at=NOON), ana(), later(20), did_talk=True) is None


def test_notes_are_kept_also_when_the_time_was_up() -> None:
    done = replace(CONTACT, done_at=NOON, outcome="not_given")
    assert noted(done, "late word", later(5)) == replace(done, note="late word", note_at=later(5))
    assert len(noted(CONTACT, "x" * 9000, NOON).note) == 8000


def test_a_minute_can_be_added_twice() -> None:
    once = extended(CONTACT)
    twice = extended(once) if once is not None else None
    assert twice is not None and twice.extensions == 2
    assert extended(twice) is None
    assert extended(replace(CONTACT, done_at=NOON)) is None


def test_an_outcome_is_given_once_and_late_ones_count() -> None:
    done = closed(replace(CONTACT, ended_at=later(60)), Outcome.RESOLVED, later(70))
    assert done == replace(CONTACT, ended_at=later(60), outcome="resolved", done_at=later(70))
    assert done is not None and closed(done, Outcome.OTHER, later(80)) is None
    too_late = replace(CONTACT, ended_at=later(60), outcome="not_given", done_at=later(90))
    assert closed(too_late, Outcome.RESOLVED, later(95)) == replace(too_late, outcome="resolved", done_at=later(95))
    assert closed(CONTACT, Outcome.RESOLVED, later(5)) == replace(
        CONTACT, outcome="resolved", ended_at=later(5), done_at=later(5)
    )


def test_a_follow_up_is_remembered() -> None:
    assert promised(CONTACT, "f" * 32) == replace(CONTACT, follow_up_id="f" * 32)


def test_there_are_no_more_outcomes_than_keys() -> None:
    assert len(OFFERED) <= 9
    assert OFFERED[0] is Outcome.RESOLVED
