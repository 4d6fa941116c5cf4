"""Bridged conversations, and follow-ups of calls that were passed on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_OPEN = {"bridges": sa.text("NOT is_settled"), "follow_ups": sa.text("state <> 'done'")}


def upgrade() -> None:
    """Applies this change."""
    op.create_table(
        "bridges",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("callback_id", sa.String(32), nullable=False),
        sa.Column("attempt", sa.BigInteger, nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("is_settled", sa.Boolean, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("agent", sa.Text, nullable=False),
        sa.Column("callback_id", sa.String(32), nullable=False),
        sa.Column("passed_to", sa.Text, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("how", sa.Text),
        sa.Column("check_id", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("done_at", _MOMENT),
    )
    _index("ix_bridges_unsettled", "bridges", ["opened_at"])
    _index("ix_follow_ups_open", "follow_ups", ["agent", "created_at"])


def downgrade() -> None:
    """Takes it back. Conversations that go on are lost to us then, not to those who talk."""
    op.drop_table("follow_ups")
    op.drop_table("bridges")


def _index(name: str, table: str, columns: list[str]) -> None:
    op.create_index(name, table, columns, sqlite_where=_OPEN[table], postgresql_where=_OPEN[table])
