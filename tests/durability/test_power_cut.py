"""What was acknowledged survives a power cut (P1, F1); without syncing it does not, and the suite notices."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import text

from ivr.storage import open_database
from ivr.storage.migrate import upgrade
from tests.durability.disk import PROJECT, Disk
from tests.durability.stored import stored_keys

pytestmark = pytest.mark.durability

CUTS = (1, 2, 7, 40, 150, 300, 301, 450)
"""Acknowledgements after which the power goes; the log is checkpointed on the way."""


def lost_at_each_cut(disk: Disk, folder: Path, manner: str, subject: str) -> list[int]:
    """How many acknowledged ones are missing after each cut; every surviving database must be whole."""
    url = f"sqlite:///{disk.mount_point}/d.db"
    database = open_database(url)
    upgrade(database.engine)
    database.close()
    told: list[str] = []
    lost = []
    with ExitStack() as stack:
        writer = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", "tests.durability.writer", url, manner, "0", subject],
                stdout=subprocess.PIPE,
                text=True,
                cwd=PROJECT,
            )
        )
        stack.callback(writer.kill)
        assert writer.stdout is not None
        for wanted in CUTS:
            told += [writer.stdout.readline().strip() for _ in range(wanted - len(told))]
            disk.cut(folder / f"{manner}-{wanted}")
            lost.append(len(set(told) - survivors(folder / f"{manner}-{wanted}", subject)))
    assert told == [f"k{number}" for number in range(CUTS[-1])]
    return lost


def survivors(folder: Path, subject: str) -> set[str]:
    """The keys in the database that is left."""
    database = open_database(f"sqlite:///{folder}/d.db")
    with database.read() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
    keys = stored_keys(database, subject)
    database.close()
    return keys


@pytest.mark.parametrize("subject", ["requests", "promises"])
def test_nothing_acknowledged_is_lost_when_the_power_goes(disk: Disk, tmp_path: Path, subject: str) -> None:
    assert lost_at_each_cut(disk, tmp_path, "proper", subject) == [0] * len(CUTS)


@pytest.mark.parametrize("subject", ["requests", "promises"])
def test_without_syncing_acknowledged_ones_are_lost(disk: Disk, tmp_path: Path, subject: str) -> None:
    lost = lost_at_each_cut(disk, tmp_path, "careless", subject)
    assert lost[:4] == [1, 2, 7, 40]
