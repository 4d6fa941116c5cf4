"""The lists of the callbacks page: buckets, search, how many. Says in SQL what `measures.bucket_of` says of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, false, func, not_, or_, select, true

from ivr.core.queueing.model import Callback, CallbackState, Kind
from ivr.ports import Bucket, Search
from ivr.storage.measures import DAY, MOST_COUNTED
from ivr.storage.placing import Stage
from ivr.storage.queue_rows import CALLBACK_COLUMNS, callback_of
from ivr.storage.queue_statements import SEVERAL_CALLBACKS, stage_before, stage_is
from ivr.storage.queue_tables import callbacks
from ivr.storage.searching import SEARCHED_BACK, sought

_c = callbacks.c
_IS_LISTED = _c.kind != Kind.TRANSFER.value
"""Callers on the line are nobody's to move or cancel: they are over within seconds."""
_SEARCHED = (_c.number, _c.name, _c.reason, _c.code, _c.id)


def search(connection: Connection, search: Search, now: datetime) -> tuple[list[Callback], int]:
    """`CallbackStore.search`."""
    if search.bucket is None and sought(search.text).words:
        return _search_words(connection, search, now)
    is_wanted = and_(true(), *_conditions(search, now))
    query = select(*CALLBACK_COLUMNS).where(is_wanted).order_by(*_order(search))
    rows = connection.execute(query.limit(search.limit).offset(search.offset))
    return [callback_of(row) for row in rows], _count(connection, is_wanted)


def _search_words(connection: Connection, search: Search, now: datetime) -> tuple[list[Callback], int]:
    """Class by class, each along its own index: left to choose, a database may read every promise there ever was."""
    ended_after = now - SEARCHED_BACK
    classes = (
        stage_before(Stage.FAILED),
        stage_is(Stage.FAILED),
        and_(stage_is(Stage.CLOSED), _c.state_at > ended_after),
    )
    conditions, found = _conditions(search, now), list[tuple[Any, ...]]()
    for of_class in classes:
        query = select(_c.promised_to, _c.arrived_at, _c.id).where(of_class, *conditions).order_by(*_order(search))
        found += map(tuple, connection.execute(query.limit(MOST_COUNTED)).all())
    ids = [id_ for _, _, id_ in sorted(found)[:MOST_COUNTED]]
    page = ids[search.offset : search.offset + search.limit]
    rows = connection.execute(SEVERAL_CALLBACKS, {"ids": page}).all() if page else []
    return sorted(map(callback_of, rows), key=lambda one: page.index(one.id)), len(ids)


def counts(connection: Connection, now: datetime, day_ends_at: datetime, queue: str) -> Mapping[Bucket, int]:
    """`CallbackStore.counts`."""
    is_of_queue = [_IS_LISTED, *([_c.queue == queue] if queue else [])]
    return {bucket: _count(connection, and_(_is_in(bucket, now, day_ends_at), *is_of_queue)) for bucket in Bucket}


def _order(search: Search) -> Sequence[ColumnElement[Any]]:
    if search.bucket is Bucket.DONE:
        return _c.state_at.desc(), _c.id
    return _c.promised_to, _c.arrived_at, _c.id


def _conditions(search: Search, now: datetime) -> Sequence[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [_IS_LISTED]
    if search.bucket is not None:
        ends_at = search.day_ends_at
        conditions.append(false() if ends_at is None else _is_in(search.bucket, now, ends_at))
    if search.states:
        conditions.append(_c.state.in_([state.value for state in search.states]))
    if search.queue:
        conditions.append(_c.queue == search.queue)
    return [*conditions, *_sought(search.text)]


def _sought(text: str) -> Sequence[ColumnElement[bool]]:
    asked = sought(text)
    if asked.id:
        return [_c.id == asked.id]
    if asked.number:
        return [_c.number == asked.number]
    return [or_(*(column.icontains(asked.words, autoescape=True) for column in _SEARCHED))] if asked.words else []


def _is_in(bucket: Bucket, now: datetime, day_ends_at: datetime) -> ColumnElement[bool]:
    is_open, is_flying = stage_before(Stage.FAILED), stage_is(Stage.IN_FLIGHT)
    is_talking = and_(is_flying, _c.state == CallbackState.CONNECTED.value)
    is_overdue = and_(is_open, _c.promised_to < now, not_(is_talking))
    in_time = and_(is_open, _c.promised_to >= now)
    match bucket:
        case Bucket.OVERDUE:
            return is_overdue
        case Bucket.NOW:
            # Open is said first, and once: the index of open ones is not seen behind an "or".
            return and_(is_open, or_(is_talking, and_(_c.promised_to >= now, or_(is_flying, _c.eligible_at <= now))))
        case Bucket.LATER:
            return and_(in_time, not_(is_flying), _c.eligible_at > now, _c.eligible_at <= day_ends_at)
        case Bucket.ANOTHER_DAY:
            return and_(in_time, not_(is_flying), _c.eligible_at > now, _c.eligible_at > day_ends_at)
        case Bucket.NEEDS_PERSON:
            return stage_is(Stage.FAILED)
        case Bucket.DONE:
            return and_(stage_is(Stage.CLOSED), _c.state_at > day_ends_at - DAY)


def _count(connection: Connection, condition: Any) -> int:
    query = select(_c.id).where(condition).limit(MOST_COUNTED).subquery()
    return int(connection.execute(select(func.count()).select_from(query)).scalar_one())
