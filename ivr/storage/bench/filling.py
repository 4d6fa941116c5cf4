"""Promises by the million, written past the stores: bulk loading, with indexes made afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from ivr.core.queueing.legs import Agent, AgentState
from ivr.core.queueing.model import Callback, CallbackState, Cause
from ivr.storage.database import Database, failures_translated
from ivr.storage.placing import place
from ivr.storage.queue_rows import agent_values, callback_values, placing_values
from ivr.storage.queue_tables import agents, callbacks

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
QUEUES = ("general", "billing", "orders", "returns")
LANGUAGES = ("en", "ja", "de")
SKILLS = ((), ("billing",), ("billing", "refunds"), ("tax",))
OWNERS = tuple(f"agent-{number:02d}" for number in range(12))
MOST_WAITING = 100_000
SHAPES = 240
"""Promises that are done differ in so many ways."""
BULK = 50_000
"""Rows from which on indexes are dropped and made again."""


def fill(database: Database, first: int, last: int) -> None:
    """Adds promises number `first` to `last` - 1; the first `MOST_WAITING` wait, the rest is done."""
    columns = list(callbacks.c)
    rows = _rows(database, columns, first, last)
    with database.write() as connection:
        indexes = sorted(callbacks.indexes, key=lambda index: str(index.name)) if last - first >= BULK else []
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        for index in indexes:
            index.drop(connection)
        _write(connection, [column.name for column in columns], rows)
        for index in indexes:
            index.create(connection)
    settle(database)


def fill_agents(database: Database, names: Sequence[str], queues: Sequence[str] = QUEUES) -> None:
    """Free agents who can take anything."""
    everything = tuple(sorted({skill for skills in SKILLS for skill in skills}))
    usual = Agent("", "", "+12025559000", tuple(queues), LANGUAGES, everything, AgentState.AVAILABLE, NOW)
    with database.write() as connection:
        connection.execute(agents.insert(), [agent_values(replace(usual, id=name, name=name)) for name in names])


def settle(database: Database) -> None:
    """Statistics and visibility, as the database itself would have made them after a while."""
    if database.engine.dialect.name == "sqlite":
        with database.write() as connection:
            connection.execute(text("ANALYZE"))
        return
    with failures_translated(), database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM (ANALYZE) callbacks"))
        connection.execute(text("RESET statement_timeout"))


def promise(number: int) -> Callback:
    """The promise of that number: every eleventh for later, every 21st owned, spread over four queues."""
    arrived_at = NOW - timedelta(seconds=(MOST_WAITING - number % MOST_WAITING) // 4 + 60)
    is_waiting = number < MOST_WAITING
    is_later = is_waiting and number % 11 == 9
    is_done = not is_waiting
    is_owned = number % 21 == 0
    who = number // 21 % 12
    return Callback(
        id=_id(number),
        queue=QUEUES[number % 4],
        number=_number(number),
        language=LANGUAGES[who % 3 if is_owned else number // 4 % 3],
        arrived_at=arrived_at,
        promised_from=arrived_at + timedelta(minutes=20),
        promised_to=arrived_at + timedelta(minutes=60),
        eligible_at=NOW + timedelta(minutes=number % 600) if is_later else arrived_at,
        order_at=arrived_at - timedelta(minutes=10 * (number % 3)),
        state=CallbackState.DONE if is_done else CallbackState.PENDING,
        state_at=arrived_at + timedelta(minutes=30) if is_done else arrived_at,
        cause=Cause.TALKED if is_done else Cause.PROMISED,
        name="Somebody",
        reason="order status",
        brief={"order_number": "42719"},
        caller=_number(number),
        skills=SKILLS[who % 4 if is_owned else number // 12 % 4],
        owner=OWNERS[who] if is_owned else "",
        owner_until=NOW + timedelta(hours=1) if is_owned else None,
        code="4719",
        expires_at=arrived_at + timedelta(days=7),
        connected_at=arrived_at + timedelta(minutes=26) if is_done else None,
    )


def _rows(database: Database, columns: Sequence[Any], first: int, last: int) -> Iterator[list[Any]]:
    """Rows as the driver wants them. Those that are done are alike but for what must differ."""
    row_of = _Rows(database, columns)
    done: dict[int, list[Any]] = {}
    for number in range(first, last):
        if number < MOST_WAITING:
            yield row_of(number)
            continue
        if number % SHAPES not in done:
            done[number % SHAPES] = row_of(number)
        yield row_of.like(done[number % SHAPES], number)


class _Rows:
    """Values on their way into one database."""

    def __init__(self, database: Database, columns: Sequence[Any]) -> None:
        dialect = database.engine.dialect
        self._names = [column.name for column in columns]
        self._processors = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns]
        self._at = {name: position for position, name in enumerate(self._names)}
        self._moment: Callable[[Any], Any] = self._processors[self._at["state_at"]] or (lambda value: value)

    def __call__(self, number: int) -> list[Any]:
        callback = promise(number)
        values = callback_values(callback) | placing_values(place(callback, NOW))
        values |= {"key": f"call {number}", "made_at": callback.arrived_at}
        pairs = zip(self._names, self._processors, strict=True)
        return [values[name] if process is None else process(values[name]) for name, process in pairs]

    def like(self, row: Sequence[Any], number: int) -> list[Any]:
        """The same promise for somebody else at another time."""
        other, ended_at = list(row), NOW - timedelta(seconds=number)
        changes = {"id": _id(number), "number": _number(number), "caller": _number(number), "key": f"call {number}"}
        changes["state_at"] = self._moment(ended_at)
        changes["connected_at"] = self._moment(ended_at - timedelta(seconds=60 + number % 400))
        for name, value in changes.items():
            other[self._at[name]] = value
        return other


def _id(number: int) -> str:
    """Spread like random ids, and different for every number."""
    return f"{number * 0x9E3779B97F4A7C15 % (1 << 64):016x}{number:016x}"


def _number(number: int) -> str:
    return f"+1202{number:07d}"


def _write(connection: Connection, names: Sequence[str], rows: Iterator[list[Any]]) -> None:
    cursor: Any = connection.connection.cursor()
    listed = ", ".join(f'"{name}"' for name in names)
    try:
        if connection.dialect.name == "sqlite":
            marks = ", ".join("?" * len(names))
            cursor.executemany(f"INSERT INTO callbacks ({listed}) VALUES ({marks})", rows)  # noqa: S608 - our own names
            return
        with cursor.copy(f"COPY callbacks ({listed}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    finally:
        cursor.close()
