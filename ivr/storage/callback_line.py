"""The line: who is next, how many are before somebody. As fast with a million rows as with a thousand.

A waiting row is written as `READY` or `SCHEDULED`. Time goes on without writes, so some scheduled rows are due and some
owners have lost their right: these *late* rows are few, found by `wakes_at`, and merged in. When they are more than
`MANY_LATE` they are written anew first. No answer depends on that having happened.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select

from ivr.core.queueing.model import Callback, Place
from ivr.core.queueing.policy import place_key
from ivr.core.queueing.reading import Reading
from ivr.storage import queue_statements as statements
from ivr.storage.database import Database
from ivr.storage.placing import Stage, needs_of, owner_at, place, place_of
from ivr.storage.queue_rows import callback_of, placing_values
from ivr.storage.queue_tables import callbacks
from ivr.storage.types import as_utc

MANY_LATE = 50
BATCH = 500
_AGED = ("needs", "stage", "wakes_at")
"""Columns that time puts out of date."""


def heads(database: Database, queue: str, now: datetime, each: int) -> list[Callback]:
    """`CallbackStore.heads`."""
    while True:
        with database.read() as connection:
            late = _late(connection, queue, now, MANY_LATE + 1)
            if len(late) <= MANY_LATE:
                found = _ready_heads(connection, queue, now, each)
                return _merged(found, late, now, each)
        if not _rewrite_late(database, queue, now):
            # Others hold all of them, and are about to write them.
            with database.read() as connection:
                late = _late(connection, queue, now, 100 * MANY_LATE)
                return _merged(_ready_heads(connection, queue, now, each), late, now, each)


def line(database: Database, queue: str, now: datetime, each: int) -> list[Place]:
    """`CallbackStore.line`."""
    values = {"queue": queue, "now": now, "each": each}
    with database.read() as connection:
        late = _late(connection, queue, now, MANY_LATE + 1)
        if len(late) <= MANY_LATE:
            rows = connection.execute(statements.PLACES[connection.dialect.name], values).all()
            ready = _placed(queue, rows)
            return _joined(each, ready, _places(late, now))
    return _first(each, _places(heads(database, queue, now, each), now))


def places_until(connection: Connection, reading: Reading, last: datetime) -> list[Place]:
    """The line once more, as this transaction sees it, up to a place."""
    values = {"queue": reading.queue, "now": reading.now, "each": reading.each}
    rows = connection.execute(statements.PLACES_UNTIL[connection.dialect.name], values | {"last": last}).all()
    ready = _placed(reading.queue, rows)
    late = _late(connection, reading.queue, reading.now, 100 * MANY_LATE)
    return _joined(reading.each, ready, (one for one in _places(late, reading.now) if one.order_at <= last))


def _placed(queue: str, rows: Iterable[Sequence[Any]]) -> list[Place]:
    return [place_of(id_, queue, as_utc(order_at), needs) for id_, order_at, needs in rows]


def _joined(each: int, ready: list[Place], late: Iterable[Place]) -> list[Place]:
    """In the order of the line. Ready ones are the first of their groups already."""
    more = list(late)
    return _first(each, [*ready, *more]) if more else sorted(ready, key=place_key)


def _first(each: int, places: Iterable[Place]) -> list[Place]:
    """In the order of the line; of every group the first ones."""
    seen: Counter[tuple[object, ...]] = Counter()
    found = []
    for one in sorted(places, key=place_key):
        group = (one.language, one.skills, one.owner)
        seen[group] += 1
        if seen[group] <= each:
            found.append(one)
    return found


def _places(found: Iterable[Callback], now: datetime) -> Iterator[Place]:
    for callback in found:
        placing = place(callback, now)
        if placing.stage is Stage.READY:
            yield place_of(callback.id, callback.queue, callback.order_at, placing.needs)


def ahead(connection: Connection, queue: str, order_at: datetime, now: datetime, cap: int) -> int:
    """`CallbackStore.ahead`."""
    values = {"queue": queue, "order_at": order_at, "now": now, "cap": cap}
    return min(cap, _count(connection, statements.AHEAD, values))


def waiting(connection: Connection, queue: str, now: datetime, cap: int) -> int:
    """`CallbackStore.waiting`."""
    return _count(connection, statements.WAITING, {"queue": queue, "now": now, "cap": cap})


def scheduled(connection: Connection, queue: str, after: datetime, before: datetime, limit: int) -> list[datetime]:
    """`CallbackStore.scheduled`."""
    values = {"queue": queue, "after": after, "before": before, "most": limit}
    return [as_utc(at) for (at,) in connection.execute(statements.SCHEDULED, values).all()]


def _ready_heads(connection: Connection, queue: str, now: datetime, each: int) -> list[Callback]:
    values = {"queue": queue, "now": now, "each": each}
    if connection.dialect.name != "sqlite":
        return [callback_of(row) for row in connection.execute(statements.HEADS, values)]
    groups = connection.execute(statements.GROUPS, {"queue": queue}).scalars().all()
    return [
        callback_of(row)
        for needs in groups
        if needs is not None
        for row in connection.execute(statements.HEADS_OF_GROUP, values | {"needs": needs})
    ]


def _late(connection: Connection, queue: str, now: datetime, most: int) -> list[Callback]:
    found = connection.execute(statements.LATE, {"queue": queue, "now": now, "most": most}).all()
    return [callback_of(row) for row in found]


def _merged(ready: Iterable[Callback], late: Iterable[Callback], now: datetime, each: int) -> list[Callback]:
    groups: defaultdict[str, dict[str, Callback]] = defaultdict(dict)
    for callback in ready:
        groups[needs_of(callback.language, callback.skills, owner_at(callback, now))][callback.id] = callback
    for callback in late:
        placing = place(callback, now)
        if placing.stage is Stage.READY:
            groups[placing.needs][callback.id] = callback
    return [
        callback
        for _, members in sorted(groups.items())
        for callback in sorted(members.values(), key=lambda one: (one.order_at, one.id))[:each]
    ]


def _rewrite_late(database: Database, queue: str, now: datetime) -> int:
    """Brings the derived columns of late rows up to date; returns how many."""
    with database.write() as connection:
        rows = connection.execute(statements.LOCKED_LATE, {"queue": queue, "now": now, "most": BATCH})
        changes = [_placed_anew(callback_of(row), now) for row in rows]
        if changes:
            connection.execute(statements.changing(callbacks, _AGED), changes)
    return len(changes)


def _placed_anew(callback: Callback, now: datetime) -> dict[str, Any]:
    values = placing_values(place(callback, now))
    return {f"new_{name}": values[name] for name in _AGED} | {"row_id": callback.id}


def _count(connection: Connection, query: Select[int], values: Mapping[str, Any]) -> int:
    return int(connection.execute(query, values).scalar_one())
