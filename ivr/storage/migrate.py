"""Bringing a database to the schema of this version: upgrade, current, downgrade. Behind `ivr db …`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from ivr.storage.database import Database, failures_translated

_LOCK = 0x64656E77
"""Any number of our own: processes that start together upgrade one after another."""


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Applies what is missing, all or nothing. Does nothing on a database that is up to date."""
    with _locked(engine) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Goes back to an older revision (`base`: without calls and what belongs to them, whose data is lost then).

    The callback queue is never lost: its tables are renamed to `…_kept_0002`, and the next upgrade takes them back.
    """
    with _locked(engine) as connection:
        command.downgrade(_config(connection), revision)


def current(engine: Engine) -> str | None:
    """The revision the database is at; None when it is empty."""
    with failures_translated(), engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def revisions() -> list[str]:
    """All there are, oldest first."""
    found = ScriptDirectory.from_config(_config(None)).walk_revisions()
    return [script.revision for script in found][::-1]


def head() -> str:
    """The revision this version of the program wants."""
    revision = ScriptDirectory.from_config(_config(None)).get_current_head()
    return revision or ""


@contextmanager
def _locked(engine: Engine) -> Iterator[Connection]:
    with Database(engine).write() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        yield connection


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
