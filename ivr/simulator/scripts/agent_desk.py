"""Signs the agents of a story in, by the server's own commands; the simulator knows no database."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Mapping, Sequence

from ivr.simulator.scripts.later import GivenAgent

FIRST_NUMBER = 12_025_550_110
"""Agents without a number of their own get +12025550110 and those that follow."""
COMMAND = (sys.executable, "-m", "ivr")


class AgentsNotSignedIn(Exception):
    """A command failed. `reason` is what it said."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def numbers_of(agents: Sequence[GivenAgent]) -> dict[str, str]:
    """Agent -> telephone."""
    return {agent.id: agent.number or f"+{FIRST_NUMBER + index}" for index, agent in enumerate(agents)}


class AgentDesk:
    """`ivr users …` against the database of one server."""

    def __init__(self, environment: Mapping[str, str], command: Sequence[str] = COMMAND) -> None:
        self._environment, self._command = dict(environment), tuple(command)

    async def sign_in(self, agents: Sequence[GivenAgent], queues: Sequence[str]) -> None:
        """Adds everybody in their first state; before the server starts. Raises `AgentsNotSignedIn`."""
        if not agents:
            return
        await self._run("db", "upgrade")
        numbers = numbers_of(agents)
        for agent in agents:
            options = ["--number", numbers[agent.id], "--name", agent.id.title()]
            for name, values in (
                ("--queue", agent.queues or queues),
                ("--language", agent.languages),
                ("--skill", agent.skills),
            ):
                options += [part for value in values for part in (name, value)]
            await self._run("users", "add", agent.id, *options)
            await self._set_first(agent)

    async def _set_first(self, agent: GivenAgent) -> None:
        """What a person may choose; a call elsewhere makes somebody busy, and ends by itself where the script says."""
        if agent.state == "on_call" and agent.free_after_ms is not None:
            await self._run("users", "state", agent.id, "busy", "--mins", f"{agent.free_after_ms / 60_000:.4f}")
        else:
            await self._run("users", "state", agent.id, "break" if agent.state == "on_call" else agent.state)

    async def _run(self, *arguments: str) -> None:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            *arguments,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        if process.returncode != 0:
            last = said.decode("utf-8", "replace").strip().splitlines()[-3:]
            raise AgentsNotSignedIn(" ".join(last) or f"`ivr {arguments[0]}` failed")
