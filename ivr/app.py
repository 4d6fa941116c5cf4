"""The only place where everything is wired: settings in, a running web, media or worker process out."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from ivr.bridge_house import BridgeHouse, TalkStores, open_bridges, open_conferences
from ivr.connectors.book import ConnectorBook
from ivr.core.accounts.model import SessionLimits
from ivr.core.flow.model import Flow
from ivr.flows.book import FlowBook
from ivr.log import configure_logging
from ivr.ports import Accounts, AgentStore, CallbackStore, CallStore, Connectors, Desk, QueueService, TextStore
from ivr.queue_house import QueueHouse, QueueStores, company_of, dial_rules, number_problem, open_queue
from ivr.runtime.accounts import StoredAccounts
from ivr.runtime.accounts.hashing import Argon2Hasher
from ivr.runtime.clock import SystemClock
from ivr.runtime.desk import QueueDoor, desk_operations
from ivr.settings import Settings, refusals
from ivr.storage import (
    Database,
    SqlAccountStore,
    SqlAgentStore,
    SqlBridgeStore,
    SqlCallbackStore,
    SqlCallStore,
    SqlFollowUpStore,
    SqlNodeStore,
    SqlRequestStore,
    SqlTextStore,
    SqlWebhookLedger,
    check_safety,
    open_database,
)
from ivr.strict_yaml import Mapping as YamlMapping
from ivr.strict_yaml import Scalar, Tree, read_file
from ivr.strict_yaml import Sequence as YamlSequence

log = structlog.get_logger(__name__)

DESK = "callbacks"
"""The name under which overrides mean the desk of promises, which is no connector of the configuration."""
OVERRIDES = "IVR_CONNECTOR_OVERRIDES"
"""Environment variable naming a YAML file with rows for connectors; for tests, refused in production."""


HOURS_OVERRIDE = "IVR_HOURS_OVERRIDE"
"""Environment variable `open` or `closed`, in place of all opening hours; for tests, refused in production."""


CLOCK_FILE = "IVR_CLOCK_FILE"
"""Environment variable naming a file with the seconds the wall clock is moved by; for tests, refused in production."""


def sid_of(calls: CallStore, call_id: str) -> str:
    """The carrier's id of a caller's leg; empty for a call that is unknown or over."""
    record = calls.get(call_id)
    return record.carrier_sid if record is not None and record.status != "ended" else ""


class Refused(Exception):
    """The settings are such that starting would be unsafe. `reasons` are sentences."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons


def hooks_of_tests(settings: Settings) -> list[str]:
    """Reasons not to start in production: what only tests may set."""
    hooks = [name for name in (OVERRIDES, HOURS_OVERRIDE, CLOCK_FILE) if os.environ.get(name)]
    return [f"{name} is set, which is for tests only; unset it" for name in hooks] if settings.is_production else []


def dialling_problems(settings: Settings) -> list[str]:
    """Reasons not to start: rules of dialling that make no sense."""
    try:
        dial_rules(settings.dialling, ())
    except ValueError as problem:
        return [f"The rules under `dialling` in config/default.yaml make no sense: {problem}."]
    return []


@dataclass(frozen=True, slots=True)
class House:
    """What every process of ours has: database, stores, flows, connectors, the callback queue."""

    settings: Settings
    base: Path
    database: Database
    calls: SqlCallStore
    nodes: SqlNodeStore
    ledger: SqlWebhookLedger
    requests: SqlRequestStore
    connectors: Connectors
    flows: FlowBook
    clock: SystemClock
    promises: QueueHouse
    accounts: Accounts
    talks: TalkStores

    def open_talks(self) -> BridgeHouse:
        """Bridged conversations, for processes that ask the carrier."""
        return open_bridges(
            self.talks,
            self.promises,
            open_conferences(self.settings),
            self.settings.public_url,
            lambda name: company_of(self.flows, name),
        )

    @property
    def queue(self) -> QueueService:
        """Promises as pages, webhooks and commands use them."""
        return self.promises.service

    @property
    def desk(self) -> Desk:
        """What is known before a call's first word."""
        return self.promises.desk

    @property
    def callbacks(self) -> CallbackStore:
        """Promises."""
        return self.promises.stores.callbacks

    @property
    def agents(self) -> AgentStore:
        """The people who take calls."""
        return self.promises.stores.agents

    @property
    def texts(self) -> TextStore:
        """Text messages."""
        return self.promises.stores.texts

    def close(self) -> None:
        """Gives everything back."""
        close = getattr(self.connectors, "close", None)
        if close is not None:
            close()
        self.database.close()


