"""A customer who is passed on: the agent is free for notes, and the promise is kept however short they talked."""

from __future__ import annotations

import pytest

from ivr.core.queueing.handing_on import handed_on
from ivr.core.queueing.legs import AgentState, Role
from ivr.core.queueing.model import CallbackState, Cause
from tests.unit.core.queueing.promises import Hand, customer_is_dialled

pytestmark = pytest.mark.unit


def talking() -> Hand:
    hand = customer_is_dialled()
    hand.accepts(Role.CUSTOMER)
    return hand


def pass_on(hand: Hand, agent: str = "ana", number: int = 1) -> bool:
    return hand.write(handed_on(hand.attempt, agent, number, hand.rules, now=hand.now, to="ben"))


def test_who_passed_a_customer_on_has_time_for_notes_and_the_promise_no_agent() -> None:
    hand = talking()
    assert pass_on(hand)
    callback = hand.attempt.callback
    assert (callback.state, callback.cause, callback.agent) == (CallbackState.CONNECTED, Cause.ASSIGNED, "")
    assert callback.connected_at is not None
    assert (hand.who.state, hand.who.callback_id) == (AgentState.WRAP_UP, "")
    assert (hand.history[-1].by, hand.history[-1].values) == ("agent ana", {"to": "ben"})


def test_a_promise_that_was_passed_on_at_once_is_kept_all_the_same() -> None:
    hand = talking()
    pass_on(hand)
    hand.over(Role.AGENT)
    hand.over(Role.CUSTOMER)
    hand.turns_to_rest()
    assert hand.state is CallbackState.DONE


def test_somebody_who_hangs_up_as_soon_did_not_talk() -> None:
    hand = talking()
    hand.over(Role.AGENT)
    hand.over(Role.CUSTOMER)
    hand.turns_to_rest()
    assert hand.state is CallbackState.RETRY_AT


def test_only_the_agent_of_this_attempt_passes_its_customer_on() -> None:
    hand = talking()
    assert not pass_on(hand, "ben")
    assert not pass_on(hand, number=2)
    early = customer_is_dialled()
    early.attempt = early.attempt.__class__(early.attempt.callback, (), early.attempt.agent)
    assert not pass_on(early)
    assert pass_on(hand)
    assert not pass_on(hand)
