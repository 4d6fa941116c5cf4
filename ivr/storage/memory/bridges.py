"""Bridged conversations and follow-ups as dictionaries."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ivr.core.bridging.followups import FollowUp, FollowUpState
from ivr.core.bridging.model import Bridge
from ivr.storage.bridges import is_settled
from ivr.storage.documents import from_document, to_document


class MemoryBridgeStore:
    """`ivr.ports.BridgeStore` in memory."""

    def __init__(self) -> None:
        self._rows: dict[str, Bridge] = {}
        self._lock = threading.RLock()

    def open(self, bridge: Bridge) -> Bridge:
        """Once per id."""
        with self._lock:
            return self._rows.setdefault(bridge.id, from_document(Bridge, to_document(bridge)))

    def get(self, bridge_id: str) -> Bridge | None:
        """By the name of its conference."""
        return self._rows.get(bridge_id)

    def step(self, bridge_id: str, decide: Callable[[Bridge], Bridge | None]) -> Bridge | None:
        """One decision over one row, which nobody else changes meanwhile."""
        with self._lock:
            before = self._rows.get(bridge_id)
            after = None if before is None else decide(before)
            if after is None or after == before:
                return None
            if after.id != bridge_id:
                raise ValueError("a decision returned another bridge than it was given")
            self._rows[bridge_id] = from_document(Bridge, to_document(after))
            return after

    def unsettled(self, *, limit: int = 500) -> list[Bridge]:
        """Oldest first."""
        with self._lock:
            found = [bridge for bridge in self._rows.values() if not is_settled(bridge)]
        return sorted(found, key=lambda bridge: (bridge.opened_at, bridge.id))[:limit]


class MemoryFollowUpStore:
    """`ivr.ports.FollowUpStore` in memory."""

    def __init__(self) -> None:
        self._rows: dict[str, FollowUp] = {}
        self._lock = threading.RLock()

    def add(self, follow_up: FollowUp) -> bool:
        """Once per id."""
        with self._lock:
            return self._rows.setdefault(follow_up.id, follow_up) is follow_up

    def get(self, follow_up_id: str) -> FollowUp | None:
        """By its id."""
        return self._rows.get(follow_up_id)

    def for_agent(self, agent: str, *, limit: int = 100) -> list[FollowUp]:
        """Not done, oldest first."""
        with self._lock:
            found = [one for one in self._rows.values() if one.agent == agent and one.state is not FollowUpState.DONE]
        return sorted(found, key=lambda one: (one.created_at, one.id))[:limit]

    def change(self, follow_up_id: str, decide: Callable[[FollowUp], FollowUp | None]) -> FollowUp | None:
        """One decision over one row, which nobody else changes meanwhile."""
        with self._lock:
            before = self._rows.get(follow_up_id)
            after = None if before is None else decide(before)
            if after is None or after == before:
                return None
            if after.id != follow_up_id:
                raise ValueError("a decision returned another follow-up than it was given")
            self._rows[follow_up_id] = after
            return after
