"""The tables of signing in, in the same `metadata` as the rest. Column names are the field names of the core."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, String, Table

from ivr.storage.tables import metadata
from ivr.storage.types import BigId, Moment, Words

accounts = Table(
    "accounts",
    metadata,
    Column("id", Words, primary_key=True),
    Column("name", Words, nullable=False),
    Column("role", Words, nullable=False),
    Column("password_hash", Words, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("password_changed_at", Moment, nullable=False),
    Column("is_disabled", Boolean, nullable=False),
    Column("is_temporary", Boolean, nullable=False),
    Column("has_letter_keys", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", Words, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("device", Words, nullable=False),
    Index("ix_sessions_account_id", "account_id"),
    Index("ix_sessions_created_at", "created_at"),
)

# No foreign keys: names that no account has are counted as well, and the history outlives its accounts.
sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    Column("key", Words, primary_key=True),
    Column("level", Float, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_sign_in_tries_at", "at"),
)

account_notes = Table(
    "account_notes",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("kind", Words, nullable=False),
    Column("account_id", Words, nullable=False),
    Column("by", Words, nullable=False),
    Index("ix_account_notes_account_id", "account_id", "id"),
    Index("ix_account_notes_at", "at"),
)
