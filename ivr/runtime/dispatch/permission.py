"""Whether a promise may be dialled at this moment: stops, destinations, calling hours, caps, opening hours, budgets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import Enum

from ivr.core.hours import Hours
from ivr.core.queueing.calling_hours import CallingHours, may_call, next_allowed
from ivr.core.queueing.limits import DialLimits
from ivr.core.queueing.model import Callback, CallbackState, Kind
from ivr.core.queueing.rules import QueueRules
from ivr.core.queueing.wished_times import first_meeting
from ivr.ports import CallbackStore, Numbers

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LEGS = {Kind.CALLBACK: 2, Kind.TRANSFER: 1}
"""An attempt dials a customer and an agent; a caller on the line is there already."""
GRACE = timedelta(minutes=30)
"""A time the caller chose counts as chosen for that much longer."""


class Answer(Enum):
    """What is to be done with a promise that is due."""

    DIAL = "dial"
    WAIT = "wait"
    """Not now, and nothing is to be stored: the queue is closed, or a budget is used up."""
    RETIME = "retime"
    """Not before a certain time."""
    REFUSE = "refuse"
    """Never: a person decides."""


@dataclass(frozen=True, slots=True)
class Permission:
    """One answer."""

    answer: Answer
    until: datetime | None = None
    reason: str = ""
    """A word for logs and history."""


DIAL = Permission(Answer.DIAL)


class Permits:
    """Asks everything that may forbid a dial; one per turn, so that what was read once is not read again."""

    def __init__(self, store: CallbackStore, numbers: Numbers, limits: DialLimits, now: datetime) -> None:
        self._store, self._numbers, self._limits, self._now = store, numbers, limits, now
        self._room: int | None = None
        """Dials that the budgets still allow."""

    def of(self, callback: Callback, rules: QueueRules, hours: Hours | None) -> Permission:
        """The first thing that forbids it, or leave to dial."""
        if not self._limits.is_enabled:
            return Permission(Answer.WAIT, reason="switched_off")
        if callback.kind is Kind.TRANSFER:
            is_closed = hours is not None and not hours.is_open(self._now)
            return Permission(Answer.WAIT, reason="closed") if is_closed else self._by_budget(callback) or DIAL
        if self._store.is_stopped(callback.number, callback.queue):
            return Permission(Answer.REFUSE, reason="stopped")
        checked = self._numbers.check(callback.number)
        if checked.problem:
            return Permission(Answer.REFUSE, reason=checked.problem)
        if hours is not None and not hours.is_open(self._now):
            return Permission(Answer.WAIT, reason="closed")
        return (
            self._by_time(callback, rules, checked.zones or (callback.zone,), hours)
            or self._by_budget(callback)
            or DIAL
        )

    def _by_time(
        self, callback: Callback, rules: QueueRules, zones: tuple[str, ...], hours: Hours | None
    ) -> Permission | None:
        now = self._now
        calling = calling_hours(rules)
        is_agreed = now <= callback.promised_to + GRACE and not (
            callback.is_time_chosen and now < callback.promised_from
        )
        if not may_call(now, zones, calling, is_agreed and callback.is_time_chosen):
            if hours is None or first_meeting(hours, zones, calling, now) is not None:
                return Permission(Answer.RETIME, next_allowed(now, zones, calling), "calling_hours")
            # It is never time to call there while people are here. Who has said yes to that window all the same is
            # called in it; behind it nobody may call, and a person decides.
            if not is_agreed:
                return Permission(Answer.REFUSE, reason="calling_hours")
        last = self._store.last_dial(callback.number)
        if last is None:
            return None
        gap_ends = last + timedelta(minutes=rules.min_gap_mins)
        if gap_ends > now:
            return Permission(Answer.RETIME, gap_ends, "gap")
        if self._store.dials(callback.number, now - DAY) >= rules.max_attempts_24h:
            return Permission(Answer.RETIME, now + HOUR, "cap")
        return None

    def _by_budget(self, callback: Callback) -> Permission | None:
        """One more attempt, if both budgets have room. What was given out in this turn counts."""
        if self._room is None:
            states = [one.state for one in self._store.in_flight()]
            to_come = sum(state is not CallbackState.CONNECTED for state in states)
            self._room = room(self._store, self._limits, self._now) - to_come
        if self._room <= 0:
            return Permission(Answer.WAIT, reason="budget")
        self._room -= LEGS[callback.kind]
        return None


def room(store: CallbackStore, limits: DialLimits, now: datetime) -> int:
    """How many more calls the budgets allow; below zero when more were intended than that."""
    return min(limits.per_hour - store.all_dials(now - HOUR), limits.per_day - store.all_dials(now - DAY))


def calling_hours(rules: QueueRules) -> CallingHours:
    """The rules' two texts as hours."""
    return CallingHours(time.fromisoformat(rules.calling_from), time.fromisoformat(rules.calling_to))
