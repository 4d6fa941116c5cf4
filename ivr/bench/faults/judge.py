"""Reads the books of a run and names what must not be. Pure; knows nothing of how the queue decides.

Times are the queue's. `tolerance` is one turn of a worker: what is known only for so long binds nobody yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.bench.faults.books import Books, Finding, Rang
from ivr.core.queueing.legs import Agent, AgentState, LegOutcome, Role
from ivr.core.queueing.model import Callback, CallbackState, Cause, Happened

FAIR_ENDS = frozenset({Cause.TOO_MANY, Cause.UNKNOWN, Cause.REFUSED, Cause.EXPIRED})
"""With which a promise may need a person."""
WAITING = frozenset({CallbackState.PENDING, CallbackState.RETRY_AT})
LEAST_TALK = timedelta(seconds=3)
RETRY = timedelta(minutes=1)
"""Every delay of the bench's rules."""


def judge(books: Books, tolerance: timedelta) -> list[Finding]:
    """Everything that is wrong with a run."""
    found = [
        *lost(books, tolerance),
        *dialled_twice(books),
        *_out_of_order(books, tolerance),
        *double_booked(books),
        *(Finding("lost", f"mistake: {mistake}") for mistake in books.mistakes),
    ]
    return found


# -- lost ----------------------------------------------------------------------------------------


def lost(books: Books, tolerance: timedelta) -> Iterator[Finding]:
    """Promises that came to no fair end and have no next step, and agents who are held by one."""
    talked = {rang.tag for rang in books.rang if rang.talked_at is not None}
    for promised in books.accepted:
        callback = books.callbacks.get(promised.id)
        name = promised.id[:6]
        if callback is None:
            yield Finding("lost", f"{name} is not in the database", promised.id)
        elif callback.state is CallbackState.DONE:
            if not any(leg.tag in talked for leg in books.legs[promised.id] if leg.role is Role.CUSTOMER):
                yield Finding("lost", f"{name} is done, and nobody talked", promised.id)
        elif callback.state is CallbackState.FAILED:
            if callback.cause not in FAIR_ENDS:
                yield Finding("lost", f"{name} failed without a fair cause: {callback.cause.value}", promised.id)
        elif callback.state is not CallbackState.CANCELLED and (why := _stuck(callback, books, tolerance)):
            yield Finding("lost", f"{name} {why}", promised.id)
    for agent in books.agents:
        bound = books.callbacks.get(agent.callback_id)
        if agent.callback_id and (bound is None or not bound.state.is_in_flight):
            yield Finding("lost", f"agent {agent.id} stays {agent.state.value} for a promise that is over")


def _stuck(callback: Callback, books: Books, tolerance: timedelta) -> str:
    """Why an open promise has no next step; empty: it has one."""
    now = books.ended_at
    if callback.state.is_in_flight:
        until = callback.lease_until
        return "" if until is not None and until + 10 * tolerance > now else "is in flight, and nobody's"
    if callback.eligible_at > now + timedelta(days=1):
        return "waits for a time that nobody chose"
    idle = [agent for agent in books.agents if can_ever_take(agent, callback) and _idles(agent, now - 2 * tolerance)]
    return "waits, and a fitting agent idles" if idle and callback.eligible_at + 10 * tolerance < now else ""


# -- dialled twice -------------------------------------------------------------------------------


def dialled_twice(books: Books) -> Iterator[Finding]:
    """Customers who were called once too often."""
    by_tag: defaultdict[str, list[Rang]] = defaultdict(list)
    for rang in books.rang:
        by_tag[rang.tag].append(rang)
    for tag, calls in by_tag.items():
        if len(calls) > 1:
            yield Finding("dialled_twice", f"{len(calls)} calls for the intent {tag[:6]}")
    for callback_id, legs in books.legs.items():
        ours = [leg for leg in legs if leg.role is Role.CUSTOMER]
        for leg in ours:
            if leg.outcome is LegOutcome.NEVER_PLACED and leg.tag in by_tag:
                text = f"{callback_id[:6]}: believed never placed, and it rang {leg.tag[:6]}"
                yield Finding("dialled_twice", text, callback_id)
        calls = sorted((rang for leg in ours for rang in by_tag[leg.tag]), key=lambda rang: rang.created_at)
        yield from (Finding("dialled_twice", f"{callback_id[:6]} {why}", callback_id) for why in _again(calls))
    unknown = by_tag.keys() - {leg.tag for legs in books.legs.values() for leg in legs}
    yield from (Finding("dialled_twice", f"a call without an intent {tag[:6]}") for tag in sorted(unknown))


def _again(calls: Sequence[Rang]) -> Iterator[str]:
    for earlier, later in zip(calls, calls[1:], strict=False):
        if earlier.over_at is None or earlier.over_at > later.created_at:
            yield f"had two calls at once ({earlier.tag[:6]}, {later.tag[:6]})"
        if any(_talked_before(call, later.created_at) for call in calls):
            yield f"was dialled again after a conversation ({later.tag[:6]})"


def _talked_before(call: Rang, at: datetime) -> bool:
    """Long enough to be called a conversation."""
    if call.talked_at is None or call.talked_at >= at:
        return False
    return call.over_at is None or call.over_at - call.talked_at >= LEAST_TALK


