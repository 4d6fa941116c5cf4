"""What agents worked on, and whose desk is open, in SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from ivr.ports import Contact
from ivr.ports.contacts import Change
from ivr.storage.database import Database
from ivr.storage.desk_tables import contacts, desk_presence
from ivr.storage.upsert import insert_for

_COLUMNS = tuple(contacts.c[field.name] for field in fields(Contact))
_NEWEST = (contacts.c.began_at.desc(), contacts.c.id)


class SqlContactStore:
    """`ivr.ports.ContactStore` over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, contact: Contact) -> Contact:
        """Once per agent and attempt."""
        with self._database.write() as connection:
            connection.execute(insert_for(connection, contacts).values(asdict(contact)).on_conflict_do_nothing())
            found = _one(
                connection,
                contacts.c.agent == contact.agent,
                contacts.c.callback_id == contact.callback_id,
                contacts.c.attempt == contact.attempt,
            )
        if found is None:
            raise ValueError("another contact has this id")
        return found

    def get(self, contact_id: str) -> Contact | None:
        """The contact by its id."""
        with self._database.read() as connection:
            return _one(connection, contacts.c.id == contact_id)

    def change(self, contact_id: str, decide: Change) -> Contact | None:
        """One decision over one row, which is locked meanwhile."""
        with self._database.write() as connection:
            before = _one(connection, contacts.c.id == contact_id, is_locked=True)
            after = None if before is None else decide(before)
            if before is None or after is None or after == before:
                return None
            if after.id != contact_id:
                raise ValueError("a decision returned another contact than it was given")
            old, new = asdict(before), asdict(after)
            changed = {name: value for name, value in new.items() if value != old[name]}
            connection.execute(update(contacts).where(contacts.c.id == contact_id).values(changed))
            return after

    def open_ones(self, *, agent: str = "", limit: int = 200) -> list[Contact]:
        """Nothing was said yet of how they ended."""
        wanted: list[Any] = [contacts.c.done_at.is_(None)]
        if agent:
            wanted.append(contacts.c.agent == agent)
        return self._newest(*wanted, limit=limit)

    def of_number(self, number: str, *, limit: int = 5) -> list[Contact]:
        """With one caller."""
        return self._newest(contacts.c.number == number, limit=limit)

    def of_agent(self, agent: str, *, limit: int = 20) -> list[Contact]:
        """Of one agent."""
        return self._newest(contacts.c.agent == agent, limit=limit)

    def _newest(self, *wanted: Any, limit: int) -> list[Contact]:
        query = select(*_COLUMNS).where(*wanted).order_by(*_NEWEST).limit(limit)
        with self._database.read() as connection:
            return [_contact(row) for row in connection.execute(query).mappings()]


class SqlDeskPresence:
    """`ivr.ports.DeskPresence` over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def seen(self, agents: Collection[str], at: datetime) -> None:
        """One statement for each, in one transaction."""
        if not agents:
            return
        with self._database.write() as connection:
            for agent in sorted(agents):
                row = {"agent": agent, "seen_at": at, "is_watched": False}
                insert = insert_for(connection, desk_presence).values(row)
                later = desk_presence.c.seen_at < insert.excluded.seen_at
                connection.execute(
                    insert.on_conflict_do_update(
                        index_elements=["agent"], set_={"seen_at": insert.excluded.seen_at}, where=later
                    )
                )

    def watch(self, agent: str, *, is_watched: bool, at: datetime) -> None:
        """To be watched from now on is to be seen now."""
        with self._database.write() as connection:
            insert = insert_for(connection, desk_presence).values(agent=agent, seen_at=at, is_watched=is_watched)
            changed: dict[str, Any] = {"is_watched": is_watched}
            if is_watched:
                changed["seen_at"] = insert.excluded.seen_at
            connection.execute(insert.on_conflict_do_update(index_elements=["agent"], set_=changed))

    def vanished(self, before: datetime) -> list[str]:
        """By name."""
        query = select(desk_presence.c.agent).where(desk_presence.c.is_watched, desk_presence.c.seen_at < before)
        with self._database.read() as connection:
            return sorted(connection.execute(query).scalars())

    def last_seen(self, agent: str) -> datetime | None:
        """None: never."""
        query = select(desk_presence.c.seen_at).where(desk_presence.c.agent == agent)
        with self._database.read() as connection:
            return connection.execute(query).scalar()


def _one(connection: Connection, *conditions: Any, is_locked: bool = False) -> Contact | None:
    query = select(*_COLUMNS).where(*conditions)
    row = connection.execute(query.with_for_update() if is_locked else query).mappings().first()
    return None if row is None else _contact(row)


def _contact(row: Mapping[Any, Any]) -> Contact:
    return Contact(**row)
