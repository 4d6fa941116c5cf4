"""Media nodes and stream tickets in SQL."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, func, not_, or_, select, update

from ivr.ports import MediaNode
from ivr.storage import tables
from ivr.storage.database import Database
from ivr.storage.upsert import insert_for

CLOCKS_DIFFER = timedelta(seconds=5)
"""A heartbeat may be so far ahead of us: hosts have clocks of their own."""
KEEP_TICKETS = timedelta(days=1)
"""How long after its end a ticket's row may stay."""


def token_hash(token: str) -> str:
    """What is stored instead of the token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class SqlNodeStore:
    """`ivr.ports.NodeStore` over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def register(self, node: MediaNode) -> None:
        """Inserts or replaces."""
        row = asdict(node)
        with self._database.write() as connection:
            insert = insert_for(connection, tables.media_nodes).values(row)
            changed = {name: insert.excluded[name] for name in row if name != "id"}
            connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=changed))

    def heartbeat(self, node_id: str, *, live: int, draining: bool, at: datetime) -> None:
        """`KeyError` for an unknown node: it has to register again."""
        nodes = tables.media_nodes
        change = update(nodes).where(nodes.c.id == node_id)
        with self._database.write() as connection:
            done = connection.execute(change.values(live=live, draining=draining, heartbeat_at=at))
        if not done.rowcount:
            raise KeyError(node_id)

    def remove(self, node_id: str) -> None:
        """Forgets a node, known or not."""
        with self._database.write() as connection:
            connection.execute(delete(tables.media_nodes).where(tables.media_nodes.c.id == node_id))

    def nodes(self, *, alive_since: datetime, now: datetime | None = None) -> list[MediaNode]:
        """Nodes heard of since then, by id; with `now`, and not in the future."""
        nodes = tables.media_nodes
        query = select(nodes).where(*_is_alive(alive_since, now)).order_by(nodes.c.id)
        with self._database.read() as connection:
            return [MediaNode(**row) for row in connection.execute(query).mappings()]

    def pick(self, *, alive_since: datetime, now: datetime | None = None) -> MediaNode | None:
        """The node with most room.

        A ticket counts as a live call while it is unused and not long expired, and from its use until
        the node's next heartbeat, which counts the call itself. Tickets of calls that are over do not count: callers
        who hang up while it rings must not fill a node.
        """
        nodes, tickets = tables.media_nodes, tables.stream_tickets
        is_pending = and_(tickets.c.used_at.is_(None), tickets.c.expires_at > alive_since)
        is_over = exists().where(tables.calls.c.id == tickets.c.call_id, tables.calls.c.status == "ended")
        is_coming = and_(
            tickets.c.node_id == nodes.c.id, or_(is_pending, tickets.c.used_at > nodes.c.heartbeat_at), not_(is_over)
        )
        coming = select(func.count()).select_from(tickets).where(is_coming).correlate(nodes).scalar_subquery()
        room = nodes.c.capacity - nodes.c.live - coming
        query = (
            select(nodes)
            .where(*_is_alive(alive_since, now), nodes.c.draining.is_(False), room > 0)
            .order_by(room.desc(), nodes.c.id)
            .limit(1)
        )
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else MediaNode(**row)

    def issue_ticket(self, call_id: str, node_id: str, token: str, *, expires_at: datetime) -> None:
        """Stores a hash of the token; the call's older unused tickets go."""
        tickets = tables.stream_tickets
        is_old = or_(
            and_(tickets.c.call_id == call_id, tickets.c.used_at.is_(None)),
            tickets.c.expires_at < expires_at - KEEP_TICKETS,
        )
        row = {"token_hash": token_hash(token), "call_id": call_id, "node_id": node_id, "expires_at": expires_at}
        with self._database.write() as connection:
            connection.execute(delete(tickets).where(is_old))
            connection.execute(insert_for(connection, tickets).values(row))

    def use_ticket(self, call_id: str, token: str, *, now: datetime) -> bool:
        """True for exactly one caller."""
        tickets = tables.stream_tickets
        is_good = and_(
            tickets.c.token_hash == token_hash(token),
            tickets.c.call_id == call_id,
            tickets.c.used_at.is_(None),
            tickets.c.expires_at > now,
        )
        with self._database.write() as connection:
            return connection.execute(update(tickets).where(is_good).values(used_at=now)).rowcount == 1


def _is_alive(alive_since: datetime, now: datetime | None) -> list[ColumnElement[bool]]:
    heard_at = tables.media_nodes.c.heartbeat_at
    return [heard_at >= alive_since, *([heard_at <= now + CLOCKS_DIFFER] if now is not None else [])]
