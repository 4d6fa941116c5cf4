"""The same on PostgreSQL (P1, F1): what was acknowledged survives a power cut; with fsync off it does not."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ivr.storage import open_database
from ivr.storage.migrate import upgrade
from tests.durability.cluster import Cluster, copy_synced, own
from tests.durability.disk import PROJECT, Disk
from tests.durability.stored import stored_keys

pytestmark = pytest.mark.durability

CUTS = (1, 7, 40, 150)
"""Acknowledgements after which the power goes."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Readable for the user that PostgreSQL runs as, unlike `tmp_path`; short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="dw-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def lost_at_each_cut(disk: Disk, folder: Path, *settings: str) -> list[int]:
    """How many acknowledged promises are missing after each cut."""
    at_home = Cluster(folder / "home", folder / "s")
    at_home.folder.mkdir()
    at_home.make()
    with at_home.running("fsync=off") as url:
        database = open_database(url)
        upgrade(database.engine)
        database.close()
    copy_synced(at_home.folder, disk.mount_point)
    told: list[str] = []
    lost = []
    with ExitStack() as stack:
        url = stack.enter_context(Cluster(disk.mount_point, folder / "s").running(*settings))
        writer = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", "tests.durability.writer", url, "proper", "0", "promises"],
                stdout=subprocess.PIPE,
                text=True,
                cwd=PROJECT,
            )
        )
        stack.callback(writer.kill)
        assert writer.stdout is not None
        for wanted in CUTS:
            told += [writer.stdout.readline().strip() for _ in range(wanted - len(told))]
            disk.cut(folder / str(wanted))
            lost.append(len(set(told) - survivors(folder, wanted)))
    assert told == [f"k{number}" for number in range(CUTS[-1])]
    return lost


def survivors(folder: Path, wanted: int) -> set[str]:
    """The keys of the promises in the cluster that is left, after its recovery."""
    left = folder / str(wanted)
    left.chmod(0o700)
    own(left)
    with Cluster(left, folder / f"s{wanted}").running("fsync=off") as url:
        database = open_database(url)
        keys = stored_keys(database, "promises")
        database.close()
    return keys


def test_nothing_acknowledged_is_lost_when_the_power_goes(disk: Disk, folder: Path) -> None:
    assert lost_at_each_cut(disk, folder) == [0] * len(CUTS)


def test_with_fsync_off_acknowledged_promises_are_lost(disk: Disk, folder: Path) -> None:
    assert lost_at_each_cut(disk, folder, "fsync=off")[:3] == [1, 7, 40]
