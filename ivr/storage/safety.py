"""Does the open database keep what it has acknowledged, through a power cut? Asked at start-up and by the doctor."""

from __future__ import annotations

from sqlalchemy import Connection, Engine

from ivr.storage.database import failures_translated

_SQLITE_FULL = 2
_SQLITE_EXTRA = 3


def check_safety(engine: Engine) -> list[str]:
    """Problems in plain words, each with its remedy; empty when commits are safe.

    Raises `StoreFailed` when the database cannot be asked.
    """
    with failures_translated(), engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            return _sqlite_problems(connection)
        return _postgresql_problems(connection)


def _sqlite_problems(connection: Connection) -> list[str]:
    journal = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()).lower()
    level = int(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())
    problems = []
    if journal not in {"wal", "delete", "truncate", "persist"}:
        problems.append(f"SQLite journal_mode is {journal}: a crash can destroy the file; set it to WAL")
    elif journal == "wal" and level < _SQLITE_FULL:
        problems.append(f"SQLite synchronous is {level}: a power cut loses commits; set it to FULL (2)")
    elif journal != "wal" and level < _SQLITE_EXTRA:
        problems.append(
            f"SQLite synchronous is {level} with journal_mode {journal}: a power cut can undo a commit; use EXTRA (3)"
        )
    if not connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one():
        problems.append("SQLite foreign_keys is off: rows can lose their call; turn it on")
    return problems


def _postgresql_problems(connection: Connection) -> list[str]:
    remedies = {
        "fsync": "a power cut can destroy the database",
        "synchronous_commit": "a crash loses commits that callers were told about",
        "full_page_writes": "a power cut can leave torn pages",
    }
    return [
        f"PostgreSQL {name} is off: {harm}; set {name} = on"
        for name, harm in remedies.items()
        if str(connection.exec_driver_sql(f"SHOW {name}").scalar_one()).lower() == "off"
    ]
