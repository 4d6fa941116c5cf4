"""What agents worked on, and whose desk is open, as dictionaries."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from datetime import datetime

from ivr.ports import Contact
from ivr.ports.contacts import Change
from ivr.storage.memory.queue import kept
from ivr.storage.values import utc

Wanted = Callable[[Contact], bool]


class MemoryContactStore:
    """`ivr.ports.ContactStore` without a database."""

    def __init__(self) -> None:
        self._rows: dict[str, Contact] = {}
        self._lock = threading.RLock()

    def open(self, contact: Contact) -> Contact:
        """Once per agent and attempt."""
        with self._lock:
            wanted = (contact.agent, contact.callback_id, contact.attempt)
            known = [one for one in self._rows.values() if (one.agent, one.callback_id, one.attempt) == wanted]
            if known:
                return known[0]
            if contact.id in self._rows:
                raise ValueError("another contact has this id")
            self._rows[contact.id] = kept(contact)
            return self._rows[contact.id]

    def get(self, contact_id: str) -> Contact | None:
        """The contact by its id."""
        with self._lock:
            return self._rows.get(contact_id)

    def change(self, contact_id: str, decide: Change) -> Contact | None:
        """One decision over one row, which nobody else changes meanwhile."""
        with self._lock:
            before = self._rows.get(contact_id)
            after = None if before is None else decide(before)
            if before is None or after is None or after == before:
                return None
            if after.id != contact_id:
                raise ValueError("a decision returned another contact than it was given")
            self._rows[contact_id] = kept(after)
            return self._rows[contact_id]

    def open_ones(self, *, agent: str = "", limit: int = 200) -> list[Contact]:
        """Nothing was said yet of how they ended."""
        return self._newest(
            lambda one: one.done_at is None and agent in ("", one.agent),
            limit,
        )

    def of_number(self, number: str, *, limit: int = 5) -> list[Contact]:
        """With one caller."""
        return self._newest(lambda one: one.number == number, limit)

    def of_agent(self, agent: str, *, limit: int = 20) -> list[Contact]:
        """Of one agent."""
        return self._newest(lambda one: one.agent == agent, limit)

    def _newest(self, is_wanted: Wanted, limit: int) -> list[Contact]:
        with self._lock:
            found = [one for one in self._rows.values() if is_wanted(one)]
        by_id = sorted(found, key=lambda one: one.id)
        return sorted(by_id, key=lambda one: one.began_at, reverse=True)[:limit]


class MemoryDeskPresence:
    """`ivr.ports.DeskPresence` without a database."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[datetime, bool]] = {}
        self._lock = threading.Lock()

    def seen(self, agents: Collection[str], at: datetime) -> None:
        """Never goes back."""
        with self._lock:
            for agent in agents:
                seen_at, is_watched = self._rows.get(agent, (at, False))
                self._rows[agent] = (max(seen_at, utc(at)), is_watched)

    def watch(self, agent: str, *, is_watched: bool, at: datetime) -> None:
        """To be watched from now on is to be seen now."""
        with self._lock:
            seen_at, _ = self._rows.get(agent, (at, False))
            self._rows[agent] = (utc(at) if is_watched else seen_at, is_watched)

    def vanished(self, before: datetime) -> list[str]:
        """By name."""
        with self._lock:
            return sorted(agent for agent, (at, is_watched) in self._rows.items() if is_watched and at < before)

    def last_seen(self, agent: str) -> datetime | None:
        """None: never."""
        with self._lock:
            return self._rows[agent][0] if agent in self._rows else None
