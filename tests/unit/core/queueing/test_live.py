"""Callers on the line: claimed once, agents one after another, handed over, taken back, and never dialled."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ivr.core.queueing import claims, life, live
from ivr.core.queueing.attempt import search_ends
from ivr.core.queueing.leg_events import Word
from ivr.core.queueing.legs import Agent, AgentState, LegOutcome, LegState, Role
from ivr.core.queueing.model import Callback, CallbackState, Cause, Kind, Place
from ivr.core.queueing.orders import Dial, FindAgent, HangUp, Phrase, SendBack, TellAndEnd
from ivr.core.queueing.policy import itself, match
from ivr.core.queueing.steps import Attempt
from tests.unit.core.queueing.promises import NOON, Hand, agent, at, promise, rules, some, with_callback

pytestmark = pytest.mark.unit


def caller(**fields: Any) -> Callback:
    usual = {
        "kind": Kind.TRANSFER, "cause": Cause.ASKED, "attempt": 1, "call_id": "call", "eligible_at": NOON,
        "expires_at": at(20), "order_at": NOON - live.AHEAD,
    }  # fmt: skip
    return promise(**usual | fields)


def waiting(who: Agent | None = None, **fields: Any) -> Attempt:
    row = caller(**fields)
    return Attempt(row, (live.callers_leg(row, "own", "CA-own", NOON),), who or agent())


def claimed(**fields: Any) -> Attempt:
    return some(claims.claim(waiting(**fields), worker="w1", lease_secs=1e6, now=NOON))


def rung(**fields: Any) -> Hand:
    """Claimed, and the agent's telephone rings."""
    hand = Hand(rules(), claimed(**fields))
    hand.turn(0)
    hand.news(Role.AGENT, LegState.RINGING)
    return hand


def handed_over() -> Hand:
    hand = rung()
    hand.wait(4)
    hand.accepts(Role.AGENT)
    assert hand.write(live.hand_over(hand.attempt, hand.now))
    return hand


def replaced(attempt: Attempt, who: Agent) -> Attempt:
    return replace(attempt, agent=who)


# -- the line ----------------------------------------------------------------------------------------


def test_a_claim_keeps_the_leg_and_the_attempt() -> None:
    attempt = claimed()
    assert (attempt.callback.attempt, attempt.callback.fence) == (1, 1)
    assert [leg.tag for leg in attempt.legs] == ["own"]
    assert attempt.agent is not None and attempt.agent.state is AgentState.RESERVED


@pytest.mark.parametrize(
    "changes", [{"state": LegState.OVER, "outcome": LegOutcome.COMPLETED}, {"is_redirected": True}]
)
def test_a_caller_who_is_gone_is_not_claimed(changes: dict[str, Any]) -> None:
    attempt = waiting()
    gone = replace(attempt, legs=(replace(attempt.legs[0], **changes),))
    assert claims.claim(gone, worker="w1", lease_secs=15, now=NOON) is None
    assert claims.claim(replace(attempt, legs=()), worker="w1", lease_secs=15, now=NOON) is None


def test_behind_the_time_nobody_is_claimed() -> None:
    assert claims.claim(waiting(), worker="w1", lease_secs=15, now=at(20)) is None


def test_who_is_on_the_line_comes_before_every_promise() -> None:
    early = promise(id="c0", order_at=at(-86_400 * 14))
    pairs = match([early, caller()], [agent()], NOON, itself)
    assert [pair.callback.kind for pair in pairs] == [Kind.TRANSFER]


def test_the_best_fitting_agent_who_was_idle_longest_is_chosen() -> None:
    skilled = agent("all", skills=("orders", "radio"), since=at(-900))
    idle, busy = agent("ida", skills=("orders",), since=at(-500)), agent("bob", skills=("orders",), since=at(-20))
    unskilled = agent("una", since=at(-5000))
    (pair,) = match([caller(skills=("orders",))], [skilled, busy, unskilled, idle], NOON, itself)
    assert pair.agent.id == "ida"


def test_a_claim_is_given_back_while_nobody_was_rung() -> None:
    given_back = some(claims.release(claimed(), worker="w1", now=at(1)))
    assert given_back.callback.state is CallbackState.PENDING
    assert claims.release(rung().attempt, worker="w1", now=at(1)) is None


