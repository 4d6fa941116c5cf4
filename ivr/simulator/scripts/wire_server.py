"""Starts a server of our own for simulated calls: free ports, a throw-away database, the script's connectors."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp

from ivr.simulator.scripts.agent_desk import AgentDesk, AgentsNotSignedIn
from ivr.simulator.scripts.later import GivenAgent
from ivr.simulator.scripts.model import GivenConnector

READY_SECS = 90.0
STOP_SECS = 20.0
_PAUSE_SECS = 0.2
_LAST_LINES = 8


class ServerNotReady(Exception):
    """The server did not come up. `reason` ends with its last words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Account:
    """The carrier's account that server and carrier share."""

    sid: str = field(default_factory=lambda: f"AC{secrets.token_hex(16)}")
    token: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)


@dataclass(frozen=True, slots=True)
class ServerWorld:
    """What the server is to find when it starts."""

    base_url: str
    carrier_url: str
    account: Account
    connectors: Mapping[str, GivenConnector] = field(default_factory=dict)
    is_open: bool | None = None
    """Overrides the hours of every flow."""
    has_story: bool = False
    """Agents and telephones are part of it: fictional numbers may be dialled, the clock can be moved."""
    now: datetime | None = None
    """What its clock shows at the beginning; None: the real time."""
    agents: tuple[GivenAgent, ...] = ()
    queues: tuple[str, ...] = ("general",)
    """That agents without queues of their own serve."""
    command: tuple[str, ...] = (sys.executable, "-m", "ivr", "serve")


def free_port() -> int:
    """A TCP port of this machine that nobody has at the moment."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass(frozen=True, slots=True)
class RunningServer:
    """What a story can do to the server besides calling it."""

    agents: AgentDesk
    clock: Path

    def move_clock(self, by: timedelta) -> None:
        """Its clock shows this much more than the real one."""
        fresh = self.clock.with_suffix(".new")
        fresh.write_text(f"{by.total_seconds():.3f}", "ascii")
        fresh.replace(self.clock)


@contextlib.asynccontextmanager
async def running_server(world: ServerWorld) -> AsyncIterator[RunningServer]:
    """A server that is ready for calls; ended when the block ends. Raises `ServerNotReady`."""
    with tempfile.TemporaryDirectory(prefix="denwaban-call-") as name:
        folder = Path(name)
        log_path = folder / "server.log"
        whole = {**os.environ, **environment(world, folder)}
        running = RunningServer(AgentDesk(whole), folder / "clock")
        running.move_clock(world.now - datetime.now(UTC) if world.now is not None else timedelta(0))
        try:
            await running.agents.sign_in(world.agents, world.queues)
        except AgentsNotSignedIn as problem:
            raise ServerNotReady(f"the agents could not be signed in: {problem.reason}") from problem
        with log_path.open("wb") as log:
            server = await asyncio.create_subprocess_exec(
                *world.command,
                env=whole,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            try:
                await _wait_ready(world.base_url, server, log_path)
                yield running
            finally:
                await _end(server)


def environment(world: ServerWorld, folder: Path) -> dict[str, str]:
    """Settings of the server; everything it writes goes into `folder`."""
    found = {
        "IVR_PUBLIC_URL": world.base_url,
        "IVR_ENVIRONMENT": "development",
        "IVR_DATABASE_URL": f"sqlite:///{folder / 'calls.sqlite'}",
        "IVR_WEB__PORT": world.base_url.rpartition(":")[2],
        "IVR_MEDIA__PORT": str(free_port()),
        "IVR_RECORDING__DIR": str(folder / "recordings"),
        "IVR_TIMEOUTS__DRAIN_SECS": "2",
        "TWILIO_ACCOUNT_SID": world.account.sid,
        "TWILIO_AUTH_TOKEN": world.account.token,
        "TWILIO_API_BASE": world.carrier_url,
    }
    if world.has_story:
        found |= {"IVR_CLOCK_FILE": str(folder / "clock"), "IVR_DIALLING__ALLOW_FICTIONAL": "true"}
    if world.connectors:
        path = folder / "connectors.yaml"
        path.write_text(json.dumps({name: _entry(given) for name, given in world.connectors.items()}), "utf-8")
        found["IVR_CONNECTOR_OVERRIDES"] = str(path)
    if world.is_open is not None:
        found["IVR_HOURS_OVERRIDE"] = "open" if world.is_open else "closed"
    return found


def _entry(given: GivenConnector) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    if given.rows is not None:
        entry["rows"] = [{name: _plain(value) for name, value in row.items()} for row in given.rows]
    if given.fails is not None:
        entry["fails"] = given.fails
    if given.delay_ms is not None:
        entry["delay_ms"] = given.delay_ms
    return entry


def _plain(value: Any) -> Any:
    """JSON that strict YAML reads as the same value: no null, no decimals."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    return str(value) if isinstance(value, Decimal) else value


async def _wait_ready(base_url: str, server: asyncio.subprocess.Process, log_path: Path) -> None:
    deadline = asyncio.get_running_loop().time() + READY_SECS
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
        while server.returncode is None and asyncio.get_running_loop().time() < deadline:
            if await _is_ready(session, base_url):
                return
            await asyncio.sleep(_PAUSE_SECS)
    what = "stopped" if server.returncode is not None else f"was not ready within {READY_SECS:.0f} s"
    raise ServerNotReady("\n".join([f"the server {what}; its last lines:", *_last_lines(log_path)]))


def _last_lines(path: Path) -> list[str]:
    return path.read_text("utf-8", "replace").splitlines()[-_LAST_LINES:]


async def _is_ready(session: aiohttp.ClientSession, base_url: str) -> bool:
    try:
        async with session.get(f"{base_url}/readyz") as answer:
            return answer.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


async def _end(server: asyncio.subprocess.Process) -> None:
    if server.returncode is not None:
        return
    server.terminate()
    try:
        async with asyncio.timeout(STOP_SECS):
            await server.wait()
    except TimeoutError:
        server.kill()
        await server.wait()
