"""Column types that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

from ivr.storage.values import dump_json, load_json, storable, utc

BigId = BigInteger().with_variant(Integer(), "sqlite")
"""A row number that the database gives out (SQLite counts only INTEGER keys by itself)."""


class Moment(TypeDecorator[datetime]):
    """An aware datetime, UTC in and out. SQLite keeps it as text of fixed width, which sorts by time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses naive times."""
        if value is None:
            return None
        at = utc(value)
        return at.replace(tzinfo=None) if dialect.name == "sqlite" else at

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always aware."""
        return None if value is None else as_utc(value)


class Words(TypeDecorator[str]):
    """Text from anywhere, made storable."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Replaces what a database would refuse."""
        return None if value is None else storable(value)


class Json(TypeDecorator[Any]):
    """A JSON document as text: keeps key order and every character, unlike JSONB."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """None stays NULL."""
        return None if value is None else dump_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """NULL becomes None."""
        return None if value is None else as_document(value)


def as_utc(stored: datetime) -> datetime:
    """A time as drivers give it: naive from SQLite, in the session's zone (UTC) from PostgreSQL."""
    if stored.tzinfo is None or not stored.utcoffset():
        return stored.replace(tzinfo=UTC)
    return stored.astimezone(UTC)


def as_document(stored: str) -> Any:
    """JSON as it is stored. Most documents of the queue are empty; those need no parser."""
    made = _EMPTY.get(stored)
    return load_json(stored) if made is None else made()


_EMPTY: dict[str, Callable[[], Any]] = {"{}": dict, "[]": list}
