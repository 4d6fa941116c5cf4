"""Whether anything has changed that a desk shows: a word per agent, from seven short reads for all agents together."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Select, func, select

from ivr.storage.bridge_tables import bridges, follow_ups
from ivr.storage.database import Database
from ivr.storage.desk_tables import contacts
from ivr.storage.queue_tables import agents, callback_legs, callbacks
from ivr.storage.tables import turns

_a, _c, _l, _k = agents.c, callbacks.c, callback_legs.c, contacts.c


class SqlDeskPulse:
    """`ivr.ports.DeskPulse` over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def versions(self, agents: Collection[str]) -> Mapping[str, str]:
        """Unknown agents are left out."""
        if not agents:
            return {}
        seen: defaultdict[str, list[object]] = defaultdict(list)
        with self._database.read() as connection:

            def rows(query: Select[Any]) -> list[tuple[Any, ...]]:
                return [tuple(row) for row in connection.execute(query)]

            people = rows(_people(agents))
            for who, *facts in people:
                seen[who] += facts
            bound = {facts[0]: who for who, *facts in people if facts[0]}
            calls: dict[str, str] = {}
            for callback_id, call_id, *facts in rows(_promises(bound)):
                seen[bound[callback_id]] += facts
                calls[call_id] = bound[callback_id]
            for callback_id, call_id, *facts in rows(_legs(bound)):
                seen[bound[callback_id]] += facts
                calls[call_id] = bound[callback_id]
            for call_id, count in rows(_turns(calls)):
                seen[calls[call_id]] += [call_id, count]
            for callback_id, *facts in rows(_bridges(bound)):
                seen[bound[callback_id]] += facts
            for who, *facts in rows(_follow_ups(agents)):
                seen[who] += facts
            for who, *facts in rows(_contacts(agents)):
                seen[who] += facts
            return {who: _word(seen[who]) for who, *_ in people}


def _people(ids: Iterable[str]) -> Select[Any]:
    facts = (_a.callback_id, _a.state, _a.since, _a.reason, _a.free_at, _a.missed, _a.wish, _a.wish_reason)
    return select(_a.id, *facts).where(_a.id.in_(list(ids)))


def _promises(ids: Iterable[str]) -> Select[Any]:
    facts = (_c.state, _c.state_at, _c.fence, _c.attempt, _c.notes, _c.agent)
    return select(_c.id, _c.call_id, *facts).where(_c.id.in_(list(ids)))


def _legs(ids: Iterable[str]) -> Select[Any]:
    facts = (_l.tag, _l.state, _l.outcome, _l.is_redirected)
    query = select(_l.callback_id, _l.call_id, *facts).where(_l.callback_id.in_(list(ids)))
    return query.order_by(_l.created_at, _l.tag)


def _turns(ids: Iterable[str]) -> Select[Any]:
    known = [each for each in ids if each]
    query = select(turns.c.call_id, func.count()).where(turns.c.call_id.in_(known))
    return query.group_by(turns.c.call_id).order_by(turns.c.call_id)


def _bridges(ids: Iterable[str]) -> Select[Any]:
    query = select(bridges.c.callback_id, bridges.c.changed_at, bridges.c.id)
    return query.where(~bridges.c.is_settled, bridges.c.callback_id.in_(list(ids))).order_by(bridges.c.id)


def _follow_ups(ids: Iterable[str]) -> Select[Any]:
    query = select(follow_ups.c.agent, follow_ups.c.id, follow_ups.c.state)
    return query.where(follow_ups.c.state != "done", follow_ups.c.agent.in_(list(ids))).order_by(follow_ups.c.id)


def _contacts(ids: Iterable[str]) -> Select[Any]:
    facts = (_k.id, _k.ended_at, _k.outcome, _k.extensions, _k.note_at, _k.follow_up_id)
    query = select(_k.agent, *facts).where(_k.agent.in_(list(ids)), _k.done_at.is_(None))
    return query.order_by(_k.began_at, _k.id)


def _word(facts: Iterable[object]) -> str:
    return hashlib.sha256(repr(list(facts)).encode()).hexdigest()[:16]
