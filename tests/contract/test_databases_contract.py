"""Migrations, safety and limits, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from ivr.ports import CallRecord, StoreFailed, TurnRecord
from ivr.storage import SqlCallStore, SqlRequestStore, check_safety, open_database
from ivr.storage.database import Database
from ivr.storage.migrate import current, downgrade, head, upgrade
from ivr.storage.tables import metadata
from tests.contract.conftest import QueueStores, sql_queue
from tests.contract.queue_rows import a_leg, a_promise, an_agent, claimed, made, with_legs

pytestmark = pytest.mark.contract


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without tables."""
    if request.param == "sqlite":
        opened = open_database(f"sqlite:///{tmp_path}/d.db")
        yield opened
        opened.close()
        return
    server = open_database(request.getfixturevalue("postgresql_server"))
    with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # It waits for a checkpoint, which takes its time on a busy disk.
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("DROP DATABASE IF EXISTS empty WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE empty"))
    opened = open_database(server.engine.url.set(database="empty").render_as_string(hide_password=False))
    yield opened
    opened.close()
    server.close()


def tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names())


def test_an_empty_database_is_brought_to_the_newest_schema(empty: Database) -> None:
    assert current(empty.engine) is None
    upgrade(empty.engine)
    upgrade(empty.engine)
    assert current(empty.engine) == head() == "0008"
    assert tables(empty) == set(metadata.tables) | {"alembic_version"}


def test_migrations_and_tables_agree(empty: Database) -> None:
    upgrade(empty.engine)
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []


def test_a_downgrade_leaves_only_what_is_kept_and_can_be_undone(empty: Database) -> None:
    upgrade(empty.engine)
    downgrade(empty.engine, "base")
    kept = {name for name in tables(empty) if "_kept_" in name}
    assert current(empty.engine) is None and tables(empty) == kept | {"alembic_version"}
    upgrade(empty.engine)
    assert current(empty.engine) == head()


def test_waiting_callbacks_survive_a_downgrade_and_the_next_upgrade(empty: Database) -> None:
    upgrade(empty.engine)
    queue = sql_queue(empty)
    made(queue, a_promise(1), a_promise(2))
    queue.agents.add(an_agent())
    queue.callbacks.step(a_promise(1).id, claimed, agent_id="ana")
    queue.callbacks.step(a_promise(1).id, with_legs(a_leg(a_promise(1))))
    before = everything(queue)
    for _ in range(2):
        downgrade(empty.engine, "0001")
        assert current(empty.engine) == "0001" and "callbacks" not in tables(empty)
        add = SqlRequestStore(empty).add
        add(key="", name="", number="", reason="", language="", call_id="", at=datetime(2026, 11, 23, tzinfo=UTC))
        upgrade(empty.engine)
        assert everything(queue) == before
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []
    assert not queue.callbacks.promise(replace(a_promise(2), id="f" * 32), key="other").is_new
    with pytest.raises(StoreFailed, match="in_use"):
        queue.callbacks.step(a_promise(1).id, with_legs(a_leg(a_promise(1), "b")))


def test_calls_and_their_turns_survive_a_downgrade_by_one(empty: Database) -> None:
    upgrade(empty.engine)
    store = SqlCallStore(empty)
    call = store.create(CallRecord("a" * 32, "CA" + "1" * 32, "support", "1", "", "", attested="A"))
    store.add_turns([TurnRecord(call.id, 1, 0, "us", "Hello.")])
    downgrade(empty.engine, "0002")
    upgrade(empty.engine)
    assert store.get(call.id) == replace(call, attested="")
    assert [turn.text for turn in store.turns(call.id)] == ["Hello."]


def everything(queue: QueueStores) -> list[object]:
    ids = [a_promise(number).id for number in (1, 2)]
    store = queue.callbacks
    return [[(store.get(each), store.legs(each), store.history(each)) for each in ids], queue.agents.all()]


UPGRADE = """
import sys
from ivr.storage.database import open_database
from ivr.storage.migrate import upgrade
upgrade(open_database(sys.argv[1]).engine)
"""


