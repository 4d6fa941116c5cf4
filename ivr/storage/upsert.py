"""`INSERT … ON CONFLICT` for whichever database is open; both spell it alike, SQLAlchemy types it apart."""

from __future__ import annotations

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_for(connection: Connection, table: Table) -> postgresql.Insert:
    """An insert with the `on_conflict_…` methods of the connection's dialect."""
    return insert_of(connection.dialect.name, table)


def insert_of(dialect: str, table: Table) -> postgresql.Insert:
    """The same by the dialect's name."""
    if dialect == "sqlite":
        # The two classes share the methods used here, but no typed base.
        return sqlite.insert(table)  # type: ignore[return-value]
    return postgresql.insert(table)
