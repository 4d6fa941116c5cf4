"""A real server of our own for tests: `ivr serve` on free ports with a throw-away database, and a carrier to call it.

Everything the server prints goes to a file; its processes can be found and killed by name.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import psutil

from ivr.simulator.carrier import Carrier, CarrierSettings, LineSettings, NumberSettings
from ivr.simulator.scripts.wire_server import Account, ServerWorld, environment, free_port

PROJECT = Path(__file__).resolve().parents[2]
READY_SECS = 90.0
STOP_SECS = 20.0
Result = TypeVar("Result")
ENGLISH, JAPANESE = "+15005550006", "+815012345678"


class RunningServer:
    """`ivr serve` with all its processes."""

    def __init__(self, folder: Path, **extra: str) -> None:
        """Starts nothing yet; `extra` are further environment variables."""
        self.folder = folder
        self.base_url = f"http://127.0.0.1:{free_port()}"
        self.account = Account()
        self.log_path = folder / "server.log"
        self.recordings = folder / "recordings"
        flows = folder / "call_flows"
        if not flows.exists():
            shutil.copytree(PROJECT / "call_flows", flows)
        world = ServerWorld(self.base_url, "http://127.0.0.1:9", self.account, is_open=True)
        self.environment = environment(world, folder) | {
            "IVR_SECRET_KEY": "a key for tests that is long enough to sign with",
            "IVR_FLOWS__DIR": str(flows),
            # Calls that tests leave ringing keep their tickets for a minute.
            "IVR_MEDIA__CAPACITY": "400",
            # Tests call from numbers that nobody has; they may be promised a call.
            "IVR_DIALLING__ALLOW_FICTIONAL": "true",
            "IVR_LOG__FORMAT": "json",
            "IVR_LOG__LEVEL": "debug",
            "PYTHONUNBUFFERED": "1",
            **extra,
        }
        self._process: subprocess.Popen[bytes] | None = None

    # -- its life ------------------------------------------------------------------------------

    def start(self) -> None:
        """Starts, and waits until calls can be answered and every process has said so."""
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ivr", "serve"],
                cwd=PROJECT,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.until(self.is_ready, READY_SECS)

    def stop(self) -> int:
        """Asks it to end; its exit code."""
        assert self._process is not None
        if self._process.poll() is not None:
            return self._process.returncode
        self._process.terminate()
        try:
            return self._process.wait(STOP_SECS)
        except subprocess.TimeoutExpired:
            self.kill_all()
            return self._process.wait(STOP_SECS)

    def kill_all(self) -> None:
        """A power cut: every process at once, nobody is asked."""
        assert self._process is not None
        victims = [self._process.pid, *(child.pid for child in psutil.Process(self._process.pid).children(True))]
        for pid in victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait(STOP_SECS)

    def pids(self, name: str) -> list[int]:
        """Ids of the processes `ivr NAME` that work, oldest first; one that only stands by is not among them."""
        found = [process for process in self._children() if _is_command(process, name)]
        parents = {process.pid for process in found}
        own = [process for process in sorted(found, key=_age) if process.ppid() not in parents]
        return [process.pid for process in own if "--spare" not in process.cmdline() or _has_taken_over(process)]

    def has_spare(self, name: str) -> bool:
        """Whether a second process of this name stands by, all slow work done."""
        working, lines = self.pids(name), [line for line in self.output().splitlines() if "stands by" in line]
        others = [process.pid for process in self._children() if _is_command(process, name)]
        return any(f'"pid": {pid},' in line for pid in others if pid not in working for line in lines)

    def children_of(self, name: str) -> list[psutil.Process]:
        """The children of the process `ivr NAME`."""
        return [child for pid in self.pids(name) for child in psutil.Process(pid).children(recursive=True)]

    def _children(self) -> list[psutil.Process]:
        assert self._process is not None
        return psutil.Process(self._process.pid).children(recursive=True)

    # -- what it says --------------------------------------------------------------------------

    def is_ready(self) -> bool:
        """Whether it has printed that it is ready, and still answers so."""
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"the server stopped with {self._process.returncode}:\n{self.output()[-2000:]}")
        return "Ready." in self.output() and self.can_answer()

    def can_answer(self) -> bool:
        """Whether `/readyz` says that calls can be answered."""
        return self.get("/readyz")[0] == 200

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Status and body; status 0 when there is no answer."""
        request = urllib.request.Request(self.base_url + path, headers=dict(headers or {}))
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode("utf-8", "replace")
        except (OSError, ValueError):
            return 0, ""

    def call(self, carrier_sid: str) -> dict[str, Any] | None:
        """The server's own record of a call."""
        status, body = self.get(f"/api/v1/calls?carrier_sid={quote(carrier_sid)}")
        calls = json.loads(body)["calls"] if status == 200 else []
        return calls[0] if calls else None

    def ended_call(self, carrier_sid: str) -> dict[str, Any]:
        """The same, once the server has written down the end."""
        found: list[dict[str, Any]] = []

        def has_ended() -> bool:
            found[:] = [call for call in [self.call(carrier_sid)] if call is not None]
            return bool(found) and found[0]["status"] == "ended"

        self.until(has_ended, 20)
        return found[0]

    def output(self) -> str:
        """All that its processes have printed so far."""
        return self.log_path.read_text("utf-8", "replace") if self.log_path.exists() else ""

    def counters(self) -> dict[str, float]:
        """The figures of `/metrics`, by name with labels."""
        lines = (line.rsplit(" ", 1) for line in self.get("/metrics")[1].splitlines() if not line.startswith("#"))
        return {name: float(value) for name, value in lines}

    # -- around it -----------------------------------------------------------------------------

    def carrier(self, speed: float = 1.0) -> Carrier:
        """A carrier whose sample numbers are answered here."""
        number = NumberSettings(
            voice_url=f"{self.base_url}/voice/incoming",
            voice_fallback_url=f"{self.base_url}/voice/fallback",
            status_callback=f"{self.base_url}/voice/status",
        )
        return Carrier(
            CarrierSettings(
                account_sid=self.account.sid,
                auth_token=self.account.token,
                numbers={ENGLISH: number, JAPANESE: number},
                allow_ws_on_loopback=True,
                line=LineSettings(speed=speed),
            )
        )

    def with_carrier(self, scenario: Callable[[Carrier], Awaitable[Result]], speed: float = 1.0) -> Result:
        """Runs a test's coroutine with a carrier that calls this server."""

        async def whole() -> Result:
            async with self.carrier(speed) as carrier:
                return await scenario(carrier)

        return asyncio.run(whole())

    @staticmethod
    def until(condition: Callable[[], bool], secs: float) -> None:
        """Waits for something; fails after `secs`."""
        deadline = time.monotonic() + secs
        while not condition():
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(0.1)


def _is_command(process: psutil.Process, name: str) -> bool:
    try:
        return re.search(rf" -m ivr {name}( --spare)?$", " ".join(process.cmdline())) is not None
    except psutil.Error:
        return False


def _has_taken_over(process: psutil.Process) -> bool:
    try:
        family = [process, *process.children(recursive=True)]
        return any(one.status == psutil.CONN_LISTEN for each in family for one in each.net_connections("tcp"))
    except psutil.Error:
        return False


def _age(process: psutil.Process) -> float:
    return process.create_time()


@contextlib.contextmanager
def running_server(folder: Path, **extra: str) -> Iterator[RunningServer]:
    """A server that is ready; ended afterwards."""
    server = RunningServer(folder, **extra)
    try:
        server.start()
        yield server
    finally:
        server.stop()