# -- agents ------------------------------------------------------------------------------------------


def test_the_caller_is_never_dialled_and_the_agent_at_once() -> None:
    hand = Hand(rules(), claimed())
    (order,) = hand.turn(0)
    assert isinstance(order, Dial) and order.leg.role is Role.AGENT
    assert not any(isinstance(each, Dial) for each in hand.turns_to_rest())


def test_an_agent_who_passes_is_let_go_and_another_is_looked_for() -> None:
    hand = rung()
    hand.news(Role.AGENT, LegState.ANSWERED)
    hand.says(Role.AGENT, Word.DECLINED)
    orders = hand.turn()
    assert FindAgent("c1", ("ana",), at(20)) in orders
    assert (hand.attempt.callback.agent, hand.attempt.callback.cause) == ("", Cause.AGENT_DECLINED)
    assert (hand.who.state, hand.who.reason) == (AgentState.WRAP_UP, "passed")
    assert search_ends(hand.attempt, hand.rules) == at(20)
    found = some(claims.reserve(replaced(hand.attempt, agent("ben")), worker="w1", now=hand.now))
    assert found.callback.agent == "ben"
    assert claims.reserve(replaced(hand.attempt, agent("ben")), worker="w1", now=at(20)) is None
    assert claims.reserve(replaced(hand.attempt, agent()), worker="w1", now=hand.now) is None


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (LegOutcome.NO_ANSWER, AgentState.BREAK),
        (LegOutcome.BUSY, AgentState.BREAK),
        (LegOutcome.FAILED, AgentState.BREAK),
        (LegOutcome.VOICEMAIL, AgentState.BREAK),
        (LegOutcome.NEVER_PLACED, AgentState.AVAILABLE),
    ],
)
def test_every_other_ending_of_an_offer_has_its_next_step(outcome: LegOutcome, state: AgentState) -> None:
    hand = rung()
    hand.over(Role.AGENT, outcome)
    assert any(isinstance(order, FindAgent) for order in hand.turn())
    assert hand.who.state is state


def test_who_takes_it_is_met_once_the_caller_is_handed_over() -> None:
    hand = rung()
    hand.wait(5)
    hand.accepts(Role.AGENT)
    hand.turn()
    assert hand.state is CallbackState.DIALLING
    assert hand.write(live.hand_over(hand.attempt, hand.now))
    assert live.hand_over(hand.attempt, hand.now) is None
    hand.turn()
    assert (hand.state, hand.attempt.callback.connected_at) == (CallbackState.CONNECTED, at(6))
    hand.wait(60)
    hand.over(Role.AGENT)
    hand.write(live.left(hand.attempt, now=hand.now, by="caller"))
    hand.turns_to_rest()
    assert (hand.state, hand.attempt.callback.cause) == (CallbackState.DONE, Cause.TALKED)
    assert hand.who.state is AgentState.WRAP_UP


def test_who_has_been_handed_over_is_not_late() -> None:
    hand = handed_over()
    assert live.hopeless(hand.attempt, hand.now + timedelta(minutes=5)) is None


def test_nobody_is_handed_over_to_nobody() -> None:
    assert live.hand_over(rung().attempt, at(1)) is None
    assert live.hand_over(Attempt(caller()), at(1)) is None


# -- time --------------------------------------------------------------------------------------------


def test_when_the_time_is_over_the_telephone_stops_and_the_caller_is_free() -> None:
    hand = rung()
    hand.wait(19)
    orders = hand.turns_to_rest()
    assert not any(isinstance(order, HangUp) for order in orders)
    hand.wait(1)
    orders = hand.turns_to_rest()
    assert any(isinstance(order, HangUp) and order.tag == "t1" for order in orders)
    own = hand.leg(Role.CUSTOMER)
    assert (own.state, own.outcome, hand.attempt.callback.ending) == (
        LegState.OVER,
        LegOutcome.CANCELLED,
        Cause.EXPIRED,
    )
    hand.over(Role.AGENT, LegOutcome.CANCELLED)
    hand.turns_to_rest()
    assert (hand.state, hand.attempt.callback.cause) == (CallbackState.CANCELLED, Cause.EXPIRED)


