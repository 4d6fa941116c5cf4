"""The line: who is next, how many are before somebody. As fast with a million rows as with a thousand.

A waiting row is written as `READY` or `SCHEDULED`. Time goes on without writes, so some scheduled rows are due and some
owners have lost their right: these *late* rows are few, found by `wakes_at`, and merged in. When they are more than
`MANY_LATE` they are written anew first. No answer depends on that having happened.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    true,
    update,
)

from ivr.core.queueing.model import Callback
from ivr.storage.database import Database
from ivr.storage.placing import Stage, place
from ivr.storage.queue_rows import CALLBACK_COLUMNS, callback_of, placing_values
from ivr.storage.queue_tables import callbacks

MANY_LATE = 50
BATCH = 500

_c = callbacks.c


def stage_is(stage: Stage) -> ColumnElement[bool]:
    """Spelt as the partial indexes spell it."""
    return _c.stage == literal_column(str(int(stage)))


def stage_before(stage: Stage) -> ColumnElement[bool]:
    """The same for `stage < n`."""
    return _c.stage < literal_column(str(int(stage)))


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


def ahead(connection: Connection, queue: str, order_at: datetime, now: datetime, cap: int) -> int:
    """`CallbackStore.ahead`."""
    is_before = and_(_c.queue == queue, _c.order_at < order_at, _c.eligible_at <= now)
    ready = select(_c.id).where(stage_is(Stage.READY), is_before).limit(cap)
    late = select(_c.id).where(_is_late(queue, now), stage_is(Stage.SCHEDULED), is_before).limit(cap)
    return min(cap, sum(_count(connection, query) for query in (ready, late)))


def waiting(connection: Connection, queue: str, now: datetime, cap: int) -> int:
    """`CallbackStore.waiting`."""
    is_due = and_(_c.queue == queue, _c.eligible_at <= now, stage_before(Stage.IN_FLIGHT))
    return _count(connection, select(_c.id).where(is_due).limit(cap))


def scheduled(connection: Connection, queue: str, after: datetime, before: datetime, limit: int) -> list[datetime]:
    """`CallbackStore.scheduled`."""
    is_between = and_(_c.queue == queue, _c.eligible_at > after, _c.eligible_at < before)
    query = select(_c.eligible_at).where(is_between, stage_before(Stage.IN_FLIGHT))
    return list(connection.execute(query.order_by(_c.eligible_at).limit(limit)).scalars())


def _ready_heads(connection: Connection, queue: str, now: datetime, each: int) -> list[Callback]:
    """The first of every group, found by leaping from group to group along the index."""
    in_queue = and_(_c.queue == queue, stage_is(Stage.READY))
    first = select(func.min(_c.needs).label("needs")).where(in_queue)
    groups = first.cte("groups", recursive=True)
    following = select(func.min(_c.needs)).where(in_queue, _c.needs > groups.c.needs).scalar_subquery()
    groups = groups.union_all(select(following).where(groups.c.needs.is_not(None)))
    if connection.dialect.name == "sqlite":
        names = connection.execute(select(groups.c.needs)).scalars()
        return [
            callback_of(row)
            for name in names
            if name is not None
            for row in connection.execute(_of_group(queue, now, each).where(_c.needs == name)).mappings()
        ]
    of_group = _of_group(queue, now, each).where(_c.needs == groups.c.needs).lateral("head")
    query = select(of_group).select_from(groups.join(of_group, true()))
    return [callback_of(row) for row in connection.execute(query).mappings()]


def _of_group(queue: str, now: datetime, each: int) -> Select[Any]:
    is_current = or_(_c.wakes_at.is_(None), _c.wakes_at > now)
    query = select(*CALLBACK_COLUMNS).where(_c.queue == queue, stage_is(Stage.READY), _c.eligible_at <= now, is_current)
    return query.order_by(_c.order_at, _c.id).limit(each)


def _is_late(queue: str, now: datetime) -> ColumnElement[bool]:
    return and_(_c.queue == queue, _c.wakes_at.is_not(None), _c.wakes_at <= now)


def _late(connection: Connection, queue: str, now: datetime, limit: int) -> list[Callback]:
    query = select(*CALLBACK_COLUMNS).where(_is_late(queue, now)).order_by(_c.wakes_at).limit(limit)
    return [callback_of(row) for row in connection.execute(query).mappings()]


def _merged(ready: Iterable[Callback], late: Iterable[Callback], now: datetime, each: int) -> list[Callback]:
    groups: defaultdict[str, dict[str, Callback]] = defaultdict(dict)
    for callback in (*ready, *late):
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
    query = select(*CALLBACK_COLUMNS).where(_is_late(queue, now)).order_by(_c.wakes_at).limit(BATCH)
    with database.write() as connection:
        rows = connection.execute(query.with_for_update(skip_locked=True)).mappings()
        changes = [_placed_anew(callback_of(row), now) for row in rows]
        if changes:
            names = [name.removeprefix("new_") for name in changes[0] if name != "row_id"]
            statement = update(callbacks).where(_c.id == bindparam("row_id"))
            connection.execute(statement.values({name: bindparam(f"new_{name}") for name in names}), changes)
    return len(changes)


def _placed_anew(callback: Callback, now: datetime) -> dict[str, Any]:
    values = placing_values(place(callback, now))
    return {f"new_{name}": values[name] for name in ("stage", "needs", "wakes_at")} | {"row_id": callback.id}


def _count(connection: Connection, query: Select[Any]) -> int:
    counted: Sequence[Any] = connection.execute(select(func.count()).select_from(query.subquery())).one()
    return int(counted[0])
