"""The tables of bridged conversations, in the same `metadata` as the rest."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, String, Table, text

from ivr.storage.tables import metadata
from ivr.storage.types import Json, Moment, Words

# The conversation itself is one document: it is read and written as a whole, under its row's lock.
bridges = Table(
    "bridges",
    metadata,
    Column("id", Words, primary_key=True),
    Column("callback_id", String(32), nullable=False),
    Column("attempt", BigInteger, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("is_settled", Boolean, nullable=False),
    Column("body", Json, nullable=False),
    Index(
        "ix_bridges_unsettled",
        "opened_at",
        sqlite_where=text("NOT is_settled"),
        postgresql_where=text("NOT is_settled"),
    ),
)

follow_ups = Table(
    "follow_ups",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("agent", Words, nullable=False),
    Column("callback_id", String(32), nullable=False),
    Column("passed_to", Words, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("name", Words, nullable=False),
    Column("number", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("how", Words),
    Column("check_id", Words, nullable=False),
    Column("note", Words, nullable=False),
    Column("done_at", Moment),
    Index(
        "ix_follow_ups_open",
        "agent",
        "created_at",
        sqlite_where=text("state <> 'done'"),
        postgresql_where=text("state <> 'done'"),
    ),
)
