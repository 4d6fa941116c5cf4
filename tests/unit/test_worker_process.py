"""The worker's loop: turns, sweeps, failures that pass, and what is given back at the end."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from ivr.app import House
from ivr.ports import CallRecord, MediaNode, StoreFailed
from ivr.runtime.dispatch import Dispatcher
from ivr.worker_process import AFTER_FAILURE_SECS, TURN_SECS, Worker, sweep
from tests.fakes.stores import MemoryCallStore, MemoryNodeStore, MemoryWebhookLedger

pytestmark = pytest.mark.unit

AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


class Turns(threading.Event):
    """Says stop after so many turns; no time passes."""

    def __init__(self, turns: int) -> None:
        super().__init__()
        self.left, self.waits = turns, cast(list[float], [])

    def wait(self, timeout: float | None = None) -> bool:
        """Notes how long the loop wanted to rest."""
        self.waits.append(timeout or 0.0)
        self.left -= 1
        return self.left < 0


@dataclass
class Clock:
    """Stands still."""

    at: datetime = AT

    def now(self) -> datetime:
        """When it stands."""
        return self.at


@dataclass
class Flows:
    """Counts how often somebody looked for changes."""

    looks: int = 0

    def refresh(self) -> list[Any]:
        """Nothing changed."""
        self.looks += 1
        return []


@dataclass
class SmallHouse:
    """What a worker uses of the house."""

    calls: MemoryCallStore = field(default_factory=MemoryCallStore)
    nodes: MemoryNodeStore = field(default_factory=MemoryNodeStore)
    ledger: MemoryWebhookLedger = field(default_factory=MemoryWebhookLedger)
    flows: Flows = field(default_factory=Flows)
    clock: Clock = field(default_factory=Clock)


@dataclass
class Turner:
    """A dispatcher whose turns fail as told."""

    failures: list[Exception | None] = field(default_factory=list)
    turns: list[datetime] = field(default_factory=list)
    let_go_at: datetime | None = None

    def tick(self, now: datetime) -> None:
        """The next failure, if there is one."""
        self.turns.append(now)
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure

    def let_go(self, now: datetime) -> None:
        """Noted."""
        self.let_go_at = now


def worked(turner: Turner, turns: int, house: SmallHouse | None = None) -> tuple[Worker, Turns]:
    """A worker after so many turns."""
    worker, stop = Worker(cast(House, house or SmallHouse()), cast(Dispatcher, turner)), Turns(turns)
    worker.run(stop)
    return worker, stop


def test_turns_are_taken_until_the_stop_and_claims_go_back_after_the_last() -> None:
    turner, house = Turner(), SmallHouse()
    _, stop = worked(turner, 3, house)
    assert (turner.turns, turner.let_go_at) == ([AT] * 3, AT)
    assert stop.waits == [TURN_SECS] * 4
    assert house.flows.looks == 1


@pytest.mark.parametrize("failure", [StoreFailed("away", retryable=True), ValueError("a defect")])
def test_a_turn_that_fails_is_followed_by_a_longer_rest_and_the_next_one(failure: Exception) -> None:
    turner = Turner([failure, failure, None])
    worker, stop = worked(turner, 4)
    assert len(turner.turns) == 4
    assert stop.waits == [TURN_SECS, AFTER_FAILURE_SECS, AFTER_FAILURE_SECS, TURN_SECS, TURN_SECS]
    assert worker.failures == 0


def test_failures_are_counted_while_they_last() -> None:
    worker, _ = worked(Turner([StoreFailed("away", retryable=True)] * 3), 3)
    assert worker.failures == 3


def test_the_sweep_ends_calls_that_nobody_came_back_for() -> None:
    house = SmallHouse()
    for call_id, node_id, ago in (("lost", "gone", 91), ("young", "gone", 89), ("alive", "n1", 600)):
        house.calls.create(
            CallRecord(call_id, f"CA{call_id}", "test", "1", "", "", created_at=AT - timedelta(seconds=ago))
        )
        house.calls.update(call_id, node_id=node_id)
    house.nodes.register(MediaNode("n1", "ws://127.0.0.1:1/media", 1, 1, AT, False))
    assert sweep(cast(House, house)) == 1
    ended = house.calls.get("lost")
    assert ended is not None
    assert (ended.status, ended.outcome) == ("ended", "abandoned")