def test_processes_that_start_together_all_find_the_newest_schema(empty: Database) -> None:
    url = empty.engine.url.render_as_string(hide_password=False)
    started = [subprocess.Popen([sys.executable, "-c", UPGRADE, url]) for _ in range(3)]
    assert [process.wait() for process in started] == [0, 0, 0]
    assert current(empty.engine) == "0008"


def test_a_failed_upgrade_changes_nothing(empty: Database) -> None:
    with empty.write() as connection:
        connection.execute(text("CREATE TABLE requests (x INTEGER)"))
    with pytest.raises(StoreFailed):
        upgrade(empty.engine)
    assert tables(empty) - {"alembic_version"} == {"requests"} and current(empty.engine) is None


def test_the_opened_database_is_safe(empty: Database) -> None:
    assert check_safety(empty.engine) == []


def test_a_reference_that_is_taken_is_drawn_again_and_in_the_end_given_up(database: Database) -> None:
    drawn = iter(["111111", "111111", "222222"] + ["111111"] * 100)
    store = SqlRequestStore(database, new_reference=lambda: next(drawn))

    def add() -> str:
        now = datetime(2026, 11, 23, tzinfo=UTC)
        return store.add(key="", name="", number="", reason="", language="", call_id="", at=now).reference

    assert [add(), add()] == ["111111", "222222"]
    with pytest.raises(StoreFailed, match="no_free_reference"):
        add()


def test_postgresql_without_synchronous_commit_is_unsafe(postgresql_server: str) -> None:
    database = open_database(postgresql_server)
    with database.engine.connect() as connection:
        user = connection.execute(text("SELECT current_user")).scalar_one()
        connection.execute(text(f'ALTER ROLE "{user}" SET synchronous_commit = off'))
        connection.commit()
    database.close()
    careless = open_database(postgresql_server)
    try:
        (problem,) = check_safety(careless.engine)
        assert "synchronous_commit is off" in problem
    finally:
        with careless.engine.connect() as connection:
            connection.execute(text(f'ALTER ROLE "{user}" RESET synchronous_commit'))
            connection.commit()
        careless.close()


def test_connections_that_the_server_closed_are_replaced(postgresql_server: str) -> None:
    database = open_database(postgresql_server)
    with database.read() as connection:
        own = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    other = open_database(postgresql_server)
    with other.write() as connection:
        # Waits for its end: whether a connection stands is seen without a message, so it must have ended by then.
        connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": own})
    other.close()
    with database.read() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    database.close()


def test_connections_that_have_rested_are_asked_first(postgresql_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database = open_database(postgresql_server)
    asked: list[object] = []
    monkeypatch.setattr(database.engine.dialect, "do_ping", lambda connection: asked.append(connection) or True)
    for rest_secs, expected in ((60.0, 0), (0.0, 1)):
        monkeypatch.setattr("ivr.storage.database.PG_REST_SECS", rest_secs)
        with database.read() as connection:
            assert connection.execute(text("SELECT 1")).scalar_one() == 1
        assert len(asked) == expected
    database.close()


def test_reading_leaves_no_transaction_open(postgresql_server: str) -> None:
    database = open_database(postgresql_server)
    with database.read() as connection:
        connection.execute(text("SELECT 1"))
        state = "SELECT state FROM pg_stat_activity WHERE pid = :pid"
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with database.write() as other:
            assert other.execute(text(state), {"pid": pid}).scalar_one() == "idle"
    with database.write() as connection:
        assert connection.get_isolation_level() == "READ COMMITTED"
    database.close()


def test_a_connection_lost_in_the_middle_is_worth_another_try(postgresql_server: str) -> None:
    database = open_database(postgresql_server)
    with pytest.raises(StoreFailed) as failed, database.write() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert failed.value.retryable
    database.close()


def test_a_server_that_is_not_there_is_a_failure_worth_another_try() -> None:
    with pytest.raises(StoreFailed) as failed:
        open_database("postgresql://nobody:secret@127.0.0.1:1/x")
    assert failed.value.retryable and "secret" not in repr(failed.value)
