"""Calls, legs, turns and events in SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, tuple_, update

from ivr.ports import CallRecord, EventRecord, LegRecord, TurnRecord
from ivr.storage import tables
from ivr.storage.database import Database
from ivr.storage.upsert import insert_for

CHANGEABLE = frozenset(field.name for field in fields(CallRecord)) - {"id", "carrier_sid"}
"""Fields that `update` accepts."""


class SqlCallStore:
    """`ivr.ports.CallStore` over a database."""

    def __init__(self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._now = now

    def create(self, call: CallRecord) -> CallRecord:
        """Stores a new call, or returns the one that has this `carrier_sid` already."""
        row = asdict(call) | {"created_at": call.created_at or self._now()}
        with self._database.write() as connection:
            insert = insert_for(connection, tables.calls).values(row)
            connection.execute(insert.on_conflict_do_nothing(index_elements=["carrier_sid"]))
            found = select(tables.calls).where(tables.calls.c.carrier_sid == call.carrier_sid)
            return CallRecord(**connection.execute(found).mappings().one())

    def get(self, call_id: str) -> CallRecord | None:
        """The call by our id."""
        return self._one(tables.calls.c.id == call_id)

    def by_sid(self, carrier_sid: str) -> CallRecord | None:
        """The call by the carrier's id."""
        return self._one(tables.calls.c.carrier_sid == carrier_sid)

    def update(self, call_id: str, **changes: Any) -> None:
        """Changes fields by name; `KeyError` for an unknown call or field."""
        unknown = sorted(changes.keys() - CHANGEABLE)
        if unknown:
            raise KeyError(unknown[0])
        with self._database.write() as connection:
            where = tables.calls.c.id == call_id
            if not changes:
                found = connection.execute(select(tables.calls.c.id).where(where)).first() is not None
            else:
                found = connection.execute(update(tables.calls).where(where).values(changes)).rowcount > 0
        if not found:
            raise KeyError(call_id)

    def end(self, call_id: str, *, ended_at: datetime, outcome: str, cause: str) -> bool:
        """Ends a call once; `KeyError` for an unknown one."""
        calls = tables.calls
        change = update(calls).where(calls.c.id == call_id, calls.c.status != "ended")
        with self._database.write() as connection:
            values = {"status": "ended", "ended_at": ended_at, "outcome": outcome, "end_cause": cause}
            if connection.execute(change.values(values)).rowcount:
                return True
            if connection.execute(select(calls.c.id).where(calls.c.id == call_id)).first() is None:
                raise KeyError(call_id)
            return False

    def save_snapshot(self, call_id: str, node_id: str, snapshot: Mapping[str, Any]) -> bool:
        """Saves for the owning node; a call without an owner becomes this node's."""
        calls = tables.calls
        is_ours = or_(calls.c.node_id == node_id, calls.c.node_id.is_(None))
        change = update(calls).where(calls.c.id == call_id, is_ours)
        with self._database.write() as connection:
            done = connection.execute(change.values(snapshot=dict(snapshot), node_id=node_id))
            return done.rowcount > 0

    def add_turns(self, turns: Sequence[TurnRecord]) -> None:
        """Adds turns; a number written before is replaced, so a repeated write does no harm."""
        if not turns:
            return
        with self._database.write() as connection:
            insert = insert_for(connection, tables.turns)
            changed = {name: insert.excluded[name] for name in _TURN_FIELDS}
            upsert = insert.on_conflict_do_update(index_elements=["call_id", "number"], set_=changed)
            connection.execute(upsert, [asdict(turn) for turn in turns])

    def add_events(self, events: Sequence[EventRecord]) -> None:
        """Appends events in the given order."""
        if not events:
            return
        rows = [
            {"call_id": each.call_id, "at_ms": each.at_ms, "kind": each.kind, "facts": dict(each.values)}
            for each in events
        ]
        with self._database.write() as connection:
            connection.execute(insert_for(connection, tables.events), rows)

    def turns(self, call_id: str) -> list[TurnRecord]:
        """Turns in order of their number."""
        turns = tables.turns
        query = select(turns).where(turns.c.call_id == call_id).order_by(turns.c.number)
        with self._database.read() as connection:
            return [TurnRecord(**row) for row in connection.execute(query).mappings()]

    def events(self, call_id: str) -> list[EventRecord]:
        """Events in the order they were added."""
        events = tables.events
        columns = (events.c.call_id, events.c.at_ms, events.c.kind, events.c.facts)
        query = select(*columns).where(events.c.call_id == call_id).order_by(events.c.id)
        with self._database.read() as connection:
            return [EventRecord(*row) for row in connection.execute(query)]

    def recent(self, limit: int = 50) -> list[CallRecord]:
        """Newest calls first."""
        calls = tables.calls
        query = select(calls).order_by(calls.c.created_at.desc(), calls.c.id).limit(limit)
        with self._database.read() as connection:
            return [CallRecord(**row) for row in connection.execute(query).mappings()]

    def of_caller(self, caller: str, *, limit: int = 5) -> list[CallRecord]:
        """Newest first."""
        calls = tables.calls
        query = select(calls).where(calls.c.caller == caller).order_by(calls.c.created_at.desc(), calls.c.id)
        if not caller:
            return []
        with self._database.read() as connection:
            return [CallRecord(**row) for row in connection.execute(query.limit(limit)).mappings()]

    def set_leg(self, call_id: str, carrier_sid: str, *, status: str, rank: int, sequence: int, at: datetime) -> bool:
        """True when the row is new or (rank, sequence) was higher than before."""
        legs = tables.legs
        row: dict[str, Any] = {"call_id": call_id, "carrier_sid": carrier_sid, "status": status}
        row |= {"rank": rank, "sequence": sequence, "changed_at": at}
        with self._database.write() as connection:
            insert = insert_for(connection, legs).values(row)
            is_later = tuple_(insert.excluded.rank, insert.excluded.sequence) > tuple_(legs.c.rank, legs.c.sequence)
            changed = {name: insert.excluded[name] for name in ("status", "rank", "sequence", "changed_at")}
            upsert = insert.on_conflict_do_update(
                index_elements=["call_id", "carrier_sid"], set_=changed, where=is_later
            )
            return connection.execute(upsert.returning(legs.c.rank)).first() is not None

    def legs(self, call_id: str) -> list[LegRecord]:
        """The legs of a call, by their carrier id."""
        legs = tables.legs
        query = select(legs).where(legs.c.call_id == call_id).order_by(legs.c.carrier_sid)
        with self._database.read() as connection:
            return [LegRecord(**row) for row in connection.execute(query).mappings()]

    def live_on(self, node_id: str) -> list[CallRecord]:
        """Calls in progress that a node owns, oldest first."""
        calls = tables.calls
        query = select(calls).where(calls.c.node_id == node_id, calls.c.status == "in_progress")
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(calls.c.created_at, calls.c.id)).mappings()
            return [CallRecord(**row) for row in rows]

    def live_since(self, since: datetime, *, caller: str = "", without_node: bool = False) -> int:
        """Calls since then that are not over."""
        calls = tables.calls
        query = select(func.count()).where(calls.c.created_at >= since, calls.c.status != "ended")
        if caller:
            query = query.where(calls.c.caller == caller)
        if without_node:
            query = query.where(calls.c.node_id.is_(None))
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def _one(self, condition: ColumnElement[bool]) -> CallRecord | None:
        with self._database.read() as connection:
            row = connection.execute(select(tables.calls).where(condition)).mappings().first()
        return None if row is None else CallRecord(**row)


_TURN_FIELDS = ("at_ms", "side", "text", "node", "how", "confidence", "details")
