"""The tables. Migrations create them; a test keeps both equal. Column names are the field names of `ivr.ports`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, MetaData, String, Table

from ivr.storage.types import BigId, Json, Moment, Words

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

calls = Table(
    "calls",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("carrier_sid", Words, nullable=False, unique=True),
    Column("flow", Words, nullable=False),
    Column("flow_version", Words, nullable=False),
    Column("caller", Words, nullable=False),
    Column("dialled", Words, nullable=False),
    Column("direction", Words, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("answered_at", Moment),
    Column("ended_at", Moment),
    Column("status", Words, nullable=False),
    Column("outcome", Words),
    Column("end_cause", Words),
    Column("language", Words),
    Column("node_id", Words),
    Column("resumes", Integer, nullable=False),
    Column("snapshot", Json),
    Column("intent", Words),
    Column("recorded", Boolean, nullable=False),
    Column("attested", Words, nullable=False, server_default=""),
    Index("ix_calls_created_at", "created_at"),
    Index("ix_calls_caller", "caller", "created_at"),
    Index("ix_calls_node_id_status", "node_id", "status"),
)

legs = Table(
    "legs",
    metadata,
    Column("call_id", String(32), ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
    Column("carrier_sid", Words, primary_key=True),
    Column("status", Words, nullable=False),
    Column("rank", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("changed_at", Moment, nullable=False),
)

turns = Table(
    "turns",
    metadata,
    Column("call_id", String(32), ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("side", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("node", Words, nullable=False),
    Column("how", Words, nullable=False),
    Column("confidence", Float),
    Column("details", Json, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("call_id", String(32), ForeignKey("calls.id", ondelete="CASCADE"), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("kind", Words, nullable=False),
    Column("facts", Json, nullable=False),
    Index("ix_events_call_id", "call_id", "id"),
)

media_nodes = Table(
    "media_nodes",
    metadata,
    Column("id", Words, primary_key=True),
    Column("url", Words, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("live", Integer, nullable=False),
    Column("heartbeat_at", Moment, nullable=False),
    Column("draining", Boolean, nullable=False),
)

# No foreign keys: a ticket lives a minute, and must neither keep a node's row alive nor fail with it.
stream_tickets = Table(
    "stream_tickets",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("call_id", Words, nullable=False),
    Column("node_id", Words, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Index("ix_stream_tickets_call_id", "call_id"),
    Index("ix_stream_tickets_node_id", "node_id"),
    Index("ix_stream_tickets_expires_at", "expires_at"),
)

webhook_ledger = Table(
    "webhook_ledger",
    metadata,
    Column("key", Words, primary_key=True),
    Column("status", Integer, nullable=False),
    Column("body", Words, nullable=False),
    Column("content_type", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_webhook_ledger_at", "at"),
)

# No foreign key to calls: a request is a promise and outlives the record of the call it came from.
requests = Table(
    "requests",
    metadata,
    Column("reference", String(12), primary_key=True),
    Column("key", Words, unique=True),
    Column("name", Words, nullable=False),
    Column("number", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("call_id", Words, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("status", Words, nullable=False),
    Index("ix_requests_status_created_at", "status", "created_at"),
)
