"""What a database still holds after a kill or a power cut."""

from __future__ import annotations

from sqlalchemy import func, select

from ivr.storage import Database
from ivr.storage.queue_tables import callback_history, callbacks, texts
from ivr.storage.tables import requests


def stored_keys(database: Database, subject: str) -> set[str]:
    """The keys of whole requests or promises. A promise without its history and its text is none."""
    if subject == "requests":
        with database.read() as connection:
            return set(connection.execute(select(requests.c.key)).scalars())
    is_its = callback_history.c.callback_id == callbacks.c.id
    has_history = select(callback_history.c.id).where(is_its).exists()
    has_text = select(texts.c.key).where(texts.c.key == func.replace(callbacks.c.key, "k", "t")).exists()
    with database.read() as connection:
        return set(connection.execute(select(callbacks.c.key).where(has_history, has_text)).scalars())
