"""Earlier calls of a caller are found without reading all calls."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies this change."""
    op.create_index("ix_calls_caller", "calls", ["caller", "created_at"])


def downgrade() -> None:
    """Takes it back."""
    op.drop_index("ix_calls_caller", "calls")
