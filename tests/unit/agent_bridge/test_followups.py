"""Whoever passed a call on sees to it: by a note, a check-back call, or a text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.core.bridging.followups import CheckBack, FollowUp, FollowUpState
from ivr.core.queueing.model import CallbackState, Kind
from ivr.core.queueing.steps import Step
from ivr.ports import StoreFailed
from tests.unit.agent_bridge.talk import CUSTOMER, ID, NOON, Talk

pytestmark = pytest.mark.unit

FOLLOW_UP = FollowUp("f" * 32, "ana", ID, "Ben", NOON, "Grace", CUSTOMER, "late order")


@pytest.fixture
def talk() -> Talk:
    """The conversation it comes from is over."""
    talk = Talk()
    done = replace(talk.callback, state=CallbackState.DONE)
    talk.callbacks.step(ID, lambda attempt: Step(replace(attempt, callback=done)))
    talk.follow_up_store.add(FOLLOW_UP)
    return talk


def test_it_is_done_once_by_whose_it_is(talk: Talk) -> None:
    assert talk.follow_ups.for_agent("ana") == [FOLLOW_UP]
    assert talk.follow_ups.done(FOLLOW_UP.id, "ben", "", talk.at) is None
    done = talk.follow_ups.done(FOLLOW_UP.id, "ana", "  solved  ", talk.at)
    assert done is not None and (done.state, done.note, done.done_at) == (FollowUpState.DONE, "solved", talk.at)
    assert talk.follow_ups.done(FOLLOW_UP.id, "ana", "", talk.at) is None
    assert talk.follow_ups.for_agent("ana") == []


def test_a_check_back_call_is_a_promise_of_the_agents_own(talk: Talk) -> None:
    asked = talk.follow_ups.check_back(FOLLOW_UP.id, "ana", CheckBack.CALL, talk.at)
    assert asked is not None and (asked.state, asked.how) == (FollowUpState.CHECKING, CheckBack.CALL)
    check = talk.callbacks.get(asked.check_id)
    assert check is not None
    assert (check.number, check.owner, check.kind, check.state) == (
        CUSTOMER,
        "ana",
        Kind.CALLBACK,
        CallbackState.PENDING,
    )
    assert "solved" in check.reason
    assert talk.follow_ups.check_back(FOLLOW_UP.id, "ana", CheckBack.CALL, talk.at) is None


def test_a_check_back_text_offers_a_call(talk: Talk) -> None:
    asked = talk.follow_ups.check_back(FOLLOW_UP.id, "ana", CheckBack.TEXT, talk.at)
    assert asked is not None and asked.how is CheckBack.TEXT
    [text] = talk.texts.unsent()
    assert text.number == CUSTOMER and "Was it solved?" in text.body and text.key == asked.check_id


def test_nobody_is_asked_who_may_not_be(talk: Talk) -> None:
    ask = talk.follow_ups.check_back
    assert ask("e" * 32, "ana", CheckBack.CALL, talk.at) is None
    assert ask(FOLLOW_UP.id, "ben", CheckBack.CALL, talk.at) is None
    for number, fields in enumerate(({"number": ""}, {"number": "+19005550100"}, {"callback_id": "x"})):
        follow_up = replace(FOLLOW_UP, id=f"{number:032x}", **fields)  # type: ignore[arg-type]
        talk.follow_up_store.add(follow_up)
        assert ask(follow_up.id, "ana", CheckBack.CALL, talk.at) is None
    talk.callbacks.stop(CUSTOMER, at=talk.at, by="customer")
    assert ask(FOLLOW_UP.id, "ana", CheckBack.CALL, talk.at) is None


def test_a_number_that_takes_no_texts_gets_none(talk: Talk) -> None:
    before = replace(talk.callback, dialled="")
    talk.callbacks.step(ID, lambda attempt: Step(replace(attempt, callback=before)))
    assert talk.follow_ups.check_back(FOLLOW_UP.id, "ana", CheckBack.TEXT, talk.at) is None
    assert talk.texts.unsent() == []


def test_what_cannot_be_stored_is_not_noted_as_asked(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object, **__: object) -> None:
        raise StoreFailed("locked", retryable=True)

    monkeypatch.setattr(talk.callbacks, "promise", failing)
    assert talk.follow_ups.check_back(FOLLOW_UP.id, "ana", CheckBack.CALL, talk.at) is None
    assert talk.follow_ups.for_agent("ana") == [FOLLOW_UP]
