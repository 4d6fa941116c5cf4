"""The disk that forgets, mounted for a test by a process of its own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Disk:
    """A mounted disk that forgets."""

    mount_point: Path
    orders: IO[str]
    answers: IO[str]

    def cut(self, folder: Path, seed: int | None = None) -> None:
        """Writes what would survive into a new folder; with a seed, some of what was not synced survives, too."""
        folder.mkdir()
        self._order("cut", f" {folder}" if seed is None else f" {folder} {seed}")

    def turn_deaf(self) -> None:
        """From now on it only says that it syncs."""
        self._order("deaf")

    def _order(self, word: str, arguments: str = "") -> None:
        self.orders.write(f"{word}{arguments}\n")
        self.orders.flush()
        assert self.answers.readline() == f"{word}\n"


@pytest.fixture
def disk() -> Iterator[Disk]:
    """One for a test."""
    with mounted() as made:
        yield made


@contextmanager
def mounted() -> Iterator[Disk]:
    """Mounted where any user gets to it."""
    with tempfile.TemporaryDirectory(prefix="dw-disk-") as name:
        Path(name).chmod(0o755)
        mount_point = Path(name) / "disk"
        mount_point.mkdir()
        yield from _mounted(mount_point)


def _mounted(mount_point: Path) -> Iterator[Disk]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.durability.lossy_disk", str(mount_point)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    ) as server:
        assert server.stdin is not None and server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        yield Disk(mount_point, server.stdin, server.stdout)
        server.stdin.close()
        assert server.wait(10) == 0
