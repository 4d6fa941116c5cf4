"""Text messages in SQL, both ways."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, literal_column, select, update

from ivr.core.queueing.steps import Text, TextState
from ivr.storage.database import Database
from ivr.storage.queue_rows import TEXT_COLUMNS, text_of, text_values
from ivr.storage.queue_tables import texts
from ivr.storage.upsert import insert_for

SETTLED = frozenset({TextState.DELIVERED, TextState.FAILED, TextState.RECEIVED})
"""States that a text stays in."""

# Spelt as the partial indexes spell them.
_QUEUED = texts.c.state == literal_column("'queued'")
_OUTGOING = texts.c.state != literal_column("'received'")
_EMPTY: ColumnElement[str] = literal_column("''")


class SqlTextStore:
    """`ivr.ports.TextStore` over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, text: Text) -> bool:
        """Once per key."""
        with self._database.write() as connection:
            statement = insert_for(connection, texts).values(text_values(text))
            added = statement.on_conflict_do_nothing(index_elements=["key"]).returning(texts.c.key)
            return connection.execute(added).first() is not None

    def unsent(self, *, limit: int = 20) -> list[Text]:
        """Queued ones, oldest first."""
        return self._texts(_QUEUED, limit)

    def take(self, key: str) -> bool:
        """By whoever comes first."""
        with self._database.write() as connection:
            taking = update(texts).where(texts.c.key == key, _QUEUED).values(state=TextState.SENT.value)
            return connection.execute(taking).rowcount == 1

    def update(self, key: str, *, state: TextState, carrier_sid: str = "", tries: int | None = None) -> None:
        """Moves an outgoing text on. An unknown key, or a text whose fate is known, is left alone."""
        changes: dict[str, object] = {"state": state.value}
        if carrier_sid:
            changes["carrier_sid"] = carrier_sid
        if tries is not None:
            changes["tries"] = tries
        is_open = texts.c.state.not_in([state.value for state in SETTLED])
        with self._database.write() as connection:
            connection.execute(update(texts).where(texts.c.key == key, is_open).values(changes))

    def by_sid(self, carrier_sid: str) -> Text | None:
        """The text by the carrier's id."""
        is_it = (texts.c.carrier_sid == carrier_sid) & (texts.c.carrier_sid != _EMPTY)
        return next(iter(self._texts(is_it, 1)), None)

    def for_callback(self, callback_id: str) -> list[Text]:
        """All that belong to a promise, oldest first."""
        return self._texts((texts.c.callback_id == callback_id) & (texts.c.callback_id != _EMPTY), None)

    def sent_to(self, number: str, since: datetime, *, limit: int = 50) -> list[Text]:
        """Outgoing ones since then, newest first."""
        is_it = _OUTGOING & (texts.c.number == number) & (texts.c.at >= since)
        query = select(*TEXT_COLUMNS).where(is_it).order_by(texts.c.at.desc(), texts.c.key.desc()).limit(limit)
        with self._database.read() as connection:
            return [text_of(row) for row in connection.execute(query).mappings()]

    def sent_since(self, since: datetime, *, number: str = "") -> int:
        """Outgoing texts since then, sent or still to be sent."""
        query = select(func.count()).select_from(texts).where(_OUTGOING, texts.c.at >= since)
        if number:
            query = query.where(texts.c.number == number)
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def _texts(self, condition: ColumnElement[bool], limit: int | None) -> list[Text]:
        query = select(*TEXT_COLUMNS).where(condition).order_by(texts.c.at, texts.c.key).limit(limit)
        with self._database.read() as connection:
            return [text_of(row) for row in connection.execute(query).mappings()]
