"""A process that stores requests and tells each key on standard output once it is stored; made to be killed.

The second argument chooses the manner. `proper` is ours; the others are negative controls, which the suite must
notice: `early` tells before the commit, `careless` commits without syncing.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from itertools import count

from sqlalchemy import event

from ivr.storage import Database, SqlRequestStore, open_database
from ivr.storage.tables import requests

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def tell(word: str) -> None:
    """One line, at once."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def store_for_ever(url: str, first: int) -> None:
    """Stores, then tells, again and again."""
    _store_and_tell(open_database(url), first)


def store_carelessly(url: str, first: int) -> None:
    """The same, with SQLite's synchronous at NORMAL."""
    database = open_database(url)
    database.close()
    event.listen(database.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = NORMAL"))
    _store_and_tell(database, first)


def _store_and_tell(database: Database, first: int) -> None:
    store = SqlRequestStore(database)
    for number in count(first):
        key = f"k{number}"
        store.add(key=key, name="Ana", number="+1", reason="x" * 500, language="en", call_id="", at=NOW)
        tell(key)


def tell_too_early(url: str, first: int) -> None:
    """Tells inside the transaction, and then waits to be killed."""
    row = {"reference": str(first), "key": f"k{first}", "name": "", "number": "", "reason": "", "language": "en"}
    with open_database(url).write() as connection:
        connection.execute(requests.insert().values(row | {"call_id": "", "created_at": NOW, "status": "open"}))
        tell(f"k{first}")
        sys.stdin.read()


if __name__ == "__main__":
    manners = {"proper": store_for_ever, "careless": store_carelessly, "early": tell_too_early}
    manners[sys.argv[2]](sys.argv[1], int(sys.argv[3]))
