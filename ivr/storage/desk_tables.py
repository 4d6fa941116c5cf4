"""The tables of the agents' desk, in the same `metadata` as the rest. Column names are the field names of the ports."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, UniqueConstraint, text

from ivr.storage.tables import metadata
from ivr.storage.types import Moment, Words

# No foreign keys: what somebody worked on outlives the people and the promises it was about.
contacts = Table(
    "contacts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("agent", Words, nullable=False),
    Column("callback_id", String(32), nullable=False),
    Column("attempt", BigInteger, nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("call_id", Words, nullable=False),
    Column("number", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("queue", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("ended_at", Moment),
    Column("outcome", Words, nullable=False),
    Column("note", Words, nullable=False),
    Column("note_at", Moment),
    Column("extensions", Integer, nullable=False),
    Column("follow_up_id", Words, nullable=False),
    Column("done_at", Moment),
    UniqueConstraint("agent", "callback_id", "attempt", name="uq_contacts_attempt"),
    Index("ix_contacts_agent", "agent", "began_at"),
    Index("ix_contacts_number", "number", "began_at"),
    Index(
        "ix_contacts_open",
        "agent",
        "began_at",
        sqlite_where=text("done_at IS NULL"),
        postgresql_where=text("done_at IS NULL"),
    ),
)

desk_presence = Table(
    "desk_presence",
    metadata,
    Column("agent", Words, primary_key=True),
    Column("seen_at", Moment, nullable=False),
    Column("is_watched", Boolean, nullable=False),
)
