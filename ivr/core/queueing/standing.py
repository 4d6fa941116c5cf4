"""What can be read off an attempt: whose leg is which, whether they talk, whether it can still lead to a talk. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.core.queueing.legs import Leg, LegState, Role
from ivr.core.queueing.model import Callback, CallbackState, Kind
from ivr.core.queueing.steps import Attempt

LEAST_TALK = timedelta(seconds=3)
"""Whoever is gone sooner after the other one came did not talk: one second is in the carrier's times alone."""


@dataclass(frozen=True, slots=True)
class Talk:
    """Customer and agent, both there at the same time."""

    customer: Leg
    agent: Leg
    began_at: datetime


def holds(callback: Callback, worker: str, now: datetime) -> bool:
    """Whether this worker is the one responsible, by a lease that has not run out."""
    return (
        callback.state.is_in_flight
        and callback.lease_owner == worker
        and callback.lease_until is not None
        and callback.lease_until > now
    )


def has_open_leg(attempt: Attempt) -> bool:
    """Somebody's telephone rings, or is talked on, or we cannot know."""
    return any(not leg.is_over for leg in attempt.legs)


def leg_of(attempt: Attempt, tag: str) -> Leg | None:
    """The leg with this tag."""
    return next((leg for leg in attempt.legs if leg.tag == tag), None)


def customer_leg(attempt: Attempt) -> Leg | None:
    """An attempt has one at the most."""
    return next((leg for leg in attempt.legs if leg.role is Role.CUSTOMER), None)


def agent_legs(attempt: Attempt) -> tuple[Leg, ...]:
    """Of all agents who had their chance, oldest first."""
    return tuple(leg for leg in attempt.legs if leg.role is Role.AGENT)


def agent_leg(attempt: Attempt) -> Leg | None:
    """The bound agent's."""
    bound = attempt.callback.agent
    return next((leg for leg in agent_legs(attempt) if bound and leg.agent == bound), None)


def talk_of(attempt: Attempt) -> Talk | None:
    """The conversation this attempt led to, going on or over."""
    customer = customer_leg(attempt)
    there_at = None if customer is None else met_at(attempt.callback, customer)
    if customer is None or there_at is None:
        return None
    least = timedelta() if was_handed_on(attempt.callback) else LEAST_TALK
    for agent in agent_legs(attempt):
        if agent.accepted_at is None:
            continue
        began_at = max(there_at, agent.accepted_at)
        if all(leg.over_at is None or leg.over_at >= began_at + least for leg in (customer, agent)):
            return Talk(customer, agent, began_at)
    return None


def met_at(callback: Callback, customer: Leg) -> datetime | None:
    """Since when the customer is where the agent can be met; a caller on the line is brought there."""
    return customer.answered_at if callback.kind is Kind.TRANSFER else customer.accepted_at


def was_handed_on(callback: Callback) -> bool:
    """The agent passed the customer on to somebody else: they did talk, however short it was."""
    return callback.state is CallbackState.CONNECTED and not callback.agent


def is_live(attempt: Attempt, tag: str) -> bool:
    """Whether a leg that was answered is still wanted. False: say sorry and hang up; its attempt is void."""
    leg, callback = leg_of(attempt, tag), attempt.callback
    return (
        leg is not None
        and leg.state is not LegState.OVER
        and leg.outcome is None
        and not leg.is_redirected
        and leg.attempt == callback.attempt
        and callback.state.is_in_flight
        and callback.ending is None
    )
