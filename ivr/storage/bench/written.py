"""In which order the lines of all histories were written, whatever times they bear."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from ivr.storage.database import Database
from ivr.storage.queue_tables import callback_history


def written_order(database: Database) -> Mapping[str, Sequence[int]]:
    """By promise, a number for each line of its history. Given when a line is written, not when it is committed."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    query = select(callback_history.c.callback_id, callback_history.c.id).order_by(callback_history.c.id)
    with database.read() as connection:
        for callback_id, number in connection.execute(query):
            found[callback_id].append(number)
    return found
