"""Why a promise stands where it stands: what the sentence is made of, read from the stores."""

from __future__ import annotations

from datetime import datetime, timedelta

from ivr.core.queueing.calling_hours import may_call, next_allowed
from ivr.core.queueing.model import Callback
from ivr.core.queueing.rules import QueueRules
from ivr.core.queueing.why import Surroundings, why
from ivr.core.queueing.wished_times import openings
from ivr.runtime.desk.parts import DeskParts
from ivr.runtime.desk.windows import CAP
from ivr.runtime.dispatch.permission import calling_hours

LOOK_AHEAD = timedelta(days=14)
HEADS = 20


def explain(parts: DeskParts, callback: Callback, now: datetime, language: str) -> str:
    """One honest sentence. Raises `StoreFailed`."""
    rules = parts.queue(callback.queue)
    is_waiting = callback.state.is_waiting
    return why(
        callback,
        Surroundings(
            rules=rules,
            now=now,
            agents=parts.agents.all(),
            waiting=parts.callbacks.heads(callback.queue, now, each=HEADS) if is_waiting else (),
            ahead=parts.callbacks.ahead(callback.queue, callback.order_at, now, cap=CAP) if is_waiting else None,
            allowed_from=_allowed_from(parts, callback, rules, now),
            opens_at=_opens_at(parts, rules, now),
            zone=parts.hours(rules).zone.key,
        ),
        language,
    )


def _allowed_from(parts: DeskParts, callback: Callback, rules: QueueRules, now: datetime) -> datetime | None:
    zones = parts.numbers.check(callback.number).zones or (callback.zone,)
    hours = calling_hours(rules)
    return None if may_call(now, zones, hours, callback.is_time_chosen) else next_allowed(now, zones, hours)


def _opens_at(parts: DeskParts, rules: QueueRules, now: datetime) -> datetime | None:
    hours = parts.hours(rules)
    if hours.is_open(now):
        return None
    found = openings(hours, now, now + LOOK_AHEAD)
    return found[0].start if found else None