# -- agents --------------------------------------------------------------------------------------


def double_booked(books: Books) -> Iterator[Finding]:
    """Agents who were called, or bound, twice at once."""
    of_agent: defaultdict[str, list[Rang]] = defaultdict(list)
    for rang in books.rang:
        if rang.is_agent:
            of_agent[rang.number].append(rang)
    for calls in of_agent.values():
        calls.sort(key=lambda rang: rang.created_at)
        for earlier, later in zip(calls, calls[1:], strict=False):
            if earlier.over_at is None or earlier.over_at > later.created_at:
                yield Finding("double_booked", f"an agent had two calls at once ({earlier.tag[:6]}, {later.tag[:6]})")
    yield from (Finding("double_booked", f"agent {agent} was bound to two promises") for agent in books.doubles_seen)


# -- order ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Wait:
    """A promise stood in the line between two times, at this place."""

    callback: Callback
    place: tuple[datetime, str]
    began_at: datetime
    ended_at: datetime | None
    written: int
    """When the line that put it there was written, in the order of all lines."""


@dataclass(frozen=True, slots=True)
class _Claim:
    place: tuple[datetime, str]
    at: datetime
    agent: str
    callback_id: str
    written: int


def _out_of_order(books: Books, tolerance: timedelta) -> Iterator[Finding]:
    waits: list[_Wait] = []
    claims: list[_Claim] = []
    for promised in books.accepted:
        _read(promised, books, waits, claims)
    agents = {agent.id: agent for agent in books.agents}
    for claim in claims:
        for wait in waits:
            if (
                wait.place < claim.place
                and wait.callback.id != claim.callback_id
                and wait.began_at + tolerance < claim.at
                and wait.written <= claim.written
                and (wait.ended_at is None or wait.ended_at > claim.at + tolerance)
                and can_ever_take(agents[claim.agent], wait.callback)
            ):
                first, other = wait.callback.id[:6], claim.callback_id[:6]
                text = f"{claim.agent} took {other} at {claim.at:%M:%S.%f}, {first} was before"
                yield Finding("out_of_order", text, wait.callback.id)


def _read(promised: Callback, books: Books, waits: list[_Wait], claims: list[_Claim]) -> None:
    """The times in which it waited, and its claims, from its history.

    A line bears the time of the turn it was decided in. In a slow turn it is written much later, so that who was given
    back after a claim may bear an earlier time than it: what was written after a claim cannot have been seen by it.
    """
    place, eligible_at, began_at = (promised.order_at, promised.id), promised.eligible_at, books.made_at[promised.id]
    attempt, was_waiting, waits_since = 0, False, 0
    lines = books.history[promised.id]
    # The last webhooks may still be writing while the books are closed: the numbers are read after the lines.
    numbers = books.written.get(promised.id) or [0] * len(lines)
    for line, written in zip(lines, numbers, strict=False):
        is_waiting = line.state in WAITING
        if was_waiting:
            waits.append(_Wait(promised, place, max(began_at, eligible_at), line.at, waits_since))
        if was_waiting and line.state is CallbackState.CLAIMED:
            attempt += 1
            claims.append(_Claim(place, line.at, line.values.get("agent", ""), promised.id, written))
        if is_waiting and line.cause is not Cause.PROMISED:
            began_at, waits_since = _known_at(line, books), written
            eligible_at = _eligible_at(line, attempt, eligible_at, books)
        if line.cause is Cause.BY_SUPERVISOR and line.values.get("order") == "now":
            place = (datetime.min.replace(tzinfo=line.at.tzinfo), promised.id)
        was_waiting = is_waiting
    if was_waiting:
        waits.append(_Wait(promised, place, max(began_at, eligible_at), books.ended_at, waits_since))


def _known_at(line: Happened, books: Books) -> datetime:
    """When a line was certainly written: a worker that was frozen in between writes it later than it says."""
    thawed = [
        still.ended_at
        for still in books.still
        if line.by == f"worker {still.worker}" and still.began_at - RETRY / 20 <= line.at <= still.ended_at
    ]
    return max([line.at, *thawed])


def _eligible_at(line: Happened, attempt: int, before: datetime, books: Books) -> datetime:
    """Not sooner claimed; where several times are possible, the latest."""
    if line.cause in (Cause.MOVED, Cause.RANG_IN, Cause.BY_SUPERVISOR):
        return line.at
    if line.cause is Cause.RETIMED:
        return datetime.max.replace(tzinfo=line.at.tzinfo)
    legs = [leg for leg in books.legs[line.callback_id] if leg.attempt == attempt]
    was_dialled = any(leg.role is Role.CUSTOMER for leg in legs)
    if attempt and (was_dialled or line.cause is Cause.NEVER_PLACED):
        return line.at + RETRY
    return before


def can_ever_take(agent: Agent, callback: Callback) -> bool:
    """By language and skills."""
    return callback.language in agent.languages and set(callback.skills) <= set(agent.skills)


def _idles(agent: Agent, since: datetime) -> bool:
    """Free for the next one, and not only since just now."""
    is_free = agent.state is AgentState.AVAILABLE and not agent.callback_id
    return is_free and (agent.since is None or agent.since <= since)
