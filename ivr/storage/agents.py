"""The people who take calls, in SQL."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import delete, select

from ivr.core.queueing.legs import Agent
from ivr.storage.callback_steps import locked_agent, update_agent
from ivr.storage.database import Database
from ivr.storage.queue_rows import AGENT_COLUMNS, agent_of, agent_values
from ivr.storage.queue_tables import agents
from ivr.storage.upsert import insert_for

PROFILE = ("name", "number", "queues", "languages", "skills")
"""What `add` replaces of an agent who is there already; the rest is the state, which belongs to the queue."""


class SqlAgentStore:
    """`ivr.ports.AgentStore` over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, agent: Agent) -> None:
        """Inserts, or replaces the profile."""
        with self._database.write() as connection:
            statement = insert_for(connection, agents).values(agent_values(agent))
            changed = {name: statement.excluded[name] for name in PROFILE}
            connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changed))

    def get(self, agent_id: str) -> Agent | None:
        """The agent by the short name."""
        with self._database.read() as connection:
            row = connection.execute(select(*AGENT_COLUMNS).where(agents.c.id == agent_id)).mappings().first()
        return None if row is None else agent_of(row)

    def all(self) -> list[Agent]:
        """Everybody, by id."""
        with self._database.read() as connection:
            rows = connection.execute(select(*AGENT_COLUMNS)).mappings().all()
        return sorted(map(agent_of, rows), key=lambda agent: agent.id)

    def remove(self, agent_id: str) -> None:
        """`KeyError` for an unknown one."""
        with self._database.write() as connection:
            done = connection.execute(delete(agents).where(agents.c.id == agent_id))
        if not done.rowcount:
            raise KeyError(agent_id)

    def set_state(self, agent_id: str, decide: Callable[[Agent], Agent | None]) -> Agent | None:
        """One decision over one agent, whose row is locked."""
        with self._database.write() as connection:
            before = locked_agent(connection, agent_id)
            after = None if before is None else decide(before)
            if before is None or after is None or after == before:
                return None
            if after.id != agent_id:
                raise ValueError("a decision returned another agent than it was given")
            update_agent(connection, before, after)
            return after
