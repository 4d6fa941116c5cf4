"""A process that stores requests or promises and tells each key on standard output once it is there; made to be killed.

    python -m tests.durability.writer URL MANNER FIRST [requests|promises]

Of the manners `proper` is ours; the others are negative controls, which the suite must notice: `early` tells before the
commit, `careless` commits without syncing. `journal` is proper with SQLite's older way, a rollback journal.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import event

from ivr.core.queueing.model import Callback
from ivr.core.queueing.steps import Text
from ivr.storage import Database, SqlCallbackStore, SqlRequestStore, open_database
from ivr.storage.placing import place
from ivr.storage.queue_rows import callback_values, placing_values
from ivr.storage.queue_tables import callbacks
from ivr.storage.tables import requests

NOW = datetime(2026, 11, 23, tzinfo=UTC)
Store = Callable[[int], object]


def tell(word: str) -> None:
    """One line, at once."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def store_for_ever(url: str, first: int, subject: str) -> None:
    """Stores, then tells, again and again."""
    _store_and_tell(open_database(url), first, subject)


def store_carelessly(url: str, first: int, subject: str) -> None:
    """The same, with SQLite's synchronous at NORMAL."""
    _store_and_tell(_set_otherwise(url, "synchronous = NORMAL"), first, subject)


def store_with_a_journal(url: str, first: int, subject: str) -> None:
    """The same, with a rollback journal, and EXTRA, which syncs its folder as well."""
    _store_and_tell(_set_otherwise(url, "journal_mode = DELETE", "synchronous = EXTRA"), first, subject)


def _set_otherwise(url: str, *pragmas: str) -> Database:
    """Each connection is set so after we have set it."""
    database = open_database(url)
    database.close()

    def set_pragmas(connection: Any, _: object) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").fetchall()

    event.listen(database.engine, "connect", set_pragmas)
    return database


def _store_and_tell(database: Database, first: int, subject: str) -> None:
    store = {"requests": _requests, "promises": _promises}[subject](database)
    for number in count(first):
        store(number)
        tell(f"k{number}")


def _requests(database: Database) -> Store:
    add = SqlRequestStore(database).add
    return lambda number: add(
        key=f"k{number}", name="Ana", number="+1", reason="x" * 500, language="en", call_id="", at=NOW
    )


def _promises(database: Database) -> Store:
    promise = SqlCallbackStore(database).promise
    return lambda number: promise(
        a_promise(number), key=f"k{number}", texts=[Text(f"t{number}", "+1", "+2", "We call back.", NOW)]
    )


def a_promise(number: int) -> Callback:
    """Everybody has a number of their own."""
    return Callback(f"{number:032x}", "general", f"+1{number:010d}", "en", *[NOW] * 5, name="Ana", reason="x" * 500)


def tell_too_early(url: str, first: int, subject: str) -> None:
    """Tells inside the transaction, and then waits to be killed."""
    with open_database(url).write() as connection:
        if subject == "requests":
            row = {
                "reference": str(first),
                "key": f"k{first}",
                "name": "",
                "number": "",
                "reason": "",
                "language": "en",
            }
            connection.execute(requests.insert().values(row | {"call_id": "", "created_at": NOW, "status": "open"}))
        else:
            promise = a_promise(first)
            row = callback_values(promise) | placing_values(place(promise, NOW)) | {"key": f"k{first}", "made_at": NOW}
            connection.execute(callbacks.insert().values(row))
        tell(f"k{first}")
        sys.stdin.read()


if __name__ == "__main__":
    manners = {
        "proper": store_for_ever,
        "careless": store_carelessly,
        "early": tell_too_early,
        "journal": store_with_a_journal,
    }
    manners[sys.argv[2]](sys.argv[1], int(sys.argv[3]), sys.argv[4] if len(sys.argv) > 4 else "requests")
