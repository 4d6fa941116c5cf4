"""What follows when the agent cannot be had, also with a customer on the line."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.core.queueing.claims import reserve
from ivr.core.queueing.leg_events import Word
from ivr.core.queueing.legs import AgentState, LegOutcome, LegState, Role
from ivr.core.queueing.model import CallbackState, Cause
from ivr.core.queueing.orders import Dial, FindAgent, Phrase, TellAndEnd
from tests.unit.core.queueing.promises import (
    Hand,
    agent,
    agent_first,
    at,
    customer_first,
    customer_is_dialled,
    customer_waits,
    kinds,
    with_callback,
)

pytestmark = pytest.mark.unit


# -- the agent cannot be had -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "cause", "state"),
    [
        (LegOutcome.NO_ANSWER, Cause.AGENT_MISSED, AgentState.BREAK),
        (LegOutcome.BUSY, Cause.AGENT_MISSED, AgentState.BREAK),
        (LegOutcome.UNKNOWN, Cause.AGENT_MISSED, AgentState.BREAK),
    ],
)
def test_an_agent_who_cannot_be_had_costs_the_customer_nothing(
    outcome: LegOutcome, cause: Cause, state: AgentState
) -> None:
    hand = agent_first()
    hand.turn()
    hand.over(Role.AGENT, outcome)
    hand.turn()
    callback = hand.attempt.callback
    assert (callback.state, callback.cause, callback.tries) == (CallbackState.PENDING, cause, {})
    assert (callback.eligible_at, callback.order_at) == (at(-600), at(-600))
    assert hand.who.state is state


def test_an_agent_who_passes_lets_the_next_one_have_it() -> None:
    hand = agent_first()
    hand.turn()
    hand.news(Role.AGENT, LegState.ANSWERED)
    hand.says(Role.AGENT, Word.DECLINED)
    assert hand.turn() == ()
    hand.over(Role.AGENT)
    hand.turns_to_rest()
    assert (hand.state, hand.attempt.callback.cause) == (CallbackState.PENDING, Cause.AGENT_DECLINED)
    assert hand.who.state is AgentState.WRAP_UP


def test_an_agent_who_leaves_before_the_customer_is_dialled_gives_it_back() -> None:
    hand = agent_first()
    hand.turn()
    hand.accepts(Role.AGENT)
    hand.over(Role.AGENT)
    hand.turn()
    assert (hand.state, hand.attempt.callback.cause) == (CallbackState.PENDING, Cause.AGENT_LEFT)
    assert len(hand.attempt.legs) == 1


def test_an_agents_call_that_was_never_placed_is_repeated_after_a_pause() -> None:
    hand = agent_first()
    hand.turn()
    hand.over(Role.AGENT, LegOutcome.NEVER_PLACED)
    hand.turn()
    callback = hand.attempt.callback
    assert (callback.state, callback.cause, callback.eligible_at) == (
        CallbackState.PENDING,
        Cause.NEVER_PLACED,
        at(61),
    )
    assert hand.who.state is AgentState.AVAILABLE


def test_an_agent_who_signed_out_is_not_dialled() -> None:
    hand = agent_first()
    hand.attempt = replace(hand.attempt, agent=replace(hand.who, state=AgentState.OFFLINE))
    hand.turn()
    assert (hand.state, hand.attempt.callback.cause) == (CallbackState.PENDING, Cause.AGENT_LEFT)
    assert (hand.who.state, hand.who.callback_id) == (AgentState.OFFLINE, "")


def test_an_agent_who_signs_out_while_it_rings_is_hung_up() -> None:
    hand = agent_first()
    hand.turn()
    hand.news(Role.AGENT, LegState.RINGING)
    hand.attempt = replace(hand.attempt, agent=replace(hand.who, state=AgentState.OFFLINE))
    assert kinds(hand.turn()) == ["HangUp", "LookAt"]


def test_an_agent_who_was_removed_gives_it_back() -> None:
    hand = agent_first()
    hand.attempt = replace(hand.attempt, agent=None)
    hand.turn()
    assert hand.state is CallbackState.PENDING


# -- a customer on the line, and no agent ------------------------------------------------------------


def test_another_agent_is_looked_for_while_a_customer_waits() -> None:
    hand = customer_waits()
    hand.wait(5)
    hand.over(Role.AGENT, LegOutcome.BUSY)
    (find,) = hand.turn(0)
    assert find == FindAgent("c1", ("ana",), at(21))
    assert (hand.attempt.callback.agent, hand.who.state) == ("", AgentState.BREAK)
    assert hand.history[-1].cause is Cause.AGENT_MISSED


def give(hand: Hand, agent_id: str) -> None:
    """The dispatcher found somebody."""
    hand.attempt = replace(hand.attempt, agent=agent(agent_id, number="+15550299"))
    assert hand.write(reserve(hand.attempt, worker="w1", now=hand.now))


def test_another_agent_is_dialled_and_they_talk() -> None:
    hand = customer_waits()
    hand.over(Role.AGENT, LegOutcome.BUSY)
    hand.turn(0)
    give(hand, "bob")
    (dial,) = hand.turn(0)
    assert isinstance(dial, Dial)
    assert (dial.leg.agent, dial.leg.number) == ("bob", "+15550299")
    hand.accepts(Role.AGENT)
    hand.turn()
    assert (hand.state, hand.history[-1].values) == (CallbackState.CONNECTED, {"agent": "bob"})


def test_one_who_passes_is_let_go_before_the_goodbye_is_over() -> None:
    hand = customer_waits()
    hand.news(Role.AGENT, LegState.ANSWERED)
    hand.says(Role.AGENT, Word.DECLINED)
    assert kinds(hand.turn(0)) == ["FindAgent"]
    assert hand.attempt.callback.agent == ""
    give(hand, "bob")
    assert kinds(hand.turn(0)) == ["Dial"]


def test_an_agent_who_signs_out_before_being_dialled_is_replaced() -> None:
    hand = customer_first()
    hand.turn()
    hand.news(Role.CUSTOMER, LegState.RINGING)
    hand.attempt = replace(hand.attempt, agent=replace(hand.who, state=AgentState.OFFLINE))
    (find,) = hand.turn()
    assert find == FindAgent("c1", (), None)
    assert hand.history[-1].cause is Cause.AGENT_LEFT


def test_an_agent_who_leaves_while_the_customers_telephone_rings_is_replaced_at_once() -> None:
    hand = customer_is_dialled()
    hand.over(Role.AGENT)
    assert kinds(hand.turn(0)) == ["FindAgent"]
    give(hand, "bob")
    (dial,) = hand.turn(0)
    assert isinstance(dial, Dial)
    assert dial.leg.agent == "bob"


def test_they_talk_with_the_one_who_was_there_at_the_same_time() -> None:
    hand = customer_is_dialled()
    hand.over(Role.AGENT)
    hand.turn()
    give(hand, "bob")
    hand.turn()
    hand.accepts(Role.CUSTOMER)
    hand.wait(5)
    assert hand.turn() == ()
    hand.accepts(Role.AGENT)
    hand.turn()
    assert (hand.state, hand.attempt.callback.connected_at) == (
        CallbackState.CONNECTED,
        hand.now - timedelta(seconds=1),
    )
    assert hand.history[-1].values == {"agent": "bob"}


def test_after_the_hold_budget_the_customer_is_told_and_keeps_the_place() -> None:
    hand = customer_waits(hold_budget_secs=20)
    hand.over(Role.AGENT, LegOutcome.BUSY)
    assert kinds(hand.turn(18)) == ["FindAgent"]
    (told,) = hand.turn(1)
    assert told == TellAndEnd("t1", "CA-t1", Phrase.NO_AGENT, "en")
    hand.over(Role.CUSTOMER)
    hand.turns_to_rest()
    callback = hand.attempt.callback
    assert (callback.state, callback.cause) == (CallbackState.PENDING, Cause.AGENT_MISSED)
    assert (callback.order_at, callback.tries) == (at(-600), {"agent_missed": 1})
    assert callback.eligible_at == hand.leg(Role.CUSTOMER).created_at + timedelta(minutes=10)


def test_after_a_late_failure_another_agent_is_still_looked_for_a_moment() -> None:
    hand = customer_waits(hold_budget_secs=20)
    hand.wait(40)
    hand.over(Role.AGENT, LegOutcome.NO_ANSWER)
    assert "FindAgent" in kinds(hand.turn(2))
    assert kinds(hand.turn(1)) == ["TellAndEnd"]


def test_three_agents_are_tried_and_not_more() -> None:
    hand = customer_waits(hold_budget_secs=600)
    for name in ("bob", "cleo"):
        hand.over(Role.AGENT, LegOutcome.BUSY)
        hand.turn(0)
        give(hand, name)
        hand.turn(0)
    hand.over(Role.AGENT, LegOutcome.BUSY)
    hand.turns_to_rest()
    assert hand.leg(Role.CUSTOMER).is_redirected


def test_want_of_agents_goes_on_with_its_last_delay() -> None:
    hand = customer_waits(hold_budget_secs=0, max_attempts=99)
    hand.attempt = with_callback(hand.attempt, tries={"agent_missed": 8})
    hand.over(Role.AGENT, LegOutcome.NO_ANSWER)
    hand.turn(3)
    hand.turn(0)
    hand.over(Role.CUSTOMER)
    hand.turns_to_rest()
    assert (hand.state, hand.attempt.callback.tries) == (CallbackState.PENDING, {"agent_missed": 9})


def test_want_of_agents_counts_among_all_tries() -> None:
    hand = customer_waits(hold_budget_secs=0, max_attempts=1)
    hand.over(Role.AGENT, LegOutcome.NEVER_PLACED)
    hand.turn(3)
    hand.turn(0)
    hand.over(Role.CUSTOMER)
    hand.turns_to_rest()
    assert (hand.state, hand.attempt.callback.cause) == (CallbackState.FAILED, Cause.TOO_MANY)
    assert hand.history[-1].values["after"] == "agent_missed"


def test_a_customer_does_not_wait_for_an_agents_leg_that_comes_to_nothing() -> None:
    hand = customer_waits(hold_budget_secs=20, ring_agent_secs=20)
    hand.turn(54)
    assert not hand.leg(Role.CUSTOMER).is_redirected
    orders = hand.turn(1)
    assert hand.leg(Role.CUSTOMER).is_redirected
    assert sorted(kinds(orders)) == ["HangUp", "LookAt", "TellAndEnd"]
    hand.over(Role.CUSTOMER)
    hand.over(Role.AGENT, LegOutcome.CANCELLED)
    hand.turns_to_rest()
    assert (hand.state, hand.attempt.callback.cause) == (CallbackState.PENDING, Cause.AGENT_LEFT)


def test_a_customer_does_not_wait_for_an_agent_who_cannot_be_dialled() -> None:
    hand = customer_first(hold_budget_secs=20, ring_agent_secs=20)
    hand.turn()
    hand.accepts(Role.CUSTOMER)
    hand.wait(55)
    hand.turns_to_rest()
    assert hand.leg(Role.CUSTOMER).is_redirected


def test_an_agent_who_signs_out_with_the_customer_ringing_is_not_cut_off() -> None:
    hand = customer_is_dialled()
    hand.attempt = replace(hand.attempt, agent=replace(hand.who, state=AgentState.OFFLINE))
    assert hand.turn() == ()
