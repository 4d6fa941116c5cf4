"""The stores in memory, for tests that need no database. Held to the same contract as the SQL ones."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from ivr.ports import (
    CallRecord,
    EventRecord,
    LegRecord,
    MediaNode,
    RequestRecord,
    RequestStatus,
    StoredReply,
    StoreFailed,
    TurnRecord,
)
from ivr.storage.nodes import CLOCKS_DIFFER
from ivr.storage.values import dump_json, load_json, storable, utc


def _kept(value: Any) -> Any:
    """What a database would give back."""
    match value:
        case datetime():
            return utc(value)
        case str():
            return storable(value)
        case Mapping():
            return load_json(dump_json(dict(value)))
        case _:
            return value


R = TypeVar("R", CallRecord, TurnRecord, EventRecord, MediaNode, RequestRecord, StoredReply, LegRecord)


def _kept_record(record: R) -> R:
    return replace(record, **{field.name: _kept(getattr(record, field.name)) for field in fields(record)})


class _Faulty:
    """Fails on demand: set `failing` to a reason and every method raises `StoreFailed`."""

    def __init__(self) -> None:
        self.failing: str | None = None
        self._lock = threading.RLock()

    def _check(self) -> None:
        if self.failing is not None:
            raise StoreFailed(self.failing, retryable=True)


class MemoryCallStore(_Faulty):
    """`CallStore` as dictionaries."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        super().__init__()
        self._now = now
        self._calls: dict[str, CallRecord] = {}
        self._legs: dict[tuple[str, str], LegRecord] = {}
        self._turns: dict[tuple[str, int], TurnRecord] = {}
        self._events: list[EventRecord] = []

    def create(self, call: CallRecord) -> CallRecord:
        self._check()
        with self._lock:
            known = self.by_sid(call.carrier_sid)
            if known is not None:
                return known
            if call.id in self._calls:
                raise StoreFailed("unique", retryable=False)
            row = _kept_record(replace(call, created_at=call.created_at or self._now()))
            self._calls[call.id] = row
            return row

    def get(self, call_id: str) -> CallRecord | None:
        self._check()
        return self._calls.get(call_id)

    def by_sid(self, carrier_sid: str) -> CallRecord | None:
        self._check()
        wanted = storable(carrier_sid)
        return next((call for call in list(self._calls.values()) if call.carrier_sid == wanted), None)

    def update(self, call_id: str, **changes: Any) -> None:
        self._check()
        allowed = {field.name for field in fields(CallRecord)} - {"id", "carrier_sid"}
        for name in changes:
            if name not in allowed:
                raise KeyError(name)
        with self._lock:
            self._calls[call_id] = _kept_record(replace(self._calls[call_id], **changes))

    def end(self, call_id: str, *, ended_at: datetime, outcome: str, cause: str) -> bool:
        self._check()
        with self._lock:
            if self._calls[call_id].status == "ended":
                return False
            self.update(call_id, status="ended", ended_at=ended_at, outcome=outcome, end_cause=cause)
            return True

    def save_snapshot(self, call_id: str, node_id: str, snapshot: Mapping[str, Any]) -> bool:
        self._check()
        with self._lock:
            call = self._calls.get(call_id)
            if call is None or call.node_id not in {node_id, None}:
                return False
            self.update(call_id, snapshot=snapshot, node_id=node_id)
            return True

    def add_turns(self, turns: Sequence[TurnRecord]) -> None:
        self._check()
        with self._lock:
            self._know(turn.call_id for turn in turns)
            self._turns |= {(turn.call_id, turn.number): _kept_record(turn) for turn in turns}

    def add_events(self, events: Sequence[EventRecord]) -> None:
        self._check()
        with self._lock:
            self._know(event.call_id for event in events)
            self._events += [_kept_record(event) for event in events]

    def turns(self, call_id: str) -> list[TurnRecord]:
        self._check()
        return [turn for key, turn in sorted(self._turns.items()) if key[0] == call_id]

    def events(self, call_id: str) -> list[EventRecord]:
        self._check()
        return [event for event in self._events if event.call_id == call_id]

    def recent(self, limit: int = 50) -> list[CallRecord]:
        self._check()
        by_id = sorted(self._calls.values(), key=lambda call: call.id)
        return sorted(by_id, key=_created, reverse=True)[:limit]

    def of_caller(self, caller: str, *, limit: int = 5) -> list[CallRecord]:
        return [call for call in self.recent(len(self._calls)) if caller and call.caller == caller][:limit]

    def live_since(self, since: datetime, *, caller: str = "", without_node: bool = False) -> int:
        self._check()
        return sum(
            _created(call) >= since
            and call.status != "ended"
            and (not caller or call.caller == caller)
            and not (without_node and call.node_id)
            for call in self._calls.values()
        )

    def set_leg(self, call_id: str, carrier_sid: str, *, status: str, rank: int, sequence: int, at: datetime) -> bool:
        self._check()
        with self._lock:
            self._know([call_id])
            old = self._legs.get((call_id, carrier_sid))
            if old is not None and (rank, sequence) <= (old.rank, old.sequence):
                return False
            new = LegRecord(call_id, carrier_sid, status, rank, sequence, at)
            self._legs[call_id, carrier_sid] = _kept_record(new)
            return True

    def legs(self, call_id: str) -> list[LegRecord]:
        self._check()
        return [leg for key, leg in sorted(self._legs.items()) if key[0] == call_id]

    def live_on(self, node_id: str) -> list[CallRecord]:
        self._check()
        return sorted(
            (call for call in self._calls.values() if call.node_id == node_id and call.status == "in_progress"),
            key=lambda call: (_created(call), call.id),
        )

    def _know(self, call_ids: Iterable[str]) -> None:
        if not set(call_ids) <= self._calls.keys():
            raise StoreFailed("unknown_call", retryable=False)


