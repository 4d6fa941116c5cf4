"""Calls keep how far their calling number was vouched for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies this change: nobody said anything about the calls that were before."""
    op.add_column("calls", sa.Column("attested", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    """Takes it back; what was promised keeps its own note of it."""
    # Not in batch mode: that would make the table anew in SQLite, and the turns of its calls would go with the old one.
    op.drop_column("calls", "attested")
