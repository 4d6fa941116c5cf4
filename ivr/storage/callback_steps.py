"""Decisions over attempts inside transactions: what is read and locked, and what is written of a step.

Locks are taken in the order callback, agent. A claim skips rows that others hold and therefore never waits for them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, Table

from ivr.core.queueing.legs import Agent, Leg
from ivr.core.queueing.model import Happened, Place
from ivr.core.queueing.reading import Reading, is_overtaken, newcomers
from ivr.core.queueing.steps import Attempt, Step, Text
from ivr.ports import Claim, Decide
from ivr.storage import callback_line
from ivr.storage import queue_statements as statements
from ivr.storage.placing import open_number, place, written_at
from ivr.storage.queue_rows import (
    Placed,
    Values,
    agent_changes,
    agent_of,
    callback_changes,
    happened_values,
    leg_of,
    leg_values,
    placed_of,
    placing_changes,
    text_values,
)
from ivr.storage.queue_tables import agents, callbacks


@dataclass(slots=True)
class Writes:
    """What a transaction is going to write, gathered so that equal statements go out together."""

    callbacks: list[tuple[str, Values]] = field(default_factory=list)
    agents: list[tuple[str, Values]] = field(default_factory=list)
    legs: list[Leg] = field(default_factory=list)
    history: list[Happened] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)

    def send(self, connection: Connection) -> None:
        """Writes it. Legs before history: the first violation of uniqueness ends the transaction."""
        _update(connection, callbacks, self.callbacks)
        _update(connection, agents, self.agents)
        put_legs(connection, self.legs)
        if self.history:
            connection.execute(statements.ADD_HISTORY, [happened_values(line) for line in self.history])
        add_texts(connection, self.texts)


def take_step(connection: Connection, callback_id: str, decide: Decide, agent_id: str = "") -> Attempt | None:
    """`CallbackStore.step`."""
    before = _locked_callback(connection, callback_id)
    return None if before is None else _decide(connection, before, before.callback.attempt, decide, agent_id)


def take_leg_step(connection: Connection, tag: str, decide: Decide) -> Attempt | None:
    """`CallbackStore.step_leg`."""
    found = connection.execute(statements.LEG_PLACE, {"tag": tag}).first()
    before = None if found is None else _locked_callback(connection, found[0])
    return None if found is None or before is None else _decide(connection, before, found[1], decide, "")


def take_claims(connection: Connection, claims: Sequence[Claim], reading: Reading | None) -> list[Attempt]:
    """`CallbackStore.claim`. A callback and an agent are taken once."""
    ids = sorted({claim.callback_id for claim in claims})
    rows = connection.execute(statements.FREE_CALLBACKS, {"ids": ids})
    promises = {placed.callback.id: placed for placed in map(placed_of, rows)}
    people = _free_agents(connection, sorted({claim.agent_id for claim in claims} - {""}))
    legs = _legs_of(connection, list(promises))
    came = _came(connection, promises.values(), reading)
    writes, taken = Writes(), []
    for claim in claims:
        before, agent = promises.get(claim.callback_id), people.get(claim.agent_id)
        if before is None or (claim.agent_id and agent is None):
            continue
        if reading is not None and agent is not None and is_overtaken(before.callback, agent, came, reading.now):
            continue
        ours = tuple(leg for leg in legs[claim.callback_id] if leg.attempt == before.callback.attempt)
        attempt = Attempt(before.callback, ours, agent)
        step = claim.decide(attempt)
        if step is None:
            continue
        _gather(writes, before, attempt, step)
        del promises[claim.callback_id]
        people.pop(claim.agent_id, None)
        taken.append(step.attempt)
    writes.send(connection)
    return taken


def add_texts(connection: Connection, new: Iterable[Text]) -> None:
    """Queues texts; those whose key is there already are left alone."""
    rows = [text_values(each) for each in new]
    if rows:
        connection.execute(statements.adding_texts(connection.dialect.name), rows)


def locked_agent(connection: Connection, agent_id: str) -> Agent | None:
    """An agent whose row is ours until the transaction ends."""
    row = connection.execute(statements.LOCKED_AGENT, {"id": agent_id}).mappings().first()
    return None if row is None else agent_of(row)


def update_agent(connection: Connection, before: Agent, after: Agent) -> None:
    """Writes what differs."""
    _update(connection, agents, [(before.id, agent_changes(before, after))])


def _decide(connection: Connection, before: Placed, number: int, decide: Decide, agent_id: str) -> Attempt | None:
    callback = before.callback
    legs = connection.execute(statements.LEGS_OF_ATTEMPT, {"id": callback.id, "attempt": number}).mappings()
    agent = locked_agent(connection, agent_id or callback.agent) if agent_id or callback.agent else None
    attempt = Attempt(callback, tuple(map(leg_of, legs)), agent)
    step = decide(attempt)
    if step is None:
        return None
    writes = Writes()
    _gather(writes, before, attempt, step)
    writes.send(connection)
    return step.attempt


def _gather(writes: Writes, placed: Placed, before: Attempt, step: Step) -> None:
    after = step.attempt
    if after.callback.id != before.callback.id:
        raise ValueError("a decision returned another callback than it was given")
    if after.agent is not None and (before.agent is None or after.agent.id != before.agent.id):
        raise ValueError("a decision returned another agent than it was given")
    changed = callback_changes(before.callback, after.callback)
    placing = place(after.callback, written_at(after.callback, step.history))
    changed |= placing_changes(placed.placing, placing)
    writes.callbacks.append((after.callback.id, changed))
    if before.agent is not None and after.agent is not None:
        writes.agents.append((after.agent.id, agent_changes(before.agent, after.agent)))
    known = {leg.tag: leg for leg in before.legs}
    changed_legs = [leg for leg in after.legs if leg != known.get(leg.tag)]
    # Those that end give their number back before another leg asks for it.
    writes.legs += sorted(changed_legs, key=lambda leg: open_number(leg) is not None)
    writes.history += step.history
    writes.texts += step.texts


def _locked_callback(connection: Connection, callback_id: str) -> Placed | None:
    row = connection.execute(statements.LOCKED_CALLBACK, {"id": callback_id}).first()
    return None if row is None else placed_of(row)


def _free_agents(connection: Connection, ids: Sequence[str]) -> dict[str, Agent]:
    if not ids:
        return {}
    found = map(agent_of, connection.execute(statements.FREE_AGENTS, {"ids": ids}).mappings())
    return {agent.id: agent for agent in found}


def _came(connection: Connection, promises: Iterable[Placed], reading: Reading | None) -> list[Place]:
    """Who has come to stand in front of the last of these since the reading."""
    last = max((placed.callback.order_at for placed in promises), default=None)
    if reading is None or last is None:
        return []
    return newcomers(reading, callback_line.places_until(connection, reading, last))


def _legs_of(connection: Connection, ids: Sequence[str]) -> defaultdict[str, list[Leg]]:
    legs: defaultdict[str, list[Leg]] = defaultdict(list)
    if ids:
        for leg in map(leg_of, connection.execute(statements.LEGS_OF_MANY, {"ids": ids}).mappings()):
            legs[leg.callback_id].append(leg)
    return legs


def _update(connection: Connection, table: Table, changes: Sequence[tuple[str, Values]]) -> None:
    """One statement for all rows in which the same columns change; later changes of a row go out later."""
    batches: list[tuple[tuple[str, ...], list[Values]]] = []
    for key, values in changes:
        if not values:
            continue
        names = tuple(sorted(values))
        row = {f"new_{name}": value for name, value in values.items()} | {"row_id": key}
        if batches and batches[-1][0] == names:
            batches[-1][1].append(row)
        else:
            batches.append((names, [row]))
    for names, rows in batches:
        connection.execute(statements.changing(table, names), rows)


def put_legs(connection: Connection, legs: Sequence[Leg]) -> None:
    """Adds legs, or replaces them by their tag."""
    if legs:
        connection.execute(statements.putting_legs(connection.dialect.name), [leg_values(leg) for leg in legs])
