"""People sign in: accounts, sessions, counted tries, and what became of accounts.

Going back keeps the accounts, under another name, for the next upgrade; sessions, counts and history are dropped.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEPT = "accounts_kept_0005"

_Moment = sa.DateTime(timezone=True)
_BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Applies this change."""
    if sa.inspect(op.get_bind()).has_table(KEPT):
        op.rename_table(KEPT, "accounts")
    else:
        _create_accounts()
    _create_sessions()
    _create_counts_and_notes()


def _create_accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("created_at", _Moment, nullable=False),
        sa.Column("password_changed_at", _Moment, nullable=False),
        sa.Column("is_disabled", sa.Boolean, nullable=False),
        sa.Column("is_temporary", sa.Boolean, nullable=False),
        sa.Column("has_letter_keys", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
    )


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("account_id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", _Moment, nullable=False),
        sa.Column("seen_at", _Moment, nullable=False),
        sa.Column("device", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_sessions_account_id", ondelete="CASCADE"),
    )
    op.create_index("ix_sessions_account_id", "sessions", ["account_id"])
    op.create_index("ix_sessions_created_at", "sessions", ["created_at"])


def _create_counts_and_notes() -> None:
    op.create_table(
        "sign_in_tries",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("level", sa.Float, nullable=False),
        sa.Column("at", _Moment, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_sign_in_tries"),
    )
    op.create_index("ix_sign_in_tries_at", "sign_in_tries", ["at"])
    op.create_table(
        "account_notes",
        sa.Column("id", _BigId, autoincrement=True, nullable=False),
        sa.Column("at", _Moment, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("account_id", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account_notes"),
    )
    op.create_index("ix_account_notes_account_id", "account_notes", ["account_id", "id"])
    op.create_index("ix_account_notes_at", "account_notes", ["at"])


def downgrade() -> None:
    """Takes it back: an older version knows no accounts, and answers this machine only."""
    for table in ("account_notes", "sign_in_tries", "sessions"):
        op.drop_table(table)
    op.rename_table("accounts", KEPT)
