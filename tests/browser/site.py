"""A web process of our own for browsers: `ivr web` on a free port with a throw-away database and three people.

It has no media process and no engines, so it starts in a few seconds. Where calls are needed, take
`tests.integration.server_process.running_server` and `add_people`.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ivr.app import House, open_house
from ivr.core.accounts.model import Role
from ivr.core.queueing.legs import Agent
from ivr.settings import load_settings
from ivr.simulator.scripts.wire_server import Account, ServerWorld, environment, free_port

PROJECT = Path(__file__).resolve().parents[2]
READY_SECS = 60.0


@dataclass(frozen=True, slots=True)
class SiteUser:
    """Somebody who may sign in."""

    id: str
    name: str
    role: Role
    password: str


PEOPLE = {
    one.id: one
    for one in (
        SiteUser("ana", "Ana Ruiz", Role.AGENT, "blue kettle on Tuesday"),
        SiteUser("ben", "Ben Okafor", Role.AGENT, "nine quiet lanterns"),
        SiteUser("kim", "Kim Novak", Role.SUPERVISOR, "seven green umbrellas"),
        SiteUser("ada", "Ada Byron", Role.ADMIN, "a boat under the stairs"),
    )
}


@dataclass(frozen=True, slots=True)
class Site:
    """Where pages are, and the settings behind them."""

    base_url: str
    environment: Mapping[str, str]

    def url(self, path: str) -> str:
        """The address of a page."""
        return self.base_url + path

    @contextlib.contextmanager
    def house(self) -> Iterator[House]:
        """The same database, from the test: to store what a page is to show."""
        with opened(self.environment) as house:
            yield house


@contextlib.contextmanager
def opened(given: Mapping[str, str], *, migrate: bool = False) -> Iterator[House]:
    """The house of a server with this environment."""
    settings = load_settings(PROJECT / "config", {**os.environ, **given})
    house = open_house(settings, process="test", migrate=migrate, guarded=False)
    try:
        yield house
    finally:
        house.close()


def add_people(house: House) -> None:
    """Accounts of everybody, and agents of those who take calls."""
    now = house.clock.now()
    for number, one in enumerate(PEOPLE.values(), start=10):
        house.accounts.add(one.id, one.name, one.role, now, by="test", password=one.password)
        if one.role is Role.AGENT:
            house.agents.add(Agent(one.id, one.name, f"+120255501{number}", ("general",), ("en", "ja")))


@contextlib.contextmanager
def running_site(folder: Path, **extra: str) -> Iterator[Site]:
    """A web process that answers; ended afterwards. Its words are in `web.log`."""
    base_url = f"http://127.0.0.1:{free_port()}"
    world = ServerWorld(base_url, "http://127.0.0.1:9", Account(), is_open=True)
    given = environment(world, folder) | {
        "IVR_SECRET_KEY": "a key for tests that is long enough to sign with",
        "IVR_DIALLING__ALLOW_FICTIONAL": "true",
        "IVR_LOG__FORMAT": "json",
        "IVR_LOG__LEVEL": "debug",
        "PYTHONUNBUFFERED": "1",
        **extra,
    }
    with opened(given, migrate=True) as house:
        add_people(house)
    with (folder / "web.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ivr", "web"],
            cwd=PROJECT,
            env={**os.environ, **given},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_answered(base_url, process, folder / "web.log")
        yield Site(base_url, given)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)


def _wait_until_answered(base_url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"the web process stopped with {process.returncode}:\n{log.read_text()[-2000:]}")
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{base_url}/healthz", timeout=2):
            return
        time.sleep(0.2)
    raise AssertionError("the web process does not answer")
