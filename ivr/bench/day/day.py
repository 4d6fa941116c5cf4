"""One day of a queue on the virtual clock: callers come, are promised a window, and are called back.

The real dispatcher works over the stores in memory; a worker dies every `WORKER_SECS`, and another one goes on.
Who is not reached before closing time is called when the queue opens again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from random import Random
from zoneinfo import ZoneInfo

from ivr.bench.day.carrier import DayCarrier
from ivr.bench.day.people import LATE_SECS, LEAVES_AT_ONCE, LEAVES_LONG, LONG_SECS, Caller, caller
from ivr.bench.day.shapes import OPEN_HOURS, Shape, arrivals
from ivr.bench.day.timeline import Timeline
from ivr.core.hours import Hours
from ivr.core.queueing import life
from ivr.core.queueing.legs import Agent, AgentState
from ivr.core.queueing.limits import DialLimits
from ivr.core.queueing.model import Callback, Cause
from ivr.core.queueing.policy import order_at
from ivr.core.queueing.rules import QueueRules
from ivr.ports import NumberCheck
from ivr.runtime.desk.parts import DeskParts
from ivr.runtime.desk.windows import Wanted, promised
from ivr.runtime.dispatch import Dispatcher, DispatchPorts
from ivr.storage.memory import MemoryAgentStore, MemoryCallbackStore, MemoryQueue, MemoryTextStore

OPENS = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CLOSES = OPENS + timedelta(hours=OPEN_HOURS)
NEXT_DAY = OPENS + timedelta(days=1)
TICK_SECS = 2.0
"""At most so often a worker has its turn, and only when there is something to do."""
IDLE_SECS = 20.0
WORKER_SECS = 2400.0
BACK_SECS = 180.0
"""After which a supervisor brings back an agent who missed a call."""
QUEUE, OUR_NUMBER = "support", "+15005550006"
HOURS = Hours(ZoneInfo("UTC"), tuple(((time(9), time(18)),) for _ in range(7)))
RULES = QueueRules(
    QUEUE,
    hours="office",
    from_number=OUR_NUMBER,
    calling_from="00:00",
    calling_to="23:59",
    handle_secs=120,
    max_attempts_24h=5,
)
LIMITS = DialLimits(per_hour=100_000, per_day=100_000, lease_secs=60.0)


class AnyNumber:
    """`ivr.ports.Numbers`: everything may be dialled."""

    def check(self, text: str, *, near: str = "") -> NumberCheck:
        """As it is."""
        return NumberCheck(text, zones=("UTC",))


@dataclass(frozen=True, slots=True)
class DaySize:
    """How much of everything."""

    callers: int = 2000
    agents: int = 12
    seed: int = 1


class Day:
    """One shape, from opening to the last promise."""

    def __init__(self, shape: Shape, size: DaySize) -> None:
        self._shape, self._size = shape, size
        self.timeline = Timeline(OPENS)
        rows, now = MemoryQueue(), self.timeline.now
        self.callbacks, self.agents = MemoryCallbackStore(rows, now), MemoryAgentStore(rows)
        texts, numbers = MemoryTextStore(rows), AnyNumber()
        people = [
            Agent(f"a{index:02d}", "", f"+1303{5_000_000 + index}", (QUEUE,), state=AgentState.AVAILABLE, since=OPENS)
            for index in range(size.agents)
        ]
        for agent in people:
            self.agents.add(agent)
        self.carrier = DayCarrier(
            self.timeline, self.callbacks, frozenset(agent.number for agent in people), size.seed, self._want_tick
        )
        self._ports = DispatchPorts(
            callbacks=self.callbacks,
            agents=self.agents,
            texts=texts,
            carrier=self.carrier,
            numbers=numbers,
            rules=lambda: {QUEUE: RULES},
            hours=lambda name: HOURS,
            limits=lambda: LIMITS,
        )
        self._desk = DeskParts(
            callbacks=self.callbacks,
            agents=self.agents,
            texts=texts,
            rules=lambda: {QUEUE: RULES},
            hours_by_name=lambda name: HOURS,
            numbers=numbers,
            now=now,
            company=lambda flow: "",
        )
        self.accepted: list[Callback] = []
        self.left_at_once = 0
        self._workers = 0
        self._luck = Random(f"{size.seed} workers")
        self._dispatcher = self._new_worker()
        self._next_tick: datetime | None = None

    def run(self) -> None:
        """The day, and what is left of it on the next morning."""
        for index, secs in enumerate(arrivals(self._shape, self._size.callers, self._size.seed)):
            self.timeline.after(secs, partial(self._arrive, caller(self._size.seed, index)))
        for opening in (OPENS, NEXT_DAY):
            self.timeline.at(opening, self._want_tick)
        self.timeline.after(WORKER_SECS, self._worker_dies)
        self.timeline.run(CLOSES + timedelta(hours=1))
        self.timeline.run(NEXT_DAY + timedelta(hours=OPEN_HOURS))

    # -- callers ---------------------------------------------------------------------------------

    def _arrive(self, who: Caller) -> None:
        now = self.timeline.now()
        order = order_at(now, 5, RULES)
        start, end = promised(self._desk, RULES, Wanted("en", (), order, who.number, who.number), now, "UTC")
        eligible_at, is_chosen = now, False
        if who.chooses_time and (chosen := _chosen(now, who.hours_later)) is not None:
            start, end, eligible_at, is_chosen = chosen, chosen + timedelta(hours=1), chosen, True
        is_long = not is_chosen and (start - now).total_seconds() > LONG_SECS
        if who.luck < (LEAVES_LONG if is_long else LEAVES_AT_ONCE):
            self.left_at_once += 1
            return
        callback = Callback(
            id=f"{len(self.accepted):032x}",
            queue=QUEUE,
            number=who.number,
            language="en",
            arrived_at=now,
            promised_from=start,
            promised_to=end,
            eligible_at=eligible_at,
            order_at=order,
            is_time_chosen=is_chosen,
            dialled=OUR_NUMBER,
            code="4719",
        )
        self.callbacks.promise(callback, key=callback.id)
        self.accepted.append(callback)
        if who.is_impatient:
            self.timeline.at(end + timedelta(seconds=LATE_SECS), partial(self._give_up, callback.id))
        self._want_tick()

    def _give_up(self, callback_id: str) -> None:
        """Rings in, and takes it back; who is being called at this moment waits on."""
        now, found = self.timeline.now(), self.callbacks.get(callback_id)
        if found is not None and found.state.is_waiting:
            self.callbacks.step(
                callback_id, lambda attempt: life.cancel(attempt, cause=Cause.BY_CALLER, now=now, by="caller")
            )

    # -- workers ---------------------------------------------------------------------------------

    def _want_tick(self) -> None:
        self._schedule(self.timeline.now() + timedelta(seconds=TICK_SECS))

    def _schedule(self, when: datetime) -> None:
        if self._next_tick is None or when < self._next_tick:
            self._next_tick = when
            self.timeline.at(when, self._tick)

    def _tick(self) -> None:
        now = self.timeline.now()
        if self._next_tick is None or now < self._next_tick:
            return
        self._next_tick = None
        self._dispatcher.tick(now)
        self._bring_back(now)
        resting = [agent.free_at for agent in self.agents.all() if agent.state is AgentState.WRAP_UP and agent.free_at]
        is_working = HOURS.is_open(now) or self.callbacks.in_flight(limit=1)
        idle = [now + timedelta(seconds=IDLE_SECS)] if is_working else []
        if resting or idle:
            self._schedule(max(min(resting + idle), now + timedelta(seconds=TICK_SECS)))

    def _bring_back(self, now: datetime) -> None:
        for agent in self.agents.all():
            if agent.state is AgentState.BREAK and agent.since and now - agent.since >= timedelta(seconds=BACK_SECS):
                self.agents.set_state(agent.id, lambda found: _back(found, now))

    def _worker_dies(self) -> None:
        """Without a word: what it held is adopted when its leases end."""
        self._dispatcher = self._new_worker()
        self.timeline.after(WORKER_SECS * self._luck.uniform(0.5, 1.5), self._worker_dies)

    def _new_worker(self) -> Dispatcher:
        self._workers += 1
        return Dispatcher(self._ports, f"w{self._workers}", self.timeline.now)


def _back(agent: Agent, now: datetime) -> Agent | None:
    if agent.state is not AgentState.BREAK:
        return None
    return replace(agent, state=AgentState.AVAILABLE, since=now, reason="", missed=0)


def _chosen(now: datetime, hours_later: int) -> datetime | None:
    """A whole hour, if the queue is still open then."""
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1 + hours_later)
    return start if start + timedelta(hours=1) <= CLOSES else None
