"""Callers on the line who wait for a person: a row in the same line, with a leg that is there already. Pure.

    asked ─▶ claimed, agents rung one after another ─▶ taken ─▶ handed over ─▶ CONNECTED ─▶ DONE
      └──────────────┴── time over, nobody left, caller left or chose otherwise ──▶ CANCELLED

There is one attempt, with the caller's own leg in it from the start. Nobody dials the caller: whatever ends the
waiting, the flow on the caller's line goes on, and only the agents' legs are ended.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from ivr.core.queueing import outcome
from ivr.core.queueing.change import FREE, changed, with_leg
from ivr.core.queueing.legs import Agent, AgentState, Leg, LegOutcome, LegState, Role
from ivr.core.queueing.model import Callback, CallbackState, Cause, Kind, Place
from ivr.core.queueing.people import can_take, is_free
from ivr.core.queueing.policy import best_of, place_key
from ivr.core.queueing.standing import agent_legs, customer_leg, talk_of
from ivr.core.queueing.steps import Attempt, Step

FIRST_ATTEMPT = 1
AHEAD = timedelta(days=30)
"""How far before everybody who is promised a call: who is on the line has seconds, a promise has its window."""
BRIEFING_SECS = 15
"""Beyond the time agreed, when a colleague has picked up: nobody is sent away while they hear what it is about."""
HANDOVER_SECS = 30
"""From an agent's yes until the caller is there; a caller whose process was killed is back within seconds."""


def callers_leg(callback: Callback, tag: str, carrier_sid: str, now: datetime) -> Leg:
    """The leg of the caller who is on the line: there already, and proven to be."""
    return Leg(
        tag=tag,
        callback_id=callback.id,
        attempt=FIRST_ATTEMPT,
        fence=0,
        role=Role.CUSTOMER,
        number="",
        from_number="",
        created_at=now,
        state=LegState.ACCEPTED,
        changed_at=now,
        carrier_sid=carrier_sid,
        call_id=callback.call_id,
        accepted_at=now,
    )


def is_over_time(attempt: Attempt, now: datetime) -> bool:
    """Waited as long as the flow allows, and a moment longer for somebody who has picked up."""
    until = attempt.callback.expires_at
    is_heard = any(leg.state is LegState.ANSWERED and leg.outcome is None for leg in agent_legs(attempt))
    return until is not None and now >= until + timedelta(seconds=BRIEFING_SECS if is_heard else 0)


def is_on_the_line(attempt: Attempt) -> bool:
    """The caller is there, and still wants somebody."""
    leg = customer_leg(attempt)
    return attempt.callback.ending is None and leg is not None and leg.outcome is None and not leg.is_redirected


def taker(attempt: Attempt) -> Leg | None:
    """The leg of the agent who took the call and is still there."""
    return next((leg for leg in agent_legs(attempt) if leg.state is LegState.ACCEPTED and leg.outcome is None), None)


def hand_over(attempt: Attempt, now: datetime) -> Step | None:
    """The caller is sent to the agent who took the call; None: nobody has, or it was done before."""
    leg = customer_leg(attempt)
    if leg is None or leg.answered_at is not None or not is_on_the_line(attempt) or taker(attempt) is None:
        return None
    return Step(with_leg(attempt, replace(leg, answered_at=now, changed_at=now)))


def withdraw(attempt: Attempt, cause: Cause, *, now: datetime, by: str, is_here: bool = False) -> Step | None:
    """Nobody is looked for any more, and the caller is free to go on. Who has been taken stays taken.

    Args:
        attempt: Of a caller on the line.
        cause: `CUSTOMER_LEFT` when the caller hung up: then even an agent who took the call is told.
        now: Aware.
        by: For the history.
        is_here: The flow asks, so the caller is there and in no conference, whatever was stored before.
    """
    callback, leg = attempt.callback, customer_leg(attempt)
    if callback.kind is not Kind.TRANSFER or callback.state.is_final or callback.ending is not None or leg is None:
        return None
    has_left = cause is Cause.CUSTOMER_LEFT
    if not has_left and taker(attempt) is not None and leg.outcome is None and not _is_late(attempt, now):
        return None
    if not leg.is_over and (is_here or leg.answered_at is None):
        told = LegOutcome.COMPLETED if has_left else LegOutcome.CANCELLED
        attempt = with_leg(attempt, replace(leg, state=LegState.OVER, outcome=told, over_at=now, changed_at=now))
    if callback.state.is_in_flight:
        return changed(attempt, cause, now=now, by=by, ending=cause)
    return changed(attempt, cause, now=now, by=by, **{**FREE, "state": CallbackState.CANCELLED})


