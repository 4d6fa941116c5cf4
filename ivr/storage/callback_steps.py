"""Decisions over attempts inside transactions: what is read and locked, and what is written of a step.

Locks are taken in the order callback, agent. A claim skips rows that others hold and therefore never waits for them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select, update

from ivr.core.queueing.legs import Agent, Leg
from ivr.core.queueing.model import Happened
from ivr.core.queueing.steps import Attempt, Step, Text
from ivr.ports import Claim, Decide
from ivr.storage.placing import open_number, place, written_at
from ivr.storage.queue_rows import (
    AGENT_COLUMNS,
    LEG_COLUMNS,
    PLACED_COLUMNS,
    Row,
    Values,
    agent_changes,
    agent_of,
    callback_changes,
    callback_of,
    happened_values,
    leg_of,
    leg_values,
    placing_values,
    text_values,
)
from ivr.storage.queue_tables import agents, callback_history, callback_legs, callbacks, texts
from ivr.storage.upsert import insert_for


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
        _upsert_legs(connection, self.legs)
        if self.history:
            connection.execute(insert(callback_history), [happened_values(line) for line in self.history])
        add_texts(connection, self.texts)


def take_step(connection: Connection, callback_id: str, decide: Decide, agent_id: str = "") -> Attempt | None:
    """`CallbackStore.step`."""
    row = _locked_callback(connection, callback_id)
    if row is None:
        return None
    return _decide(connection, row, row["attempt"], decide, agent_id)


def take_leg_step(connection: Connection, tag: str, decide: Decide) -> Attempt | None:
    """`CallbackStore.step_leg`."""
    place_of_leg = select(callback_legs.c.callback_id, callback_legs.c.attempt).where(callback_legs.c.tag == tag)
    found = connection.execute(place_of_leg).first()
    row = None if found is None else _locked_callback(connection, found[0])
    if found is None or row is None:
        return None
    return _decide(connection, row, found[1], decide, "")


def take_claims(connection: Connection, claims: Sequence[Claim]) -> list[Attempt]:
    """`CallbackStore.claim`. A callback and an agent are taken once."""
    rows = _unlocked(connection, callbacks.c.id, {claim.callback_id for claim in claims}, PLACED_COLUMNS)
    people = _unlocked(connection, agents.c.id, {claim.agent_id for claim in claims} - {""}, AGENT_COLUMNS)
    legs = _legs_of(connection, [key for key, row in rows.items() if row["attempt"]])
    writes, taken = Writes(), []
    for claim in claims:
        row, person = rows.get(claim.callback_id), people.get(claim.agent_id)
        if row is None or (claim.agent_id and person is None):
            continue
        ours = tuple(leg for leg in legs[claim.callback_id] if leg.attempt == row["attempt"])
        attempt = Attempt(callback_of(row), ours, None if person is None else agent_of(person))
        step = claim.decide(attempt)
        if step is None:
            continue
        _gather(writes, row, attempt, step)
        del rows[claim.callback_id]
        people.pop(claim.agent_id, None)
        taken.append(step.attempt)
    writes.send(connection)
    return taken


def add_texts(connection: Connection, new: Iterable[Text]) -> None:
    """Queues texts; those whose key is there already are left alone."""
    rows = [text_values(each) for each in new]
    if rows:
        connection.execute(insert_for(connection, texts).on_conflict_do_nothing(index_elements=["key"]), rows)


def locked_agent(connection: Connection, agent_id: str) -> Agent | None:
    """An agent whose row is ours until the transaction ends."""
    found = connection.execute(select(*AGENT_COLUMNS).where(agents.c.id == agent_id).with_for_update())
    row = found.mappings().first()
    return None if row is None else agent_of(row)


def update_agent(connection: Connection, before: Agent, after: Agent) -> None:
    """Writes what differs."""
    _update(connection, agents, [(before.id, agent_changes(before, after))])


def _decide(connection: Connection, row: Row, number: int, decide: Decide, agent_id: str) -> Attempt | None:
    callback = callback_of(row)
    of_attempt = (callback_legs.c.callback_id == callback.id) & (callback_legs.c.attempt == number)
    agent = locked_agent(connection, agent_id or callback.agent) if agent_id or callback.agent else None
    attempt = Attempt(callback, tuple(_legs(connection, of_attempt)), agent)
    step = decide(attempt)
    if step is None:
        return None
    writes = Writes()
    _gather(writes, row, attempt, step)
    writes.send(connection)
    return step.attempt


def _gather(writes: Writes, row: Row, before: Attempt, step: Step) -> None:
    after = step.attempt
    if after.callback.id != before.callback.id:
        raise ValueError("a decision returned another callback than it was given")
    if after.agent is not None and (before.agent is None or after.agent.id != before.agent.id):
        raise ValueError("a decision returned another agent than it was given")
    changed = callback_changes(before.callback, after.callback)
    placing = placing_values(place(after.callback, written_at(after.callback, step.history)))
    changed |= {name: value for name, value in placing.items() if row[name] != value}
    writes.callbacks.append((after.callback.id, changed))
    if before.agent is not None and after.agent is not None:
        writes.agents.append((after.agent.id, agent_changes(before.agent, after.agent)))
    known = {leg.tag: leg for leg in before.legs}
    changed_legs = [leg for leg in after.legs if leg != known.get(leg.tag)]
    # Those that end give their number back before another leg asks for it.
    writes.legs += sorted(changed_legs, key=lambda leg: open_number(leg) is not None)
    writes.history += step.history
    writes.texts += step.texts


def _locked_callback(connection: Connection, callback_id: str) -> Row | None:
    query = select(*PLACED_COLUMNS).where(callbacks.c.id == callback_id).with_for_update()
    return connection.execute(query).mappings().first()


def _unlocked(connection: Connection, key: Any, wanted: set[str], columns: Sequence[Any]) -> dict[str, Row]:
    """Rows that nobody else holds, from now on ours."""
    if not wanted:
        return {}
    query = select(*columns).where(key.in_(sorted(wanted))).order_by(key).with_for_update(skip_locked=True)
    return {row["id"]: row for row in connection.execute(query).mappings()}


def _legs(connection: Connection, condition: ColumnElement[bool]) -> list[Leg]:
    legs = callback_legs.c
    query = select(*LEG_COLUMNS).where(condition).order_by(legs.attempt, legs.created_at, legs.tag)
    return [leg_of(row) for row in connection.execute(query).mappings()]


def _legs_of(connection: Connection, ids: Sequence[str]) -> defaultdict[str, list[Leg]]:
    found: defaultdict[str, list[Leg]] = defaultdict(list)
    if ids:
        for leg in _legs(connection, callback_legs.c.callback_id.in_(ids)):
            found[leg.callback_id].append(leg)
    return found


def _update(connection: Connection, table: Any, changes: Sequence[tuple[str, Values]]) -> None:
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
        statement = update(table).where(table.c.id == bindparam("row_id"))
        connection.execute(statement.values({name: bindparam(f"new_{name}") for name in names}), rows)


def _upsert_legs(connection: Connection, legs: Sequence[Leg]) -> None:
    if not legs:
        return
    statement = insert_for(connection, callback_legs)
    rows = [leg_values(leg) for leg in legs]
    changed = {name: statement.excluded[name] for name in rows[0] if name != "tag"}
    connection.execute(statement.on_conflict_do_update(index_elements=["tag"], set_=changed), rows)
