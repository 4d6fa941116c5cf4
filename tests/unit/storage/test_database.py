"""Opening SQLite, transactions, and failures without personal data."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from ivr.ports import StoreFailed
from ivr.storage.database import Database, open_database, parse_url

pytestmark = pytest.mark.unit


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path}/new/folder/d.db")
    with opened.write() as connection:
        connection.execute(text("CREATE TABLE t (x TEXT UNIQUE)"))
    yield opened
    opened.close()


def count(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(text("SELECT count(*) FROM t")).scalar_one())


def test_a_new_file_is_its_owners_only_with_all_its_journals(database: Database, tmp_path: Path) -> None:
    files = list((tmp_path / "new" / "folder").iterdir())
    assert {file.name for file in files} == {"d.db", "d.db-wal", "d.db-shm"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_every_connection_is_set_to_keep_what_it_commits(database: Database) -> None:
    with database.read() as one, database.read() as two:
        for connection in (one, two):
            settings = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            ]
            assert settings == ["wal", 2, 1, 5_000]


def test_a_block_that_ends_is_committed_and_one_that_raises_is_gone(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("INSERT INTO t VALUES ('kept')"))
    with pytest.raises(RuntimeError), database.write() as connection:
        connection.execute(text("INSERT INTO t VALUES ('gone')"))
        raise RuntimeError
    assert count(database) == 1


def test_a_failure_tells_its_kind_and_no_values(database: Database) -> None:
    def insert() -> None:
        with database.write() as connection:
            connection.execute(text("INSERT INTO t VALUES (:x)"), {"x": "pii-canary"})

    insert()
    with pytest.raises(StoreFailed) as failed:
        insert()
    assert failed.value.reason == "SQLITE_CONSTRAINT_UNIQUE" and not failed.value.retryable
    assert "pii-canary" not in repr(failed.value)
    assert failed.value.__cause__ is None and failed.value.__suppress_context__


def test_a_locked_database_is_worth_another_try(database: Database, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "new" / "folder" / "d.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with database.read() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    with pytest.raises(StoreFailed) as failed, database.write():
        pass
    other.close()
    assert (failed.value.reason, failed.value.retryable) == ("SQLITE_BUSY", True)
    with database.write():
        pass


def test_a_number_no_column_holds_is_a_failure_not_a_crash(database: Database) -> None:
    with pytest.raises(StoreFailed, match="number_too_large"), database.write() as connection:
        connection.execute(text("INSERT INTO t VALUES (:x)"), {"x": 2**80})


def test_a_file_that_is_no_database_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"this is a letter, not a database" * 100)
    with pytest.raises(StoreFailed, match="SQLITE_NOTADB"):
        open_database(f"sqlite:///{tmp_path}/x.db")


def test_a_folder_that_cannot_be_made_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreFailed, match="cannot_open_file"):
        open_database(f"sqlite:///{tmp_path}/file/d.db")


@pytest.mark.parametrize(
    "url", ["", "secret", "mysql://u:secret@h/d", "sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory"]
)
def test_urls_of_another_kind_are_refused_without_showing_them(url: str) -> None:
    with pytest.raises(ValueError, match="database") as refused:
        parse_url(url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg2"])
def test_postgresql_is_always_spoken_to_through_psycopg(scheme: str) -> None:
    if scheme == "postgres":
        with pytest.raises(ValueError, match="must begin with"):
            parse_url("oracle://h/d")
        return
    assert parse_url(f"{scheme}://u@h/d").drivername == "postgresql+psycopg"
