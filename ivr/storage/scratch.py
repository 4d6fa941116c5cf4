"""Throw-away databases of a PostgreSQL server, copied from a template: for benches. Never for promises of callers."""

from __future__ import annotations

import re

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from ivr.storage.database import failures_translated, parse_url

_NAME = re.compile(r"[a-z][a-z0-9_]{0,50}")


def create_copy(server_url: str, name: str, template: str = "template1") -> str:
    """A new database like `template`, which nobody may be connected to; returns its URL.

    Raises `StoreFailed` when the server refuses or is away, `ValueError` for a name it should not be given.
    """
    _run(server_url, f"CREATE DATABASE {_checked(name)} TEMPLATE {_checked(template)}")
    return parse_url(server_url).set(database=name).render_as_string(hide_password=False)


def drop_copy(server_url: str, name: str) -> None:
    """Drops it with whoever is still connected. Unknown: nothing happens."""
    _run(server_url, f"DROP DATABASE IF EXISTS {_checked(name)} WITH (FORCE)")


def _run(server_url: str, statement: str) -> None:
    """Outside any transaction, as these statements want it."""
    with failures_translated():
        engine = create_engine(parse_url(server_url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError("names of scratch databases are lower-case words")
    return name
