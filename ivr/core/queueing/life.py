"""What people do to a promise: move it, change it, cancel it, ring in, bring it forward. Pure.

Every function takes the attempt as a transaction has read it and returns the step to be written, or None when the
state does not allow it. What workers do is in `claims.py`. While a promise is in flight, a cancellation or another time
is stored as what it is to end with (`Callback.ending`): nobody new is dialled, the open legs are ended, and the promise
changes once all of them are over. Who talks is never cut off.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ivr.core.queueing.change import FREE, changed
from ivr.core.queueing.model import Callback, CallbackState, Cause, Kind
from ivr.core.queueing.people import freed
from ivr.core.queueing.policy import PRIORITIES, order_at
from ivr.core.queueing.rules import QueueRules
from ivr.core.queueing.standing import customer_leg, talk_of
from ivr.core.queueing.steps import Attempt, Step

CANCELLATIONS = frozenset({Cause.BY_CALLER, Cause.BY_TEXT, Cause.BY_SUPERVISOR, Cause.STOPPED})
BEFORE_ALL = timedelta(days=3650)
"""How far a promise that is to be dialled now is moved forward."""
MAX_NOTES, MAX_NOTE_LENGTH = 20, 500
_OF_AGENTS = frozenset({Cause.AGENT_LEFT.value, Cause.AGENT_MISSED.value, Cause.AGENT_DECLINED.value})


def cancel(attempt: Attempt, *, cause: Cause, now: datetime, by: str) -> Step | None:
    """Nobody is called any more. `cause`: one of `CANCELLATIONS`."""
    callback = attempt.callback
    if cause not in CANCELLATIONS or callback.ending in CANCELLATIONS or _is_over(callback) or _is_live(callback):
        return None
    return _end(attempt, cause, now, by, {"state": CallbackState.CANCELLED})


def stop(attempt: Attempt, *, now: datetime, by: str) -> Step | None:
    """The person asked never to be called again. The number itself is stopped by the store."""
    return cancel(attempt, cause=Cause.STOPPED, now=now, by=by)


def move(
    attempt: Attempt,
    start: datetime,
    end: datetime,
    *,
    now: datetime,
    by: str,
    is_time_chosen: bool = True,
    expires_at: datetime | None = None,
) -> Step | None:
    """Another time; the place in the line stays. `is_time_chosen` False: as soon as possible, told as this window.

    Somebody who moves a failed promise wants to be called: it waits again. `expires_at`: the invitation stands at least
    so long; None leaves its end as it is.
    """
    callback = attempt.callback
    if callback.kind is not Kind.CALLBACK or callback.ending in CANCELLATIONS or end < start or _is_over(callback):
        return None
    if callback.state is CallbackState.FAILED:
        attempt = replace(attempt, callback=replace(callback, tries=_agents_only(callback)))
    times = {
        "promised_from": start,
        "promised_to": end,
        "eligible_at": start if is_time_chosen else now,
        "is_time_chosen": is_time_chosen,
    }
    if callback.expires_at is not None and expires_at is not None:
        times["expires_at"] = max(callback.expires_at, expires_at)
    return _end(attempt, Cause.MOVED, now, by, {"state": CallbackState.PENDING}, times)


def renumber(attempt: Attempt, number: str, *, now: datetime, by: str, zone: str = "") -> Step | None:
    """Another number, and the zone it is in where that is known. Not while the old one is being dialled."""
    callback = attempt.callback
    if not number or number == callback.number or _is_over(callback) or _is_live(callback):
        return None
    if customer_leg_is_in_play(attempt):
        return None
    fields: dict[str, Any] = {"number": number, "zone": zone or callback.zone}
    if callback.state is CallbackState.RETRY_AT:
        fields |= {"state": CallbackState.PENDING, "eligible_at": now}
    return changed(attempt, Cause.NUMBER_CHANGED, now=now, by=by, **fields)


def add_note(attempt: Attempt, words: str, *, now: datetime, by: str) -> Step | None:
    """A word for the agent. The oldest ones stay; more than `MAX_NOTES` are not taken."""
    callback, words = attempt.callback, words.strip()[:MAX_NOTE_LENGTH]
    if not words or _is_over(callback) or len(callback.notes) >= MAX_NOTES:
        return None
    return changed(attempt, Cause.WORD_ADDED, now=now, by=by, notes=(*callback.notes, words))


def rang_in(attempt: Attempt, *, now: datetime, by: str, expires_at: datetime | None = None) -> Step | None:
    """Somebody we could not reach rang in with the code: back to the original place, free to be called at once.

    The vain tries are forgotten but for those that failed for want of an agent: who rings in has shown to be there,
    and asks anew (`expires_at` is the end of the new invitation; None leaves the old one).
    """
    callback = attempt.callback
    if callback.state not in (CallbackState.RETRY_AT, CallbackState.FAILED) or callback.kind is not Kind.CALLBACK:
        return None
    return changed(
        attempt,
        Cause.RANG_IN,
        now=now,
        by=by,
        values={"vain_tries": str(callback.vain_tries)},
        state=CallbackState.PENDING,
        eligible_at=now,
        tries=_agents_only(callback),
        expires_at=expires_at or callback.expires_at,
    )


def call_now(attempt: Attempt, *, now: datetime, by: str, expires_at: datetime | None = None) -> Step | None:
    """A supervisor wants it dialled as soon as an agent is free, before all others."""
    callback = attempt.callback
    is_failed = callback.state is CallbackState.FAILED
    if callback.kind is not Kind.CALLBACK or not (callback.state.is_waiting or is_failed):
        return None
    return changed(
        attempt,
        Cause.BY_SUPERVISOR,
        now=now,
        by=by,
        values={"order": "now"},
        state=CallbackState.PENDING,
        eligible_at=now,
        order_at=now - BEFORE_ALL,
        tries=_agents_only(callback) if is_failed else callback.tries,
        expires_at=expires_at or callback.expires_at,
    )


def change_priority(attempt: Attempt, priority: int, rules: QueueRules, *, now: datetime, by: str) -> Step | None:
    """Forward or back in the line, from the arrival on."""
    callback = attempt.callback
    if priority not in PRIORITIES or priority == callback.priority or callback.state.is_final:
        return None
    return changed(
        attempt,
        Cause.PRIORITY_CHANGED,
        now=now,
        by=by,
        values={"from": str(callback.priority), "to": str(priority)},
        priority=priority,
        order_at=order_at(callback.arrived_at, priority, rules),
    )


def assign_owner(attempt: Attempt, owner: str, *, now: datetime, by: str, until: datetime | None = None) -> Step | None:
    """From now on this agent's, until then; an empty id: anybody's."""
    callback = attempt.callback
    until = until if owner else None
    if callback.state.is_final or (callback.owner, callback.owner_until) == (owner, until):
        return None
    return changed(attempt, Cause.ASSIGNED, now=now, by=by, values={"to": owner}, owner=owner, owner_until=until)


def take_message(attempt: Attempt, *, now: datetime, by: str) -> Step | None:
    """An agent has dealt with a recorded message."""
    callback = attempt.callback
    if callback.kind is not Kind.MESSAGE or callback.state.is_final:
        return None
    return changed(attempt, Cause.TAKEN, now=now, by=by, state=CallbackState.DONE)


def customer_leg_is_in_play(attempt: Attempt) -> bool:
    """In this attempt the customer has been dialled, and the attempt is not settled."""
    return attempt.callback.state.is_in_flight and customer_leg(attempt) is not None


def _end(
    attempt: Attempt,
    cause: Cause,
    now: datetime,
    by: str,
    target: Mapping[str, Any],
    fields: Mapping[str, Any] | None = None,
) -> Step | None:
    """At once, where nobody was dialled; else when all legs are over; not at all, where people talk."""
    callback, fields = attempt.callback, dict(fields or {})
    if talk_of(attempt) is not None and callback.state.is_in_flight:
        return None
    if callback.state.is_in_flight and attempt.legs:
        return changed(attempt, cause, now=now, by=by, ending=cause, **fields)
    if callback.state.is_in_flight:
        attempt = replace(attempt, agent=freed(attempt.agent, callback.id, now))
    return changed(attempt, cause, now=now, by=by, **{**FREE, **target, **fields})


def _is_over(callback: Callback) -> bool:
    """Over, and no person can bring it back."""
    return callback.state in (CallbackState.DONE, CallbackState.CANCELLED)


def _is_live(callback: Callback) -> bool:
    """A caller on the line: only the caller, and time, take that back (`live.withdraw`)."""
    return callback.kind is Kind.TRANSFER


def _agents_only(callback: Callback) -> dict[str, int]:
    return {cause: count for cause, count in callback.tries.items() if cause in _OF_AGENTS}
