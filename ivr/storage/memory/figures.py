"""What is counted and searched in a `MemoryQueue`."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import islice

from ivr.core.queueing.legs import Leg, LegOutcome, Role
from ivr.core.queueing.model import Callback, Kind
from ivr.ports import Bucket, Search
from ivr.storage.measures import MOST_COUNTED, bucket_of, talk_secs, was_due, was_kept
from ivr.storage.memory.queue import MemoryQueue
from ivr.storage.searching import is_recent, sought


def search(queue: MemoryQueue, search: Search, now: datetime) -> tuple[list[Callback], int]:
    """`CallbackStore.search`."""
    found = [one for one in queue.callbacks.values() if _is_wanted(one, search, now)]
    found.sort(key=lambda one: (one.promised_to, one.arrived_at, one.id))
    if search.bucket is Bucket.DONE:
        found.sort(key=lambda one: one.id)
        found.sort(key=lambda one: one.state_at or one.arrived_at, reverse=True)
    return found[search.offset : search.offset + search.limit], min(len(found), MOST_COUNTED)


def counts(queue: MemoryQueue, now: datetime, day_ends_at: datetime, name: str) -> Mapping[Bucket, int]:
    """`CallbackStore.counts`."""
    rows = (one for one in queue.callbacks.values() if _is_listed(one) and (not name or one.queue == name))
    counted = Counter(bucket_of(one, now, day_ends_at) for one in rows)
    return {bucket: min(counted[bucket], MOST_COUNTED) for bucket in Bucket}


def was_dialled(leg: Leg) -> bool:
    """Unless the carrier knew nothing of it, or the caller rang us."""
    return bool(leg.number) and leg.outcome is not LegOutcome.NEVER_PLACED


def all_dials(queue: MemoryQueue, since: datetime) -> int:
    """`CallbackStore.all_dials`."""
    newer = len(queue.legs_by_time) - bisect_left(queue.legs_by_time, (since, ""))
    return newer - sum(created_at >= since for created_at in queue.never_placed.values())


def promises(queue: MemoryQueue, since: datetime, is_meant: Callable[[Callback], bool]) -> int:
    """Promised calls that were made since then, of which that is true."""
    newer = queue.made[bisect_left(queue.made, (since, "")) :]
    made = (queue.callbacks[callback_id] for _, callback_id in newer)
    return sum(one.kind is Kind.CALLBACK and is_meant(one) for one in made)


def dialled(queue: MemoryQueue, number: str) -> Iterator[Leg]:
    """Customer legs to a number."""
    legs = (queue.legs[tag] for tag in queue.dialled.get(number, ()))
    return (leg for leg in legs if leg.role is Role.CUSTOMER and was_dialled(leg))


def handle_secs(queue: MemoryQueue, name: str, limit: int) -> list[float]:
    """`CallbackStore.handle_secs`."""
    talked = (queue.callbacks[one] for _, one in reversed(queue.talked))
    newest = islice((one for one in talked if one.queue == name and one.connected_at is not None), limit)
    return [_talk_secs(queue, one) for one in newest]


def kept(queue: MemoryQueue, since: datetime, name: str, now: datetime) -> tuple[int, int]:
    """`CallbackStore.kept`."""
    due = [
        one
        for one in queue.callbacks.values()
        if one.kind is Kind.CALLBACK
        and (not name or one.queue == name)
        and one.promised_to >= since
        and was_due(one, now)
    ]
    return sum(map(was_kept, due)), len(due)


def _talk_secs(queue: MemoryQueue, callback: Callback) -> float:
    known = queue.talks.get(callback.id)
    if known is None and callback.connected_at is not None and callback.state_at is not None:
        known = talk_secs(callback.connected_at, callback.state_at, _accepted_at(queue, callback))
        queue.talks[callback.id] = known
    return known or 0.0


def _accepted_at(queue: MemoryQueue, callback: Callback) -> list[datetime | None]:
    return [leg.accepted_at for leg in queue.legs_by_age(callback.id) if leg.attempt == callback.attempt]


def _is_listed(callback: Callback) -> bool:
    """Callers on the line are nobody's to move or cancel: they are over within seconds."""
    return callback.kind is not Kind.TRANSFER


def _is_wanted(callback: Callback, search: Search, now: datetime) -> bool:
    is_in_bucket = search.bucket is None or (
        search.day_ends_at is not None and bucket_of(callback, now, search.day_ends_at) is search.bucket
    )
    return (
        _is_listed(callback)
        and (not search.queue or callback.queue == search.queue)
        and (not search.states or callback.state in search.states)
        and (not search.text or _is_sought(callback, search, now))
        and is_in_bucket
    )


def _is_sought(callback: Callback, search: Search, now: datetime) -> bool:
    asked = sought(search.text)
    if not asked.words:
        return callback.id == asked.id or callback.number == asked.number
    words = (callback.number, callback.name, callback.reason, callback.code, callback.id)
    has_them = any(asked.words.lower() in word.lower() for word in words)
    return has_them and (search.bucket is not None or is_recent(callback, now))
