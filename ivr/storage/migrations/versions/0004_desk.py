"""The agents' desk: wishes, contacts, and whose desk is open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Applies this change."""
    op.add_column("agents", sa.Column("wish", sa.Text))
    op.add_column("agents", sa.Column("wish_reason", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "contacts",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("agent", sa.Text, nullable=False),
        sa.Column("callback_id", sa.String(32), nullable=False),
        sa.Column("attempt", sa.BigInteger, nullable=False),
        sa.Column("began_at", _Moment, nullable=False),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("call_id", "number", "name", "language", "queue", "reason")
        ),
        sa.Column("ended_at", _Moment),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("note_at", _Moment),
        sa.Column("extensions", sa.Integer, nullable=False),
        sa.Column("follow_up_id", sa.Text, nullable=False),
        sa.Column("done_at", _Moment),
        sa.PrimaryKeyConstraint("id", name="pk_contacts"),
        sa.UniqueConstraint("agent", "callback_id", "attempt", name="uq_contacts_attempt"),
    )
    op.create_index("ix_contacts_agent", "contacts", ["agent", "began_at"])
    op.create_index("ix_contacts_number", "contacts", ["number", "began_at"])
    is_open = sa.text("done_at IS NULL")
    op.create_index(
        "ix_contacts_open", "contacts", ["agent", "began_at"], sqlite_where=is_open, postgresql_where=is_open
    )
    op.create_table(
        "desk_presence",
        sa.Column("agent", sa.Text, nullable=False),
        sa.Column("seen_at", _Moment, nullable=False),
        sa.Column("is_watched", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("agent", name="pk_desk_presence"),
    )


def downgrade() -> None:
    """Takes it back; notes and outcomes go with it."""
    op.drop_table("desk_presence")
    op.drop_table("contacts")
    op.drop_column("agents", "wish_reason")
    op.drop_column("agents", "wish")
