"""What a call said and did, on its way to the store."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ivr.ports import CallRecord
from ivr.runtime.turns import CallNotes
from tests.fakes.stores import MemoryCallStore
from tests.fakes.virtual_loop import InlineExecutor, run_virtually

pytestmark = pytest.mark.unit


def play(scene: Any) -> MemoryCallStore:
    """Runs a scene with notes for call c1 of node n1."""

    async def work() -> MemoryCallStore:
        store = MemoryCallStore()
        store.create(CallRecord("c1", "CA1", "shop", "1", "", "", node_id="n1"))
        await scene(store, CallNotes("c1", "n1", store, InlineExecutor(), 5))
        return store

    return run_virtually(work())


def test_turns_are_numbered_from_where_the_call_was() -> None:
    async def scene(store: MemoryCallStore, notes: CallNotes) -> None:
        notes.turn(10, "us", "Hello.", "welcome", "prompt")
        notes.turn(20, "caller", "hi", "welcome", "speech", confidence=0.9, intent="x")
        assert await notes.flush()

    turns = play(scene).turns("c1")
    assert [(one.number, one.text, one.confidence, dict(one.details)) for one in turns] == [
        (5, "Hello.", None, {}), (6, "hi", 0.9, {"intent": "x"}),
    ]  # fmt: skip


def test_facts_changes_and_the_newest_state_are_written() -> None:
    async def scene(store: MemoryCallStore, notes: CallNotes) -> None:
        notes.event(5, "node", {"node": "welcome"})
        notes.change(language="en")
        notes.change(intent="x")
        notes.snapshot({"old": 1})
        notes.snapshot({"new": 2})
        assert await notes.flush()

    store = play(scene)
    record = store.get("c1")
    assert record is not None
    assert (record.language, record.intent, record.snapshot) == ("en", "x", {"new": 2})
    assert [(one.kind, dict(one.values)) for one in store.events("c1")] == [("node", {"node": "welcome"})]


def test_nothing_to_write_is_written_at_once() -> None:
    async def scene(store: MemoryCallStore, notes: CallNotes) -> None:
        assert await notes.flush()

    play(scene)


def test_what_could_not_be_written_is_written_later_in_its_order() -> None:
    async def scene(store: MemoryCallStore, notes: CallNotes) -> None:
        store.failing = "locked"
        notes.turn(10, "us", "One.", "a", "prompt")
        notes.change(language="en")
        notes.snapshot({"first": 1})
        await asyncio.sleep(0.01)
        notes.turn(20, "us", "Two.", "a", "prompt")
        notes.change(language="ja")
        notes.snapshot({"second": 2})
        assert not await notes.flush(within_secs=0.05)
        store.failing = None
        assert await notes.flush()
        assert notes.failures == 0

    store = play(scene)
    assert [one.text for one in store.turns("c1")] == ["One.", "Two."]
    record = store.get("c1")
    assert record is not None
    assert (record.language, record.snapshot) == ("ja", {"second": 2})


def test_a_database_that_stays_away_is_given_up_in_the_end() -> None:
    async def scene(store: MemoryCallStore, notes: CallNotes) -> None:
        store.failing = "locked"
        notes.turn(10, "us", "One.", "a", "prompt")
        assert not await notes.flush()
        assert notes.failures == 51
        store.failing = None
        notes.turn(20, "us", "Two.", "a", "prompt")
        assert await notes.flush()

    assert [one.text for one in play(scene).turns("c1")] == ["One.", "Two."]


def test_a_call_that_belongs_to_another_node_is_left_alone() -> None:
    async def scene(store: MemoryCallStore, notes: CallNotes) -> None:
        store.update("c1", node_id="n2")
        notes.turn(10, "us", "Hello.", "a", "prompt")
        notes.event(10, "node", {})
        notes.snapshot({"mine": 1})
        await notes.flush()
        assert notes.is_fenced

    store = play(scene)
    assert (store.turns("c1"), store.events("c1")) == ([], [])
