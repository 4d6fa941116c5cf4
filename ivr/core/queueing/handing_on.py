"""The agent of a conversation has passed the customer on: the promise is kept without them. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ivr.core.queueing.change import changed
from ivr.core.queueing.model import CallbackState, Cause
from ivr.core.queueing.people import after_talk
from ivr.core.queueing.rules import QueueRules
from ivr.core.queueing.standing import customer_leg, met_at
from ivr.core.queueing.steps import Attempt, Step


def handed_on(attempt: Attempt, agent: str, number: int, rules: QueueRules, *, now: datetime, to: str) -> Step | None:
    """Time for notes; from now on the promise has no agent, however short they talked (`standing.was_handed_on`).

    Args:
        attempt: As the transaction has read it.
        agent: Who passed the customer on.
        number: The attempt it was in.
        rules: Of its queue.
        now: Aware.
        to: Another agent's id; empty: somebody else, or nobody yet.
    """
    callback, customer = attempt.callback, customer_leg(attempt)
    if callback.attempt != number or callback.agent != agent or not callback.state.is_in_flight or customer is None:
        return None
    return changed(
        replace(attempt, agent=after_talk(attempt.agent, callback.id, rules, now)),
        Cause.ASSIGNED,
        now=now,
        by=f"agent {agent}",
        values={"to": to},
        state=CallbackState.CONNECTED,
        connected_at=callback.connected_at or met_at(callback, customer),
        agent="",
    )
