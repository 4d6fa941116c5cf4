"""Statements that run many times a second, built once: building one takes longer than running it.

Parameters are named as in the stores' methods. `needs`, `order_at`, `id` and the literal stages are what the partial
indexes of `queue_tables` are made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    func,
    insert,
    literal_column,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import Insert

from ivr.storage.placing import Stage
from ivr.storage.queue_rows import AGENT_COLUMNS, CALLBACK_COLUMNS, LEG_COLUMNS, PLACED_COLUMNS, unread
from ivr.storage.queue_tables import agents, callback_history, callback_legs, callbacks, texts
from ivr.storage.upsert import insert_of

_c, _l, _a = callbacks.c, callback_legs.c, agents.c


def stage_is(stage: Stage) -> ColumnElement[bool]:
    """Spelt as the partial indexes spell it."""
    return _c.stage == literal_column(str(int(stage)))


def stage_before(stage: Stage) -> ColumnElement[bool]:
    """The same for `stage < n`."""
    return _c.stage < literal_column(str(int(stage)))


def _by_age(query: Select[Any]) -> Select[Any]:
    return query.order_by(_l.attempt, _l.created_at, _l.tag)


# One attempt.
CALLBACK = select(*CALLBACK_COLUMNS).where(_c.id == bindparam("id"))
LOCKED_CALLBACK = select(*PLACED_COLUMNS).where(_c.id == bindparam("id")).with_for_update()
LOCKED_AGENT = select(*AGENT_COLUMNS).where(_a.id == bindparam("id")).with_for_update()
LEG_PLACE = select(_l.callback_id, _l.attempt).where(_l.tag == bindparam("tag"))
LEGS_OF_ATTEMPT = _by_age(
    select(*LEG_COLUMNS).where(_l.callback_id == bindparam("id"), _l.attempt == bindparam("attempt"))
)

SEVERAL_CALLBACKS = select(*CALLBACK_COLUMNS).where(_c.id.in_(bindparam("ids", expanding=True)))

# Many at once; rows that others hold are left out.
FREE_CALLBACKS = (
    select(*PLACED_COLUMNS)
    .where(_c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_c.id)
    .with_for_update(skip_locked=True)
)
FREE_AGENTS = (
    select(*AGENT_COLUMNS)
    .where(_a.id.in_(bindparam("ids", expanding=True)))
    .order_by(_a.id)
    .with_for_update(skip_locked=True)
)
LEGS_OF_MANY = _by_age(select(*LEG_COLUMNS).where(_l.callback_id.in_(bindparam("ids", expanding=True))))

ADD_HISTORY = insert(callback_history)

# The line.
_IN_QUEUE = and_(_c.queue == bindparam("queue"), stage_is(Stage.READY))
IS_LATE = and_(_c.queue == bindparam("queue"), _c.wakes_at.is_not(None), _c.wakes_at <= bindparam("now"))
LATE = select(*CALLBACK_COLUMNS).where(IS_LATE).order_by(_c.wakes_at).limit(bindparam("most"))
LOCKED_LATE = LATE.with_for_update(skip_locked=True)
_FIRST_READY = (
    select(*CALLBACK_COLUMNS)
    .where(
        _IN_QUEUE,
        _c.eligible_at <= bindparam("now"),
        or_(_c.wakes_at.is_(None), _c.wakes_at > bindparam("now")),
    )
    .order_by(_c.order_at, _c.id)
    .limit(bindparam("each"))
)


def _groups() -> CTE:
    """The distinct needs of a queue, found by leaping from one to the next along the index; at last a NULL."""
    groups = select(func.min(_c.needs).label("needs")).where(_IN_QUEUE).cte("groups", recursive=True)
    following = select(func.min(_c.needs)).where(_IN_QUEUE, _c.needs > groups.c.needs).scalar_subquery()
    return groups.union_all(select(following).where(groups.c.needs.is_not(None)))


def _heads() -> Select[Any]:
    groups = _groups()
    of_group = _FIRST_READY.where(_c.needs == groups.c.needs).lateral("head")
    return select(of_group).select_from(groups.join(of_group, true()))


GROUPS = select(_groups().c.needs)
HEADS = _heads()
"""All groups in one statement. SQLite has no LATERAL; there every group of `GROUPS` has a `HEADS_OF_GROUP`."""
HEADS_OF_GROUP = _FIRST_READY.where(_c.needs == bindparam("needs"))
_PLACE = (_c.id, unread(_c.order_at), _c.needs)


def _places_by_lateral(*conditions: ColumnElement[bool]) -> Select[Any]:
    groups = _groups()
    first = _FIRST_READY.with_only_columns(*_PLACE).where(_c.needs == groups.c.needs, *conditions)
    of_group = first.lateral("head")
    return select(of_group).select_from(groups.join(of_group, true()))


def _places_by_id(*, is_bounded: bool = False) -> Select[Any]:
    """For SQLite: the ids of each group by a subquery of their own."""
    groups, inner = _groups(), callbacks.alias("of_group")
    conditions = [inner.c.order_at <= bindparam("last")] if is_bounded else []
    first = (
        select(inner.c.id)
        .where(
            inner.c.queue == bindparam("queue"),
            inner.c.stage == literal_column(str(int(Stage.READY))),
            inner.c.needs == groups.c.needs,
            inner.c.eligible_at <= bindparam("now"),
            or_(inner.c.wakes_at.is_(None), inner.c.wakes_at > bindparam("now")),
            *conditions,
        )
        .order_by(inner.c.order_at, inner.c.id)
        .limit(bindparam("each"))
        .correlate(groups)
    )
    return select(*_PLACE).select_from(groups.join(callbacks, _c.id.in_(first)))


PLACES = {"sqlite": _places_by_id(), "postgresql": _places_by_lateral()}
"""The same heads by as little as a line needs, by dialect."""
PLACES_UNTIL = {
    "sqlite": _places_by_id(is_bounded=True),
    "postgresql": _places_by_lateral(_c.order_at <= bindparam("last")),
}
"""Of them those up to a place."""


def _number(query: Select[Any]) -> Select[int]:
    return select(func.count()).select_from(query.limit(bindparam("cap")).subquery())


_IS_BEFORE = and_(
    _c.queue == bindparam("queue"), _c.order_at < bindparam("order_at"), _c.eligible_at <= bindparam("now")
)
# Ordered, or the database may think that reading all rows finds so many sooner.
_READY_AHEAD = _number(select(_c.order_at).where(stage_is(Stage.READY), _IS_BEFORE).order_by(_c.order_at))
_LATE_AHEAD = _number(select(_c.wakes_at).where(IS_LATE, stage_is(Stage.SCHEDULED), _IS_BEFORE).order_by(_c.wakes_at))
AHEAD = select(_READY_AHEAD.scalar_subquery() + _LATE_AHEAD.scalar_subquery())
WAITING = _number(
    select(_c.eligible_at)
    .where(_c.queue == bindparam("queue"), _c.eligible_at <= bindparam("now"), stage_before(Stage.IN_FLIGHT))
    .order_by(_c.eligible_at)
)
SCHEDULED = (
    select(unread(_c.eligible_at))
    .where(
        _c.queue == bindparam("queue"),
        _c.eligible_at > bindparam("after"),
        _c.eligible_at < bindparam("before"),
        stage_before(Stage.IN_FLIGHT),
    )
    .order_by(_c.eligible_at)
    .limit(bindparam("most"))
)


@cache
def changing(table: Table, names: Sequence[str]) -> Update:
    """Sets these columns to `new_…` in the row `row_id`."""
    statement = update(table).where(table.c.id == bindparam("row_id"))
    return statement.values({name: bindparam(f"new_{name}") for name in names})


@cache
def putting_legs(dialect: str) -> Insert:
    """Adds legs, or replaces them by their tag."""
    statement = insert_of(dialect, callback_legs)
    changed = {column.name: statement.excluded[column.name] for column in callback_legs.c if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=["tag"], set_=changed)


@cache
def adding_texts(dialect: str) -> Insert:
    """Queues texts; those whose key is there already are left alone."""
    return insert_of(dialect, texts).on_conflict_do_nothing(index_elements=["key"])
