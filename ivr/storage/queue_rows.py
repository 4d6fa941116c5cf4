"""Rows of the queue's tables and the core's values, both ways. No queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import Column, ColumnElement, DateTime, type_coerce
from sqlalchemy import Text as SqlText

from ivr.core.queueing.legs import Agent, AgentPhone, AgentState, Leg, LegOutcome, LegState, Role
from ivr.core.queueing.model import Callback, CallbackState, Cause, Happened, Kind
from ivr.core.queueing.steps import Text, TextState
from ivr.storage.placing import Placing, Stage, bound_callback, open_number
from ivr.storage.queue_tables import agents, callback_legs, callbacks, texts
from ivr.storage.types import Json, Moment, as_document, as_utc

Row = Mapping[Any, Any]
Values = dict[str, Any]

_CALLBACK = tuple(field.name for field in fields(Callback))
_LEG = tuple(field.name for field in fields(Leg))
_AGENT = tuple(field.name for field in fields(Agent))
_TEXT = tuple(field.name for field in fields(Text))
_PLACING = tuple(field.name for field in fields(Placing))

_MOMENTS = tuple(position for position, name in enumerate(_CALLBACK) if isinstance(callbacks.c[name].type, Moment))
_DOCUMENTS = tuple(position for position, name in enumerate(_CALLBACK) if isinstance(callbacks.c[name].type, Json))


def unread(column: Column[Any]) -> ColumnElement[Any]:
    """The column as the driver gives it: what reads many rows does the rest itself, three times as fast as types do."""
    match column.type:
        case Moment():
            return type_coerce(column, DateTime(timezone=True)).label(column.name)
        case Json():
            return type_coerce(column, SqlText()).label(column.name)
        case _:
            return column


CALLBACK_COLUMNS = tuple(unread(callbacks.c[name]) for name in _CALLBACK)
PLACED_COLUMNS = CALLBACK_COLUMNS + tuple(callbacks.c[name] for name in _PLACING)
LEG_COLUMNS = tuple(callback_legs.c[name] for name in _LEG)
AGENT_COLUMNS = tuple(agents.c[name] for name in _AGENT)
TEXT_COLUMNS = tuple(texts.c[name] for name in _TEXT)

_STATE, _CAUSE, _KIND, _ENDING, _NOTES, _SKILLS = (
    _CALLBACK.index(name) for name in ("state", "cause", "kind", "ending", "notes", "skills")
)
_STATES = {each.value: each for each in CallbackState}
_CAUSES = {each.value: each for each in Cause}
_KINDS = {each.value: each for each in Kind}


@dataclass(frozen=True, slots=True)
class Placed:
    """A promise and its derived columns as they are stored."""

    callback: Callback
    placing: Placing


def callback_of(row: Sequence[Any]) -> Callback:
    """A row of `CALLBACK_COLUMNS`. By position: lines of hundreds are read many times a second."""
    values = list(row)
    for position in _MOMENTS:
        at = values[position]
        if at is not None:
            values[position] = as_utc(at)
    for position in _DOCUMENTS:
        values[position] = as_document(values[position])
    values[_STATE] = _STATES[values[_STATE]]
    values[_CAUSE] = _CAUSES[values[_CAUSE]]
    values[_KIND] = _KINDS[values[_KIND]]
    values[_ENDING] = None if values[_ENDING] is None else _CAUSES[values[_ENDING]]
    values[_NOTES] = tuple(values[_NOTES])
    values[_SKILLS] = tuple(values[_SKILLS])
    return Callback(*values)


def placed_of(row: Sequence[Any]) -> Placed:
    """A row of `PLACED_COLUMNS`."""
    stage, *derived = row[len(_CALLBACK) :]
    return Placed(callback_of(row[: len(_CALLBACK)]), Placing(Stage(stage), *derived))


def leg_of(row: Row) -> Leg:
    """One dialled leg."""
    values = {name: row[name] for name in _LEG}
    values["role"] = Role(values["role"])
    values["state"] = LegState(values["state"])
    values["outcome"] = None if values["outcome"] is None else LegOutcome(values["outcome"])
    return Leg(**values)


def agent_of(row: Row) -> Agent:
    """One agent."""
    values = {name: row[name] for name in _AGENT}
    values["state"] = AgentState(values["state"])
    values["phone"] = AgentPhone(values["phone"])
    values["wish"] = AgentState(values["wish"]) if values["wish"] else None
    for name in ("queues", "languages", "skills"):
        values[name] = tuple(values[name])
    return Agent(**values)


def text_of(row: Row) -> Text:
    """One text message."""
    return Text(**{name: row[name] for name in _TEXT} | {"state": TextState(row["state"])})


def happened_of(row: Row) -> Happened:
    """One line of history."""
    return Happened(
        callback_id=row["callback_id"],
        at=row["at"],
        state=_STATES[row["state"]],
        cause=_CAUSES[row["cause"]],
        by=row["actor"],
        values=row["facts"],
    )


def callback_changes(before: Callback, after: Callback) -> Values:
    """Column -> value, of the fields that differ."""
    return {name: _plain(getattr(after, name)) for name in _CALLBACK if getattr(before, name) != getattr(after, name)}


def agent_changes(before: Agent, after: Agent) -> Values:
    """Column -> value, of the fields that differ, and what follows from them."""
    changed = {name: _plain(getattr(after, name)) for name in _AGENT if getattr(before, name) != getattr(after, name)}
    return changed | {"bound_callback": bound_callback(after)} if changed else {}


def callback_values(callback: Callback) -> Values:
    """A whole row but for the derived columns."""
    return {name: _plain(getattr(callback, name)) for name in _CALLBACK}


def placing_changes(before: Placing, after: Placing) -> Values:
    """Column -> value, of the derived columns that differ."""
    if before == after:
        return {}
    old = placing_values(before)
    return {name: value for name, value in placing_values(after).items() if value != old[name]}


def placing_values(placing: Placing) -> Values:
    """The derived columns."""
    return {
        "stage": int(placing.stage),
        "needs": placing.needs,
        "wakes_at": placing.wakes_at,
        "open_key": placing.open_key,
        "bound_agent": placing.bound_agent,
    }


def leg_values(leg: Leg) -> Values:
    """A whole row."""
    return {name: _plain(getattr(leg, name)) for name in _LEG} | {"open_number": open_number(leg)}


def agent_values(agent: Agent) -> Values:
    """A whole row."""
    return {name: _plain(getattr(agent, name)) for name in _AGENT} | {"bound_callback": bound_callback(agent)}


def text_values(text: Text) -> Values:
    """A whole row."""
    return {name: _plain(getattr(text, name)) for name in _TEXT}


def happened_values(line: Happened) -> Values:
    """A whole row but for its number."""
    return {
        "callback_id": line.callback_id,
        "at": line.at,
        "state": line.state.value,
        "cause": line.cause.value,
        "actor": line.by,
        "facts": dict(line.values),
    }


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind is tuple:
        return list(value)
    if isinstance(value, Enum):
        return value.value
    return dict(value) if isinstance(value, Mapping) else value


_AS_THEY_ARE = frozenset({str, int, bool, datetime, type(None)})
