"""The replay ledger of signed webhooks in SQL."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, select

from ivr.ports import StoredReply
from ivr.storage import tables
from ivr.storage.database import Database
from ivr.storage.upsert import insert_for


class SqlWebhookLedger:
    """`ivr.ports.WebhookLedger` over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def recall(self, key: str) -> StoredReply | None:
        """What was answered the first time."""
        ledger = tables.webhook_ledger
        query = select(ledger.c.status, ledger.c.body, ledger.c.content_type).where(ledger.c.key == key)
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else StoredReply(**row)

    def remember(self, key: str, reply: StoredReply, *, at: datetime) -> None:
        """The first answer stays; later ones are dropped."""
        with self._database.write() as connection:
            insert = insert_for(connection, tables.webhook_ledger).values(key=key, at=at, **asdict(reply))
            connection.execute(insert.on_conflict_do_nothing(index_elements=["key"]))

    def forget_before(self, before: datetime) -> int:
        """Removes older answers; returns how many."""
        ledger = tables.webhook_ledger
        with self._database.write() as connection:
            return connection.execute(delete(ledger).where(ledger.c.at < before)).rowcount
