"""Where an agent's calls ring: at a telephone, or at the agent's open page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies this change."""
    op.add_column("agents", sa.Column("phone", sa.Text, nullable=False, server_default="telephone"))


def downgrade() -> None:
    """Takes it back: everybody is called by telephone."""
    op.drop_column("agents", "phone")
