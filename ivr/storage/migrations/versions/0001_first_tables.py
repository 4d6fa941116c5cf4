"""First tables: calls and what belongs to them, media nodes, webhook ledger, requests.

Column types are written out here: a migration must not change when the tables of today do.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_Moment = sa.DateTime(timezone=True)
_BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Applies this change."""
    _create_calls()
    _create_parts_of_calls()
    _create_media()
    _create_ledger_and_requests()


def downgrade() -> None:
    """Undoes it."""
    for name in ("requests", "webhook_ledger", "stream_tickets", "media_nodes", "events", "turns", "legs", "calls"):
        op.drop_table(name)


def _create_calls() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("carrier_sid", sa.Text, nullable=False),
        sa.Column("flow", sa.Text, nullable=False),
        sa.Column("flow_version", sa.Text, nullable=False),
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("dialled", sa.Text, nullable=False),
        sa.Column("direction", sa.Text, nullable=False),
        sa.Column("created_at", _Moment, nullable=False),
        sa.Column("answered_at", _Moment),
        sa.Column("ended_at", _Moment),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("end_cause", sa.Text),
        sa.Column("language", sa.Text),
        sa.Column("node_id", sa.Text),
        sa.Column("resumes", sa.Integer, nullable=False),
        sa.Column("snapshot", sa.Text),
        sa.Column("intent", sa.Text),
        sa.Column("recorded", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
        sa.UniqueConstraint("carrier_sid", name="uq_calls_carrier_sid"),
    )
    op.create_index("ix_calls_created_at", "calls", ["created_at"])
    op.create_index("ix_calls_node_id_status", "calls", ["node_id", "status"])


def _create_parts_of_calls() -> None:
    op.create_table(
        "legs",
        sa.Column("call_id", sa.String(32), nullable=False),
        sa.Column("carrier_sid", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("rank", sa.BigInteger, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("changed_at", _Moment, nullable=False),
        sa.PrimaryKeyConstraint("call_id", "carrier_sid", name="pk_legs"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_legs_call_id", ondelete="CASCADE"),
    )
    op.create_table(
        "turns",
        sa.Column("call_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("side", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("node", sa.Text, nullable=False),
        sa.Column("how", sa.Text, nullable=False),
        sa.Column("confidence", sa.Float),
        sa.Column("details", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("call_id", "number", name="pk_turns"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_turns_call_id", ondelete="CASCADE"),
    )
    op.create_table(
        "events",
        sa.Column("id", _BigId, nullable=False, autoincrement=True),
        sa.Column("call_id", sa.String(32), nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_events_call_id", ondelete="CASCADE"),
    )
    op.create_index("ix_events_call_id", "events", ["call_id", "id"])


def _create_media() -> None:
    op.create_table(
        "media_nodes",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("live", sa.Integer, nullable=False),
        sa.Column("heartbeat_at", _Moment, nullable=False),
        sa.Column("draining", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_media_nodes"),
    )
    op.create_table(
        "stream_tickets",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("call_id", sa.Text, nullable=False),
        sa.Column("node_id", sa.Text, nullable=False),
        sa.Column("expires_at", _Moment, nullable=False),
        sa.Column("used_at", _Moment),
        sa.PrimaryKeyConstraint("token_hash", name="pk_stream_tickets"),
    )
    for column in ("call_id", "node_id", "expires_at"):
        op.create_index(f"ix_stream_tickets_{column}", "stream_tickets", [column])


def _create_ledger_and_requests() -> None:
    op.create_table(
        "webhook_ledger",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("content_type", sa.Text, nullable=False),
        sa.Column("at", _Moment, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_webhook_ledger"),
    )
    op.create_index("ix_webhook_ledger_at", "webhook_ledger", ["at"])
    op.create_table(
        "requests",
        sa.Column("reference", sa.String(12), nullable=False),
        sa.Column("key", sa.Text),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("call_id", sa.Text, nullable=False),
        sa.Column("created_at", _Moment, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("reference", name="pk_requests"),
        sa.UniqueConstraint("key", name="uq_requests_key"),
    )
    op.create_index("ix_requests_status_created_at", "requests", ["status", "created_at"])
