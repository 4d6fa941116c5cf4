"""The callback queue: promises, their history and legs, agents, texts, stopped numbers, wrong codes.

Going back keeps the promises: the tables are renamed, not dropped, and the next upgrade takes them back as they were.
Column types are written out here: a migration must not change when the tables of today do.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEPT = "_kept_0002"
"""After the name of a table that this version had left behind."""
TABLES = (
    "callbacks",
    "callback_keys",
    "callback_history",
    "callback_legs",
    "agents",
    "texts",
    "stopped_numbers",
    "wrong_codes",
)

_Moment = sa.DateTime(timezone=True)
_BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Applies this change, or takes back what a downgrade has kept."""
    if sa.inspect(op.get_bind()).has_table(f"callbacks{KEPT}"):
        for name in TABLES:
            op.rename_table(name + KEPT, name)
        return
    _create_callbacks()
    _index_callbacks()
    _create_callback_keys()
    _create_callback_history()
    _create_callback_legs()
    _create_agents()
    _create_texts()
    _create_stopped_numbers()
    _create_wrong_codes()


def downgrade() -> None:
    """Hides the tables from the version before, with every row in them."""
    for name in TABLES:
        op.rename_table(name, name + KEPT)


def _partial(name: str, table: str, where: str, *columns: str) -> None:
    op.create_index(name, table, list(columns), sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _create_callbacks() -> None:
    op.create_table(
        "callbacks",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("queue", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("arrived_at", _Moment, nullable=False),
        sa.Column("promised_from", _Moment, nullable=False),
        sa.Column("promised_to", _Moment, nullable=False),
        sa.Column("eligible_at", _Moment, nullable=False),
        sa.Column("order_at", _Moment, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("state_at", _Moment),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("is_time_chosen", sa.Boolean, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("extension", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("brief", sa.Text, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("flow", sa.Text, nullable=False),
        sa.Column("dialled", sa.Text, nullable=False),
        sa.Column("call_id", sa.Text, nullable=False),
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("attested", sa.Text, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("skills", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("owner_until", _Moment),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("tries", sa.Text, nullable=False),
        sa.Column("last_tried_at", _Moment),
        sa.Column("expires_at", _Moment),
        sa.Column("agent", sa.Text, nullable=False),
        sa.Column("lease_owner", sa.Text, nullable=False),
        sa.Column("lease_until", _Moment),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("attempt", sa.BigInteger, nullable=False),
        sa.Column("ending", sa.Text),
        sa.Column("connected_at", _Moment),
        sa.Column("invitation", sa.Text, nullable=False),
        sa.Column("key", sa.Text),
        sa.Column("made_at", _Moment, nullable=False),
        sa.Column("stage", sa.SmallInteger, nullable=False),
        sa.Column("needs", sa.Text, nullable=False),
        sa.Column("wakes_at", _Moment),
        sa.Column("open_key", sa.Text),
        sa.Column("bound_agent", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_callbacks"),
        sa.UniqueConstraint("key", name="uq_callbacks_key"),
        sa.UniqueConstraint("open_key", name="uq_callbacks_open_key"),
        sa.UniqueConstraint("bound_agent", name="uq_callbacks_bound_agent"),
    )


def _index_callbacks() -> None:
    op.create_index("ix_callbacks_caller", "callbacks", ["caller", "made_at"])
    _partial("ix_callbacks_closed", "callbacks", "stage = 5", "state_at")
    op.create_index("ix_callbacks_due", "callbacks", ["promised_to", "arrived_at", "id"])
    _partial("ix_callbacks_eligible", "callbacks", "stage < 2", "queue", "eligible_at")
    _partial("ix_callbacks_expires", "callbacks", "stage < 2", "expires_at")
    _partial("ix_callbacks_failed", "callbacks", "stage = 4", "promised_to", "arrived_at", "id")
    _partial("ix_callbacks_in_flight", "callbacks", "stage = 2", "lease_until")
    _partial("ix_callbacks_later", "callbacks", "stage < 4", "eligible_at")
    _partial("ix_callbacks_line", "callbacks", "stage = 1", "queue", "needs", "order_at", "id")
    op.create_index("ix_callbacks_made", "callbacks", ["made_at"])
    op.create_index("ix_callbacks_number", "callbacks", ["number"])
    _partial("ix_callbacks_open", "callbacks", "stage < 4", "promised_to", "arrived_at", "id")
    _partial("ix_callbacks_order", "callbacks", "stage = 1", "queue", "order_at", "eligible_at")
    _partial("ix_callbacks_talked", "callbacks", "state = 'done'", "queue", "state_at")
    _partial("ix_callbacks_wakes", "callbacks", "wakes_at IS NOT NULL", "queue", "wakes_at")


def _create_callback_keys() -> None:
    op.create_table(
        "callback_keys",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("callback_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_callback_keys"),
        sa.ForeignKeyConstraint(["callback_id"], ["callbacks.id"], name="fk_callback_keys_callback_id"),
    )


def _create_callback_history() -> None:
    op.create_table(
        "callback_history",
        sa.Column("id", _BigId, nullable=False, autoincrement=True),
        sa.Column("callback_id", sa.String(32), nullable=False),
        sa.Column("at", _Moment, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_callback_history"),
        sa.ForeignKeyConstraint(["callback_id"], ["callbacks.id"], name="fk_callback_history_callback_id"),
    )
    op.create_index("ix_callback_history_callback_id", "callback_history", ["callback_id", "id"])


def _create_callback_legs() -> None:
    op.create_table(
        "callback_legs",
        sa.Column("tag", sa.String(32), nullable=False),
        sa.Column("callback_id", sa.String(32), nullable=False),
        sa.Column("attempt", sa.BigInteger, nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("from_number", sa.Text, nullable=False),
        sa.Column("created_at", _Moment, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("changed_at", _Moment),
        sa.Column("agent", sa.Text, nullable=False),
        sa.Column("carrier_sid", sa.Text, nullable=False),
        sa.Column("call_id", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("answered_at", _Moment),
        sa.Column("accepted_at", _Moment),
        sa.Column("over_at", _Moment),
        sa.Column("answered_by", sa.Text, nullable=False),
        sa.Column("is_redirected", sa.Boolean, nullable=False),
        sa.Column("open_number", sa.Text),
        sa.PrimaryKeyConstraint("tag", name="pk_callback_legs"),
        sa.ForeignKeyConstraint(["callback_id"], ["callbacks.id"], name="fk_callback_legs_callback_id"),
        sa.UniqueConstraint("open_number", name="uq_callback_legs_open_number"),
    )
    _partial("ix_callback_legs_call_id", "callback_legs", "call_id <> ''", "call_id")
    op.create_index("ix_callback_legs_callback_id", "callback_legs", ["callback_id", "attempt"])
    _partial("ix_callback_legs_carrier_sid", "callback_legs", "carrier_sid <> ''", "carrier_sid")
    op.create_index("ix_callback_legs_created_at", "callback_legs", ["created_at"])
    _partial("ix_callback_legs_number", "callback_legs", "role = 'customer'", "number", "created_at")


def _create_agents() -> None:
    op.create_table(
        "agents",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("queues", sa.Text, nullable=False),
        sa.Column("languages", sa.Text, nullable=False),
        sa.Column("skills", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("since", _Moment),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("callback_id", sa.Text, nullable=False),
        sa.Column("free_at", _Moment),
        sa.Column("until", _Moment),
        sa.Column("missed", sa.Integer, nullable=False),
        sa.Column("bound_callback", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_agents"),
        sa.UniqueConstraint("bound_callback", name="uq_agents_bound_callback"),
    )


def _create_texts() -> None:
    op.create_table(
        "texts",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("our_number", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("at", _Moment, nullable=False),
        sa.Column("callback_id", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("carrier_sid", sa.Text, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_texts"),
    )
    _partial("ix_texts_callback_id", "texts", "callback_id <> ''", "callback_id")
    _partial("ix_texts_carrier_sid", "texts", "carrier_sid <> ''", "carrier_sid")
    _partial("ix_texts_outgoing", "texts", "state <> 'received'", "at")
    _partial("ix_texts_outgoing_number", "texts", "state <> 'received'", "number", "at")
    _partial("ix_texts_queued", "texts", "state = 'queued'", "at", "key")


def _create_stopped_numbers() -> None:
    op.create_table(
        "stopped_numbers",
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("queue", sa.Text, nullable=False),
        sa.Column("at", _Moment, nullable=False),
        sa.Column("stopped_by", sa.Text, nullable=False),
        sa.Column("is_lifted", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("number", "queue", name="pk_stopped_numbers"),
    )


def _create_wrong_codes() -> None:
    op.create_table(
        "wrong_codes",
        sa.Column("id", _BigId, nullable=False, autoincrement=True),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("at", _Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_wrong_codes"),
    )
    op.create_index("ix_wrong_codes_number", "wrong_codes", ["number", "at"])
