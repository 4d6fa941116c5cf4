"""Bridged conversations and follow-ups in SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, RowMapping, select, text, update

from ivr.core.bridging.followups import CheckBack, FollowUp, FollowUpState
from ivr.core.bridging.model import Bridge, Offer
from ivr.storage.bridge_tables import bridges, follow_ups
from ivr.storage.database import Database
from ivr.storage.documents import from_document, to_document
from ivr.storage.upsert import insert_for

_UNSETTLED = text("NOT is_settled")
_NOT_DONE = text("state <> 'done'")


class SqlBridgeStore:
    """`ivr.ports.BridgeStore` over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, bridge: Bridge) -> Bridge:
        """Once per id."""
        with self._database.write() as connection:
            statement = insert_for(connection, bridges).values(_bridge_values(bridge))
            connection.execute(statement.on_conflict_do_nothing(index_elements=["id"]))
            found = _locked(connection, bridge.id)
        return found if found is not None else bridge

    def get(self, bridge_id: str) -> Bridge | None:
        """By the name of its conference."""
        with self._database.read() as connection:
            row = connection.execute(select(bridges.c.body).where(bridges.c.id == bridge_id)).scalar_one_or_none()
        return None if row is None else from_document(Bridge, row)

    def step(self, bridge_id: str, decide: Callable[[Bridge], Bridge | None]) -> Bridge | None:
        """One decision over one locked row."""
        with self._database.write() as connection:
            before = _locked(connection, bridge_id)
            after = None if before is None else decide(before)
            if after is None or after == before:
                return None
            if after.id != bridge_id:
                raise ValueError("a decision returned another bridge than it was given")
            connection.execute(update(bridges).where(bridges.c.id == bridge_id).values(_bridge_values(after)))
            return after

    def unsettled(self, *, limit: int = 500) -> list[Bridge]:
        """Oldest first."""
        query = select(bridges.c.body).where(_UNSETTLED).order_by(bridges.c.opened_at, bridges.c.id).limit(limit)
        with self._database.read() as connection:
            return [from_document(Bridge, body) for body in connection.execute(query).scalars()]


class SqlFollowUpStore:
    """`ivr.ports.FollowUpStore` over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, follow_up: FollowUp) -> bool:
        """Once per id."""
        with self._database.write() as connection:
            statement = insert_for(connection, follow_ups).values(_follow_up_values(follow_up))
            added = statement.on_conflict_do_nothing(index_elements=["id"]).returning(follow_ups.c.id)
            return connection.execute(added).first() is not None

    def get(self, follow_up_id: str) -> FollowUp | None:
        """By its id."""
        with self._database.read() as connection:
            row = connection.execute(select(follow_ups).where(follow_ups.c.id == follow_up_id)).mappings().first()
        return None if row is None else _follow_up_of(row)

    def for_agent(self, agent: str, *, limit: int = 100) -> list[FollowUp]:
        """Not done, oldest first."""
        query = select(follow_ups).where(follow_ups.c.agent == agent, _NOT_DONE)
        query = query.order_by(follow_ups.c.created_at, follow_ups.c.id).limit(limit)
        with self._database.read() as connection:
            return [_follow_up_of(row) for row in connection.execute(query).mappings()]

    def change(self, follow_up_id: str, decide: Callable[[FollowUp], FollowUp | None]) -> FollowUp | None:
        """One decision over one locked row."""
        with self._database.write() as connection:
            query = select(follow_ups).where(follow_ups.c.id == follow_up_id).with_for_update()
            row = connection.execute(query).mappings().first()
            before = None if row is None else _follow_up_of(row)
            after = None if before is None else decide(before)
            if after is None or after == before:
                return None
            if after.id != follow_up_id:
                raise ValueError("a decision returned another follow-up than it was given")
            changing = update(follow_ups).where(follow_ups.c.id == follow_up_id)
            connection.execute(changing.values(_follow_up_values(after)))
            return after


def is_settled(bridge: Bridge) -> bool:
    """Over, nobody is in its conference, and nothing is owed any more."""
    return bridge.is_over and bridge.is_cleared and bridge.offer is not Offer.TAKEN


def _locked(connection: Connection, bridge_id: str) -> Bridge | None:
    query = select(bridges.c.body).where(bridges.c.id == bridge_id).with_for_update()
    body = connection.execute(query).scalar_one_or_none()
    return None if body is None else from_document(Bridge, body)


def _bridge_values(bridge: Bridge) -> dict[str, Any]:
    return {
        "id": bridge.id,
        "callback_id": bridge.callback_id,
        "attempt": bridge.attempt,
        "opened_at": bridge.opened_at,
        "changed_at": bridge.changed_at,
        "is_settled": is_settled(bridge),
        "body": to_document(bridge),
    }


def _follow_up_values(follow_up: FollowUp) -> dict[str, Any]:
    values = {name: getattr(follow_up, name) for name in follow_ups.c.keys()}  # noqa: SIM118 - columns, not a dict
    return values | {"state": follow_up.state.value, "how": follow_up.how.value if follow_up.how else None}


def _follow_up_of(row: RowMapping) -> FollowUp:
    how = CheckBack(row["how"]) if row["how"] else None
    return FollowUp(**{**row, "state": FollowUpState(row["state"]), "how": how})
