"""What an attempt that is over makes of its promise and its agent. Pure. Called when no leg is open any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ivr.core.queueing.change import FREE, by_worker, changed
from ivr.core.queueing.legs import Leg, LegOutcome
from ivr.core.queueing.life import CANCELLATIONS
from ivr.core.queueing.model import CallbackState, Cause, Kind
from ivr.core.queueing.people import after_offer, after_talk
from ivr.core.queueing.rules import DEFAULT_RETRIES, QueueRules
from ivr.core.queueing.standing import Talk, agent_leg, agent_legs, customer_leg
from ivr.core.queueing.steps import Attempt, Step

REFUSED_PAUSE_SECS = 60
"""After the carrier took no order, before it is given another."""
_CUSTOMERS = {
    LegOutcome.BUSY: Cause.BUSY,
    LegOutcome.NO_ANSWER: Cause.NO_ANSWER,
    LegOutcome.CANCELLED: Cause.NO_ANSWER,
    LegOutcome.FAILED: Cause.FAILED,
    LegOutcome.VOICEMAIL: Cause.VOICEMAIL,
    LegOutcome.NOT_PRESENT: Cause.NOT_PRESENT,
    LegOutcome.DECLINED: Cause.NOT_PRESENT,
    LegOutcome.COMPLETED: Cause.CUSTOMER_LEFT,
    LegOutcome.STOPPED: Cause.STOPPED,
    LegOutcome.NEVER_PLACED: Cause.NEVER_PLACED,
    LegOutcome.REFUSED: Cause.REFUSED,
    LegOutcome.UNKNOWN: Cause.UNKNOWN,
}
_AGENTS = {
    LegOutcome.DECLINED: Cause.AGENT_DECLINED,
    LegOutcome.COMPLETED: Cause.AGENT_LEFT,
    LegOutcome.CANCELLED: Cause.AGENT_LEFT,
    LegOutcome.NEVER_PLACED: Cause.NEVER_PLACED,
}
COUNTED = frozenset(
    {Cause.BUSY, Cause.NO_ANSWER, Cause.FAILED, Cause.VOICEMAIL, Cause.NOT_PRESENT, Cause.CUSTOMER_LEFT}
)
"""The customer was dialled in vain, and is tried again after the delay for it."""


def customers_cause(leg: Leg, attempt: Attempt) -> Cause:
    """Why a customer's leg that has an outcome led to no conversation."""
    if leg.is_redirected and leg.outcome in (LegOutcome.COMPLETED, LegOutcome.CANCELLED, LegOutcome.NOT_PRESENT):
        return want_of_agents(attempt)
    return _CUSTOMERS[leg.outcome or LegOutcome.UNKNOWN]


def agents_cause(leg: Leg) -> Cause:
    """Why an agent's leg that has an outcome led to no conversation."""
    return _AGENTS.get(leg.outcome or LegOutcome.UNKNOWN, Cause.AGENT_MISSED)


def want_of_agents(attempt: Attempt) -> Cause:
    """What the last agent did to a customer who was there."""
    legs = [leg for leg in agent_legs(attempt) if leg.outcome is not None]
    cause = agents_cause(legs[-1]) if legs else Cause.AGENT_LEFT
    return Cause.AGENT_MISSED if cause is Cause.NEVER_PLACED else cause


def talked(attempt: Attempt, talk: Talk, rules: QueueRules, *, now: datetime, by: str) -> Step:
    """Kept."""
    callback = attempt.callback
    ended_at = min(leg.over_at or now for leg in (talk.customer, talk.agent))
    return changed(
        replace(attempt, agent=after_talk(attempt.agent, callback.id, rules, now)),
        Cause.TALKED,
        now=now,
        by=by,
        values={"agent": callback.agent, "secs": str(round((ended_at - talk.began_at).total_seconds()))},
        **{**FREE, "state": CallbackState.DONE},
    )


