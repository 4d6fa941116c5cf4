"""`ivr db …`."""

from __future__ import annotations

from ivr.app import open_house
from ivr.commands.common import say, settings, tell
from ivr.storage import open_database
from ivr.storage.migrate import current, downgrade, head, revisions, upgrade


def upgrade_database() -> int:
    """Applies what is missing."""
    database = open_database(settings().database_url)
    try:
        before = current(database.engine)
        upgrade(database.engine)
        say(f"The database was at {before or 'nothing'} and is at {head()} now.")
    finally:
        database.close()
    return 0


def downgrade_database(revision: str) -> int:
    """Goes back to the schema of an older version."""
    database = open_database(settings().database_url)
    try:
        before = current(database.engine)
        older = [each for each in revisions() if before is not None and each <= before]
        if revision not in older:
            tell(f"The database is at {before or 'nothing'}; it can go back to {', '.join(older) or 'nothing older'}.")
            return 2
        downgrade(database.engine, revision)
        say(f"The database was at {before} and is at {revision} now. What the older version does not know is kept.")
    finally:
        database.close()
    return 0


def print_current() -> int:
    """What it is at, and what this version wants."""
    database = open_database(settings().database_url)
    try:
        at = current(database.engine)
    finally:
        database.close()
    say(f"at {at or 'nothing'}, this version wants {head()}")
    return 0 if at == head() else 1


def prepare() -> int:
    """What `ivr serve` does first: the schema, and every reason not to start."""
    open_house(settings(), process="serve", migrate=True).close()
    return 0
