"""Where runs take place: a fresh database for each, made from a template. A lane is a process that plays runs."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from pathlib import Path

from ivr.bench.faults.books import Finding
from ivr.bench.faults.crew import warm_up
from ivr.bench.faults.judge import judge
from ivr.bench.faults.plan import SPEED, START, make_plan
from ivr.bench.faults.scene import Scene
from ivr.bench.faults.story import story
from ivr.bench.pace import busyness
from ivr.core.queueing.model import Cause
from ivr.storage import open_database
from ivr.storage.migrate import upgrade
from ivr.storage.scratch import create_copy, drop_copy

TOLERANCE_SECS = 0.4
"""One turn of a worker on a busy machine."""
TEMPLATE = "faults_template"


class Kind(Enum):
    """Which database."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


PACES = {Kind.SQLITE: 1.0, Kind.POSTGRESQL: 1.5}
"""How much longer everything takes."""


@dataclass(frozen=True, slots=True)
class Run:
    """One to be played."""

    kind: Kind
    seed: int
    is_control: bool = False


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a run."""

    run: Run
    kills: int
    findings: tuple[Finding, ...]
    dials: int
    promises: int
    unknown: int
    """Promises that a person has to decide on, because nothing could be known."""
    still_open: int
    secs: float
    """Of the run."""
    pace: float
    stories: tuple[str, ...] = ()
    """Of the promises that findings are about."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where databases come from."""

    folder: Path
    pace: float
    """Real seconds per second of a run, on an idle machine."""
    server_url: str = ""
    """Of a PostgreSQL; empty: none."""

    def prepare(self) -> None:
        """Makes the templates."""
        database = open_database(f"sqlite:///{self.folder}/template.db")
        upgrade(database.engine)
        with database.engine.connect() as connection:
            # Into the one file that is copied.
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        if self.server_url:
            database = open_database(create_copy(self.server_url, TEMPLATE))
            upgrade(database.engine)
            database.close()

    @contextlib.contextmanager
    def database(self, run: Run) -> Iterator[str]:
        """An empty one; its URL. Gone afterwards."""
        name = f"faults_{'c' if run.is_control else 'r'}{run.seed}"
        if run.kind is Kind.POSTGRESQL:
            yield create_copy(self.server_url, name, TEMPLATE)
            drop_copy(self.server_url, name)
            return
        path = self.folder / f"{name}.db"
        shutil.copyfile(self.folder / "template.db", path)
        yield f"sqlite:///{path}"
        for each in self.folder.glob(f"{name}.db*"):
            each.unlink()


def play(run: Run, ground: Ground) -> Played:
    """One run, judged."""
    plan = make_plan(run.seed, trusts_intents=not run.is_control)
    warm_up()
    pace = ground.pace * PACES[run.kind] * busyness()
    with ground.database(run) as url:
        books, kills = Scene(plan, url, ground.folder, pace).play()
    findings = tuple(judge(books, timedelta(seconds=TOLERANCE_SECS * SPEED)))
    about = dict.fromkeys(finding.callback_id for finding in findings if finding.callback_id)
    return Played(
        run=run,
        kills=kills,
        findings=findings,
        dials=len(books.rang),
        promises=len(books.accepted),
        unknown=sum(callback.cause is Cause.UNKNOWN for callback in books.callbacks.values()),
        still_open=sum(not callback.state.is_final for callback in books.callbacks.values()),
        secs=(books.ended_at - START).total_seconds() / SPEED,
        pace=pace,
        stories=tuple(line for one in about for line in (one[:6], *story(books, one))),
    )
