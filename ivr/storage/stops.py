"""Numbers that asked never to be called again, and wrong codes, in SQL. A stop that is lifted stays as a row."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from ivr.storage.queue_tables import stopped_numbers, wrong_codes
from ivr.storage.upsert import insert_for

_s = stopped_numbers.c
_TRIES = 1
"""Names the advisory locks of codes; others would need another number."""


def is_stopped(connection: Connection, number: str, queue: str) -> bool:
    """`CallbackStore.is_stopped`."""
    query = select(_s.number).where(_s.number == number, _s.queue.in_(["", queue]), _s.is_lifted.is_(False))
    return connection.execute(query.limit(1)).first() is not None


def stop(connection: Connection, number: str, queue: str, at: datetime, by: str) -> None:
    """`CallbackStore.stop`. A stop in force keeps its time and its author."""
    row = {"number": number, "queue": queue, "at": at, "stopped_by": by, "is_lifted": False}
    statement = insert_for(connection, stopped_numbers).values(row)
    changed = {name: statement.excluded[name] for name in ("at", "stopped_by", "is_lifted")}
    again = statement.on_conflict_do_update(
        index_elements=["number", "queue"], set_=changed, where=_s.is_lifted.is_(True)
    )
    connection.execute(again)


def allow_again(connection: Connection, number: str) -> None:
    """`CallbackStore.allow_again`."""
    connection.execute(update(stopped_numbers).where(_s.number == number).values(is_lifted=True))


def count_wrong_codes(connection: Connection, number: str, since: datetime) -> int:
    """`CallbackStore.wrong_codes`."""
    w = wrong_codes.c
    query = select(func.count()).select_from(wrong_codes).where(w.number == number, w.at >= since)
    return int(connection.execute(query).scalar_one())


def take_try(connection: Connection, number: str, at: datetime, since: datetime, most: int) -> int | None:
    """`CallbackStore.take_try`. SQLite has one writer at a time; PostgreSQL is asked for one per number."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_TRIES, func.hashtext(number))))
    if count_wrong_codes(connection, number, since) >= most:
        return None
    added = insert(wrong_codes).values(number=number, at=at).returning(wrong_codes.c.id)
    return int(connection.execute(added).scalar_one())


def give_try_back(connection: Connection, try_id: int) -> None:
    """`CallbackStore.give_try_back`."""
    connection.execute(delete(wrong_codes).where(wrong_codes.c.id == try_id))
