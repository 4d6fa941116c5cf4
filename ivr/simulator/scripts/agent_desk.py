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
            await self.set_state(agent.id, agent.state)

    async def set_state(self, agent_id: str, state: str) -> None:
        """What a person may choose; somebody on a call elsewhere is on a break to this server."""
        chosen = state if state in ("available", "offline") else "break"
        await self._run("users", "state", agent_id, chosen)

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