def open_house(settings: Settings, *, process: str, migrate: bool = False, guarded: bool = True) -> House:
    """Opens database, connectors and flows; configures logging. Raises `Refused` when starting would be unsafe."""
    configure_logging(settings.log, process=process)
    base = settings.config_dir.resolve().parent
    database = open_database(settings.database_url)
    if migrate:
        # Only here: what migrations need would stay in every process's memory.
        from ivr.storage.migrate import upgrade

        upgrade(database.engine)
    if guarded:
        reasons = refusals(settings, check_safety(database.engine))
        reasons += hooks_of_tests(settings) + dialling_problems(settings)
        if reasons:
            database.close()
            raise Refused(reasons)
    moved_by = os.environ.get(CLOCK_FILE)
    clock = SystemClock(Path(moved_by) if moved_by else None)
    requests = SqlRequestStore(database)
    connectors = open_connectors(settings, base, requests, clock.now)
    hours_file = settings.config_dir / "hours.yaml"
    always = {"open": True, "closed": False}.get(os.environ.get(HOURS_OVERRIDE, ""))
    operations = {**connectors.operations(), **desk_operations()}
    may_dial = number_problem(settings.dialling_in_force)
    flows = FlowBook(
        settings.flows.dir, hours_file, operations, base, always=always, now=clock.now, number_problem=may_dial
    )
    stores = QueueStores(SqlCallbackStore(database, clock.now), SqlAgentStore(database), SqlTextStore(database))
    calls = SqlCallStore(database)
    promises = open_queue(stores, settings.dialling_in_force, flows, clock.now, sid_of=lambda one: sid_of(calls, one))
    return House(
        settings=settings,
        base=base,
        database=database,
        calls=calls,
        nodes=SqlNodeStore(database),
        ledger=SqlWebhookLedger(database),
        requests=requests,
        connectors=QueueDoor(promises.desk, connectors, desk_failure()),
        flows=flows,
        clock=clock,
        promises=promises,
        accounts=open_accounts(database, settings),
        talks=TalkStores(SqlBridgeStore(database), SqlFollowUpStore(database)),
    )


def open_accounts(database: Database, settings: Settings) -> Accounts:
    """Who may sign in."""
    given = settings.accounts
    limits = SessionLimits(timedelta(minutes=given.idle_mins), timedelta(hours=given.session_hours))
    return StoredAccounts(SqlAccountStore(database), Argon2Hasher(), limits)


def open_connectors(
    settings: Settings, base: Path, requests: SqlRequestStore | None, now: Callable[[], datetime] | None = None
) -> ConnectorBook:
    """The connectors of config/connectors.yaml, with the rows of a test's overrides over them."""
    book = ConnectorBook.from_files(
        settings.config_dir / "connectors.yaml",
        base=base,
        environ=os.environ,
        requests=requests,
        now=now or SystemClock().now,
        limit_secs=settings.timeouts.lookup_secs,
    )
    given = {name: entry for name, entry in _overrides().items() if name != DESK}
    return book.with_rows(given) if given else book


def desk_failure() -> str | None:
    """The reason for which a test wants the desk of promises to fail."""
    given = _overrides().get(DESK)
    return str(given["fails"]) if isinstance(given, dict) and given.get("fails") else None


def _overrides() -> dict[str, Any]:
    file = os.environ.get(OVERRIDES)
    given = _plain(read_file(Path(file))[0]) if file else {}
    return given if isinstance(given, dict) else {}


def _plain(tree: Tree) -> Any:
    match tree:
        case Scalar(text, _, is_quoted):
            return int(text) if not is_quoted and text.isascii() and text.isdigit() and text[0] != "0" else text
        case YamlSequence(items):
            return [_plain(item) for item in items]
        case YamlMapping(items):
            return {name: _plain(item) for name, item in items.items()}


def flow_sets(flows: Mapping[str, Flow]) -> list[tuple[str, ...]]:
    """The combinations of intent sets that flows use."""
    return sorted({flow.intents for flow in flows.values() if flow.intents})
