"""One attempt, turn by turn: both ways round, and what becomes of customer and agent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ivr.core.queueing.attempt import NOTHING, advance
from ivr.core.queueing.leg_events import LegNews, Word, leg_progressed
from ivr.core.queueing.legs import AgentState, LegOutcome, LegState, Role
from ivr.core.queueing.model import CallbackState, Cause
from ivr.core.queueing.orders import Dial, FindAgent, LookAt
from tests.unit.core.queueing.promises import (
    SETTLE_SECS,
    Hand,
    agent_first,
    at,
    claimed,
    customer_first,
    customer_is_dialled,
    customer_waits,
    kinds,
    rules,
    they_talk,
    with_callback,
)

pytestmark = pytest.mark.unit


def test_agent_first_dials_the_agent_then_the_customer() -> None:
    hand = agent_first()
    (dial,) = hand.turn()
    assert isinstance(dial, Dial)
    assert (dial.leg.role, dial.leg.number, dial.leg.from_number) == (Role.AGENT, "+15550203", "+15550199")
    hand.news(Role.AGENT, LegState.ANSWERED)
    assert hand.turn() == ()
    hand.says(Role.AGENT, Word.ACCEPTED)
    (dial,) = hand.turn()
    assert isinstance(dial, Dial)
    assert (dial.leg.role, dial.leg.number) == (Role.CUSTOMER, "+15550100")


def test_customer_first_dials_the_agent_once_the_customer_is_present() -> None:
    hand = customer_first()
    (dial,) = hand.turn()
    assert isinstance(dial, Dial)
    assert dial.leg.role is Role.CUSTOMER
    hand.news(Role.CUSTOMER, LegState.ANSWERED)
    assert hand.turn() == ()
    hand.says(Role.CUSTOMER, Word.PRESENT)
    (dial,) = hand.turn()
    assert isinstance(dial, Dial)
    assert dial.leg.role is Role.AGENT


def test_the_intent_is_in_the_step_that_comes_before_the_order() -> None:
    turn = advance(claimed(), rules(), at(1), worker="w1", settle_secs=SETTLE_SECS, new_tag=lambda: "t1")
    assert turn.step is not None
    assert turn.orders == (Dial(turn.step.attempt.legs[0]),)
    assert turn.step.attempt.legs[0].state is LegState.INTENDED


def test_the_queues_own_number_is_shown_where_it_has_one() -> None:
    hand = agent_first(from_number="+15550111")
    (dial,) = hand.turn()
    assert isinstance(dial, Dial)
    assert dial.leg.from_number == "+15550111"


def test_the_promise_is_kept_when_both_are_there() -> None:
    hand = customer_is_dialled()
    hand.wait(10)
    hand.accepts(Role.CUSTOMER)
    there_at = hand.now
    hand.turn()
    callback = hand.attempt.callback
    assert (callback.state, callback.connected_at, callback.cause) == (
        CallbackState.CONNECTED,
        there_at,
        Cause.CONNECTED,
    )


def test_who_was_there_first_is_looked_at_when_they_begin_to_talk() -> None:
    hand = customer_is_dialled()
    hand.wait(10)
    hand.accepts(Role.CUSTOMER)
    (look,) = hand.turn()
    assert isinstance(look, LookAt)
    assert look.leg.role is Role.AGENT


def heard_late(hand: Hand, role: Role, secs_ago: int) -> None:
    """The leg was over so long ago, and only now that is known."""
    leg, ended_at = hand.leg(role), hand.now - timedelta(seconds=secs_ago)
    news = LegNews(LegState.OVER, LegOutcome.COMPLETED, ended_at=ended_at)
    assert hand.write(leg_progressed(hand.attempt, leg.tag, news, at=hand.now))


def test_an_agent_who_had_left_unheard_did_not_talk_and_another_one_is_sought() -> None:
    hand = they_talk()
    hand.wait(5)
    heard_late(hand, Role.AGENT, 12)
    hand.turn(0)
    callback = hand.attempt.callback
    assert (hand.state, callback.cause, callback.connected_at) == (CallbackState.DIALLING, Cause.AGENT_LEFT, None)
    (find,) = hand.turn(0)
    assert isinstance(find, FindAgent)
    assert hand.attempt.callback.agent == ""


def test_a_customer_who_had_left_unheard_did_not_talk_and_is_tried_again() -> None:
    hand = customer_waits()
    hand.wait(10)
    hand.accepts(Role.AGENT)
    hand.turn()
    hand.wait(5)
    heard_late(hand, Role.CUSTOMER, 12)
    hand.turn(0)
    assert (hand.state, hand.history[-1].cause) == (CallbackState.DIALLING, Cause.CUSTOMER_LEFT)
    assert kinds(hand.turn(0)) == ["TellAndEnd"]
    hand.over(Role.AGENT)
    hand.turn(0)
    assert (hand.state, hand.history[-1].cause) == (CallbackState.RETRY_AT, Cause.CUSTOMER_LEFT)


@pytest.mark.parametrize(("secs", "state"), [(2, CallbackState.DIALLING), (3, CallbackState.DONE)])
def test_three_seconds_together_are_a_talk_and_less_is_none(secs: int, state: CallbackState) -> None:
    hand = customer_is_dialled()
    hand.accepts(Role.CUSTOMER)
    hand.turn(0)
    hand.wait(secs)
    hand.over(Role.CUSTOMER)
    hand.over(Role.AGENT)
    hand.turn(0)
    assert hand.state is state


def test_a_kept_promise_is_measured_by_the_first_time() -> None:
    hand = customer_is_dialled()
    hand.attempt = with_callback(hand.attempt, connected_at=at(-99))
    hand.accepts(Role.CUSTOMER)
    hand.turn()
    assert hand.attempt.callback.connected_at == at(-99)


@pytest.mark.parametrize(("first", "second"), [(Role.AGENT, Role.CUSTOMER), (Role.CUSTOMER, Role.AGENT)])
def test_when_one_hangs_up_it_is_done_and_the_agent_writes_notes(first: Role, second: Role) -> None:
    hand = they_talk()
    hand.wait(60)
    hand.over(first)
    assert hand.turn() == ()
    hand.over(second)
    hand.turn()
    callback = hand.attempt.callback
    assert (callback.state, callback.cause, callback.agent) == (CallbackState.DONE, Cause.TALKED, "")
    assert (callback.lease_owner, callback.lease_until) == ("", None)
    assert hand.history[-1].values == {"agent": "ana", "secs": "61"}
    assert (hand.who.state, hand.who.free_at) == (AgentState.WRAP_UP, hand.now + timedelta(seconds=30))


def test_who_is_left_alone_in_the_room_is_hung_up() -> None:
    hand = they_talk()
    hand.wait(10)
    hand.over(Role.CUSTOMER)
    assert hand.turn(4) == ()
    assert kinds(hand.turn(1)) == ["HangUp", "LookAt"]


def test_two_who_hang_up_before_the_next_turn_have_talked() -> None:
    hand = customer_is_dialled()
    hand.accepts(Role.CUSTOMER)
    hand.wait(5)
    hand.over(Role.CUSTOMER)
    hand.over(Role.AGENT)
    hand.turns_to_rest()
    assert [line.cause for line in hand.history[-2:]] == [Cause.CONNECTED, Cause.TALKED]


def test_a_tag_that_is_taken_dials_nobody() -> None:
    hand = agent_first()
    hand.turn()
    hand.accepts(Role.AGENT)
    turn = advance(hand.attempt, hand.rules, hand.now, worker="w1", settle_secs=SETTLE_SECS, new_tag=lambda: "t1")
    assert turn == NOTHING


def test_without_the_lease_nothing_is_decided() -> None:
    for attempt in (claimed(lease_secs=1), with_callback(claimed(), lease_owner="w2")):
        turn = advance(attempt, rules(), at(1), worker="w1", settle_secs=SETTLE_SECS, new_tag=lambda: "t1")
        assert turn == NOTHING
