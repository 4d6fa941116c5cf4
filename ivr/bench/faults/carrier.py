"""The carrier and the people of one run. It decides what each dialled call does, and keeps the books a judge reads.

Runs in one event loop; what it reports goes to `Web` in threads. Orders reach it over a local socket (`wire.py`).
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ivr.bench.clocks import FastClock
from ivr.bench.faults.fates import CallFate, Fate, Trouble, call_fate, order_trouble, report_delays
from ivr.bench.faults.judge import LEAST_TALK
from ivr.bench.faults.plan import START, Moment
from ivr.bench.faults.web import Web
from ivr.bench.news import OVER
from ivr.core.queueing.leg_events import Word

Answer = Mapping[str, Any] | None
"""None: the line stays silent."""
_ENDS_UNANSWERED = {Fate.BUSY: "busy", Fate.NO_ANSWER: "no-answer", Fate.FAILED: "failed"}
_NEGATIVE = {Fate.VOICEMAIL: Word.VOICEMAIL, Fate.DECLINES: Word.DECLINED, Fate.STOPS: Word.STOPPED}
GOODBYE_SECS = 0.08


@dataclass(slots=True, eq=False)
class Call:
    """One telephone that rang."""

    sid: str
    tag: str
    to: str
    from_number: str
    nth: int
    is_agent: bool
    created_at: datetime
    listed_after: float
    """Seconds of the run from which lists show it."""
    status: str = "queued"
    over_at: datetime | None = None
    conference: str = ""
    talked_at: datetime | None = None
    """Since when it heard the other party."""
    since: datetime = START
    """When the word was stored that brought it into the conference."""


@dataclass
class SimulatedCarrier:
    """Books in `calls`, in the order in which telephones rang."""

    seed: int
    clock: FastClock
    web: Web
    agents: frozenset[str]
    """Numbers of agents."""
    strike: Callable[[int, Moment, str], bool]
    """Asked at every dial (its number, the moment, the worker); True: the worker was struck."""
    calls: list[Call] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    dialled: Counter[str] = field(default_factory=Counter)
    rooms: defaultdict[str, list[Call]] = field(default_factory=lambda: defaultdict(list))
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    lives: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    """Mistakes of the bench itself."""

    # -- orders ------------------------------------------------------------------------------------

    async def carry_out(self, order: Mapping[str, Any]) -> Answer:
        """What a worker asks over the socket."""
        kind = str(order["kind"])
        if kind == "dial":
            return await self._dial(order)
        self.counts[kind] += 1
        if kind == "intent":
            self.strike(self.counts[kind], Moment.STORED, str(order["worker"]))
            return {}
        trouble, secs = order_trouble(self.seed, kind, self.counts[kind])
        if trouble is Trouble.DEAF:
            return None
        answer = self._answer(kind, order)
        if trouble is Trouble.SLOW:
            await self.clock.sleep(secs)
        return None if trouble is Trouble.LIES else answer

    def _answer(self, kind: str, order: Mapping[str, Any]) -> Answer:
        match kind:
            case "calls_to":
                return {"calls": [_shown(call) for call in reversed(self.calls) if self._is_listed(call, order)]}
            case "call":
                found = self._by_sid(order["sid"])
                return {"calls": [_shown(found)] if found is not None else []}
            case "hang_up":
                return {"done": self._end_by_order(order["sid"], 0.0)}
            case _:
                return {"done": self._end_by_order(order["sid"], GOODBYE_SECS)}

    async def _dial(self, order: Mapping[str, Any]) -> Answer:
        number = str(order["to"])
        self.counts["dial"] += 1
        self.dialled[number] += 1
        index, nth, worker = self.counts["dial"], self.dialled[number], str(order["worker"])
        fate = call_fate(self.seed, number, nth, is_agent=number in self.agents)
        if fate.trouble is Trouble.DEAF:
            return None
        if fate.trouble is Trouble.REFUSES:
            return {"refused": "too_many"}
        self.strike(index, Moment.BEFORE, worker)
        if fate.trouble is Trouble.LATE:
            self._spawn(self._place_late(order, fate, nth))
            return None
        call = self._place(order, fate, nth)
        if fate.trouble is Trouble.SLOW:
            await self.clock.sleep(fate.slow_secs)
        self.strike(index, Moment.AFTER, worker)
        return None if fate.trouble is Trouble.LIES else {"sid": call.sid}

    async def _place_late(self, order: Mapping[str, Any], fate: CallFate, nth: int) -> None:
        await self.clock.sleep(fate.slow_secs)
        self._place(order, fate, nth)

    def _place(self, order: Mapping[str, Any], fate: CallFate, nth: int) -> Call:
        number = str(order["to"])
        call = Call(
            sid=f"CA{len(self.calls):032d}",
            tag=str(order["tag"]),
            to=number,
            from_number=str(order["from"]),
            nth=nth,
            is_agent=number in self.agents,
            created_at=self.clock.now(),
            listed_after=self.clock.elapsed() + fate.list_lag_secs,
        )
        self.calls.append(call)
        self.lives[call.sid] = self._spawn(self._live(call, fate))
        return call

    def _is_listed(self, call: Call, order: Mapping[str, Any]) -> bool:
        return (
            call.to == order["to"]
            and call.from_number == order["from"]
            and call.created_at >= datetime.fromisoformat(order["since"])
            and self.clock.elapsed() >= call.listed_after
        )

    def _end_by_order(self, sid: str, after_secs: float) -> bool:
        call = self._by_sid(sid)
        if call is None or call.status in OVER:
            return False
        for other in self._leave_room(call):
            self._end(other)
        if after_secs and call.status == "in-progress":
            self._spawn(self._end_later(call, after_secs))
        else:
            self._end(call)
        return True

    def _by_sid(self, sid: str) -> Call | None:
        return next((call for call in self.calls if call.sid == sid), None)

    # -- what people do ------------------------------------------------------------------------------

    async def _live(self, call: Call, fate: CallFate) -> None:
        await self.clock.sleep(0.01)
        self._goes_on(call, "ringing")
        await self.clock.sleep(fate.ring_secs)
        if fate.fate in _ENDS_UNANSWERED:
            self._end(call, _ENDS_UNANSWERED[fate.fate])
            return
        self._goes_on(call, "in-progress")
        await self.clock.sleep(fate.think_secs)
        if fate.fate in (Fate.TALKS, Fate.LEAVES):
            await self._accept(call, fate)
        elif fate.fate in _NEGATIVE:
            await self.web.said(call.tag, _NEGATIVE[fate.fate])
            await self.clock.sleep(GOODBYE_SECS)
        elif fate.fate is Fate.SILENT:
            await self.clock.sleep(0.2)
            if not call.is_agent:
                await self.web.said(call.tag, Word.NOT_PRESENT)
        self._end(call)

    async def _accept(self, call: Call, fate: CallFate) -> None:
        """Says the word; if it counts, waits in the room for the other one, or loses patience."""
        word = Word.ACCEPTED if call.is_agent else Word.PRESENT
        room, since = await self.web.said(call.tag, word)
        if not room or call.status in OVER:
            return
        call.conference, call.since = room, since
        self._meet_who_left(call)
        self.rooms[room].append(call)
        self._meet(room, fate)
        await self.clock.sleep(fate.patience_secs)
        if call.talked_at is not None:
            await self.clock.sleep(60.0)

    def _meet_who_left(self, call: Call) -> None:
        """Who was there when the word was stored, and left before the room was entered, counts as met.

        How fast people are put through is not what this bench is about.
        """
        for other in self.calls:
            is_partner = other.conference == call.conference and other.is_agent is not call.is_agent
            if is_partner and other.over_at is not None and other.over_at >= call.since + LEAST_TALK:
                other.talked_at = call.talked_at = call.since

    def _meet(self, room: str, fate: CallFate) -> None:
        inside = self.rooms[room]
        if len({call.is_agent for call in inside}) == 2:
            for call in inside:
                call.talked_at = call.talked_at or self.clock.now()
            leaver = inside[0] if fate.is_first_to_leave else inside[-1]
            self._spawn(self._end_later(leaver, fate.talk_secs))

    async def _end_later(self, call: Call, secs: float) -> None:
        await self.clock.sleep(secs)
        self._end(call)

    def _end(self, call: Call, status: str = "") -> None:
        """Over; whoever talked with it is left, and ends too."""
        if call.status in OVER:
            return
        was_answered = call.status == "in-progress"
        call.over_at = self.clock.now()
        self._goes_on(call, status or ("completed" if was_answered else "canceled"))
        life = self.lives.get(call.sid)
        if life is not None and life is not asyncio.current_task():
            life.cancel()
        for other in self._leave_room(call):
            self._end(other)

    def _leave_room(self, call: Call) -> list[Call]:
        """Whom it leaves behind after a conversation."""
        inside = self.rooms.get(call.conference, [])
        if call not in inside:
            return []
        inside.remove(call)
        return list(inside) if call.talked_at is not None else []

    def _goes_on(self, call: Call, status: str) -> None:
        call.status = status
        for secs in report_delays(self.seed, call.to, call.nth, status):
            self._spawn(self._report(call, status, secs))

    async def _report(self, call: Call, status: str, secs: float) -> None:
        await self.clock.sleep(secs)
        await self.web.progressed(call.tag, call.sid, status, call.over_at if status in OVER else None)

    def _spawn(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self.errors.append(repr(task.exception()))


def _shown(call: Call) -> dict[str, Any]:
    ended_at = call.over_at.replace(microsecond=0).isoformat() if call.over_at is not None else ""
    return {"sid": call.sid, "status": call.status, "created_at": call.created_at.isoformat(), "ended_at": ended_at}
