"""What workers do to a promise: claim it for an agent, keep its lease, adopt it, store whom they will dial. Pure.

Every function takes the attempt as a transaction has read it and returns the step to be written, or None when the
state, the lease or the agent does not allow it (any more).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ivr.core.queueing import live
from ivr.core.queueing.change import FREE, by_worker, changed, with_leg
from ivr.core.queueing.legs import AgentState, Leg, LegState, Role
from ivr.core.queueing.model import Callback, CallbackState, Cause, Kind
from ivr.core.queueing.people import at_work, can_take, freed, is_bound, is_free, reserved
from ivr.core.queueing.policy import is_due
from ivr.core.queueing.standing import agent_leg, agent_legs, customer_leg, has_open_leg, holds, leg_of
from ivr.core.queueing.steps import Attempt, Step

CLOCKS_DIFFER = timedelta(seconds=5)
"""Hosts have clocks of their own."""


def claim(attempt: Attempt, *, worker: str, lease_secs: float, now: datetime) -> Step | None:
    """Begins an attempt: the agent is reserved and the worker responsible. `attempt.agent` is who is to take it."""
    callback, agent = attempt.callback, attempt.agent
    if agent is None or not is_due(callback, now) or not can_take(agent, callback, now):
        return None
    is_live = callback.kind is Kind.TRANSFER
    if not live.is_on_the_line(attempt) if is_live else has_open_leg(attempt):
        return None
    return changed(
        Attempt(callback, attempt.legs if is_live else (), reserved(agent, callback.id, now)),
        Cause.CLAIMED,
        now=now,
        by=by_worker(worker),
        values={"agent": agent.id},
        state=CallbackState.CLAIMED,
        agent=agent.id,
        lease_owner=worker,
        lease_until=now + timedelta(seconds=lease_secs),
        fence=callback.fence + 1,
        attempt=callback.attempt if is_live else callback.attempt + 1,
    )


def release(attempt: Attempt, *, worker: str, now: datetime, not_before: datetime | None = None) -> Step | None:
    """Gives a claim back before anybody was dialled; `not_before`: and it waits until then."""
    callback = attempt.callback
    dialled = agent_legs(attempt) if callback.kind is Kind.TRANSFER else attempt.legs
    if not holds(callback, worker, now) or callback.state is not CallbackState.CLAIMED or dialled:
        return None
    return changed(
        replace(attempt, agent=freed(attempt.agent, callback.id, now)),
        Cause.RELEASED if not_before is None else Cause.RETIMED,
        now=now,
        by=by_worker(worker),
        **{**FREE, "state": CallbackState.PENDING, "eligible_at": not_before or callback.eligible_at},
    )


def is_beyond(callback: Callback, *, lease_secs: float, now: datetime) -> bool:
    """The lease ends later than any that could have been given by now: the clock was set back since."""
    until = callback.lease_until
    return until is not None and until > now + timedelta(seconds=lease_secs) + CLOCKS_DIFFER


def renew(attempt: Attempt, *, worker: str, lease_secs: float, now: datetime) -> Step | None:
    """A longer lease for who holds it; also when it ran out and nobody has adopted it. Writes no history.

    One that lies beyond is made anew by this clock: whoever does so is alive.
    """
    callback, until = attempt.callback, now + timedelta(seconds=lease_secs)
    if not callback.state.is_in_flight or callback.lease_owner != worker:
        return None
    is_longer = callback.lease_until is not None and callback.lease_until >= until
    if is_longer and not is_beyond(callback, lease_secs=lease_secs, now=now):
        return None
    return Step(replace(attempt, callback=replace(callback, lease_until=until)))


def adopt(
    attempt: Attempt, *, worker: str, lease_secs: float, now: datetime, left_alone: datetime | None = None
) -> Step | None:
    """Takes over what a worker has let go of. Its fence voids all that the other one may still be about to do.

    `left_alone`: the end of a lease that lies beyond and that nobody has made anew for as long as a lease lasts.
    """
    callback = attempt.callback
    if not callback.state.is_in_flight:
        return None
    until = callback.lease_until
    is_left = until is not None and until == left_alone and is_beyond(callback, lease_secs=lease_secs, now=now)
    if until is not None and until > now and not is_left:
        return None
    return changed(
        attempt,
        Cause.ADOPTED,
        now=now,
        by=by_worker(worker),
        values={"from": callback.lease_owner},
        lease_owner=worker,
        lease_until=now + timedelta(seconds=lease_secs),
        fence=callback.fence + 1,
    )


def reserve(attempt: Attempt, *, worker: str, now: datetime) -> Step | None:
    """Another agent for a customer who is on the line and has none. `attempt.agent` is who is to take it.

    Whose promise it is does not matter now; nobody is asked twice in an attempt.
    """
    callback, agent, customer = attempt.callback, attempt.agent, customer_leg(attempt)
    if not holds(callback, worker, now) or callback.agent or callback.ending is not None:
        return None
    if customer is None or customer.is_over or customer.outcome is not None or customer.is_redirected:
        return None
    if agent is None or not (is_free(agent, now) and agent.fits(callback)):
        return None
    if callback.kind is Kind.TRANSFER and live.is_over_time(attempt, now):
        return None
    if any(leg.agent == agent.id for leg in agent_legs(attempt)):
        return None
    return changed(
        replace(attempt, agent=reserved(agent, callback.id, now)),
        Cause.CLAIMED,
        now=now,
        by=by_worker(worker),
        values={"agent": agent.id},
        agent=agent.id,
    )


def add_leg(attempt: Attempt, role: Role, tag: str, *, from_number: str, worker: str, now: datetime) -> Step | None:
    """Stores the intent to dial. Whom follows from the role: the promise's number, or the bound agent's."""
    callback, agent = attempt.callback, attempt.agent
    if not holds(callback, worker, now) or callback.state is CallbackState.CONNECTED or callback.ending is not None:
        return None
    if leg_of(attempt, tag) is not None or agent is None or not is_bound(agent, callback.id):
        return None
    if role is Role.CUSTOMER:
        if customer_leg(attempt) is not None:
            return None
    elif agent_leg(attempt) is not None:
        return None
    leg = Leg(
        tag=tag,
        callback_id=callback.id,
        attempt=callback.attempt,
        fence=callback.fence,
        role=role,
        number=callback.number if role is Role.CUSTOMER else agent.address,
        from_number=from_number,
        created_at=now,
        agent=agent.id if role is Role.AGENT else "",
    )
    if role is Role.AGENT:
        attempt = replace(attempt, agent=at_work(agent, callback.id, AgentState.RINGING, now))
    return changed(
        with_leg(attempt, leg),
        Cause.DIALLED,
        now=now,
        by=by_worker(worker),
        values={"role": role.value, "tag": tag},
        state=CallbackState.DIALLING,
        last_tried_at=now if role is Role.CUSTOMER else callback.last_tried_at,
    )


def may_dial(attempt: Attempt, tag: str, *, worker: str, now: datetime) -> bool:
    """Asked once more right before the carrier is: the intent is still ours, by lease and fence, and still wanted."""
    leg, callback = leg_of(attempt, tag), attempt.callback
    return (
        leg is not None
        and leg.state is LegState.INTENDED
        and (leg.attempt, leg.fence) == (callback.attempt, callback.fence)
        and holds(callback, worker, now)
        and callback.ending is None
    )


def expire(attempt: Attempt, *, now: datetime, by: str) -> Step | None:
    """The invitation to call is too old: a person decides. A caller on the line is not waited with any longer."""
    callback = attempt.callback
    if not callback.state.is_waiting or callback.expires_at is None or callback.expires_at > now:
        return None
    if callback.kind is Kind.TRANSFER:
        return live.withdraw(attempt, Cause.EXPIRED, now=now, by=by)
    return changed(attempt, Cause.EXPIRED, now=now, by=by, state=CallbackState.FAILED)


def retime(attempt: Attempt, eligible_at: datetime, *, now: datetime, by: str) -> Step | None:
    """Due, but not allowed before then (hours, caps, budgets). The place in the line stays."""
    callback = attempt.callback
    if (
        not callback.state.is_waiting
        or callback.kind is not Kind.CALLBACK
        or eligible_at <= max(now, callback.eligible_at)
    ):
        return None
    return changed(attempt, Cause.RETIMED, now=now, by=by, eligible_at=eligible_at)


def refuse(attempt: Attempt, *, now: datetime, by: str, reason: str = "") -> Step | None:
    """The number may not be dialled (any more): a person decides. `reason` is a word."""
    if not attempt.callback.state.is_waiting:
        return None
    return changed(attempt, Cause.REFUSED, now=now, by=by, values={"reason": reason}, state=CallbackState.FAILED)
