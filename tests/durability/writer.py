"""A process that stores requests and tells each key on standard output once it is stored; made to be killed.

`early` as second argument is the negative control: it tells before the commit, which the suite must notice.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from itertools import count

from ivr.storage import SqlRequestStore, open_database
from ivr.storage.tables import requests

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def tell(word: str) -> None:
    """One line, at once."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def store_for_ever(url: str, first: int) -> None:
    """Stores, then tells, again and again."""
    store = SqlRequestStore(open_database(url))
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
    {"proper": store_for_ever, "early": tell_too_early}[sys.argv[2]](sys.argv[1], int(sys.argv[3]))
