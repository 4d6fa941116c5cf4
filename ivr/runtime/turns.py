"""Keeps what a call said and did until it is written: turns, facts, the session's state.

The driver adds, one background writer writes; nothing here blocks the event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import Executor
from typing import Any

import structlog

from ivr.ports import CallStore, EventRecord, TurnRecord

log = structlog.get_logger(__name__)


class CallNotes:
    """Turns, facts and snapshots of one call on their way to the store."""

    def __init__(self, call_id: str, node_id: str, store: CallStore, executor: Executor, first_turn: int = 1) -> None:
        """Starts with turn number `first_turn` (a resumed call goes on counting)."""
        self._call_id, self._node_id = call_id, node_id
        self._store, self._executor = store, executor
        self._number = first_turn
        self._turns: list[TurnRecord] = []
        self._events: list[EventRecord] = []
        self._snapshot: dict[str, Any] | None = None
        self._changes: dict[str, Any] = {}
        self._writing: asyncio.Task[None] | None = None
        self.is_fenced = False
        """Another node owns the call now; its owner here must stop."""
        self.failures = 0

    def turn(self, at_ms: int, side: str, text: str, node: str, how: str, **details: Any) -> None:
        """One side said something."""
        confidence = details.pop("confidence", None)
        self._turns.append(TurnRecord(self._call_id, self._number, at_ms, side, text, node, how, confidence, details))
        self._number += 1
        self._kick()

    def event(self, at_ms: int, kind: str, values: Mapping[str, Any]) -> None:
        """A fact for the timeline."""
        self._events.append(EventRecord(self._call_id, at_ms, kind, dict(values)))
        self._kick()

    def snapshot(self, snapshot: dict[str, Any]) -> None:
        """The newest state; older ones that are not written yet are skipped."""
        self._snapshot = snapshot
        self._kick()

    def change(self, **changes: Any) -> None:
        """Fields of the call's row."""
        self._changes |= changes
        self._kick()

    def _kick(self) -> None:
        if self._writing is None or self._writing.done():
            self._writing = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while self._turns or self._events or self._changes or self._snapshot is not None:
            turns, self._turns = self._turns, []
            events, self._events = self._events, []
            changes, self._changes = self._changes, {}
            snapshot, self._snapshot = self._snapshot, None
            try:
                await loop.run_in_executor(self._executor, self._store_all, turns, events, changes, snapshot)
                self.failures = 0
            except Exception as error:  # noqa: BLE001 - the database may be away; the call goes on and tries again
                self.failures += 1
                log.warning("call notes not written", call_id=self._call_id, error=type(error).__name__)
                self._turns[:0], self._events[:0] = turns, events
                self._changes = changes | self._changes
                self._snapshot = self._snapshot or snapshot
                await asyncio.sleep(min(0.2 * self.failures, 5.0))
                if self.failures > 50:
                    return

    def _store_all(
        self,
        turns: list[TurnRecord],
        events: list[EventRecord],
        changes: dict[str, Any],
        snapshot: dict[str, Any] | None,
    ) -> None:
        if snapshot is not None and not self._store.save_snapshot(self._call_id, self._node_id, snapshot):
            self.is_fenced = True
        if self.is_fenced:
            return  # the new owner counts the turns now
        if turns:
            self._store.add_turns(turns)
        if events:
            self._store.add_events(events)
        if changes:
            self._store.update(self._call_id, **changes)

    async def flush(self, within_secs: float | None = None) -> bool:
        """Returns when everything so far is on disk; False when that took too long, or the database stays away."""
        if self._writing is not None and not self._writing.done():
            await asyncio.wait({self._writing}, timeout=within_secs)
        return self._writing is None or (self._writing.done() and not self.failures)
