"""Where a promise stands in the line, derived from its fields: what indexes and unique columns hold. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import lru_cache

from ivr.core.queueing.legs import Agent, AgentState, Leg, Role
from ivr.core.queueing.model import Callback, CallbackState, Happened, Kind, Place


class Stage(IntEnum):
    """Classes of promises that queries tell apart. The numbers are in partial indexes: a change needs a migration."""

    SCHEDULED = 0
    """Waits for a time that had not come when the row was written."""
    READY = 1
    """Waits, and may be dialled."""
    IN_FLIGHT = 2
    MESSAGE = 3
    """Waits for a person to hear it; is never dialled."""
    FAILED = 4
    CLOSED = 5


BUSY_AGENT = frozenset({AgentState.RESERVED, AgentState.RINGING, AgentState.ON_CALL})


@dataclass(frozen=True, slots=True)
class Placing:
    """The derived columns of `callbacks`."""

    stage: Stage
    needs: str
    """Who can take it; promises with equal needs stand in one line."""
    wakes_at: datetime | None
    """When `stage` or `needs` will be out of date."""
    open_key: str | None
    """Held by one open promise to a number in a queue."""
    bound_agent: str | None
    """Held by one promise in flight."""


def place(callback: Callback, at: datetime) -> Placing:
    """How the promise stands at a time."""
    owner = owner_at(callback, at)
    stage = _stage(callback, at)
    wakes_at = None
    if stage is Stage.SCHEDULED:
        wakes_at = callback.eligible_at
    elif stage is Stage.READY and owner:
        wakes_at = callback.owner_until
    is_open_call = callback.kind is Kind.CALLBACK and not callback.state.is_final
    return Placing(
        stage=stage,
        needs=needs_of(callback.language, callback.skills, owner),
        wakes_at=wakes_at,
        open_key=f"{callback.queue}\n{callback.number}" if is_open_call else None,
        bound_agent=callback.agent or None if callback.state.is_in_flight else None,
    )


def owner_at(callback: Callback, at: datetime) -> str:
    """Whose it is at a time; empty: anybody's."""
    return callback.owner if callback.owner_until is None or callback.owner_until > at else ""


def place_of(id_: str, queue: str, order_at: datetime, needs: str) -> Place:
    """A place in the line by what its row derives."""
    return Place(id_, queue, order_at, *_told(needs))


@lru_cache(4096)
def _told(needs: str) -> tuple[str, tuple[str, ...], str]:
    language, _, rest = needs.partition("|")
    skills, _, owner = rest.rpartition("|")
    return language, tuple(skills.split(",")) if skills else (), owner


def needs_of(language: str, skills: Iterable[str], owner: str) -> str:
    """The same for promises that the same agents can take."""
    return "|".join((language, ",".join(sorted(skills)), owner))


def written_at(callback: Callback, history: Iterable[Happened] = ()) -> datetime:
    """The newest time that a write knows of; the stores have no clock of their own."""
    return max([callback.arrived_at, callback.state_at or callback.arrived_at, *(line.at for line in history)])


def first_line(callback: Callback) -> Happened:
    """With which a promise's history begins."""
    return Happened(callback.id, written_at(callback), callback.state, callback.cause, by="caller")


def open_number(leg: Leg) -> str | None:
    """Held by one customer's leg that is not over: nobody is dialled twice at once. Who rang us was not dialled."""
    return leg.number or None if leg.role is Role.CUSTOMER and not leg.is_over else None


def bound_callback(agent: Agent) -> str | None:
    """Held by one agent: no customer has two."""
    return agent.callback_id or None if agent.state in BUSY_AGENT else None


def _stage(callback: Callback, at: datetime) -> Stage:
    if callback.state is CallbackState.FAILED:
        return Stage.FAILED
    if callback.state.is_final:
        return Stage.CLOSED
    if callback.state.is_in_flight:
        return Stage.IN_FLIGHT
    if callback.kind is Kind.MESSAGE:
        return Stage.MESSAGE
    return Stage.READY if callback.eligible_at <= at else Stage.SCHEDULED
