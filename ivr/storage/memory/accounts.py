"""Accounts, sessions, counted tries and the history of accounts, as dictionaries."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from ivr.core.accounts.model import Account, AccountNote, Session
from ivr.core.accounts.tries import Tries
from ivr.ports import DecideTries


class MemoryAccountStore:
    """`ivr.ports.AccountStore` without a database."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._accounts: dict[str, Account] = {}
        self._sessions: dict[str, Session] = {}
        self._tries: dict[str, Tries] = {}
        self._notes: list[AccountNote] = []

    def add(self, account: Account) -> bool:
        """False where the id is taken."""
        with self._lock:
            return self._accounts.setdefault(account.id, account) is account

    def get(self, account_id: str) -> Account | None:
        """By id."""
        with self._lock:
            return self._accounts.get(account_id)

    def all(self) -> list[Account]:
        """By id."""
        with self._lock:
            return sorted(self._accounts.values(), key=lambda account: account.id)

    def change(self, account_id: str, decide: Callable[[Account], Account | None]) -> Account | None:
        """One decision over one account, which nobody else changes meanwhile."""
        with self._lock:
            before = self._accounts.get(account_id)
            after = None if before is None else decide(before)
            if after is not None:
                self._accounts[account_id] = after
            return after

    def remove(self, account_id: str) -> bool:
        """With all its sessions."""
        with self._lock:
            self._sessions = {key: one for key, one in self._sessions.items() if one.account_id != account_id}
            return self._accounts.pop(account_id, None) is not None

    def has_any(self) -> bool:
        """Whether there is an account."""
        with self._lock:
            return bool(self._accounts)

    def begin(self, session: Session, *, forget_before: datetime) -> None:
        """Stores a session, removes old ones."""
        with self._lock:
            self._sessions = {key: one for key, one in self._sessions.items() if one.created_at >= forget_before}
            if session.account_id in self._accounts:
                self._sessions[session.token_hash] = session

    def session(self, token_hash: str) -> tuple[Session, Account] | None:
        """With its account as it is now."""
        with self._lock:
            session = self._sessions.get(token_hash)
            return None if session is None else (session, self._accounts[session.account_id])

    def sessions(self, account_id: str) -> list[Session]:
        """Newest use first."""
        with self._lock:
            found = [one for one in self._sessions.values() if one.account_id == account_id]
        found.sort(key=lambda one: one.token_hash)
        return sorted(found, key=lambda one: (one.seen_at, one.created_at), reverse=True)

    def seen(self, token_hash: str, at: datetime) -> None:
        """A session was used."""
        with self._lock:
            session = self._sessions.get(token_hash)
            if session is not None and session.seen_at < at:
                self._sessions[token_hash] = replace(session, seen_at=at)

    def end(self, account_id: str, token_hashes: Sequence[str]) -> int:
        """Removes sessions of this account."""
        with self._lock:
            chosen = [key for key in token_hashes if key in self._sessions]
            chosen = [key for key in chosen if self._sessions[key].account_id == account_id]
            for key in chosen:
                del self._sessions[key]
            return len(chosen)

    def tries(self, keys: Sequence[str], decide: DecideTries, *, forget_before: datetime) -> Mapping[str, Tries]:
        """One decision over some counters."""
        with self._lock:
            self._tries = {key: one for key, one in self._tries.items() if one.at >= forget_before}
            before = {key: self._tries.get(key, Tries(0.0, forget_before)) for key in keys}
            after = dict(decide(before))
            self._tries.update({**before, **after})
            return {**before, **after}

    def note(self, note: AccountNote, *, forget_before: datetime) -> None:
        """Adds to the history."""
        with self._lock:
            self._notes = [one for one in self._notes if one.at >= forget_before]
            self._notes.append(note)

    def notes(self, limit: int, account_id: str = "") -> list[AccountNote]:
        """Newest first."""
        with self._lock:
            found = [one for one in reversed(self._notes) if account_id in ("", one.account_id)]
        return found[:limit]
