"""Accounts, sessions, counted tries and the history of accounts, in SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from ivr.core.accounts.model import Account, AccountEvent, AccountNote, Role, Session
from ivr.core.accounts.tries import Tries
from ivr.ports import DecideTries
from ivr.storage.account_tables import account_notes, accounts, sessions, sign_in_tries
from ivr.storage.database import Database
from ivr.storage.upsert import insert_for

_ACCOUNT = [field.name for field in fields(Account)]
_SESSION = [field.name for field in fields(Session)]


class SqlAccountStore:
    """`ivr.ports.AccountStore` over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, account: Account) -> bool:
        """False where the id is taken."""
        with self._database.write() as connection:
            statement = insert_for(connection, accounts).values(_values(account))
            added = statement.on_conflict_do_nothing(index_elements=["id"]).returning(accounts.c.id)
            return connection.execute(added).first() is not None

    def get(self, account_id: str) -> Account | None:
        """By id."""
        with self._database.read() as connection:
            row = connection.execute(select(accounts).where(accounts.c.id == account_id)).mappings().first()
        return None if row is None else _account(row)

    def all(self) -> list[Account]:
        """By id."""
        with self._database.read() as connection:
            rows = connection.execute(select(accounts)).mappings().all()
        return sorted(map(_account, rows), key=lambda account: account.id)

    def change(self, account_id: str, decide: Callable[[Account], Account | None]) -> Account | None:
        """One decision over one locked row."""
        with self._database.write() as connection:
            query = select(accounts).where(accounts.c.id == account_id).with_for_update()
            row = connection.execute(query).mappings().first()
            after = None if row is None else decide(_account(row))
            if after is not None:
                connection.execute(update(accounts).where(accounts.c.id == account_id).values(_values(after)))
        return after

    def remove(self, account_id: str) -> bool:
        """With all its sessions."""
        with self._database.write() as connection:
            return connection.execute(delete(accounts).where(accounts.c.id == account_id)).rowcount > 0

    def has_any(self) -> bool:
        """Whether there is an account."""
        with self._database.read() as connection:
            return connection.execute(select(accounts.c.id).limit(1)).first() is not None

    def begin(self, session: Session, *, forget_before: datetime) -> None:
        """Stores a session, removes old ones. An account that was removed meanwhile gets none."""
        values = {name: getattr(session, name) for name in _SESSION}
        with self._database.write() as connection:
            connection.execute(delete(sessions).where(sessions.c.created_at < forget_before))
            owner = select(accounts.c.id).where(accounts.c.id == session.account_id).with_for_update()
            if connection.execute(owner).first() is not None:
                connection.execute(insert(sessions).values(values))

    def session(self, token_hash: str) -> tuple[Session, Account] | None:
        """With its account as it is now."""
        owned = [sessions.c[name].label(f"session_{name}") for name in _SESSION]
        query = select(*owned, *accounts.c).join_from(sessions, accounts, sessions.c.account_id == accounts.c.id)
        with self._database.read() as connection:
            row = connection.execute(query.where(sessions.c.token_hash == token_hash)).mappings().first()
        if row is None:
            return None
        return Session(**{name: row[f"session_{name}"] for name in _SESSION}), _account(row)

    def sessions(self, account_id: str) -> list[Session]:
        """Newest use first."""
        query = select(sessions).where(sessions.c.account_id == account_id)
        order = (sessions.c.seen_at.desc(), sessions.c.created_at.desc(), sessions.c.token_hash)
        with self._database.read() as connection:
            return [Session(**row) for row in connection.execute(query.order_by(*order)).mappings()]

    def seen(self, token_hash: str, at: datetime) -> None:
        """A session was used."""
        is_newer = (sessions.c.token_hash == token_hash) & (sessions.c.seen_at < at)
        with self._database.write() as connection:
            connection.execute(update(sessions).where(is_newer).values(seen_at=at))

    def end(self, account_id: str, token_hashes: Sequence[str]) -> int:
        """Removes sessions of this account."""
        if not token_hashes:
            return 0
        chosen = (sessions.c.account_id == account_id) & sessions.c.token_hash.in_(token_hashes)
        with self._database.write() as connection:
            return connection.execute(delete(sessions).where(chosen)).rowcount

    def tries(self, keys: Sequence[str], decide: DecideTries, *, forget_before: datetime) -> Mapping[str, Tries]:
        """One decision over some counters, which are locked in the order of their keys."""
        with self._database.write() as connection:
            _forget_tries(connection, forget_before)
            before = _locked_tries(connection, sorted(keys), forget_before)
            after = dict(decide(before))
            for key, tries in sorted(after.items()):
                changed = update(sign_in_tries).where(sign_in_tries.c.key == key)
                connection.execute(changed.values(level=tries.level, at=tries.at))
            return {**before, **after}

    def note(self, note: AccountNote, *, forget_before: datetime) -> None:
        """Adds to the history."""
        values = {"at": note.at, "kind": note.kind.value, "account_id": note.account_id, "by": note.by}
        with self._database.write() as connection:
            connection.execute(delete(account_notes).where(account_notes.c.at < forget_before))
            connection.execute(insert(account_notes).values(values))

    def notes(self, limit: int, account_id: str = "") -> list[AccountNote]:
        """Newest first."""
        n = account_notes.c
        query = select(n.at, n.kind, n.account_id, n.by).order_by(n.id.desc()).limit(limit)
        if account_id:
            query = query.where(n.account_id == account_id)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [AccountNote(row.at, AccountEvent(row.kind), row.account_id, row.by) for row in rows]


def _forget_tries(connection: Connection, before: datetime) -> None:
    """Those that nobody else is just counting: waiting for them could go round in a circle."""
    t = sign_in_tries.c
    old = select(t.key).where(t.at < before).with_for_update(skip_locked=True)
    connection.execute(delete(sign_in_tries).where(t.key.in_(old)))


def _locked_tries(connection: Connection, keys: Sequence[str], long_ago: datetime) -> dict[str, Tries]:
    """Rows are made first where there are none: what does not exist cannot be locked."""
    if not keys:
        return {}
    empty = [{"key": key, "level": 0.0, "at": long_ago} for key in keys]
    connection.execute(
        insert_for(connection, sign_in_tries).values(empty).on_conflict_do_nothing(index_elements=["key"])
    )
    t = sign_in_tries.c
    query = select(t.key, t.level, t.at).where(t.key.in_(keys)).order_by(t.key).with_for_update()
    return {row.key: Tries(row.level, row.at) for row in connection.execute(query)}


def _values(account: Account) -> dict[str, Any]:
    values = {name: getattr(account, name) for name in _ACCOUNT}
    return {**values, "role": account.role.value}


def _account(row: RowMapping) -> Account:
    values = {name: row[name] for name in _ACCOUNT}
    return Account(**{**values, "role": Role(row["role"])})
