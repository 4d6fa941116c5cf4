"""How long it will take: the estimate over the actual queue, as a window in UTC."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.core.queueing import estimate
from ivr.core.queueing.legs import Agent, AgentState
from ivr.core.queueing.rules import QueueRules
from ivr.core.queueing.wished_times import LOOK_AHEAD, Slot, first_meeting, openings
from ivr.core.queueing.wording import rounded_window
from ivr.runtime.desk.parts import DeskParts
from ivr.runtime.dispatch.permission import calling_hours

REACHING_SECS = 25
"""For agent and customer to answer."""
_WORKING = frozenset(
    {AgentState.AVAILABLE, AgentState.RESERVED, AgentState.RINGING, AgentState.ON_CALL, AgentState.WRAP_UP}
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an agent must be able to do, and the place in the line."""

    language: str
    skills: tuple[str, ...]
    order_at: datetime
    seed: str
    """The same for the same promise, so that it is told the same window twice."""
    number: str = ""
    """Who is to be called; nobody is outside calling hours, where they are. Personal data."""


@dataclass(frozen=True, slots=True)
class Expected:
    """When the call will probably be made."""

    start: datetime
    end: datetime
    ahead: int
    is_capped: bool


CAP = 2000


def expected(parts: DeskParts, rules: QueueRules, wanted: Wanted, now: datetime) -> Expected:
    """The window (P50 to P90) over agents signed in, handle times measured, hours left and calls scheduled."""
    store, hours = parts.callbacks, parts.hours(rules)
    ahead = store.ahead(rules.name, wanted.order_at, now, cap=CAP)
    open_times = openings(hours, now, now + LOOK_AHEAD)
    is_open = bool(open_times) and open_times[0].start <= now
    closes_in = (open_times[0].end - now).total_seconds() if is_open else 0.0
    reopens = open_times[1 if is_open else 0 :]
    horizon = now + timedelta(seconds=max(closes_in, 3600.0))
    working = [agent for agent in parts.agents.all() if _can_serve(agent, rules, wanted)]
    between = float(rules.wrap_up_secs + REACHING_SECS)
    window = estimate.window(
        ahead,
        [_server(agent, rules, now) for agent in working],
        estimate.Work(tuple(store.handle_secs(rules.name)), rules.handle_secs, between),
        opening=_opening(is_open, closes_in, reopens, now),
        scheduled=[(at - now).total_seconds() for at in store.scheduled(rules.name, now, horizon)],
        seed=zlib.crc32(wanted.seed.encode()),
    )
    start, end = (now + timedelta(seconds=secs) for secs in (window.p50_secs, window.p90_secs))
    allowed = _allowed_from(parts, rules, wanted.number, start)
    return Expected(allowed, max(end, end + (allowed - start)), ahead, ahead >= CAP)


def _allowed_from(parts: DeskParts, rules: QueueRules, number: str, start: datetime) -> datetime:
    """The first moment from `start` on at which people are there and it is time to call that number; else `start`."""
    zones = parts.numbers.check(number).zones if number else ()
    if not zones:
        return start
    # Where the two never meet, who says yes to the window has chosen it: `Permits` takes it for that.
    return first_meeting(parts.hours(rules), zones, calling_hours(rules), start) or start


def promised(
    parts: DeskParts, rules: QueueRules, wanted: Wanted, now: datetime, zone: str
) -> tuple[datetime, datetime]:
    """The window as callers in that zone hear it: what is promised is what was said."""
    found = expected(parts, rules, wanted, now)
    return rounded_window(found.start, found.end, now, zone)


def _can_serve(agent: Agent, rules: QueueRules, wanted: Wanted) -> bool:
    return (
        agent.state in _WORKING
        and rules.name in agent.queues
        and wanted.language in agent.languages
        and set(wanted.skills) <= set(agent.skills)
    )


def _opening(is_open: bool, closes_in: float, reopens: list[Slot], now: datetime) -> estimate.Opening:
    """As the estimate wants it; a queue that never closes within the look-ahead is always open."""
    if not reopens:
        return estimate.Opening() if is_open else estimate.Opening(0.0, LOOK_AHEAD.total_seconds())
    first = reopens[0]
    reopens_in, open_secs = (first.start - now).total_seconds(), (first.end - first.start).total_seconds()
    return estimate.Opening(closes_in if is_open else 0.0, reopens_in, open_secs)


def _server(agent: Agent, rules: QueueRules, now: datetime) -> estimate.Server:
    free_in = 0.0
    if agent.state is not AgentState.AVAILABLE:
        usual = (agent.since or now) + timedelta(seconds=rules.handle_secs)
        free_in = max(1.0, ((agent.free_at or usual) - now).total_seconds())
    leaves_in = (agent.until - now).total_seconds() if agent.until is not None else None
    return estimate.Server(free_in, leaves_in)