def test_a_telephone_that_rang_almost_its_whole_time_was_missed() -> None:
    hand = rung()
    hand.wait(16)
    hand.over(Role.AGENT, LegOutcome.CANCELLED)
    hand.turn()
    assert (hand.who.state, hand.who.missed) == (AgentState.BREAK, 1)


def test_one_that_was_taken_back_sooner_was_not() -> None:
    hand = rung()
    hand.wait(5)
    hand.over(Role.AGENT, LegOutcome.CANCELLED)
    hand.turn()
    assert (hand.who.state, hand.who.missed) == (AgentState.AVAILABLE, 0)


def test_whoever_has_picked_up_is_given_the_time_to_hear_what_it_is_about() -> None:
    hand = rung()
    hand.wait(19)
    hand.news(Role.AGENT, LegState.ANSWERED)
    hand.wait(15)
    hand.turn(0)
    assert hand.attempt.callback.ending is None
    hand.turn()
    assert hand.attempt.callback.ending is Cause.EXPIRED


def test_an_agent_who_hears_the_brief_is_told_that_nobody_waits_and_has_missed_nothing() -> None:
    hand = rung()
    hand.news(Role.AGENT, LegState.ANSWERED)
    hand.write(live.left(hand.attempt, now=hand.now, by="caller"))
    (told,) = [order for order in hand.turn() if isinstance(order, TellAndEnd)]
    assert told.phrase is Phrase.CALLER_GONE
    hand.over(Role.AGENT)
    hand.turns_to_rest()
    assert (hand.state, hand.attempt.callback.cause) == (CallbackState.CANCELLED, Cause.CUSTOMER_LEFT)
    assert (hand.who.state, hand.who.missed) == (AgentState.AVAILABLE, 0)


def test_an_agent_does_not_wait_for_a_caller_who_never_comes() -> None:
    hand = rung()
    hand.accepts(Role.AGENT)
    hand.wait(live.HANDOVER_SECS - 1)
    hand.turns_to_rest()
    assert hand.attempt.callback.ending is None
    hand.wait(1)
    hand.turns_to_rest()
    assert hand.attempt.callback.ending is Cause.EXPIRED


def test_while_nobody_is_rung_the_time_ends_it_at_once() -> None:
    ended = some(claims.expire(waiting(), now=at(20), by="worker w1"))
    assert (ended.callback.state, ended.callback.cause) == (CallbackState.CANCELLED, Cause.EXPIRED)
    assert ended.legs[0].is_over


# -- taken back --------------------------------------------------------------------------------------


def test_taking_it_back_is_done_once_and_not_against_who_took_it() -> None:
    back = some(live.withdraw(waiting(), Cause.BY_CALLER, now=at(1), by="caller"))
    assert live.withdraw(back, Cause.BY_CALLER, now=at(2), by="caller") is None
    assert live.withdraw(Attempt(promise()), Cause.BY_CALLER, now=at(1), by="caller") is None
    assert live.withdraw(Attempt(caller()), Cause.BY_CALLER, now=at(1), by="caller") is None
    hand = rung()
    hand.accepts(Role.AGENT)
    assert live.withdraw(hand.attempt, Cause.BY_CALLER, now=hand.now, by="caller") is None
    assert live.withdraw(hand.attempt, Cause.CUSTOMER_LEFT, now=hand.now, by="caller") is not None


def test_supervisors_leave_callers_on_the_line_alone() -> None:
    assert life.cancel(waiting(), cause=Cause.BY_SUPERVISOR, now=at(1), by="supervisor") is None
    assert life.renumber(waiting(), "+15550123", now=at(1), by="supervisor") is None
    assert life.move(waiting(), at(60), at(90), now=at(1), by="supervisor") is None


# -- the conference ----------------------------------------------------------------------------------


def test_a_caller_who_waits_in_the_conference_in_vain_is_sent_back() -> None:
    hand = handed_over()
    hand.wait(1)
    hand.over(Role.AGENT)
    hand.turns_to_rest()
    hand.wait(20)
    orders = hand.turn()
    while not orders and hand.attempt.callback.state.is_in_flight:
        orders = hand.turn(0)
    assert SendBack("own", "CA-own") in orders
    assert hand.leg(Role.CUSTOMER).is_redirected
    hand.write(live.came_out(hand.attempt, now=hand.now))
    hand.turns_to_rest()
    assert hand.state is CallbackState.CANCELLED


