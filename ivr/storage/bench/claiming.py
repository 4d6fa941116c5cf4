"""Workers that compete for the same promises: how many they claim in a second, and whether any is claimed twice."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

from sqlalchemy import func, select

from ivr.core.queueing import claims
from ivr.core.queueing.model import CallbackState, Cause
from ivr.core.queueing.reading import Reading
from ivr.ports import Claim, StoreFailed
from ivr.storage.bench.filling import NOW, QUEUES, fill_agents
from ivr.storage.callbacks import SqlCallbackStore
from ivr.storage.database import Database, open_database
from ivr.storage.queue_tables import agents, callback_history, callbacks

WORKERS = 8
AGENTS_EACH = 3_000
"""Everybody is reserved once: an agent per claim."""
LEASE_SECS = 15.0
EACH = 8
"""Places read of every group."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """What the workers did."""

    claims: int
    secs: float
    doubles: int
    """Promises with more than one claim, and claims that differ from what is stored. Must be 0."""

    @property
    def per_sec(self) -> float:
        """Of all workers together."""
        return self.claims / self.secs


@dataclass(frozen=True, slots=True)
class _Orders:
    url: str
    worker: int
    secs: float


def measure_claims(database: Database, url: str, secs: float) -> Claimed:
    """Starts the workers together, lets them claim for so long, and counts. They use up promises and agents."""
    names = [_agents_of(worker) for worker in range(WORKERS)]
    fill_agents(database, [name for each in names for name in each])
    context = multiprocessing.get_context("spawn")
    told: Queue[tuple[int, float]] = context.Queue()
    start = context.Barrier(WORKERS)
    workers = [
        context.Process(target=_work, args=(_Orders(url, number, secs), start, told)) for number in range(WORKERS)
    ]
    for worker in workers:
        worker.start()
    results = [told.get(timeout=secs + 120) for _ in workers]
    for worker in workers:
        worker.join()
    total = sum(count for count, _ in results)
    return Claimed(total, max(took for _, took in results), _doubles(database, total))


def _work(orders: _Orders, start: Barrier, told: Queue[tuple[int, float]]) -> None:
    database = open_database(orders.url)
    store = SqlCallbackStore(database)
    free = _agents_of(orders.worker)
    decide = partial(claims.claim, worker=f"w{orders.worker}", lease_secs=LEASE_SECS, now=NOW)
    chance = random.Random(orders.worker)  # noqa: S311 - only spreads the workers
    claimed = 0
    start.wait()
    began = time.monotonic()
    while time.monotonic() - began < orders.secs and free:
        queue = chance.choice(QUEUES)
        heads = store.line(queue, NOW, each=EACH)
        chosen = [Claim(head.id, name, decide) for head, name in zip(heads, free, strict=False)]
        try:
            taken = store.claim(chosen, Reading(queue, NOW, EACH, heads))
        except StoreFailed as failed:
            if not failed.retryable:
                raise
            continue
        claimed += len(taken)
        used = {attempt.callback.agent for attempt in taken}
        free = [name for name in free if name not in used]
    told.put((claimed, time.monotonic() - began))
    database.close()


def _agents_of(worker: int) -> Sequence[str]:
    return [f"w{worker}-{number:05d}" for number in range(AGENTS_EACH)]


def _doubles(database: Database, total: int) -> int:
    """Differences between what workers were told and what is stored, each of which would be a double claim."""
    c, h = callbacks.c, callback_history.c
    is_claim = h.cause == Cause.CLAIMED.value
    twice = select(h.callback_id).where(is_claim).group_by(h.callback_id).having(func.count() > 1).subquery()
    queries = (
        select(func.count()).select_from(twice),
        select(func.count()).select_from(callbacks).where(c.state == CallbackState.CLAIMED.value),
        select(func.count(c.agent.distinct())).where(c.state == CallbackState.CLAIMED.value),
        select(func.count()).select_from(agents).where(agents.c.state == "reserved"),
        select(func.count()).select_from(callback_history).where(is_claim),
    )
    with database.read() as connection:
        doubles, *stored = (int(connection.execute(query).scalar_one()) for query in queries)
    return doubles + sum(abs(each - total) for each in stored)
