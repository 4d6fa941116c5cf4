"""Legs that do not go on by themselves: when the carrier is asked, when a leg is ended, when it is given up. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from ivr.core.queueing.change import with_leg
from ivr.core.queueing.legs import Leg, LegOutcome, LegState, Role
from ivr.core.queueing.life import CANCELLATIONS
from ivr.core.queueing.model import Cause, Kind
from ivr.core.queueing.orders import Advance, HangUp, LookAt, Order, Phrase, SendBack, TellAndEnd
from ivr.core.queueing.rules import QueueRules
from ivr.core.queueing.standing import Talk, talk_of
from ivr.core.queueing.steps import Attempt, Step

PLACE_SECS = 15
"""An order to dial is answered by then, or its answer is lost."""
RING_GRACE_SECS = 15
"""Added to the ringing time (the carrier adds 5 s of its own) before the carrier is asked."""
RING_LIMIT_SECS = 45
"""Added to the ringing time before a leg is taken back."""
SILENT_SECS = {Role.AGENT: 60, Role.CUSTOMER: 120}
"""Answered and without a word; a customer's machine is left a message in that time."""
TOLD_SECS = 20
"""For the one sentence a leg is told, and for a flow to say goodbye."""
LEFT_SECS = 5
"""For the other leg of a conversation to end by itself."""
LOOK_SECS = 20
"""Between two looks at a leg that is talked on: its end may not have been reported."""
LOST_SECS = 300
"""Beyond every other limit: then a leg that cannot be ended is given up."""
TALK_SECS = 4 * 3600 + 600
"""The carrier ends calls after four hours."""
_CALM, _BUSY_EVERY = 20.0, 5.0


def watched(attempt: Attempt, rules: QueueRules, now: datetime) -> tuple[Order, ...]:
    """Orders for legs that have been too long in one state."""
    return tuple(order for leg in attempt.legs if not leg.is_over for order in _watch(leg, attempt, rules, now))


def overdue(attempt: Attempt, rules: QueueRules, now: datetime, settle_secs: float) -> Leg | None:
    """A leg of which nothing was learned for too long, with what follows.

    First it is marked, and from then on the carrier is asked to end it; only when that has not helped for as long
    again, it is given up, and what became of it is unknown. (All workers may have been away in the meantime.)
    """
    limit = settle_secs + LOST_SECS + max(rules.ring_agent_secs, rules.ring_customer_secs)
    talk = talk_of(attempt)
    for leg in attempt.legs:
        if leg.is_over or _in_state_secs(leg, now) < _patience_secs(leg, talk, limit):
            continue
        if not leg.is_redirected:
            return replace(leg, is_redirected=True, changed_at=now)
        outcome = leg.outcome or (LegOutcome.UNKNOWN if talk is None else LegOutcome.COMPLETED)
        return replace(leg, state=LegState.OVER, outcome=outcome, over_at=now, changed_at=now)
    return None


def ended(attempt: Attempt, cause: Cause, now: datetime) -> Advance:
    """Ends the open legs: told first, where somebody listens; taken back, where it rings."""
    step: Step | None = None
    wanted: list[Order] = []
    for leg in attempt.legs:
        if leg.is_over:
            continue
        order, told = _end(leg, attempt, cause, now)
        wanted += order
        if told is not None:
            step = Step(with_leg(step.attempt if step else attempt, told))
    return Advance(step, tuple(wanted))


def _watch(leg: Leg, attempt: Attempt, rules: QueueRules, now: datetime) -> Iterator[Order]:
    secs, age = _in_state_secs(leg, now), (now - leg.created_at).total_seconds()
    if leg.outcome is not None:
        yield from _hang_up(leg) if secs >= _said_secs(leg) else ()
        return
    ring_secs = rules.ring_agent_secs if leg.role is Role.AGENT else rules.ring_customer_secs
    match leg.state:
        case LegState.INTENDED:
            if leg.fence != attempt.callback.fence or age >= PLACE_SECS:
                yield LookAt(leg)
        case LegState.PLACED | LegState.RINGING:
            if age >= ring_secs + RING_GRACE_SECS:
                yield LookAt(leg)
            if age >= ring_secs + RING_LIMIT_SECS and leg.carrier_sid:
                yield HangUp(leg.tag, leg.carrier_sid)
        case LegState.ANSWERED:
            if secs >= SILENT_SECS[leg.role]:
                yield from _hang_up(leg)
        case _:
            if secs >= LOOK_SECS:
                yield LookAt(leg, _CALM)


def _end(leg: Leg, attempt: Attempt, cause: Cause, now: datetime) -> tuple[list[Order], Leg | None]:
    """Orders, and the leg as told."""
    secs = _in_state_secs(leg, now)
    if leg.state.rank < LegState.ANSWERED.rank:
        marked = replace(leg, is_redirected=True) if not leg.is_redirected else None
        return list(_hang_up(leg)), marked
    if leg.is_redirected or leg.outcome is not None:
        return (list(_hang_up(leg)) if secs >= _said_secs(leg) else []), None
    if cause is Cause.TALKED:
        return (list(_hang_up(leg)) if _left_alone_secs(attempt, now) >= LEFT_SECS else []), None
    if not leg.carrier_sid:
        return [LookAt(leg)], None
    told = replace(leg, is_redirected=True, changed_at=now)
    if leg.role is Role.CUSTOMER and attempt.callback.kind is Kind.TRANSFER:
        return [SendBack(leg.tag, leg.carrier_sid)], told
    phrase = _phrase(leg, attempt, cause)
    return [TellAndEnd(leg.tag, leg.carrier_sid, phrase, _language(leg, attempt))], told


def _hang_up(leg: Leg) -> Iterator[Order]:
    if leg.carrier_sid:
        yield HangUp(leg.tag, leg.carrier_sid)
    yield LookAt(leg, _BUSY_EVERY)


def _phrase(leg: Leg, attempt: Attempt, cause: Cause) -> Phrase:
    if attempt.callback.kind is Kind.TRANSFER:
        return Phrase.CALLER_GONE
    if cause in CANCELLATIONS or cause is Cause.MOVED:
        return Phrase.CALLED_OFF
    return Phrase.NO_CUSTOMER if leg.role is Role.AGENT else Phrase.NO_AGENT


def _language(leg: Leg, attempt: Attempt) -> str:
    agent = attempt.agent
    if leg.role is Role.AGENT and agent is not None and agent.id == leg.agent and agent.languages:
        return agent.languages[0]
    return attempt.callback.language


def _said_secs(leg: Leg) -> int:
    """How long the flow on it has for its last words; a message on a machine takes longest."""
    return SILENT_SECS[leg.role] if leg.outcome is LegOutcome.VOICEMAIL else TOLD_SECS


def _left_alone_secs(attempt: Attempt, now: datetime) -> float:
    return max((now - leg.over_at).total_seconds() for leg in attempt.legs if leg.over_at is not None)


def _in_state_secs(leg: Leg, now: datetime) -> float:
    return (now - (leg.changed_at or leg.created_at)).total_seconds()


def _patience_secs(leg: Leg, talk: Talk | None, limit: float) -> float:
    if leg.is_redirected or leg.state is not LegState.ACCEPTED:
        return limit
    if talk is None:
        # Who has accepted waits for the other one, whose leg may have to be given up first.
        return 2 * limit
    return limit if talk.customer.is_over or talk.agent.is_over else TALK_SECS
