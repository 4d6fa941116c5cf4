"""The tables of the callback queue, in the same `metadata` as the rest. Column names are the field names of the core.

Columns beside those fields are derived on every write (`placing.py`): they carry the indexes that keep "who is next"
as fast with a million rows as with a thousand, and the uniqueness that no race can get around.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, SmallInteger, String, Table, text

from ivr.storage.tables import metadata
from ivr.storage.types import BigId, Json, Moment, Words


def _partial(name: str, where: str, *columns: str) -> Index:
    """An index over some of the rows. Queries spell `where` the same way, without parameters, or it is not used."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


callbacks = Table(
    "callbacks",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("queue", Words, nullable=False),
    Column("number", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("arrived_at", Moment, nullable=False),
    Column("promised_from", Moment, nullable=False),
    Column("promised_to", Moment, nullable=False),
    Column("eligible_at", Moment, nullable=False),
    Column("order_at", Moment, nullable=False),
    Column("state", Words, nullable=False),
    Column("state_at", Moment),
    Column("cause", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("zone", Words, nullable=False),
    Column("is_time_chosen", Boolean, nullable=False),
    Column("name", Words, nullable=False),
    Column("extension", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("brief", Json, nullable=False),
    Column("notes", Json, nullable=False),
    Column("flow", Words, nullable=False),
    Column("dialled", Words, nullable=False),
    Column("call_id", Words, nullable=False),
    Column("caller", Words, nullable=False),
    Column("attested", Words, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("skills", Json, nullable=False),
    Column("owner", Words, nullable=False),
    Column("owner_until", Moment),
    Column("code", Words, nullable=False),
    Column("tries", Json, nullable=False),
    Column("last_tried_at", Moment),
    Column("expires_at", Moment),
    Column("agent", Words, nullable=False),
    Column("lease_owner", Words, nullable=False),
    Column("lease_until", Moment),
    Column("fence", BigInteger, nullable=False),
    Column("attempt", BigInteger, nullable=False),
    Column("ending", Words),
    Column("connected_at", Moment),
    Column("invitation", Json, nullable=False),
    Column("key", Words, unique=True),
    Column("made_at", Moment, nullable=False),
    Column("stage", SmallInteger, nullable=False),
    Column("needs", Words, nullable=False),
    Column("wakes_at", Moment),
    Column("open_key", Words, unique=True),
    Column("bound_agent", Words, unique=True),
    _partial("ix_callbacks_line", "stage = 1", "queue", "needs", "order_at", "id"),
    _partial("ix_callbacks_order", "stage = 1", "queue", "order_at", "eligible_at"),
    _partial("ix_callbacks_wakes", "wakes_at IS NOT NULL", "queue", "wakes_at"),
    _partial("ix_callbacks_eligible", "stage < 2", "queue", "eligible_at"),
    _partial("ix_callbacks_expires", "stage < 2", "expires_at"),
    _partial("ix_callbacks_in_flight", "stage = 2", "lease_until"),
    _partial("ix_callbacks_open", "stage < 4", "promised_to", "arrived_at", "id"),
    _partial("ix_callbacks_later", "stage < 4", "eligible_at"),
    _partial("ix_callbacks_failed", "stage = 4", "promised_to", "arrived_at", "id"),
    _partial("ix_callbacks_closed", "stage = 5", "state_at"),
    _partial("ix_callbacks_talked", "state = 'done'", "queue", "state_at"),
    Index("ix_callbacks_due", "promised_to", "arrived_at", "id"),
    Index("ix_callbacks_number", "number"),
    Index("ix_callbacks_made", "made_at"),
    Index("ix_callbacks_caller", "caller", "made_at"),
)

# Keys of promises that were answered with one that was there already.
callback_keys = Table(
    "callback_keys",
    metadata,
    Column("key", Words, primary_key=True),
    Column("callback_id", String(32), ForeignKey("callbacks.id"), nullable=False),
)

callback_history = Table(
    "callback_history",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("callback_id", String(32), ForeignKey("callbacks.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("state", Words, nullable=False),
    Column("cause", Words, nullable=False),
    Column("actor", Words, nullable=False),
    Column("facts", Json, nullable=False),
    Index("ix_callback_history_callback_id", "callback_id", "id"),
)

callback_legs = Table(
    "callback_legs",
    metadata,
    Column("tag", String(32), primary_key=True),
    Column("callback_id", String(32), ForeignKey("callbacks.id"), nullable=False),
    Column("attempt", BigInteger, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("role", Words, nullable=False),
    Column("number", Words, nullable=False),
    Column("from_number", Words, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("state", Words, nullable=False),
    Column("changed_at", Moment),
    Column("agent", Words, nullable=False),
    Column("carrier_sid", Words, nullable=False),
    Column("call_id", Words, nullable=False),
    Column("outcome", Words),
    Column("answered_at", Moment),
    Column("accepted_at", Moment),
    Column("over_at", Moment),
    Column("answered_by", Words, nullable=False),
    Column("is_redirected", Boolean, nullable=False),
    Column("open_number", Words, unique=True),
    Index("ix_callback_legs_callback_id", "callback_id", "attempt"),
    Index("ix_callback_legs_created_at", "created_at"),
    _partial("ix_callback_legs_number", "role = 'customer'", "number", "created_at"),
    _partial("ix_callback_legs_carrier_sid", "carrier_sid <> ''", "carrier_sid"),
    _partial("ix_callback_legs_call_id", "call_id <> ''", "call_id"),
)

agents = Table(
    "agents",
    metadata,
    Column("id", Words, primary_key=True),
    Column("name", Words, nullable=False),
    Column("number", Words, nullable=False),
    Column("queues", Json, nullable=False),
    Column("languages", Json, nullable=False),
    Column("skills", Json, nullable=False),
    Column("state", Words, nullable=False),
    Column("since", Moment),
    Column("reason", Words, nullable=False),
    Column("callback_id", Words, nullable=False),
    Column("free_at", Moment),
    Column("until", Moment),
    Column("missed", Integer, nullable=False),
    Column("wish", Words),
    Column("wish_reason", Words, nullable=False, server_default=""),
    Column("phone", Words, nullable=False, server_default="telephone"),
    Column("bound_callback", Words, unique=True),
)

# No foreign key: texts come in from people to whom nothing was promised.
texts = Table(
    "texts",
    metadata,
    Column("key", Words, primary_key=True),
    Column("number", Words, nullable=False),
    Column("our_number", Words, nullable=False),
    Column("body", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("callback_id", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("carrier_sid", Words, nullable=False),
    Column("tries", Integer, nullable=False),
    _partial("ix_texts_queued", "state = 'queued'", "at", "key"),
    _partial("ix_texts_outgoing", "state <> 'received'", "at"),
    _partial("ix_texts_outgoing_number", "state <> 'received'", "number", "at"),
    _partial("ix_texts_callback_id", "callback_id <> ''", "callback_id"),
    _partial("ix_texts_carrier_sid", "carrier_sid <> ''", "carrier_sid"),
)

stopped_numbers = Table(
    "stopped_numbers",
    metadata,
    Column("number", Words, primary_key=True),
    Column("queue", Words, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("stopped_by", Words, nullable=False),
    Column("is_lifted", Boolean, nullable=False),
)

wrong_codes = Table(
    "wrong_codes",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("number", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_wrong_codes_number", "number", "at"),
)
