"""One attempt, turn by turn: both ways round, and what becomes of customer and agent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.core.queueing.attempt import NOTHING, advance
from ivr.core.queueing.claims import reserve
from ivr.core.queueing.leg_events import LegNews, Word, leg_progressed
from ivr.core.queueing.legs import AgentState, LegOutcome, LegState, Role
from ivr.core.queueing.model import CallbackState, Cause
from ivr.core.queueing.orders import Dial, FindAgent, HangUp, LookAt, Phrase, TellAndEnd
from ivr.core.queueing.rules import Retry
from tests.unit.core.queueing.promises import (
    SETTLE_SECS,
    Hand,
    agent,
    agent_first,
    at,
    claimed,
    customer_first,
    customer_is_dialled,
    customer_waits,
    promise,
    rules,
    they_talk,
    with_callback,
)

pytestmark = pytest.mark.unit


def kinds(orders: tuple[object, ...]) -> list[str]:
    return [type(order).__name__ for order in orders]


# -- the usual way -------------------------------------------------------------------------------


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


# -- the customer cannot be had ------------------------------------------------------------------


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


# -- the agent cannot be had ---------------------------------------------------------------------


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


# -- a customer on the line, and no agent --------------------------------------------------------


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


# -- orders for slow legs ------------------------------------------------------------------------


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


# -- legs that are given up ----------------------------------------------------------------------


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
