"""What follows when the customer cannot be had."""

from __future__ import annotations

import pytest

from ivr.core.queueing.leg_events import Word
from ivr.core.queueing.legs import AgentState, LegOutcome, LegState, Role
from ivr.core.queueing.model import CallbackState, Cause
from ivr.core.queueing.orders import Phrase, TellAndEnd
from ivr.core.queueing.rules import Retry
from tests.unit.core.queueing.promises import (
    Hand,
    at,
    claimed,
    customer_first,
    customer_is_dialled,
    customer_waits,
    kinds,
    promise,
    rules,
)

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("outcome", "cause", "mins"),
    [
        (LegOutcome.BUSY, Cause.BUSY, 10),
        (LegOutcome.NO_ANSWER, Cause.NO_ANSWER, 15),
        (LegOutcome.CANCELLED, Cause.NO_ANSWER, 15),
        (LegOutcome.FAILED, Cause.FAILED, 10),
    ],
)
def test_a_vain_try_waits_for_the_next_and_the_agent_is_told_and_free(
    outcome: LegOutcome, cause: Cause, mins: int
) -> None:
    hand = customer_is_dialled()
    dialled_at = hand.leg(Role.CUSTOMER).created_at
    hand.now = dialled_at
    hand.over(Role.CUSTOMER, outcome)
    (told,) = hand.turn(0)
    assert told == TellAndEnd("t1", "CA-t1", Phrase.NO_CUSTOMER, "en")
    assert hand.leg(Role.AGENT).is_redirected
    assert hand.state is CallbackState.DIALLING
    hand.over(Role.AGENT)
    hand.turns_to_rest()
    callback = hand.attempt.callback
    assert (callback.state, callback.cause, callback.tries) == (CallbackState.RETRY_AT, cause, {cause.value: 1})
    assert (callback.eligible_at - dialled_at).total_seconds() == mins * 60
    assert (callback.order_at, callback.agent, callback.lease_until) == (at(-600), "", None)
    assert (hand.who.state, hand.who.callback_id, hand.who.missed) == (AgentState.AVAILABLE, "", 0)


@pytest.mark.parametrize(
    ("word", "cause"),
    [
        (Word.VOICEMAIL, Cause.VOICEMAIL),
        (Word.NOT_PRESENT, Cause.NOT_PRESENT),
        (Word.DECLINED, Cause.NOT_PRESENT),
    ],
)
def test_the_agent_does_not_wait_for_a_machine_to_be_left_its_message(word: Word, cause: Cause) -> None:
    hand = customer_is_dialled()
    hand.news(Role.CUSTOMER, LegState.ANSWERED)
    hand.says(Role.CUSTOMER, word)
    assert kinds(hand.turn()) == ["TellAndEnd"]
    hand.over(Role.AGENT)
    hand.turns_to_rest()
    assert (hand.who.state, hand.attempt.callback.agent, hand.state) == (
        AgentState.AVAILABLE,
        "",
        CallbackState.DIALLING,
    )
    hand.over(Role.CUSTOMER)
    hand.turns_to_rest()
    assert (hand.state, hand.attempt.callback.cause) == (CallbackState.RETRY_AT, cause)


def test_a_customer_who_leaves_before_the_agent_is_there_is_tried_again() -> None:
    hand = customer_waits()
    hand.over(Role.CUSTOMER)
    assert kinds(hand.turn()) == ["HangUp", "LookAt"]
    hand.over(Role.AGENT, LegOutcome.CANCELLED)
    hand.turns_to_rest()
    assert (hand.state, hand.attempt.callback.cause) == (CallbackState.RETRY_AT, Cause.CUSTOMER_LEFT)
    assert hand.who.state is AgentState.AVAILABLE


def test_customer_first_frees_the_reserved_agent_as_soon_as_the_customer_cannot_be_had() -> None:
    hand = customer_first()
    hand.turn()
    hand.over(Role.CUSTOMER, LegOutcome.BUSY)
    hand.turn()
    assert (hand.state, hand.who.state) == (CallbackState.RETRY_AT, AgentState.AVAILABLE)


def test_the_second_failure_of_a_kind_has_its_own_delay() -> None:
    hand = Hand(attempt=claimed(promise(tries={"busy": 1, "no_answer": 1})))
    vain(hand, LegOutcome.BUSY)
    callback = hand.attempt.callback
    assert callback.tries == {"busy": 2, "no_answer": 1}
    assert (callback.eligible_at - hand.leg(Role.CUSTOMER).over_at).total_seconds() == 15 * 60  # type: ignore[operator]


def vain(hand: Hand, outcome: LegOutcome) -> None:
    hand.turn()
    hand.accepts(Role.AGENT)
    hand.turn()
    hand.over(Role.CUSTOMER, outcome)
    hand.turn()
    hand.over(Role.AGENT)
    hand.turns_to_rest()


def test_one_failure_of_a_kind_too_many_needs_a_person() -> None:
    hand = Hand(rules(retries={"busy": Retry((5,))}), claimed(promise(tries={"busy": 1})))
    vain(hand, LegOutcome.BUSY)
    assert (hand.state, hand.attempt.callback.cause) == (CallbackState.FAILED, Cause.TOO_MANY)
    assert hand.history[-1].values == {"agent": "ana", "after": "busy"}
    assert hand.who.state is AgentState.AVAILABLE


def test_too_many_tries_of_all_kinds_need_a_person() -> None:
    hand = Hand(rules(max_attempts=3), claimed(promise(tries={"no_answer": 1, "voicemail": 1})))
    vain(hand, LegOutcome.BUSY)
    assert (hand.state, hand.attempt.callback.cause) == (CallbackState.FAILED, Cause.TOO_MANY)


def test_a_kind_without_a_rule_has_the_usual_delays() -> None:
    hand = Hand(rules(retries={}))
    vain(hand, LegOutcome.NO_ANSWER)
    assert hand.state is CallbackState.RETRY_AT


def test_what_cannot_be_known_is_not_dialled_again() -> None:
    hand = Hand()
    vain(hand, LegOutcome.UNKNOWN)
    assert (hand.state, hand.attempt.callback.cause) == (CallbackState.FAILED, Cause.UNKNOWN)


def test_a_number_that_the_carrier_refuses_needs_a_person() -> None:
    hand = Hand()
    vain(hand, LegOutcome.REFUSED)
    assert (hand.state, hand.attempt.callback.cause) == (CallbackState.FAILED, Cause.REFUSED)
    assert hand.attempt.callback.tries == {}


def test_a_call_that_was_never_placed_costs_no_try_and_has_a_pause() -> None:
    hand = Hand()
    vain(hand, LegOutcome.NEVER_PLACED)
    callback = hand.attempt.callback
    assert (callback.state, callback.cause, callback.tries) == (CallbackState.PENDING, Cause.NEVER_PLACED, {})
    assert (callback.eligible_at - hand.leg(Role.CUSTOMER).created_at).total_seconds() == 60


def test_a_customer_who_asks_never_to_be_called_again_is_not() -> None:
    hand = customer_is_dialled()
    hand.news(Role.CUSTOMER, LegState.ANSWERED)
    hand.says(Role.CUSTOMER, Word.STOPPED)
    hand.turn()
    hand.over(Role.CUSTOMER)
    hand.over(Role.AGENT)
    hand.turns_to_rest()
    assert (hand.state, hand.attempt.callback.cause) == (CallbackState.CANCELLED, Cause.STOPPED)
