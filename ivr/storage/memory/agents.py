"""The people who take calls, as a dictionary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ivr.core.queueing.legs import Agent
from ivr.storage.agents import PROFILE
from ivr.storage.memory.queue import MemoryQueue, kept


class MemoryAgentStore:
    """`ivr.ports.AgentStore` over a `MemoryQueue`."""

    def __init__(self, queue: MemoryQueue) -> None:
        self._queue = queue

    def add(self, agent: Agent) -> None:
        """Inserts, or replaces the profile."""
        with self._queue.held():
            known = self._queue.agents.get(agent.id)
            profile = {name: getattr(agent, name) for name in PROFILE}
            self._queue.put_agent(kept(agent if known is None else replace(known, **profile)))

    def get(self, agent_id: str) -> Agent | None:
        """The agent by the short name."""
        with self._queue.held():
            return self._queue.agents.get(agent_id)

    def all(self) -> list[Agent]:
        """Everybody, by id."""
        with self._queue.held():
            return sorted(self._queue.agents.values(), key=lambda agent: agent.id)

    def remove(self, agent_id: str) -> None:
        """`KeyError` for an unknown one."""
        with self._queue.held():
            self._queue.remove_agent(agent_id)

    def set_state(self, agent_id: str, decide: Callable[[Agent], Agent | None]) -> Agent | None:
        """One decision over one agent, whom nobody else changes meanwhile."""
        with self._queue.held():
            before = self._queue.agents.get(agent_id)
            after = None if before is None else decide(before)
            if before is None or after is None or after == before:
                return None
            if after.id != agent_id:
                raise ValueError("a decision returned another agent than it was given")
            self._queue.put_agent(kept(after))
            return after
