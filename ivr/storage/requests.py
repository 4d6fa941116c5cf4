"""Requests that callers left, in SQL."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, update

from ivr.ports import RequestRecord, RequestStatus, StoreFailed
from ivr.storage import tables
from ivr.storage.database import Database
from ivr.storage.upsert import insert_for

REFERENCE_ATTEMPTS = 20
_COLUMNS = [column for column in tables.requests.c if column.key != "key"]


def random_reference() -> str:
    """Six digits without a leading zero: short enough to say, not to be guessed from another one."""
    return str(100_000 + secrets.randbelow(900_000))


class SqlRequestStore:
    """`ivr.ports.RequestStore` over a database."""

    def __init__(self, database: Database, new_reference: Callable[[], str] = random_reference) -> None:
        self._database = database
        self._new_reference = new_reference

    def add(
        self, *, key: str, name: str, number: str, reason: str, language: str, call_id: str, at: datetime
    ) -> RequestRecord:
        """Stores a request once per key. `StoreFailed("no_free_reference")` when every number tried is taken."""
        row: dict[str, Any] = {
            "key": key or None,
            "name": name,
            "number": number,
            "reason": reason,
            "language": language,
        }
        row |= {"call_id": call_id, "created_at": at, "status": RequestStatus.OPEN.value}
        with self._database.write() as connection:
            for _ in range(REFERENCE_ATTEMPTS):
                known = _one(connection, tables.requests.c.key == key) if key else None
                if known is not None:
                    return known
                reference = self._new_reference()
                insert = insert_for(connection, tables.requests).values(row | {"reference": reference})
                added = insert.on_conflict_do_nothing().returning(*_COLUMNS)
                new = connection.execute(added).mappings().first()
                if new is not None:
                    return _record(new)
        raise StoreFailed("no_free_reference", retryable=True)

    def get(self, reference: str) -> RequestRecord | None:
        """The request with this number."""
        with self._database.read() as connection:
            return _one(connection, tables.requests.c.reference == reference)

    def recent(self, limit: int = 50, *, status: RequestStatus | None = None) -> list[RequestRecord]:
        """Newest first, all or those of one status."""
        query = select(*_COLUMNS).order_by(tables.requests.c.created_at.desc(), tables.requests.c.reference)
        if status is not None:
            query = query.where(tables.requests.c.status == status.value)
        with self._database.read() as connection:
            return [_record(row) for row in connection.execute(query.limit(limit)).mappings()]

    def set_status(self, reference: str, status: RequestStatus) -> None:
        """`KeyError` for an unknown reference."""
        change = update(tables.requests).where(tables.requests.c.reference == reference)
        with self._database.write() as connection:
            done = connection.execute(change.values(status=status.value))
        if not done.rowcount:
            raise KeyError(reference)


def _one(connection: Connection, condition: ColumnElement[bool]) -> RequestRecord | None:
    row = connection.execute(select(*_COLUMNS).where(condition)).mappings().first()
    return None if row is None else _record(row)


def _record(row: Mapping[Any, Any]) -> RequestRecord:
    return RequestRecord(**{**row, "status": RequestStatus(row["status"])})
