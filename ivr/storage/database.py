"""Opening a database: SQLite (one file) or PostgreSQL, set so that a commit that returned is on disk.

No SQLAlchemy exception leaves this package: `read` and `write` turn them into `StoreFailed`.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidatePoolError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from ivr.ports import StoreFailed

BUSY_TIMEOUT_MS = 5_000
"""How long a SQLite writer waits for another one."""
PG_LOCK_TIMEOUT_MS = 5_000
PG_STATEMENT_TIMEOUT_MS = 10_000
PG_IDLE_TIMEOUT_MS = 10_000
"""After which a transaction that does nothing gives its locks back: a frozen process must not stop the others."""
PG_REST_SECS = 1.0
"""A connection that nobody has used for so long may have been cut meanwhile."""
POOL_SIZE = 8
POOL_OVERFLOW = 16
POOL_WAIT_SECS = 5.0
_USED_AT = "used_at"


@dataclass(frozen=True, slots=True)
class Database:
    """An open database. Thread-safe; connections are pooled."""

    engine: Engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection to read with; what it reads is one consistent state on SQLite.

        On PostgreSQL every statement sees a state of its own, as in any transaction there; so none is begun and ended
        around it, which would make three messages of one.
        """
        with failures_translated(), self.engine.connect() as connection:
            if self.engine.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction to write in: on disk when the block has ended, gone when it raised."""
        with failures_translated(), self.engine.connect() as connection:
            connection = connection.execution_options(begin_immediate=True)
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Closes the pooled connections. Idempotent."""
        self.engine.dispose()


@contextmanager
def failures_translated() -> Iterator[None]:
    """Turns SQLAlchemy's exceptions into `StoreFailed`.

    The cause is left out on purpose: a driver's message can quote the values of a row.
    """
    try:
        yield
    except SQLAlchemyError as error:
        raise StoreFailed(_reason(error), retryable=_is_retryable(error)) from None
    except OverflowError:
        raise StoreFailed("number_too_large", retryable=False) from None


def open_database(url: str) -> Database:
    """Opens by URL: `sqlite:///var/denwaban.db` or `postgresql://user@host/name`. Creates a missing SQLite file.

    Raises `ValueError` for a URL of another kind and `StoreFailed` when the database cannot be reached.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        _create_private(Path(parsed.database or ""))
        engine = _sqlite(parsed)
    else:
        engine = _postgresql(parsed)
    database = Database(engine)
    with database.read():
        pass
    return database


def parse_url(url: str) -> URL:
    """A URL of one of the two kinds, with the driver chosen. The message of the `ValueError` holds no password."""
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, ValueError):
        raise ValueError("the database URL cannot be read") from None
    if backend in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise ValueError("the database URL must begin with sqlite:/// or postgresql://")
    if parsed.database in {None, "", ":memory:"} or str(parsed.database).startswith("file:"):
        raise ValueError("the SQLite database must be a plain file, e.g. sqlite:///var/denwaban.db")
    return parsed.set(drivername="sqlite+pysqlite")


def _sqlite(url: URL) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        pool_timeout=POOL_WAIT_SECS,
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transactions begin late and never IMMEDIATE; ours begin in `_begin_sqlite`.
    connection.isolation_level = None
    cursor = connection.cursor()
    try:
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        # Asked first: the switch wants the file alone, and fails at once when another process reads it.
        if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA trusted_schema = OFF")
    finally:
        cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("begin_immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _postgresql(url: URL) -> Engine:
    options = f"-c timezone=UTC -c lock_timeout={PG_LOCK_TIMEOUT_MS} -c statement_timeout={PG_STATEMENT_TIMEOUT_MS}"
    options += f" -c idle_in_transaction_session_timeout={PG_IDLE_TIMEOUT_MS}"
    try:
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_size=POOL_SIZE,
            max_overflow=POOL_OVERFLOW,
            pool_timeout=POOL_WAIT_SECS,
            connect_args={"connect_timeout": 5, "options": options},
        )
    except ModuleNotFoundError:
        raise ValueError("PostgreSQL needs the package psycopg: install denwaban[postgresql]") from None
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", partial(_ask_after_rest, engine))
    return engine


def _note_use(_connection: object, record: Any) -> None:
    record.info[_USED_AT] = time.monotonic()


def _ask_after_rest(engine: Engine, connection: Any, record: Any, _proxy: object) -> None:
    """A connection that has rested, or to which the server has said something, is asked whether it still stands.

    The pool can ask by itself, but then before every use: a message more for each question.
    """
    used_at = record.info.get(_USED_AT)
    if used_at is None or (time.monotonic() - used_at < PG_REST_SECS and not _has_news(connection)):
        return
    try:
        engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error:
        raise InvalidatePoolError from None


def _has_news(connection: Any) -> bool:
    """Something waits to be read, such as the end."""
    if connection.closed:
        return True
    ear = select.poll()
    ear.register(connection.fileno(), select.POLLIN)
    return bool(ear.poll(0))


def _create_private(path: Path) -> None:
    """Makes the file readable by its owner only; SQLite gives its journals the same mode."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StoreFailed(f"cannot_open_file_{error.errno}", retryable=False) from None


def _reason(error: SQLAlchemyError) -> str:
    original = getattr(error, "orig", None)
    name = getattr(original, "sqlite_errorname", None) or getattr(original, "sqlstate", None)
    return str(name or type(original or error).__name__)


def _is_retryable(error: SQLAlchemyError) -> bool:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError | PoolTimeoutError)
