"""The waiting promises of one queue in the orders they are asked for."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from ivr.core.queueing.model import Callback, CallbackState, Kind
from ivr.storage.placing import needs_of, owner_at

Place = tuple[datetime, str]
Group = tuple[str, tuple[str, ...], str]

_LAST = "~"
"""After every id."""


class Line:
    """Sorted lists; `get` finds the promise of an id."""

    def __init__(self) -> None:
        self._promises: dict[str, Callback] = {}
        self._by_order: list[Place] = []
        self._by_eligible: list[Place] = []
        self._by_group: dict[Group, list[Place]] = {}

    def add(self, callback: Callback) -> None:
        """Only those that `belongs`."""
        self._promises[callback.id] = callback
        insort(self._by_order, (callback.order_at, callback.id))
        insort(self._by_eligible, (callback.eligible_at, callback.id))
        insort(self._by_group.setdefault(_group(callback), []), (callback.order_at, callback.id))

    def remove(self, callback_id: str) -> None:
        """One that is there, or not."""
        callback = self._promises.pop(callback_id, None)
        if callback is None:
            return
        _take(self._by_order, (callback.order_at, callback_id))
        _take(self._by_eligible, (callback.eligible_at, callback_id))
        places = self._by_group[_group(callback)]
        _take(places, (callback.order_at, callback_id))
        if not places:
            del self._by_group[_group(callback)]

    def heads(self, now: datetime, each: int) -> list[Callback]:
        """The first eligible ones of each group. Whoever's owner has lost the right is in the group without owner."""
        found: dict[str, list[Callback]] = {}
        for (language, skills, owner), places in self._by_group.items():
            if not owner:
                found.setdefault(needs_of(language, skills, ""), []).extend(islice(self._eligible(places, now), each))
                continue
            for callback in self._eligible(places, now):
                found.setdefault(needs_of(language, skills, owner_at(callback, now)), []).append(callback)
        return [
            callback
            for _, members in sorted(found.items())
            for callback in sorted(members, key=lambda one: (one.order_at, one.id))[:each]
        ]

    def ahead(self, order_at: datetime, now: datetime, cap: int) -> int:
        """Eligible ones before a place."""
        before = self._by_order[: bisect_left(self._by_order, (order_at, ""))]
        return sum(1 for _ in islice(self._eligible(before, now), cap))

    def waiting(self, now: datetime) -> int:
        """All that are eligible."""
        return bisect_right(self._by_eligible, (now, _LAST))

    def scheduled(self, after: datetime, before: datetime, limit: int) -> list[datetime]:
        """`eligible_at` between both."""
        begin, end = bisect_right(self._by_eligible, (after, _LAST)), bisect_left(self._by_eligible, (before, ""))
        return [at for at, _ in self._by_eligible[begin : min(end, begin + limit)]]

    def expired(self, now: datetime) -> Iterator[Callback]:
        """Those whose invitation has ended, in no order."""
        return (one for one in self._promises.values() if one.expires_at is not None and one.expires_at <= now)

    def _eligible(self, places: list[Place], now: datetime) -> Iterator[Callback]:
        found = (self._promises[callback_id] for _, callback_id in places)
        return (callback for callback in found if callback.eligible_at <= now)


def belongs(callback: Callback) -> bool:
    """Whether a promise stands in a line."""
    return callback.kind is not Kind.MESSAGE and callback.state in (CallbackState.PENDING, CallbackState.RETRY_AT)


def _group(callback: Callback) -> Group:
    return callback.language, tuple(sorted(callback.skills)), callback.owner


def _take(places: list[Place], place: Place) -> None:
    del places[bisect_left(places, place)]
