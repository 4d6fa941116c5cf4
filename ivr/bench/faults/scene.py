"""One run from its first promise to its last: carrier, workers, strikes, meddling, and the books at the end."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ivr.bench.clocks import FastClock
from ivr.bench.faults.books import Books, Rang, Still
from ivr.bench.faults.carrier import SimulatedCarrier
from ivr.bench.faults.crew import Crew, Post, mistakes_file
from ivr.bench.faults.plan import (
    SPEED,
    START,
    TIMEOUT_SECS,
    WORKERS,
    Meddled,
    Meddling,
    Moment,
    Plan,
    Promise,
    Strike,
    Struck,
)
from ivr.bench.faults.web import Web
from ivr.bench.faults.wire import serve
from ivr.bench.news import OVER
from ivr.core.queueing import life
from ivr.core.queueing.legs import Agent, AgentState
from ivr.core.queueing.model import CallbackState, Cause
from ivr.core.queueing.steps import Attempt, Step
from ivr.ports import Search
from ivr.storage import SqlAgentStore, SqlCallbackStore, open_database
from ivr.storage.bench.written import written_order

MOST_SECS = 10.0
"""Then the books are closed, whatever is open."""
LEAD_SECS = 0.6
"""For the first workers to be up and running."""
LOOK_SECS = 0.15
LAST_CALLS_SECS = 2.0
"""For calls that outlive the last promise."""
OPEN = tuple(state for state in CallbackState if not state.is_final)


class Scene:
    """Made for one plan over one empty, migrated database."""

    def __init__(self, plan: Plan, url: str, folder: Path, pace: float) -> None:
        """Opens the database; nothing moves yet."""
        self._plan, self._clock = plan, FastClock.starting(START, SPEED, pace, LEAD_SECS)
        self._database = open_database(url)
        self._store = SqlCallbackStore(self._database, self._clock.now)
        self._agents = SqlAgentStore(self._database)
        self._socket = str(folder / f"carrier-{plan.seed}.sock")
        self._crew = Crew(Post(url, self._socket, self._clock, plan))
        self._threads = ThreadPoolExecutor(4)
        self._web = Web(self._store, self._clock, self._threads)
        numbers = frozenset(agent.number for agent in plan.agents)
        self._carrier = SimulatedCarrier(plan.seed, self._clock, self._web, numbers, self._strike_at_dial)
        self._made_at: dict[str, datetime] = {}
        self._doubles: set[str] = set()

    def play(self) -> tuple[Books, int]:
        """The run; its books, and how many workers were killed."""
        try:
            return asyncio.run(self._play()), self._crew.kills
        finally:
            self._threads.shutdown()
            self._database.close()

    async def _play(self) -> Books:
        for agent in self._plan.agents:
            self._agents.add(agent)
        server = await serve(self._socket, self._clock.real(TIMEOUT_SECS), self._carrier.carry_out)
        try:
            for _ in range(WORKERS):
                self._crew.start()
            acts = [asyncio.ensure_future(act) for act in self._acts()]
            await self._until_all_is_over(acts)
            for act in acts:
                act.cancel()
        finally:
            os.unlink(self._socket)
            self._crew.end()
            server.close()
        ended_at = self._clock.now()
        for task in list(self._carrier.tasks):
            task.cancel()
        return replace(self._books(), ended_at=ended_at)

    def _acts(self) -> Iterator[Coroutine[Any, Any, None]]:
        for promise in self._plan.promises:
            yield self._promise(promise)
        for struck in self._plan.by_time:
            yield self._strike_by_time(struck)
        for meddled in self._plan.meddled:
            yield self._meddle(meddled)

    async def _until_all_is_over(self, acts: list[asyncio.Task[None]]) -> None:
        while self._clock.elapsed() < MOST_SECS:
            await self._clock.sleep(LOOK_SECS)
            is_open = await self._web.run(self._look)
            if is_open is False and all(act.done() for act in acts):
                break
        for _ in range(round(LAST_CALLS_SECS / LOOK_SECS)):
            if all(call.status in OVER for call in self._carrier.calls):
                break
            await self._clock.sleep(LOOK_SECS)

    def _look(self) -> bool:
        """Whether anything is open; sees to the agents on the way."""
        flying = Counter(callback.agent for callback in self._store.in_flight() if callback.agent)
        self._doubles |= {agent for agent, count in flying.items() if count > 1}
        for agent in self._agents.all():
            if agent.state is AgentState.BREAK and not agent.callback_id:
                self._agents.set_state(agent.id, self._back)
        return self._store.search(Search(states=OPEN, limit=1), self._clock.now())[1] > 0

    def _back(self, agent: Agent) -> Agent | None:
        """A supervisor brings back whom the queue paused, and agents come back from their breaks."""
        now = self._clock.now()
        if agent.state is not AgentState.BREAK or (agent.since and agent.since + timedelta(seconds=20) > now):
            return None
        return replace(agent, state=AgentState.AVAILABLE, since=now, reason="", missed=0)

    # -- acts ------------------------------------------------------------------------------------

    async def _promise(self, promise: Promise) -> None:
        await self._clock.until(promise.at)
        callback = promise.callback
        while await self._web.run(lambda: self._store.promise(callback, key=callback.id)) is None:
            await self._clock.sleep(0.05)
        self._made_at[callback.id] = self._clock.now()

    async def _meddle(self, meddled: Meddled) -> None:
        await self._clock.until(meddled.at)
        agents, promises = self._plan.agents, self._plan.promises
        if meddled.what is Meddling.BREAK:
            agent_id = agents[meddled.whom % len(agents)].id
            await self._web.run(lambda: self._agents.set_state(agent_id, self._pause))
            return
        callback_id = promises[meddled.whom % len(promises)].callback.id
        await self._web.run(lambda: self._store.step(callback_id, lambda attempt: self._change(attempt, meddled.what)))

    def _pause(self, agent: Agent) -> Agent:
        return replace(agent, state=AgentState.BREAK, since=self._clock.now(), reason="lunch")

    def _change(self, attempt: Attempt, what: Meddling) -> Step | None:
        now = self._clock.now()
        match what:
            case Meddling.CANCEL:
                return life.cancel(attempt, cause=Cause.BY_CALLER, now=now, by="caller")
            case Meddling.MOVE:
                return life.move(attempt, now, now + timedelta(minutes=30), now=now, by="caller", is_time_chosen=False)
            case Meddling.RING_IN:
                return life.rang_in(attempt, now=now, by="caller")
            case _:
                return life.call_now(attempt, now=now, by="supervisor")

    # -- strikes -----------------------------------------------------------------------------------

    async def _strike_by_time(self, struck: Struck) -> None:
        await self._clock.until(struck.at)
        holders = await self._web.run(lambda: [callback.lease_owner for callback in self._store.in_flight()])
        alive = self._crew.names()
        aimed = [name for name in holders or () if name in alive] or alive
        if aimed:
            self._strike(struck, max(aimed, key=lambda name: (aimed.count(name), name)))

    def _strike_at_dial(self, index: int, moment: Moment, worker: str) -> bool:
        planned = self._plan.by_intent if moment is Moment.STORED else self._plan.by_dial
        struck = planned.get(index)
        if struck is None or struck.moment is not moment:
            return False
        self._strike(struck, worker)
        return True

    def _strike(self, struck: Struck, worker: str) -> None:
        loop = asyncio.get_running_loop()
        if struck.strike is Strike.KILL:
            if self._crew.kill(worker):
                loop.call_later(self._clock.real(struck.secs), self._crew.start, worker if struck.keeps_name else "")
        elif self._crew.freeze(worker):
            loop.call_later(self._clock.real(struck.secs), self._crew.thaw, worker, self._clock.elapsed())

    # -- books -------------------------------------------------------------------------------------

    def _books(self) -> Books:
        accepted = [one.callback for one in self._plan.promises if one.callback.id in self._made_at]
        found = {one.id: self._store.get(one.id) for one in accepted}
        agents = self._agents.all()
        path = mistakes_file(self._socket)
        logged = path.read_text().splitlines() if path.exists() else []
        crashes = [f"{self._crew.crashes} workers crashed"] if self._crew.crashes else []
        return Books(
            accepted=accepted,
            made_at=self._made_at,
            agents=agents,
            callbacks={key: callback for key, callback in found.items() if callback is not None},
            legs={one.id: self._store.legs(one.id) for one in accepted},
            history={one.id: self._store.history(one.id) for one in accepted},
            written=written_order(self._database),
            rang=[
                Rang(call.tag, call.to, call.is_agent, call.created_at, call.over_at, call.talked_at)
                for call in self._carrier.calls
            ],
            ended_at=self._clock.now(),
            still=[
                Still(one.worker, self._clock.at(one.began), self._clock.at(one.ended)) for one in self._crew.frozen
            ],
            doubles_seen=sorted(self._doubles),
            mistakes=[*crashes, *self._carrier.errors, *logged],
        )