def test_coming_out_after_a_conversation_is_its_end() -> None:
    hand = handed_over()
    hand.turn()
    hand.wait(30)
    out = some(live.came_out(hand.attempt, now=hand.now))
    assert (out.legs[0].outcome, out.legs[0].is_redirected) == (LegOutcome.COMPLETED, False)
    assert live.came_out(out, now=hand.now) is None


def test_coming_out_at_once_is_not_and_the_agent_is_told() -> None:
    hand = handed_over()
    hand.wait(1)
    hand.write(live.came_out(hand.attempt, now=hand.now))
    own = hand.leg(Role.CUSTOMER)
    assert (own.outcome, own.is_redirected) == (LegOutcome.CANCELLED, True)
    hand.turn()
    assert any(isinstance(order, TellAndEnd) for order in hand.turn(0))


def test_who_hangs_up_in_the_conference_is_gone_once() -> None:
    hand = handed_over()
    gone = some(live.left(hand.attempt, now=at(60), by="caller"))
    assert gone.legs[0].outcome is LegOutcome.COMPLETED
    assert live.left(gone, now=at(61), by="caller") is None
    assert live.left(Attempt(caller()), now=at(61), by="caller") is None


def test_the_flow_knows_that_a_caller_is_not_in_the_conference() -> None:
    hand = handed_over()
    hand.over(Role.AGENT)
    back = some(live.withdraw(hand.attempt, Cause.EXPIRED, now=hand.now, by="caller", is_here=True))
    assert back.legs[0].outcome is LegOutcome.CANCELLED
    kept = some(live.withdraw(hand.attempt, Cause.EXPIRED, now=hand.now, by="worker w1"))
    assert not kept.legs[0].is_over


def test_a_caller_whose_line_is_gone_leaves_no_hope() -> None:
    hand = rung()
    hand.over(Role.CUSTOMER)
    assert live.hopeless(hand.attempt, hand.now) is Cause.CUSTOMER_LEFT
    assert live.hopeless(with_callback(hand.attempt, ending=Cause.BY_CALLER), hand.now) is Cause.BY_CALLER


def test_what_the_last_agent_did_is_told() -> None:
    assert live.last_cause(waiting()) is Cause.EXPIRED
    hand = rung()
    hand.over(Role.AGENT, LegOutcome.BUSY)
    assert live.last_cause(hand.attempt) is Cause.AGENT_MISSED


# -- who can be had ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "owed", "tried", "is_had"),
    [
        ((agent(),), 0, (), True),
        ((agent(),), 1, (), False),
        ((agent(), agent("ben")), 1, (), True),
        ((agent(),), 0, ("ana",), False),
        ((agent(state=AgentState.ON_CALL),), 0, (), False),
        ((agent(state=AgentState.WRAP_UP, free_at=at(19)),), 0, (), True),
        ((agent(state=AgentState.WRAP_UP, free_at=at(20)),), 0, (), False),
        ((agent(state=AgentState.WRAP_UP),), 0, (), False),
        ((agent(languages=("ja",)),), 0, (), False),
        ((agent(languages=("ja",)), agent("ben")), 1, (), False),
        ((), 0, (), False),
        ((), 1, (), False),
    ],
)
def test_a_caller_comes_in_where_more_can_be_had_than_are_owed(
    who: tuple[Agent, ...], owed: int, tried: tuple[str, ...], is_had: bool
) -> None:
    places = [Place(f"c{number}", "support", at(-900), "en") for number in range(owed)]
    assert live.can_be_had(caller(), who, places, NOON, tried) is is_had


def test_without_a_limit_only_those_who_are_free_count() -> None:
    free, soon = agent(), agent("ben", state=AgentState.WRAP_UP, free_at=NOON + timedelta(seconds=5))
    assert live.can_be_had(caller(expires_at=None), [free], [], NOON)
    assert not live.can_be_had(caller(expires_at=None), [soon], [], NOON)