def let_go(attempt: Attempt, cause: Cause, rules: QueueRules, *, now: datetime, worker: str) -> Step:
    """The agent is free again, by how the agent's own leg went; the attempt goes on without."""
    callback = attempt.callback
    agent = after_offer(attempt.agent, callback.id, agent_leg(attempt), rules, now)
    values = {"agent": callback.agent}
    return changed(replace(attempt, agent=agent), cause, now=now, by=by_worker(worker), values=values, agent="")


def in_vain(attempt: Attempt, cause: Cause, rules: QueueRules, *, now: datetime, worker: str) -> Step:
    """No conversation: what follows from `cause`, and the agent is free again."""
    callback = attempt.callback
    values = {"agent": callback.agent}
    agent = after_offer(attempt.agent, callback.id, agent_leg(attempt), rules, now)
    attempt = replace(attempt, agent=agent)
    if callback.kind is Kind.TRANSFER:
        fields = {**FREE, "state": CallbackState.CANCELLED}
        return changed(attempt, cause, now=now, by=by_worker(worker), values=values, **fields)
    counted = _counted(attempt, cause)
    fields = {**FREE, "tries": counted}
    if cause in CANCELLATIONS:
        fields["state"] = CallbackState.CANCELLED
    elif cause is Cause.MOVED:
        fields["state"] = CallbackState.PENDING
    elif cause in (Cause.UNKNOWN, Cause.REFUSED):
        fields["state"] = CallbackState.FAILED
    elif (again_at := _again_at(attempt, cause, counted, rules)) is None:
        values["after"] = cause.value
        cause, fields["state"] = Cause.TOO_MANY, CallbackState.FAILED
    else:
        fields["state"] = CallbackState.RETRY_AT if cause in COUNTED else CallbackState.PENDING
        fields["eligible_at"] = again_at
    return changed(attempt, cause, now=now, by=by_worker(worker), values=values, **fields)


def _counted(attempt: Attempt, cause: Cause) -> dict[str, int]:
    """The tries, with this one where the customer was dialled. A cancellation ends them all."""
    customer, tries = customer_leg(attempt), dict(attempt.callback.tries)
    if customer is None or customer.outcome in (LegOutcome.NEVER_PLACED, LegOutcome.REFUSED):
        return tries
    of_leg = _CUSTOMERS[customer.outcome or LegOutcome.UNKNOWN] if cause is Cause.MOVED else cause
    if cause is Cause.MOVED and customer.is_redirected:
        return tries
    if of_leg in COUNTED or of_leg in (Cause.AGENT_DECLINED, Cause.AGENT_LEFT, Cause.AGENT_MISSED):
        tries[of_leg.value] = tries.get(of_leg.value, 0) + 1
    return tries


def _again_at(attempt: Attempt, cause: Cause, tries: dict[str, int], rules: QueueRules) -> datetime | None:
    """When it may be dialled again; None: no tries left. With nobody dialled, the place is simply kept."""
    callback, customer = attempt.callback, customer_leg(attempt)
    if cause is Cause.NEVER_PLACED:
        latest = max(leg.created_at for leg in attempt.legs)
        return max(callback.eligible_at, latest + timedelta(seconds=REFUSED_PAUSE_SECS))
    if customer is None:
        return callback.eligible_at
    delay = _delay(cause, tries[cause.value], rules)
    if delay is None or sum(tries.values()) >= rules.max_attempts:
        return None
    ended_at = customer.over_at or customer.created_at
    return max(ended_at + delay, customer.created_at + timedelta(minutes=rules.min_gap_mins))


def _delay(cause: Cause, count: int, rules: QueueRules) -> timedelta | None:
    """After the `count`th failure of this kind. For want of agents the last delay goes on."""
    key = cause if cause in COUNTED else Cause.AGENT_LEFT
    delays = rules.retries.get(key.value, DEFAULT_RETRIES[key.value]).delays_mins
    if key is Cause.AGENT_LEFT:
        count = min(count, len(delays))
    return timedelta(minutes=delays[count - 1]) if 0 < count <= len(delays) else None
