"""Databases: opening, migrating, checking, and the stores of `ivr.ports` over them. The only room that knows SQL."""

from ivr.storage.accounts import SqlAccountStore
from ivr.storage.agents import SqlAgentStore
from ivr.storage.bridges import SqlBridgeStore, SqlFollowUpStore
from ivr.storage.callbacks import SqlCallbackStore
from ivr.storage.calls import SqlCallStore
from ivr.storage.contacts import SqlContactStore, SqlDeskPresence
from ivr.storage.database import Database, open_database
from ivr.storage.desk_pulse import SqlDeskPulse
from ivr.storage.nodes import SqlNodeStore
from ivr.storage.requests import SqlRequestStore
from ivr.storage.safety import check_safety
from ivr.storage.texts import SqlTextStore
from ivr.storage.webhooks import SqlWebhookLedger

__all__ = [
    "Database",
    "SqlAccountStore",
    "SqlAgentStore",
    "SqlBridgeStore",
    "SqlCallStore",
    "SqlCallbackStore",
    "SqlContactStore",
    "SqlDeskPresence",
    "SqlDeskPulse",
    "SqlFollowUpStore",
    "SqlNodeStore",
    "SqlRequestStore",
    "SqlTextStore",
    "SqlWebhookLedger",
    "check_safety",
    "open_database",
]
