"""Processes that race to bind agents to callbacks, round by round (P5); in each round exactly one may win.

    python -m tests.durability.racer URL ROUNDS     for as many rounds as patience allows; prints what went wrong

Rounds take turns: all want the same agent for callbacks of their own; all want the same callback for agents of their
own; all want the same pair. Half of the racers bind with `claim`, half with `step`. Careless ones, the negative
control, look first and write later.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

from ivr.core.queueing.legs import AgentState
from ivr.core.queueing.model import CallbackState
from ivr.core.queueing.steps import Attempt, Step
from ivr.ports import Claim, StoreFailed
from ivr.storage import SqlAgentStore, SqlCallbackStore, open_database
from ivr.storage.migrate import upgrade
from tests.contract.queue_rows import a_promise, an_agent, claimed

RACERS = 8
START_SECS = 120.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a race."""

    rounds: int
    winners: Counter[int]
    """Round -> how many racers were told that they had won."""
    stored: Counter[int]
    """Round -> bound pairs found in the database after it."""

    @property
    def wrong(self) -> list[int]:
        """Rounds without exactly one winner, told and stored."""
        return [one for one in range(self.rounds) if self.winners[one] != 1 or self.stored[one] != 1]


@dataclass(frozen=True, slots=True)
class _Race:
    url: str
    rounds: int
    is_careless: bool


def race(url: str, rounds: int, *, is_careless: bool = False) -> Outcome:
    """Runs it on an empty or raced-on database."""
    _prepare(url)
    plan = _Race(url, rounds, is_careless)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    told: Queue[tuple[list[int], list[int]]] = context.Queue()
    gate = context.Barrier(RACERS)
    running = [context.Process(target=_run, args=(plan, number, gate, told)) for number in range(RACERS)]
    for process in running:
        process.start()
    results = [told.get(timeout=START_SECS + rounds) for _ in running]
    for process in running:
        process.join()
    winners = Counter(one for wins, _ in results for one in wins)
    stored = Counter(one for _, seen in results for one in seen)
    return Outcome(rounds, winners, stored)


def _prepare(url: str) -> None:
    database = open_database(url)
    upgrade(database.engine)
    for number in range(RACERS):
        SqlAgentStore(database).add(an_agent(f"racer-{number}"))
        SqlCallbackStore(database).promise(a_promise(number + 1), key=f"racer {number}")
    database.close()


def _run(plan: _Race, racer: int, gate: Barrier, told: Queue[tuple[list[int], list[int]]]) -> None:
    database = open_database(plan.url)
    store = SqlCallbackStore(database)
    wins, stored = [], []
    for turn in range(plan.rounds):
        gate.wait(START_SECS)
        callback = a_promise(1 + (racer if turn % 3 == 0 else 0)).id
        agent = f"racer-{racer if turn % 3 == 1 else 0}"
        if plan.is_careless:
            has_won = _bind_carelessly(store, SqlAgentStore(database), callback, agent, gate)
        else:
            has_won = _bind(store, callback, agent, with_claim=(racer + turn) % 2 == 0)
        wins += [turn] * has_won
        gate.wait(START_SECS)
        if racer == 0:
            stored += [turn] * _set_free(store, SqlAgentStore(database))
    told.put((wins, stored))
    database.close()


def _bind(store: SqlCallbackStore, callback_id: str, agent_id: str, *, with_claim: bool) -> bool:
    while True:
        try:
            if with_claim:
                return bool(store.claim([Claim(callback_id, agent_id, claimed)]))
            return store.step(callback_id, claimed, agent_id=agent_id) is not None
        except StoreFailed as failed:
            if not failed.retryable:
                raise


def _bind_carelessly(
    store: SqlCallbackStore, agents: SqlAgentStore, callback_id: str, agent_id: str, gate: Barrier
) -> bool:
    """Decides on what was read in another transaction."""
    callback, agent = store.get(callback_id), agents.get(agent_id)
    gate.wait(START_SECS)
    step = None if callback is None else claimed(Attempt(callback, (), agent))
    bound = None if step is None else step.attempt.agent
    try:
        return bound is not None and agents.set_state(agent_id, lambda _: bound) is not None
    except StoreFailed:
        return False


def _set_free(store: SqlCallbackStore, agents: SqlAgentStore) -> int:
    """Undoes what is bound; how many pairs that were. Pairs that do not fit together count as more than one."""
    flying = store.in_flight()
    busy = [agent for agent in agents.all() if agent.state is not AgentState.AVAILABLE]
    is_whole = [(one.agent, one.id) for one in flying] == [(agent.id, agent.callback_id) for agent in busy]
    for callback in flying:
        store.step(callback.id, _freed)
    return len(flying) if is_whole else 99


def _freed(attempt: Attempt) -> Step:
    callback = replace(attempt.callback, state=CallbackState.PENDING, agent="")
    agent = attempt.agent and replace(attempt.agent, state=AgentState.AVAILABLE, callback_id="")
    return Step(replace(attempt, callback=callback, agent=agent))


def main(arguments: Sequence[str]) -> int:
    """1 when a round went wrong."""
    outcome = race(arguments[0], int(arguments[1]))
    sys.stdout.write(f"{outcome.rounds} rounds, {RACERS} racers, {len(outcome.wrong)} without exactly one winner\n")
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
