from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ivr import serve
from ivr.serve import ProcessSpec, Supervisor

pytestmark = pytest.mark.integration

PATIENCE_SECS = 15.0
WORKS = "import time\nopen({first!r}, 'w').close()\nwhile True: time.sleep(60)"
STANDS_BY = (
    "import sys, time\n"
    "open({waits!r}, 'w').close()\n"
    "line = sys.stdin.buffer.readline()\n"
    "open({took!r}, 'wb').write(line)\n"
    "while line: time.sleep(60)\n"
)


class House:
    """A process with a spare; files tell what happened."""

    def __init__(self, folder: Path) -> None:
        self.first, self.waits, self.took = folder / "first", folder / "waits", folder / "took"
        names = {"first": str(self.first), "waits": str(self.waits), "took": str(self.took)}
        self.supervisor = Supervisor(
            [
                ProcessSpec(
                    "media",
                    (sys.executable, "-c", WORKS.format(**names)),
                    is_ready=self.first.exists,
                    spare_command=(sys.executable, "-c", STANDS_BY.format(**names)),
                )
            ]
        )

    def until(self, condition: Callable[[], bool]) -> None:
        """Ticks until something is so."""
        deadline, pause = time.monotonic() + PATIENCE_SECS, threading.Event()
        while not condition():
            assert time.monotonic() < deadline, "waited in vain"
            self.supervisor.tick()
            pause.wait(0.02)

    def kill(self) -> int:
        """Ends what works now."""
        pid = self.supervisor.pids()["media"]
        os.kill(pid, signal.SIGKILL)
        return pid


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr(serve, "SPARE_AFTER_SECS", 0.0)
    house = House(tmp_path)
    house.supervisor.start()
    yield house
    house.supervisor.stop()


def test_spare_takes_over_when_its_process_is_killed(house: House) -> None:
    house.until(house.waits.exists)
    assert not house.took.exists()
    killed = house.kill()
    house.until(lambda: house.took.exists() and house.took.read_bytes() == serve.TAKE_OVER)
    assert house.supervisor.pids()["media"] != killed
    assert house.supervisor.restarts() == {"media": 1}


def test_new_spare_stands_by_after_a_take_over(house: House) -> None:
    house.until(house.waits.exists)
    house.kill()
    house.until(house.took.exists)
    house.waits.unlink()
    house.until(house.waits.exists)


def test_death_before_there_is_a_spare_starts_one_that_takes_over_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "SPARE_AFTER_SECS", 1000.0)
    house = House(tmp_path)
    house.supervisor.start()
    try:
        house.until(house.first.exists)
        house.kill()
        house.until(lambda: house.took.exists() and house.took.read_bytes() == serve.TAKE_OVER)
    finally:
        house.supervisor.stop()


def test_stop_leaves_no_spare_behind(house: House) -> None:
    house.until(house.waits.exists)
    house.supervisor.stop()
    assert house.supervisor.pids() == {}
    assert not house.took.exists() or house.took.read_bytes() == b""
