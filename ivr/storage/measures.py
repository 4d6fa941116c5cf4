"""Which tab a promise is in, whether it was kept, how long was talked. Pure; the SQL says the same in its own words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from ivr.core.queueing.model import Callback, CallbackState
from ivr.ports import Bucket

DAY = timedelta(days=1)
MOST_COUNTED = 10_000
"""Lists and tabs count no further."""


def bucket_of(callback: Callback, now: datetime, day_ends_at: datetime) -> Bucket | None:
    """None: done before today."""
    if callback.state is CallbackState.FAILED:
        return Bucket.NEEDS_PERSON
    if callback.state.is_final:
        is_today = callback.state_at is not None and callback.state_at > day_ends_at - DAY
        return Bucket.DONE if is_today else None
    if callback.state is CallbackState.CONNECTED:
        return Bucket.NOW
    if callback.promised_to < now:
        return Bucket.OVERDUE
    if callback.state.is_in_flight or callback.eligible_at <= now:
        return Bucket.NOW
    return Bucket.LATER if callback.eligible_at <= day_ends_at else Bucket.ANOTHER_DAY


def was_due(callback: Callback, now: datetime) -> bool:
    """Whether a promise was put to the test: its window is over, or it was kept. Not one that was cancelled in time."""
    if callback.state is CallbackState.CANCELLED and callback.connected_at is None:
        return callback.state_at is not None and callback.state_at > callback.promised_to
    return callback.connected_at is not None or callback.promised_to <= now


def was_kept(callback: Callback) -> bool:
    """Connected before the window ended, and where the caller chose a time, not before it either."""
    at = callback.connected_at
    if at is None or at > callback.promised_to:
        return False
    return at >= callback.promised_from or not callback.is_time_chosen


def talk_secs(connected_at: datetime, ended_at: datetime, accepted_at: Iterable[datetime | None]) -> float:
    """Length of the conversation that ended a promise; `accepted_at` of the legs of its last attempt.

    A promise may have been connected, lost and connected again: only the last conversation counts.
    """
    began = max([connected_at, *(at for at in accepted_at if at is not None)])
    return max(0.0, (ended_at - began).total_seconds())
