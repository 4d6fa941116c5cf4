"""Another call to somebody who was called: promised by the agent at the end of a conversation. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ivr.core.queueing.model import Callback, CallbackState, Cause, Kind
from ivr.core.queueing.rules import QueueRules

NOTE_CHARS = 400


def again(
    before: Callback, start: datetime, end: datetime, note: str, *, rules: QueueRules, agent_id: str, now: datetime
) -> Callback:
    """The same person and matter, at this time, first of all for this agent. Id and code are the caller's to give."""
    return replace(
        before,
        arrived_at=now,
        promised_from=start,
        promised_to=end,
        eligible_at=start,
        order_at=start,
        state=CallbackState.PENDING,
        state_at=now,
        cause=Cause.PROMISED,
        kind=Kind.CALLBACK,
        is_time_chosen=True,
        notes=(*before.notes, note[:NOTE_CHARS]) if note else before.notes,
        owner=agent_id,
        owner_until=end + timedelta(hours=rules.owner_hours),
        tries={},
        last_tried_at=None,
        expires_at=start + timedelta(days=rules.expires_days),
        agent="",
        lease_owner="",
        lease_until=None,
        fence=0,
        attempt=0,
        ending=None,
        connected_at=None,
        invitation={**before.invitation, "again_at": now.isoformat(), "again_by": agent_id},
    )
