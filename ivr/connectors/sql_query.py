"""Look-ups in another database: fixed statements, bound parameters, read only, stopped at the deadline."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, TextClause, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from ivr.connectors.config import SqlConnector
from ivr.connectors.source import Deadline, Question, Record, SourceFailed
from ivr.connectors.typed import BadCell, CellType, typed_cell

POOL_SIZE = 4
_SQLITE_STEPS = 5_000
"""Steps of SQLite's machine between two looks at the clock."""
_PG_CANCELLED = "57014"


class SqlQuery:
    """A `Source` over one database."""

    def __init__(self, config: SqlConnector, url: str) -> None:
        self._types = config.types
        self._statements = {name: text(operation.query) for name, operation in config.operations.items()}
        self._engine = _engine(url)

    def operations(self) -> Mapping[str, Sequence[str]]:
        """Arguments by their names in the statement."""
        return {name: _parameters(statement) for name, statement in self._statements.items()}

    def answer(self, question: Question) -> Record | None:
        """The first row."""
        statement = self._statements[question.operation]
        values = {name: question.arguments[name] for name in _parameters(statement)}
        try:
            with self._engine.connect() as connection:
                _limit(connection, question.deadline)
                row = connection.execute(statement, values).mappings().first()
        except PoolTimeoutError:
            raise SourceFailed("busy") from None
        except OperationalError as error:
            raise SourceFailed(_operational(error, question.deadline)) from None
        except SQLAlchemyError:
            raise SourceFailed("bad_query") from None
        if row is None:
            return None
        try:
            return {name: typed_cell(value, self._types.get(name, CellType.TEXT)) for name, value in row.items()}
        except BadCell:
            raise SourceFailed("bad_value") from None

    def close(self) -> None:
        """Closes the pooled connections."""
        self._engine.dispose()


def _parameters(statement: TextClause) -> tuple[str, ...]:
    return tuple(statement.compile().params)


def _engine(url: str) -> Engine:
    """Raises `ValueError` for what is no URL of SQLite or PostgreSQL; the message holds nothing of it."""
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, ValueError):
        raise ValueError("the database url cannot be read") from None
    connect: dict[str, Any]
    options: dict[str, Any] = {"hide_parameters": True, "pool_size": POOL_SIZE, "max_overflow": 0, "pool_timeout": 1.0}
    if backend == "sqlite" and parsed.database not in {None, "", ":memory:"}:
        connect = {"timeout": 1.0, "check_same_thread": False}
        read_only = parsed.set(
            drivername="sqlite+pysqlite",
            database=f"file:{quote(parsed.database or '')}",
            query={"mode": "ro", "uri": "true"},
        )
        return create_engine(read_only, connect_args=connect, **options)
    if backend in {"postgresql", "postgres"}:
        connect = {"connect_timeout": 2, "options": "-c default_transaction_read_only=on"}
        return _postgresql(parsed, connect_args=connect, pool_pre_ping=True, **options)
    raise ValueError("the database url must begin with sqlite:/// or postgresql://")


def _postgresql(url: URL, **options: Any) -> Engine:
    try:
        return create_engine(url.set(drivername="postgresql+psycopg"), **options)
    except ModuleNotFoundError:
        raise ValueError("PostgreSQL needs the package psycopg: install denwaban[postgresql]") from None


def _limit(connection: Connection, deadline: Deadline) -> None:
    deadline.check()
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.set_progress_handler(lambda: time.monotonic() > deadline.at, _SQLITE_STEPS)
        connection.exec_driver_sql("PRAGMA query_only = ON")
        return
    connection.exec_driver_sql(f"SET LOCAL statement_timeout = {max(1, int(deadline.remaining() * 1000))}")


def _operational(error: OperationalError, deadline: Deadline) -> str:
    was_stopped = getattr(error.orig, "sqlstate", None) == _PG_CANCELLED
    return "timeout" if was_stopped or deadline.remaining() <= 0 else "database_error"