def left(attempt: Attempt, *, now: datetime, by: str) -> Step | None:
    """The caller has hung up, before or after being connected."""
    leg = customer_leg(attempt)
    if leg is None or leg.is_over:
        return None
    if leg.answered_at is None:
        return withdraw(attempt, Cause.CUSTOMER_LEFT, now=now, by=by)
    gone = replace(leg, state=LegState.OVER, outcome=leg.outcome or LegOutcome.COMPLETED, over_at=now, changed_at=now)
    return Step(with_leg(attempt, gone))


def came_out(attempt: Attempt, *, now: datetime) -> Step | None:
    """The caller is out of the conference and still on the line: both have talked (`talk_of`), or nobody had come."""
    leg = customer_leg(attempt)
    if leg is None or leg.is_over:
        return None
    over = replace(leg, state=LegState.OVER, outcome=LegOutcome.COMPLETED, over_at=now, changed_at=now)
    talked = with_leg(attempt, over)
    if talk_of(talked) is not None:
        return Step(talked)
    return Step(with_leg(attempt, replace(over, outcome=LegOutcome.CANCELLED, is_redirected=True)))


def hopeless(attempt: Attempt, now: datetime) -> Cause | None:
    """Why the caller will not be connected any more; None: still may be."""
    callback, leg = attempt.callback, customer_leg(attempt)
    if callback.ending is not None:
        return callback.ending
    if leg is None or (leg.outcome is not None and not leg.is_redirected):
        return Cause.CUSTOMER_LEFT
    if leg.is_redirected:
        return outcome.want_of_agents(attempt)
    if taker(attempt) is not None:
        return Cause.EXPIRED if _is_late(attempt, now) else None
    return Cause.EXPIRED if is_over_time(attempt, now) else None


def last_cause(attempt: Attempt) -> Cause:
    """What the last agent did to the caller; nobody was rung: the time is over before it began."""
    return outcome.want_of_agents(attempt) if agent_legs(attempt) else Cause.EXPIRED


def _is_late(attempt: Attempt, now: datetime) -> bool:
    """An agent took the call, and the caller was not brought there."""
    leg, taken = customer_leg(attempt), taker(attempt)
    if leg is None or leg.answered_at is not None or taken is None or taken.accepted_at is None:
        return False
    return now >= taken.accepted_at + timedelta(seconds=HANDOVER_SECS)


def can_be_had(
    callback: Callback, agents: Sequence[Agent], owed: Iterable[Place], now: datetime, tried: Collection[str] = ()
) -> bool:
    """Whether somebody can take this caller within the time there is, once those have been served who stand before.

    Args:
        callback: The caller's row, stored or about to be.
        agents: Everybody.
        owed: The places of those who stand before.
        now: Aware.
        tried: Agents who had their chance with this caller.
    """
    until = callback.expires_at or now
    free = [soon for agent in agents if (soon := _by(agent, until)) is not None]
    for place in sorted(owed, key=place_key):
        fitting = [agent for agent in free if can_take(agent, place, now)]
        if fitting:
            free.remove(best_of(fitting, place))
    return any(is_free(agent, now) and agent.fits(callback) for agent in free if agent.id not in tried)


def _by(agent: Agent, until: datetime) -> Agent | None:
    """The agent as they will be by then: whoever is free, or writes notes until then."""
    if agent.state is AgentState.WRAP_UP and agent.free_at is not None and agent.free_at < until:
        return replace(agent, state=AgentState.AVAILABLE, free_at=None)
    return agent if agent.state is AgentState.AVAILABLE else None
