"""What workers do to a promise: claims, leases, fences, intents."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from ivr.core.queueing import claims
from ivr.core.queueing.legs import AgentPhone, AgentState, LegOutcome, LegState, Role
from ivr.core.queueing.model import CallbackState, Cause, Kind
from ivr.core.queueing.steps import Attempt
from tests.unit.core.queueing.promises import (
    NOON,
    agent,
    agent_first,
    at,
    bound,
    claimed,
    customer_is_dialled,
    customer_waits,
    promise,
    some,
    they_talk,
    with_callback,
)

pytestmark = pytest.mark.unit

CLAIM = {"worker": "w1", "lease_secs": 15.0, "now": NOON}


def test_a_claim_binds_agent_and_worker() -> None:
    step = bound(claims.claim, Attempt(promise(fence=4, attempt=2), (), agent()), **CLAIM)
    callback = step.attempt.callback
    assert (callback.state, callback.agent, callback.attempt) == (CallbackState.CLAIMED, "ana", 3)
    assert (callback.lease_owner, callback.lease_until, callback.fence) == ("w1", at(15), 5)
    assert step.attempt.agent is not None
    assert (step.attempt.agent.state, step.attempt.agent.callback_id) == (AgentState.RESERVED, "c1")
    assert (step.history[0].cause, step.history[0].by, step.history[0].values) == (
        Cause.CLAIMED,
        "worker w1",
        {"agent": "ana"},
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"state": CallbackState.CLAIMED},
        {"state": CallbackState.FAILED},
        {"eligible_at": at(1)},
        {"expires_at": at(0)},
        {"kind": Kind.MESSAGE},
        {"owner": "bob"},
        {"skills": ("billing",)},
    ],
)
def test_what_may_not_be_claimed_is_not(fields: dict[str, object]) -> None:
    assert claims.claim(Attempt(promise(**fields), (), agent()), **CLAIM) is None


def test_nobody_and_a_busy_agent_claim_nothing() -> None:
    assert claims.claim(Attempt(promise()), **CLAIM) is None
    assert claims.claim(Attempt(promise(), (), agent(state=AgentState.WRAP_UP)), **CLAIM) is None


def test_with_a_leg_of_the_last_attempt_still_open_nothing_is_claimed() -> None:
    hand = customer_is_dialled()
    again = with_callback(hand.attempt, state=CallbackState.PENDING, agent="")
    assert claims.claim(replace(again, agent=agent()), **CLAIM) is None


def test_a_claim_is_given_back_with_its_place() -> None:
    step = bound(claims.release, claimed(), worker="w1", now=at(1))
    callback = step.attempt.callback
    assert (callback.state, callback.cause, callback.agent) == (CallbackState.PENDING, Cause.RELEASED, "")
    assert (callback.lease_owner, callback.lease_until, callback.eligible_at) == ("", None, at(-600))
    assert step.attempt.agent is not None
    assert step.attempt.agent.state is AgentState.AVAILABLE


def test_a_claim_that_is_not_allowed_yet_waits() -> None:
    step = bound(claims.release, claimed(), worker="w1", now=at(1), not_before=at(900))
    assert (step.attempt.callback.cause, step.attempt.callback.eligible_at) == (Cause.RETIMED, at(900))


def test_only_an_undialled_claim_of_ones_own_is_given_back() -> None:
    assert claims.release(claimed(), worker="w2", now=at(1)) is None
    assert claims.release(customer_is_dialled().attempt, worker="w1", now=at(1)) is None


def test_a_lease_is_renewed_without_a_line_of_history() -> None:
    attempt = claimed(lease_secs=15)
    step = bound(claims.renew, attempt, worker="w1", lease_secs=15, now=at(10))
    assert (step.attempt.callback.lease_until, step.attempt.callback.fence) == (at(25), 1)
    assert step.history == ()


def test_a_lease_that_ran_out_is_renewed_while_nobody_else_has_it() -> None:
    assert claims.renew(claimed(lease_secs=15), worker="w1", lease_secs=15, now=at(100)) is not None


def test_a_lease_is_not_renewed_by_others_nor_shortened_nor_after_the_end() -> None:
    attempt = claimed(lease_secs=15)
    assert claims.renew(attempt, worker="w2", lease_secs=15, now=at(1)) is None
    assert claims.renew(attempt, worker="w1", lease_secs=15, now=at(0)) is None
    assert claims.renew(Attempt(promise(lease_owner="w1")), worker="w1", lease_secs=15, now=at(1)) is None
    assert claims.renew(with_callback(attempt, lease_until=None), worker="w1", lease_secs=15, now=at(1)) is not None


def test_a_lease_that_ran_out_is_adopted_under_a_new_fence() -> None:
    step = bound(claims.adopt, claimed(lease_secs=15), worker="w2", lease_secs=15, now=at(15))
    callback = step.attempt.callback
    assert (callback.lease_owner, callback.lease_until, callback.fence) == ("w2", at(30), 2)
    assert (callback.attempt, callback.state) == (1, CallbackState.CLAIMED)
    assert step.history[0].values == {"from": "w1"}


def test_a_live_lease_and_what_is_not_in_flight_are_not_adopted() -> None:
    assert claims.adopt(claimed(lease_secs=15), worker="w2", lease_secs=15, now=at(14)) is None
    assert claims.adopt(Attempt(promise()), worker="w2", lease_secs=15, now=at(14)) is None
    assert claims.adopt(with_callback(claimed(), lease_until=None), worker="w2", lease_secs=15, now=at(1)) is not None


def set_back(lease_until: float = 3615) -> Attempt:
    """Claimed for a lease of 15 seconds, an hour before the clock was set back by an hour."""
    return with_callback(claimed(), lease_until=at(lease_until))


def test_whoever_holds_a_lease_from_before_the_clock_was_set_back_makes_it_anew() -> None:
    step = bound(claims.renew, set_back(), worker="w1", lease_secs=15, now=at(0))
    assert (step.attempt.callback.lease_until, step.attempt.callback.fence) == (at(15), 1)
    assert claims.renew(set_back(), worker="w2", lease_secs=15, now=at(0)) is None


def test_a_lease_a_little_ahead_comes_from_another_hosts_clock_and_stays() -> None:
    assert claims.renew(set_back(19), worker="w1", lease_secs=15, now=at(0)) is None
    assert claims.adopt(set_back(19), worker="w2", lease_secs=15, now=at(0), left_alone=at(19)) is None


def test_a_lease_that_lies_beyond_is_adopted_when_it_was_left_alone() -> None:
    step = bound(claims.adopt, set_back(), worker="w2", lease_secs=15, now=at(0), left_alone=at(3615))
    assert (step.attempt.callback.lease_owner, step.attempt.callback.lease_until) == ("w2", at(15))


@pytest.mark.parametrize("left_alone", [None, at(3600)], ids=["not seen for long", "made anew since"])
def test_a_lease_that_lies_beyond_may_be_somebodys(left_alone: datetime | None) -> None:
    assert claims.adopt(set_back(), worker="w2", lease_secs=15, now=at(0), left_alone=left_alone) is None


# -- intents -------------------------------------------------------------------------------------


def add(attempt: Attempt, role: Role, tag: str = "t9", worker: str = "w1", secs: float = 1) -> Attempt | None:
    step = claims.add_leg(attempt, role, tag, from_number="+15550199", worker=worker, now=at(secs))
    return None if step is None else step.attempt


def test_an_agents_intent_rings_the_agent() -> None:
    attempt = some(add(claimed(), Role.AGENT))
    leg = attempt.legs[0]
    assert (leg.tag, leg.number, leg.agent, leg.from_number) == ("t9", "+15550203", "ana", "+15550199")
    assert (leg.state, leg.attempt, leg.fence, leg.created_at) == (LegState.INTENDED, 1, 1, at(1))
    assert attempt.callback.state is CallbackState.DIALLING
    assert attempt.callback.last_tried_at is None
    assert attempt.agent is not None
    assert attempt.agent.state is AgentState.RINGING


def test_an_agent_at_a_page_is_rung_there_and_the_customer_by_number() -> None:
    attempt = claimed()
    assert attempt.agent is not None
    at_page = replace(attempt, agent=replace(attempt.agent, phone=AgentPhone.BROWSER))
    assert some(add(at_page, Role.AGENT)).legs[0].number == "client:ana"
    assert some(add(at_page, Role.CUSTOMER)).legs[0].number == attempt.callback.number


def test_a_customers_intent_is_a_try() -> None:
    attempt = some(add(claimed(), Role.CUSTOMER))
    assert (attempt.legs[0].number, attempt.legs[0].agent) == ("+15550100", "")
    assert attempt.callback.last_tried_at == at(1)
    assert attempt.agent is not None
    assert attempt.agent.state is AgentState.RESERVED


def test_the_customer_is_dialled_once_in_an_attempt() -> None:
    hand = customer_is_dialled()
    hand.over(Role.CUSTOMER, LegOutcome.BUSY)
    assert add(hand.attempt, Role.CUSTOMER) is None


def test_an_agent_is_dialled_once_in_an_attempt() -> None:
    assert add(some(add(claimed(), Role.AGENT)), Role.AGENT, "t10") is None


def test_a_tag_is_used_once() -> None:
    assert add(some(add(claimed(), Role.AGENT)), Role.CUSTOMER, "t9") is None


def test_nobody_dials_under_anothers_lease_or_after_it_ended_or_when_it_is_called_off() -> None:
    assert add(claimed(), Role.AGENT, worker="w2") is None
    assert add(claimed(lease_secs=15), Role.AGENT, secs=15) is None
    assert add(with_callback(claimed(), lease_until=None), Role.AGENT) is None
    assert add(with_callback(claimed(), ending=Cause.BY_CALLER), Role.AGENT) is None
    assert add(they_talk().attempt, Role.AGENT) is None


def test_without_a_bound_agent_nobody_is_dialled() -> None:
    attempt = claimed()
    assert add(replace(attempt, agent=None), Role.AGENT) is None
    assert add(replace(attempt, agent=agent(state=AgentState.OFFLINE)), Role.CUSTOMER) is None


def test_right_before_the_dial_lease_fence_and_wish_are_looked_at() -> None:
    attempt = some(add(claimed(lease_secs=15), Role.AGENT))
    assert claims.may_dial(attempt, "t9", worker="w1", now=at(14))
    assert not claims.may_dial(attempt, "t9", worker="w1", now=at(15))
    assert not claims.may_dial(attempt, "t9", worker="w2", now=at(14))
    assert not claims.may_dial(attempt, "other", worker="w1", now=at(14))
    assert not claims.may_dial(with_callback(attempt, ending=Cause.MOVED), "t9", worker="w1", now=at(14))
    assert not claims.may_dial(with_callback(attempt, attempt=2), "t9", worker="w1", now=at(14))
    placed = replace(attempt, legs=(replace(attempt.legs[0], state=LegState.PLACED),))
    assert not claims.may_dial(placed, "t9", worker="w1", now=at(14))


def test_a_worker_that_was_adopted_from_and_adopts_again_does_not_dial_the_old_intent() -> None:
    attempt = some(add(claimed(lease_secs=15), Role.AGENT))
    attempt = some(claims.adopt(attempt, worker="w2", lease_secs=15, now=at(20)))
    attempt = some(claims.adopt(attempt, worker="w1", lease_secs=15, now=at(40)))
    assert not claims.may_dial(attempt, "t9", worker="w1", now=at(41))


# -- another agent -------------------------------------------------------------------------------


def without_agent() -> Attempt:
    """Customer first: the customer is there, ana did not answer and was let go."""
    hand = customer_waits()
    hand.over(Role.AGENT, LegOutcome.NO_ANSWER)
    hand.turn()
    return hand.attempt


def reserve(attempt: Attempt, worker: str = "w1", **fields: object) -> Attempt | None:
    who = agent("bob", **fields)
    step = claims.reserve(replace(attempt, agent=who), worker=worker, now=at(60))
    return None if step is None else step.attempt


def test_a_customer_on_the_line_gets_another_agent() -> None:
    attempt = some(reserve(without_agent()))
    assert (attempt.callback.agent, attempt.callback.state) == ("bob", CallbackState.DIALLING)
    assert attempt.agent is not None
    assert (attempt.agent.state, attempt.agent.callback_id) == (AgentState.RESERVED, "c1")


def test_whose_promise_it_is_does_not_matter_on_the_line() -> None:
    assert reserve(with_callback(without_agent(), owner="ana")) is not None


def test_who_was_asked_in_this_attempt_is_not_asked_again() -> None:
    attempt = replace(without_agent(), agent=agent("ana"))
    assert claims.reserve(attempt, worker="w1", now=at(60)) is None


def test_another_agent_must_be_free_and_fit() -> None:
    assert reserve(without_agent(), state=AgentState.WRAP_UP) is None
    assert reserve(without_agent(), languages=("ja",)) is None
    assert claims.reserve(replace(without_agent(), agent=None), worker="w1", now=at(60)) is None


def test_another_agent_is_for_a_customer_who_has_none_and_is_still_wanted() -> None:
    attempt = without_agent()
    assert reserve(attempt, worker="w2") is None
    assert reserve(with_callback(attempt, agent="ana")) is None
    assert reserve(with_callback(attempt, ending=Cause.BY_CALLER)) is None
    assert reserve(replace(attempt, legs=())) is None
    customer = attempt.legs[0]
    for change in ({"state": LegState.OVER}, {"outcome": LegOutcome.STOPPED}, {"is_redirected": True}):
        assert reserve(replace(attempt, legs=(replace(customer, **change),))) is None  # type: ignore[arg-type]


# -- expire, retime, refuse ----------------------------------------------------------------------


def test_an_invitation_that_is_too_old_needs_a_person() -> None:
    step = bound(claims.expire, Attempt(promise(expires_at=NOON)), now=NOON, by="worker w1")
    assert (step.attempt.callback.state, step.attempt.callback.cause) == (CallbackState.FAILED, Cause.EXPIRED)


@pytest.mark.parametrize(
    "fields", [{"expires_at": at(1)}, {"expires_at": None}, {"expires_at": NOON, "state": CallbackState.DIALLING}]
)
def test_nothing_else_expires(fields: dict[str, object]) -> None:
    assert claims.expire(Attempt(promise(**fields)), now=NOON, by="worker w1") is None


def test_what_is_not_allowed_yet_waits_in_its_place() -> None:
    before = promise(state=CallbackState.RETRY_AT)
    step = bound(claims.retime, Attempt(before), at(900), now=NOON, by="worker w1")
    callback = step.attempt.callback
    assert (callback.state, callback.eligible_at, callback.order_at) == (CallbackState.RETRY_AT, at(900), at(-600))


def test_nothing_is_put_off_to_the_past_or_forward_or_in_flight() -> None:
    assert claims.retime(Attempt(promise()), NOON, now=NOON, by="w") is None
    assert claims.retime(Attempt(promise(eligible_at=at(901))), at(900), now=NOON, by="w") is None
    assert claims.retime(claimed(), at(900), now=NOON, by="w") is None
    assert claims.retime(Attempt(promise(kind=Kind.MESSAGE)), at(900), now=NOON, by="w") is None


def test_a_number_that_may_not_be_called_needs_a_person() -> None:
    step = bound(claims.refuse, Attempt(promise()), now=NOON, by="worker w1", reason="premium")
    assert (step.attempt.callback.state, step.attempt.callback.cause) == (CallbackState.FAILED, Cause.REFUSED)
    assert step.history[0].values == {"reason": "premium"}
    assert claims.refuse(claimed(), now=NOON, by="worker w1") is None


def test_a_bound_agents_leg_is_not_dialled_by_a_hand_that_has_it_already() -> None:
    hand = agent_first()
    hand.turn()
    assert hand.turn() == ()