@dataclass(slots=True)
class _Ticket:
    call_id: str
    node_id: str
    expires_at: datetime
    used_at: datetime | None = None


class MemoryNodeStore(_Faulty):
    """`NodeStore` as dictionaries."""

    def __init__(self) -> None:
        super().__init__()
        self._nodes: dict[str, MediaNode] = {}
        self._tickets: dict[str, _Ticket] = {}

    def register(self, node: MediaNode) -> None:
        self._check()
        self._nodes[node.id] = _kept_record(node)

    def heartbeat(self, node_id: str, *, live: int, draining: bool, at: datetime) -> None:
        self._check()
        with self._lock:
            self._nodes[node_id] = replace(self._nodes[node_id], live=live, draining=draining, heartbeat_at=utc(at))

    def remove(self, node_id: str) -> None:
        self._check()
        self._nodes.pop(node_id, None)

    def nodes(self, *, alive_since: datetime, now: datetime | None = None) -> list[MediaNode]:
        self._check()
        latest = now + CLOCKS_DIFFER if now is not None else datetime.max.replace(tzinfo=UTC)
        return [node for _, node in sorted(self._nodes.items()) if alive_since <= node.heartbeat_at <= latest]

    def pick(self, *, alive_since: datetime, now: datetime | None = None) -> MediaNode | None:
        with self._lock:
            room = {
                node: node.capacity - node.live - self._coming(node, alive_since)
                for node in self.nodes(alive_since=alive_since, now=now)
                if not node.draining
            }
        return max((node for node, free in room.items() if free > 0), key=room.__getitem__, default=None)

    def issue_ticket(self, call_id: str, node_id: str, token: str, *, expires_at: datetime) -> None:
        self._check()
        with self._lock:
            self._tickets = {
                known: ticket
                for known, ticket in self._tickets.items()
                if ticket.call_id != call_id or ticket.used_at is not None
            }
            self._tickets[token] = _Ticket(call_id, node_id, utc(expires_at))

    def use_ticket(self, call_id: str, token: str, *, now: datetime) -> bool:
        self._check()
        with self._lock:
            ticket = self._tickets.get(token)
            if ticket is None or ticket.call_id != call_id or ticket.used_at or ticket.expires_at <= now:
                return False
            ticket.used_at = utc(now)
            return True

    def _coming(self, node: MediaNode, alive_since: datetime) -> int:
        mine = [ticket for ticket in self._tickets.values() if ticket.node_id == node.id]
        return sum(
            ticket.expires_at > alive_since if ticket.used_at is None else ticket.used_at > node.heartbeat_at
            for ticket in mine
        )


class MemoryWebhookLedger(_Faulty):
    """`WebhookLedger` as a dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self._replies: dict[str, tuple[datetime, StoredReply]] = {}

    def recall(self, key: str) -> StoredReply | None:
        self._check()
        return self._replies[storable(key)][1] if storable(key) in self._replies else None

    def remember(self, key: str, reply: StoredReply, *, at: datetime) -> None:
        self._check()
        self._replies.setdefault(storable(key), (utc(at), _kept_record(reply)))

    def forget_before(self, before: datetime) -> int:
        self._check()
        with self._lock:
            old = [key for key, (at, _) in self._replies.items() if at < before]
            for key in old:
                del self._replies[key]
        return len(old)


class MemoryRequestStore(_Faulty):
    """`RequestStore` as dictionaries; references count up from 100001."""

    def __init__(self) -> None:
        super().__init__()
        self._requests: dict[str, RequestRecord] = {}
        self._references: dict[str, str] = {}

    def add(
        self, *, key: str, name: str, number: str, reason: str, language: str, call_id: str, at: datetime
    ) -> RequestRecord:
        self._check()
        with self._lock:
            if key and key in self._references:
                return self._requests[self._references[key]]
            reference = str(100_001 + len(self._requests))
            new = _kept_record(RequestRecord(reference, name, number, reason, language, call_id, at))
            self._requests[reference] = new
            if key:
                self._references[key] = reference
            return new

    def get(self, reference: str) -> RequestRecord | None:
        self._check()
        return self._requests.get(reference)

    def recent(self, limit: int = 50, *, status: RequestStatus | None = None) -> list[RequestRecord]:
        self._check()
        wanted = [each for each in self._requests.values() if status in {None, each.status}]
        wanted.sort(key=lambda each: each.reference)
        return sorted(wanted, key=lambda each: each.created_at, reverse=True)[:limit]

    def set_status(self, reference: str, status: RequestStatus) -> None:
        self._check()
        with self._lock:
            self._requests[reference] = replace(self._requests[reference], status=status)


def _created(call: CallRecord) -> datetime:
    return call.created_at or datetime.min.replace(tzinfo=UTC)
