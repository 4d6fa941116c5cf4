"""What an agent's state becomes: reserved, ringing, talking, resting, paused. Pure.

A state that a person chose in between (`offline`, `break`) is never overwritten: only the bond is taken off. A wish for
one comes true with the end of the call or of the wrap-up it was made in, before anybody else can be offered.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ivr.core.queueing.legs import Agent, AgentState, Leg, LegOutcome
from ivr.core.queueing.model import Callback, Kind, Place
from ivr.core.queueing.rules import QueueRules

PAUSE_SECS = 15
"""Before somebody who passed is offered the next one."""
BUSY_STATES = frozenset({AgentState.RESERVED, AgentState.RINGING, AgentState.ON_CALL})
"""An agent in one of these is bound to one promise."""
CONNECTED = frozenset({Kind.CALLBACK, Kind.TRANSFER})
"""What agents are offered; messages are heard when there is time."""
MISSED_SHARE = 0.75
"""A telephone that rang for so much of its time, and was then taken back, was missed all the same."""
_MISSED = frozenset({LegOutcome.NO_ANSWER, LegOutcome.NOT_PRESENT, LegOutcome.VOICEMAIL})
_OUT_OF_REACH = frozenset({LegOutcome.BUSY, LegOutcome.FAILED, LegOutcome.REFUSED, LegOutcome.UNKNOWN})


def is_free(agent: Agent, now: datetime) -> bool:
    """Signed in, bound to nothing, the shift not over."""
    return agent.state is AgentState.AVAILABLE and not agent.callback_id and (agent.until is None or agent.until > now)


def is_owned_by_another(callback: Callback | Place, agent: Agent, now: datetime) -> bool:
    """It waits for its own agent."""
    if not callback.owner or callback.owner == agent.id:
        return False
    return callback.owner_until is None or callback.owner_until > now


def can_take(agent: Agent, callback: Callback | Place, now: datetime) -> bool:
    """Free, fitting, and not somebody else's promise. Messages are not dialled."""
    return (
        callback.kind in CONNECTED
        and is_free(agent, now)
        and agent.fits(callback)
        and not is_owned_by_another(callback, agent, now)
    )


def is_bound(agent: Agent | None, callback_id: str) -> bool:
    """Still at this promise's disposal."""
    return agent is not None and agent.callback_id == callback_id and agent.state in BUSY_STATES


def reserved(agent: Agent, callback_id: str, now: datetime) -> Agent:
    """Bound to a promise."""
    return replace(agent, state=AgentState.RESERVED, since=now, reason="", callback_id=callback_id, free_at=None)


def at_work(agent: Agent | None, callback_id: str, state: AgentState, now: datetime) -> Agent | None:
    """The bound agent's next state; whoever is not bound (any more) stays as they are."""
    if agent is None or not is_bound(agent, callback_id) or agent.state is state:
        return agent
    return replace(agent, state=state, since=now, missed=0 if state is AgentState.ON_CALL else agent.missed)


def freed(agent: Agent | None, callback_id: str, now: datetime) -> Agent | None:
    """At nobody's disposal any more, free at once."""
    return _let_go(agent, callback_id, now, AgentState.AVAILABLE)


def after_talk(agent: Agent | None, callback_id: str, rules: QueueRules, now: datetime) -> Agent | None:
    """Time for notes."""
    return _let_go(agent, callback_id, now, AgentState.WRAP_UP, rest_secs=rules.wrap_up_secs)


def after_offer(
    agent: Agent | None, callback_id: str, leg: Leg | None, rules: QueueRules, now: datetime
) -> Agent | None:
    """What an offer that led to no conversation makes of the agent, by how the agent's own leg ended."""
    if agent is None or leg is None:
        return freed(agent, callback_id, now)
    outcome = leg.outcome
    if outcome is LegOutcome.NOT_PRESENT and leg.is_redirected:
        return freed(agent, callback_id, now)
    if outcome in _MISSED or _rang_long(leg, rules):
        return _missed(agent, callback_id, rules, now)
    if outcome in _OUT_OF_REACH:
        return _let_go(agent, callback_id, now, AgentState.BREAK, reason=str(leg.outcome and leg.outcome.value))
    if outcome is LegOutcome.DECLINED or (outcome is LegOutcome.COMPLETED and not leg.is_redirected):
        return _let_go(agent, callback_id, now, AgentState.WRAP_UP, rest_secs=PAUSE_SECS, reason="passed")
    return freed(agent, callback_id, now)


def _rang_long(leg: Leg, rules: QueueRules) -> bool:
    if leg.outcome is not LegOutcome.CANCELLED or leg.over_at is None or leg.answered_at is not None:
        return False
    return (leg.over_at - leg.created_at).total_seconds() >= MISSED_SHARE * rules.ring_agent_secs


def rested(agent: Agent, now: datetime) -> Agent | None:
    """The wrap-up is over; None: there is none, or not yet."""
    if agent.state is not AgentState.WRAP_UP or (agent.free_at is not None and agent.free_at > now):
        return None
    return replace(_at_rest(agent, AgentState.AVAILABLE, ""), since=now, free_at=None)


def _at_rest(agent: Agent, state: AgentState, reason: str) -> Agent:
    """In this state, or in the one the person asked for."""
    if agent.wish is not None:
        state, reason = agent.wish, agent.wish_reason
    return replace(agent, state=state, reason=reason, wish=None, wish_reason="")


def _missed(agent: Agent, callback_id: str, rules: QueueRules, now: datetime) -> Agent | None:
    missed = agent.missed + 1
    counted = replace(agent, missed=missed)
    if missed >= rules.max_misses:
        return _let_go(counted, callback_id, now, AgentState.BREAK, reason=f"missed {missed}")
    return freed(counted, callback_id, now)


def _let_go(
    agent: Agent | None, callback_id: str, now: datetime, state: AgentState, *, rest_secs: int = 0, reason: str = ""
) -> Agent | None:
    if agent is None or agent.callback_id != callback_id:
        return agent
    if agent.state not in BUSY_STATES:
        return replace(agent, callback_id="")
    let_go = replace(agent, since=now, callback_id="", free_at=None)
    if state is not AgentState.WRAP_UP:
        return _at_rest(let_go, state, reason)
    free_at = now + timedelta(seconds=rest_secs) if rest_secs else None
    return replace(let_go, state=state, reason=reason, free_at=free_at)
