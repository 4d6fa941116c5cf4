"""Nobody is overtaken, whatever happens between a worker's reading of the line and its claims."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from ivr.core.queueing.model import Callback, CallbackState, Place
from ivr.core.queueing.steps import Step
from ivr.storage.memory.callbacks import MemoryCallbackStore
from tests.unit.runtime.dispatch.worker import Floor

pytestmark = pytest.mark.unit

EARLY, LATE = "+12025550101", "+12025550102"


class Interrupted(MemoryCallbackStore):
    """Others do something each time this worker has just read the line, or a promise."""

    after_line: Callable[[], None] = staticmethod(lambda: None)
    before_get: Callable[[], None] = staticmethod(lambda: None)

    def line(self, queue: str, now: datetime, *, each: int = 8) -> list[Place]:
        found = super().line(queue, now, each=each)
        self.after_line()
        return found

    def several(self, ids: Collection[str]) -> dict[str, Callback]:
        self.before_get()
        found = super().several(ids)
        self.before_get()
        return found


def a_floor() -> tuple[Floor, Interrupted, Callback]:
    """Ana is free for two customers, of whom the first one is in another worker's hands."""
    floor = Floor()
    floor.callbacks = store = Interrupted(floor.rows, lambda: floor.at)
    floor.agent("ana")
    first = floor.promise(EARLY)
    floor.promise(LATE)
    put(floor, first, CallbackState.CLAIMED)
    return floor, store, first


def put(floor: Floor, callback: Callback, state: CallbackState) -> None:
    lease = floor.at + timedelta(minutes=1) if state is CallbackState.CLAIMED else None
    MemoryCallbackStore(floor.rows).step(
        callback.id,
        lambda found: Step(replace(found, callback=replace(found.callback, state=state, lease_until=lease))),
    )


def customer(floor: Floor) -> str:
    """Whom ana is bound to."""
    ana = floor.agents.get("ana")
    assert ana is not None
    bound = floor.callbacks.get(ana.callback_id)
    return "" if bound is None else bound.number


def test_one_given_back_after_the_line_was_read_comes_first() -> None:
    floor, store, first = a_floor()
    store.after_line = lambda: put(floor, first, CallbackState.PENDING)
    floor.worker().tick(floor.at)
    assert customer(floor) == EARLY


def test_one_who_was_seen_in_other_hands_and_given_back_comes_first() -> None:
    floor, store, first = a_floor()
    put(floor, first, CallbackState.PENDING)
    states = iter([CallbackState.CLAIMED, CallbackState.PENDING])

    def change_hands() -> None:
        state = next(states, None)
        if state is not None:
            put(floor, first, state)

    store.before_get = change_hands
    floor.worker().tick(floor.at)
    assert customer(floor) == EARLY


def test_a_line_that_never_rests_is_left_until_the_next_turn() -> None:
    floor, store, first = a_floor()
    turns = iter(range(9))

    def one_more() -> None:
        turn = next(turns)
        floor.promise(f"+1202555020{turn}", order_at=first.order_at - timedelta(minutes=turn))

    store.after_line = one_more
    worker = floor.worker()
    worker.tick(floor.at)
    assert customer(floor) == ""
    store.after_line = lambda: None
    worker.tick(floor.at)
    assert customer(floor) == "+12025550202"


def test_with_many_free_agents_the_line_is_read_as_deep() -> None:
    floor = Floor()
    for number in range(12):
        floor.agent(f"a{number:02d}", number=f"+120255590{number:02d}")
    for number in range(12):
        floor.promise(f"+120255501{number:02d}")
    floor.agent("tax", number="+12025559099", skills=("tax",))
    last = floor.promise("+12025550199", skills=("tax",))
    floor.worker().tick(floor.pass_secs(1))
    assert len(floor.callbacks.in_flight()) == 13 and floor.now_is(last).agent == "tax"
