"""What is ordered for legs that are slow, silent or given up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.core.queueing.leg_events import LegNews, Word, leg_progressed
from ivr.core.queueing.legs import AgentState, LegOutcome, LegState, Role
from ivr.core.queueing.model import CallbackState, Cause
from ivr.core.queueing.orders import HangUp, LookAt, TellAndEnd
from tests.unit.core.queueing.promises import (
    Hand,
    agent,
    agent_first,
    claimed,
    customer_first,
    customer_is_dialled,
    customer_waits,
    kinds,
    promise,
    they_talk,
    with_callback,
)

pytestmark = pytest.mark.unit


# -- orders for slow legs ----------------------------------------------------------------------------


def test_a_dial_whose_answer_is_lost_is_asked_for() -> None:
    hand = agent_first()
    hand.turn()
    assert hand.turn(14) == ()
    assert hand.turn(1) == (LookAt(hand.leg(Role.AGENT)),)


def test_an_adopted_intent_is_asked_for_at_once() -> None:
    hand = agent_first()
    hand.turn()
    hand.attempt = with_callback(hand.attempt, fence=2)
    assert hand.turn() == (LookAt(hand.leg(Role.AGENT)),)


def test_a_leg_that_rings_too_long_is_asked_for_and_then_taken_back() -> None:
    hand = agent_first(ring_agent_secs=20)
    hand.turn()
    hand.news(Role.AGENT, LegState.RINGING)
    assert hand.turn(34) == ()
    assert kinds(hand.turn(1)) == ["LookAt"]
    assert kinds(hand.turn(30)) == ["LookAt", "HangUp"]


def test_a_customer_rings_as_long_as_the_queue_says() -> None:
    hand = customer_first(ring_customer_secs=40)
    hand.turn()
    hand.write(leg_progressed(hand.attempt, "t1", LegNews(LegState.RINGING), at=hand.now))
    assert hand.turn(54) == ()
    assert kinds(hand.turn(31)) == ["LookAt"]


def test_a_leg_without_a_word_is_hung_up() -> None:
    hand = agent_first()
    hand.turn()
    hand.news(Role.AGENT, LegState.ANSWERED)
    assert hand.turn(59) == ()
    assert kinds(hand.turn(1)) == ["HangUp", "LookAt"]


def test_a_flow_that_said_no_has_time_for_its_goodbye() -> None:
    hand = customer_waits(hold_budget_secs=600)
    hand.news(Role.AGENT, LegState.ANSWERED)
    hand.says(Role.AGENT, Word.DECLINED)
    assert "HangUp" not in kinds(hand.turn(19))
    assert "HangUp" in kinds(hand.turn(1))


def test_a_talk_is_looked_at_now_and_then() -> None:
    hand = they_talk()
    orders = hand.turn(20)
    assert [(order.leg.role, order.every_secs) for order in orders if isinstance(order, LookAt)] == [
        (Role.AGENT, 20.0),
        (Role.CUSTOMER, 20.0),
    ]


def test_a_told_leg_that_stays_is_hung_up() -> None:
    hand = customer_is_dialled()
    hand.over(Role.CUSTOMER, LegOutcome.BUSY)
    hand.turn(0)
    assert hand.turn(19) == ()
    assert kinds(hand.turn(1)) == ["HangUp", "LookAt"]


def test_a_message_on_a_machine_may_take_longer() -> None:
    hand = customer_first()
    hand.turn()
    hand.news(Role.CUSTOMER, LegState.ANSWERED)
    hand.says(Role.CUSTOMER, Word.VOICEMAIL)
    hand.turn()
    assert hand.turn(118) == ()
    assert kinds(hand.turn(1)) == ["HangUp", "LookAt"]


def test_an_answered_leg_without_an_id_is_looked_for_before_it_can_be_told() -> None:
    hand = customer_is_dialled()
    hand.attempt = replace(hand.attempt, legs=(replace(hand.attempt.legs[0], carrier_sid=""), hand.attempt.legs[1]))
    hand.over(Role.CUSTOMER, LegOutcome.BUSY)
    assert kinds(hand.turn()) == ["LookAt"]
    assert not hand.leg(Role.AGENT).is_redirected


def test_an_agent_is_told_in_a_language_of_theirs() -> None:
    hand = Hand(attempt=claimed(promise(language="en"), agent(languages=("ja", "en"))))
    hand.turn()
    hand.accepts(Role.AGENT)
    hand.turn()
    hand.over(Role.CUSTOMER, LegOutcome.BUSY)
    (told,) = hand.turn()
    assert isinstance(told, TellAndEnd)
    assert told.language == "ja"


def test_an_intent_that_is_to_end_is_looked_for() -> None:
    hand = customer_is_dialled()
    legs = (hand.attempt.legs[0], replace(hand.attempt.legs[1], state=LegState.INTENDED, carrier_sid=""))
    hand.attempt = with_callback(replace(hand.attempt, legs=legs), ending=Cause.BY_CALLER)
    assert kinds(hand.turn()) == ["TellAndEnd", "LookAt"]


# -- legs that are given up --------------------------------------------------------------------------


def silent(hand: Hand, secs: int) -> None:
    """Nothing is heard of anybody; the worker has its turns."""
    for _ in range(secs // 5):
        hand.turn(5)
        hand.turns_to_rest()


def test_a_customers_leg_of_which_nothing_is_heard_is_never_dialled_again() -> None:
    hand = customer_first()
    hand.turn()
    silent(hand, 1200)
    assert (hand.state, hand.attempt.callback.cause) == (CallbackState.FAILED, Cause.UNKNOWN)
    assert hand.who.state is AgentState.AVAILABLE
    assert len(hand.attempt.legs) == 1


def test_an_agents_leg_of_which_nothing_is_heard_gives_the_promise_back() -> None:
    hand = agent_first()
    hand.turn()
    silent(hand, 1200)
    assert (hand.state, hand.attempt.callback.cause) == (CallbackState.PENDING, Cause.AGENT_MISSED)
    assert (hand.who.state, hand.who.reason) == (AgentState.BREAK, "unknown")


def test_after_an_outage_of_all_workers_the_carrier_is_asked_before_a_leg_is_given_up() -> None:
    hand = customer_first()
    hand.turn()
    hand.turn(7200)
    assert not hand.leg(Role.CUSTOMER).is_over
    assert kinds(hand.turns_to_rest()) == ["LookAt"]
    hand.over(Role.CUSTOMER, LegOutcome.NO_ANSWER)
    hand.turns_to_rest()
    assert hand.attempt.callback.cause is Cause.NO_ANSWER


def test_who_has_accepted_waits_longer_than_the_others_leg_can_take() -> None:
    hand = customer_is_dialled()
    silent(hand, 1800)
    assert (hand.state, hand.attempt.callback.cause) == (CallbackState.FAILED, Cause.UNKNOWN)


def test_a_talk_whose_end_is_never_heard_of_ends_after_the_carriers_longest() -> None:
    hand = they_talk()
    hand.turn(4 * 3600 + 580)
    assert not hand.leg(Role.AGENT).is_redirected
    hand.turn(20)
    silent(hand, 1200)
    assert (hand.state, hand.attempt.callback.cause) == (CallbackState.DONE, Cause.TALKED)
    assert [leg.outcome for leg in hand.attempt.legs] == [LegOutcome.COMPLETED, LegOutcome.COMPLETED]


def test_the_other_end_of_a_talk_is_not_waited_for_that_long() -> None:
    hand = they_talk()
    hand.wait(10)
    hand.over(Role.CUSTOMER)
    silent(hand, 1200)
    assert (hand.state, hand.attempt.callback.cause) == (CallbackState.DONE, Cause.TALKED)


def test_a_word_said_before_all_went_silent_holds() -> None:
    hand = customer_first()
    hand.turn()
    hand.news(Role.CUSTOMER, LegState.ANSWERED)
    hand.says(Role.CUSTOMER, Word.VOICEMAIL)
    silent(hand, 1200)
    assert (hand.state, hand.attempt.callback.cause) == (CallbackState.RETRY_AT, Cause.VOICEMAIL)


def test_hang_up_orders_name_leg_and_call() -> None:
    hand = customer_waits()
    hand.over(Role.CUSTOMER)
    orders = hand.turn()
    assert [order for order in orders if isinstance(order, HangUp)] == [HangUp("t2", "CA-t2")]
