"""Many power cuts in a row, for figures (P1, F1): how many acknowledged promises each setting loses.

    python -m tests.durability.power_cuts [CUTS]

Of every setting one writer works on a disk that forgets, and the power goes after seeded numbers of acknowledgements.
At every other cut the disk keeps a random half of what was not synced. Those that must lose nothing come first; the
others are negative controls.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from sqlalchemy import text

from ivr.ports import StoreFailed
from ivr.storage import open_database
from ivr.storage.migrate import upgrade
from tests.durability.cluster import Cluster, copy_synced, own
from tests.durability.disk import PROJECT, Disk, mounted
from tests.durability.stored import stored_keys

CUTS = 20
MOST_BETWEEN = 40
"""Acknowledgements from one cut to the next."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a database runs with."""

    name: str
    is_proper: bool
    """It must lose nothing; else it must lose something."""
    manner: str = "proper"
    """Of the writer."""
    is_deaf: bool = False
    """The disk says it syncs, and does not: what `eatmydata` does to a program."""
    cluster: tuple[str, ...] | None = None
    """Settings of a PostgreSQL; None: SQLite."""


SETTINGS = (
    Setting("SQLite WAL FULL", True),
    Setting("SQLite DELETE EXTRA", True, "journal"),
    Setting("PostgreSQL synchronous_commit=on", True, cluster=()),
    Setting("SQLite WAL NORMAL", False, "careless"),
    Setting("SQLite WAL FULL, no sync gets through", False, is_deaf=True),
    Setting("PostgreSQL synchronous_commit=off", False, cluster=("synchronous_commit=off", "wal_writer_delay=10s")),
)


@dataclass(frozen=True, slots=True)
class Figures:
    """Over all cuts of a setting."""

    setting: str
    is_proper: bool
    cuts: int
    acknowledged: int
    """At the last cut."""
    lost: int
    """The sum over all cuts."""
    cuts_with_losses: int
    unreadable: int
    """Databases that did not open, or were not whole."""

    @property
    def is_good(self) -> bool:
        """As it must be."""
        is_harmed = self.lost > 0 or self.unreadable > 0
        return is_harmed != self.is_proper


def measure(setting: Setting, cuts: int) -> Figures:
    """One writer, and so many cuts."""
    make = _sqlite if setting.cluster is None else _postgresql
    told: list[str] = []
    lost: list[int] = []
    unreadable = 0
    chance = Random(setting.name)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dw-cuts-")))
        folder.chmod(0o755)
        disk = stack.enter_context(mounted())
        url, survivors = stack.enter_context(make(setting, disk, folder))
        if setting.is_deaf:
            disk.turn_deaf()
        writer = stack.enter_context(_writer(url, setting.manner))
        for seed in range(cuts):
            told += [next(writer) for _ in range(chance.randint(1, MOST_BETWEEN))]
            left = folder / f"cut-{seed}"
            disk.cut(left, seed if seed % 2 else None)
            kept = survivors(left)
            unreadable += kept is None
            lost.append(len(set(told) - (kept or set())))
            shutil.rmtree(left)
    harmed = sum(each > 0 for each in lost)
    return Figures(setting.name, setting.is_proper, cuts, len(told), sum(lost), harmed, unreadable)


Survivors = Callable[[Path], set[str] | None]
"""The keys in what is left in a folder; None: it cannot be read."""


@contextmanager
def _writer(url: str, manner: str) -> Iterator[Iterator[str]]:
    command = [sys.executable, "-m", "tests.durability.writer", url, manner, "0", "promises"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT) as process:
        assert process.stdout is not None
        try:
            yield (line.strip() for line in process.stdout)
        finally:
            process.kill()


@contextmanager
def _sqlite(_setting: Setting, disk: Disk, _folder: Path) -> Iterator[tuple[str, Survivors]]:
    url = f"sqlite:///{disk.mount_point}/d.db"
    database = open_database(url)
    upgrade(database.engine)
    database.close()

    def survivors(left: Path) -> set[str] | None:
        try:
            return _whole_keys(f"sqlite:///{left}/d.db")
        except StoreFailed:
            return None

    yield url, survivors


def _whole_keys(url: str) -> set[str] | None:
    database = open_database(url)
    try:
        with database.read() as connection:
            if connection.execute(text("PRAGMA integrity_check")).scalar_one() != "ok":
                return None
        return stored_keys(database, "promises")
    finally:
        database.close()


@contextmanager
def _postgresql(setting: Setting, disk: Disk, folder: Path) -> Iterator[tuple[str, Survivors]]:
    at_home = Cluster(folder / "home", folder / "s")
    at_home.folder.mkdir()
    at_home.make()
    with at_home.running("fsync=off") as url:
        database = open_database(url)
        upgrade(database.engine)
        database.close()
    copy_synced(at_home.folder, disk.mount_point)

    def survivors(left: Path) -> set[str] | None:
        left.chmod(0o700)
        own(left)
        try:
            with Cluster(left, folder / "r").running("fsync=off") as recovered:
                database = open_database(recovered)
                keys = stored_keys(database, "promises")
                database.close()
        except (StoreFailed, subprocess.CalledProcessError):
            return None
        return keys

    with Cluster(disk.mount_point, folder / "s").running(*(setting.cluster or ())) as url:
        yield url, survivors


def main(cuts: int) -> int:
    """Prints a line for every setting as it is done, and all as JSON at the end; 1 when one is not as it must be."""
    found = []
    for setting in SETTINGS:
        figures = measure(setting, cuts)
        found.append(figures)
        sys.stderr.write(
            f"{'must lose nothing' if figures.is_proper else 'control':<18} {figures.setting:<38} {figures.cuts} cuts, "
            f"{figures.acknowledged} acknowledged, {figures.lost} lost at {figures.cuts_with_losses} cuts, "
            f"{figures.unreadable} unreadable: {'good' if figures.is_good else 'NOT GOOD'}\n"
        )
    names = ("setting", "cuts", "acknowledged", "lost", "cuts_with_losses", "unreadable", "is_good")
    sys.stdout.write(json.dumps([{name: getattr(each, name) for name in names} for each in found]) + "\n")
    return 0 if all(figures.is_good for figures in found) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else CUTS))
