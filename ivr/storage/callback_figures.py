"""What is counted over promises and legs: conversations, dials, kept promises, caps. Only reads."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, case, func, literal_column, not_, or_, select

from ivr.core.queueing.legs import LegOutcome
from ivr.core.queueing.model import CallbackState, Kind
from ivr.storage.measures import talk_secs
from ivr.storage.queue_rows import unread
from ivr.storage.queue_tables import callback_legs, callbacks
from ivr.storage.types import as_utc

_c = callbacks.c
_l = callback_legs.c
_IS_CALL = _c.kind == Kind.CALLBACK.value
_WAS_DIALLED = and_(
    _l.number != literal_column("''"), or_(_l.outcome.is_(None), _l.outcome != LegOutcome.NEVER_PLACED.value)
)
# Spelt as the partial indexes spell them.
_IS_DONE = _c.state == literal_column("'done'")
_IS_CUSTOMER = _l.role == literal_column("'customer'")
_ACCEPTED = select(func.max(_l.accepted_at)).where(_l.callback_id == _c.id, _l.attempt == _c.attempt)
_TALKS = (
    select(unread(_c.connected_at), unread(_c.state_at), _ACCEPTED.scalar_subquery())
    .where(_c.queue == bindparam("queue"), _IS_DONE, _c.connected_at.is_not(None), _c.state_at.is_not(None))
    .order_by(_c.state_at.desc(), _c.id.desc())
    .limit(bindparam("most"))
)


def handle_secs(connection: Connection, queue: str, limit: int) -> list[float]:
    """`CallbackStore.handle_secs`."""
    talks = connection.execute(_TALKS, {"queue": queue, "most": limit}).all()
    return [talk_secs(as_utc(began), as_utc(ended), [accepted]) for began, ended, accepted in talks]


def dials(connection: Connection, number: str, since: datetime) -> int:
    """`CallbackStore.dials`."""
    is_wanted = and_(_IS_CUSTOMER, _WAS_DIALLED, _l.number == number, _l.created_at >= since)
    return _number(connection, select(func.count()).select_from(callback_legs).where(is_wanted))


def all_dials(connection: Connection, since: datetime) -> int:
    """`CallbackStore.all_dials`."""
    query = select(func.count()).select_from(callback_legs).where(_WAS_DIALLED, _l.created_at >= since)
    return _number(connection, query)


def last_dial(connection: Connection, number: str) -> datetime | None:
    """`CallbackStore.last_dial`."""
    query = select(_l.created_at).where(_IS_CUSTOMER, _WAS_DIALLED, _l.number == number)
    return connection.execute(query.order_by(_l.created_at.desc()).limit(1)).scalar()


def promises(
    connection: Connection, since: datetime, caller: str, prefix: str, attested: str, *, others_only: bool
) -> int:
    """`CallbackStore.promises`."""
    conditions: list[ColumnElement[bool]] = [_IS_CALL, _c.made_at >= since]
    if caller:
        conditions.append(_c.caller == caller)
    if prefix:
        conditions.append(_c.number.startswith(prefix, autoescape=True))
    if attested:
        conditions.append(_c.attested == attested)
    if others_only:
        conditions.append(_c.number != _c.caller)
    return _number(connection, select(func.count()).select_from(callbacks).where(*conditions))


def kept(connection: Connection, since: datetime, queue: str, now: datetime) -> tuple[int, int]:
    """`CallbackStore.kept`: `measures.was_due` and `was_kept` in SQL."""
    is_cancelled = and_(_c.state == CallbackState.CANCELLED.value, _c.connected_at.is_(None))
    is_due = or_(
        and_(is_cancelled, _c.state_at > _c.promised_to),
        and_(not_(is_cancelled), or_(_c.connected_at.is_not(None), _c.promised_to <= now)),
    )
    is_kept = and_(
        _c.connected_at.is_not(None),
        _c.connected_at <= _c.promised_to,
        or_(_c.is_time_chosen.is_(False), _c.connected_at >= _c.promised_from),
    )
    conditions = [_IS_CALL, _c.promised_to >= since, is_due]
    if queue:
        conditions.append(_c.queue == queue)
    query = select(func.coalesce(func.sum(case((is_kept, 1), else_=0)), 0), func.count()).where(*conditions)
    found = connection.execute(query.select_from(callbacks)).one()
    return int(found[0]), int(found[1])


def _number(connection: Connection, query: Select[int]) -> int:
    return int(connection.execute(query).scalar_one())
