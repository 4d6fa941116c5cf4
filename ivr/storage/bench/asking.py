"""How long the questions take that are asked all day: who is next, which place, how long."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from ivr.core.queueing import estimate
from ivr.core.queueing.legs import Agent, AgentState
from ivr.core.queueing.policy import likely, match
from ivr.storage.bench.filling import LANGUAGES, NOW, QUEUES, promise
from ivr.storage.callbacks import SqlCallbackStore
from ivr.storage.database import Database

ROUNDS = 300
WARM_UP = 20
CREW = tuple(
    Agent(
        f"agent-{number:02d}",
        "",
        "+12025559000",
        QUEUES[number % 2 :: 2] if number % 3 else QUEUES,
        LANGUAGES[: 1 + number % 3],
        ("billing", "refunds")[: number % 3],
        AgentState.AVAILABLE if number % 2 else AgentState.ON_CALL,
        NOW - timedelta(minutes=number),
    )
    for number in range(12)
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Milliseconds, one for each time a question was asked."""

    next_ms: list[float]
    position_ms: list[float]
    window_ms: list[float]


def measure_questions(database: Database) -> Asked:
    """Asks every question `ROUNDS` times, of all queues in turn."""
    store = SqlCallbackStore(database)

    def who_is_next(turn: int) -> None:
        places = store.line(QUEUES[turn % 4], NOW)
        at_once = store.several([place.id for place in likely(places, CREW, NOW)])
        match(places, CREW, NOW, lambda place: at_once.get(place.id) or store.get(place.id))

    def which_place(turn: int) -> None:
        callback = promise(turn * 7 % 1000)
        store.ahead(callback.queue, callback.order_at, NOW)

    def how_long(turn: int) -> None:
        _window(store, turn)

    return Asked(*(_timed(question) for question in (who_is_next, which_place, how_long)))


def _window(store: SqlCallbackStore, turn: int) -> estimate.Window:
    """What a caller is told who joins the line at its end."""
    queue = QUEUES[turn % 4]
    ahead = store.ahead(queue, NOW, NOW)
    later = store.scheduled(queue, NOW, NOW + timedelta(hours=3))
    return estimate.window(
        ahead,
        [estimate.Server(30.0 * number) for number in range(len(CREW))],
        estimate.Work(store.handle_secs(queue)),
        opening=estimate.Opening(3 * 3600.0, 18 * 3600.0),
        scheduled=[(at - NOW).total_seconds() for at in later],
        seed=turn,
    )


def _timed(question: Callable[[int], None]) -> list[float]:
    for turn in range(WARM_UP):
        question(turn)
    taken = []
    for turn in range(ROUNDS):
        began = time.perf_counter()
        question(turn)
        taken.append((time.perf_counter() - began) * 1000)
    return taken
