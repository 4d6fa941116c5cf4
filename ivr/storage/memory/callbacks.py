"""Promises as dictionaries."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime

from ivr.core.queueing.legs import Leg
from ivr.core.queueing.model import Callback, CallbackState, Happened, Kind, Place
from ivr.core.queueing.reading import Reading, is_overtaken, newcomers
from ivr.core.queueing.steps import Attempt, Text
from ivr.ports import Bucket, Claim, Decide, Promised, Search, StoreFailed
from ivr.storage.memory import figures
from ivr.storage.memory.queue import MemoryQueue, kept
from ivr.storage.placing import first_line, place, place_of, written_at


class MemoryCallbackStore:
    """`ivr.ports.CallbackStore` over a `MemoryQueue`."""

    def __init__(self, queue: MemoryQueue, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._queue = queue
        self._now = now

    def promise(
        self, callback: Callback, *, key: str, texts: Sequence[Text] = (), legs: Sequence[Leg] = ()
    ) -> Promised:
        """Once per key and per open number; with an empty key only the latter."""
        with self._queue.held():
            known = self.by_key(key) or self._open_like(callback)
            if known is None and callback.id in self._queue.callbacks:
                raise StoreFailed("in_use", retryable=True)
            if known is None:
                self._queue.add(kept(callback), [first_line(kept(callback))], texts, legs)
            made = known or self._queue.callbacks[callback.id]
            if key:
                self._queue.keys.setdefault(key, made.id)
            return Promised(made, is_new=known is None)

    def get(self, callback_id: str) -> Callback | None:
        """The promise by its id."""
        with self._queue.held():
            return self._queue.callbacks.get(callback_id)

    def several(self, ids: Collection[str]) -> dict[str, Callback]:
        """Those that are there, by id."""
        with self._queue.held():
            return {one: self._queue.callbacks[one] for one in ids if one in self._queue.callbacks}

    def by_key(self, key: str) -> Callback | None:
        """The promise that `promise` returned for this key."""
        with self._queue.held():
            return self._queue.callbacks.get(self._queue.keys.get(key, ""))

    def open_for(self, number: str) -> list[Callback]:
        """Open ones by arrival; failed ones until their invitation ends. Messages are not among them."""
        with self._queue.held():
            found = [self._queue.callbacks[one] for one in self._queue.numbers.get(number, ())]
        now = self._now()
        return sorted(
            (one for one in found if one.kind is Kind.CALLBACK and _is_findable(one, now)),
            key=lambda one: (one.arrived_at, one.id),
        )

    def step(self, callback_id: str, decide: Decide, *, agent_id: str = "") -> Attempt | None:
        """One decision over one attempt; see the port."""
        with self._queue.held():
            callback = self._queue.callbacks.get(callback_id)
            return None if callback is None else self._decide(callback, callback.attempt, decide, agent_id)

    def step_leg(self, tag: str, decide: Decide) -> Attempt | None:
        """The same by a leg's tag, with the legs of its attempt."""
        with self._queue.held():
            leg = self._queue.legs.get(tag)
            if leg is None:
                return None
            return self._decide(self._queue.callbacks[leg.callback_id], leg.attempt, decide, "")

    def claim(self, claims: Sequence[Claim], reading: Reading | None = None) -> list[Attempt]:
        """Several decisions; a callback and an agent are taken once."""
        taken: list[Attempt] = []
        used: set[str] = set()
        with self._queue.held():
            came = newcomers(reading, self._places(reading.queue, reading.now, reading.each)) if reading else []
            for claim in claims:
                callback = self._queue.callbacks.get(claim.callback_id)
                is_missing = bool(claim.agent_id) and claim.agent_id not in self._queue.agents
                if callback is None or is_missing or used & {claim.callback_id, f"agent {claim.agent_id}"}:
                    continue
                before = self._queue.attempt(callback, callback.attempt, claim.agent_id)
                if reading and before.agent and is_overtaken(callback, before.agent, came, reading.now):
                    continue
                step = claim.decide(before)
                if step is None:
                    continue
                try:
                    taken.append(self._queue.apply(before, step))
                except StoreFailed:
                    continue
                used |= {claim.callback_id, f"agent {claim.agent_id}"} if claim.agent_id else {claim.callback_id}
        return taken

    def heads(self, queue: str, now: datetime, *, each: int = 8) -> list[Callback]:
        """Of every group of equal needs the first ones. Sorted by group, then by place."""
        with self._queue.held():
            return self._queue.lines[queue].heads(now, each)

    def line(self, queue: str, now: datetime, *, each: int = 8) -> list[Place]:
        """The same by their places only, in the order of the line."""
        with self._queue.held():
            return self._places(queue, now, each)

    def ahead(self, queue: str, order_at: datetime, now: datetime, *, cap: int = 2000) -> int:
        """How many are before this place, up to `cap`."""
        with self._queue.held():
            return self._queue.lines[queue].ahead(order_at, now, cap)

    def waiting(self, queue: str, now: datetime, *, cap: int = 2000) -> int:
        """How many are eligible, up to `cap`."""
        with self._queue.held():
            return min(cap, self._queue.lines[queue].waiting(now))

    def scheduled(self, queue: str, after: datetime, before: datetime, *, limit: int = 500) -> list[datetime]:
        """When those that wait for a later time will be eligible, between both."""
        with self._queue.held():
            return self._queue.lines[queue].scheduled(after, before, limit)

    def in_flight(self, *, limit: int = 500) -> list[Callback]:
        """By the end of their lease; those without one first."""
        with self._queue.held():
            found = [self._queue.callbacks[one] for one in self._queue.in_flight]
        return sorted(found, key=lambda one: (one.lease_until or _FIRST, one.id))[:limit]

    def due_to_expire(self, now: datetime, *, limit: int = 100) -> list[Callback]:
        """Those whose invitation has ended, longest ago first."""
        with self._queue.held():
            found = [one for line in self._queue.lines.values() for one in line.expired(now)]
        return sorted(found, key=lambda one: (one.expires_at or _FIRST, one.id))[:limit]

    def search(self, search: Search, now: datetime) -> tuple[list[Callback], int]:
        """A page by due time, then arrival, and how many there are."""
        with self._queue.held():
            return figures.search(self._queue, search, now)

    def counts(self, now: datetime, day_ends_at: datetime, *, queue: str = "") -> Mapping[Bucket, int]:
        """How many are in each bucket."""
        with self._queue.held():
            return figures.counts(self._queue, now, day_ends_at, queue)

    def leg(self, tag: str) -> Leg | None:
        """The leg by its tag."""
        with self._queue.held():
            return self._queue.legs.get(tag)

    def leg_by_sid(self, carrier_sid: str) -> Leg | None:
        """The leg by the carrier's id."""
        with self._queue.held():
            return self._queue.legs.get(self._queue.leg_by_sid.get(carrier_sid, ""))

    def leg_by_call(self, call_id: str) -> Leg | None:
        """The leg by our call record."""
        with self._queue.held():
            return self._queue.legs.get(self._queue.leg_by_call.get(call_id, ""))

    def legs(self, callback_id: str) -> list[Leg]:
        """All attempts, oldest first."""
        with self._queue.held():
            return self._queue.legs_by_age(callback_id)

    def history(self, callback_id: str) -> list[Happened]:
        """In the order it was written."""
        with self._queue.held():
            return list(self._queue.history.get(callback_id, ()))

    def handle_secs(self, queue: str, *, limit: int = 200) -> list[float]:
        """Lengths of the newest conversations, newest first."""
        with self._queue.held():
            return figures.handle_secs(self._queue, queue, limit)

    def dials(self, number: str, since: datetime) -> int:
        """Customer legs to this number, but for those never placed."""
        with self._queue.held():
            return sum(1 for leg in figures.dialled(self._queue, number) if leg.created_at >= since)

    def all_dials(self, since: datetime) -> int:
        """Legs to customers and agents, but for those never placed."""
        with self._queue.held():
            return figures.all_dials(self._queue, since)

    def last_dial(self, number: str) -> datetime | None:
        """When the newest of them was intended."""
        with self._queue.held():
            return max((leg.created_at for leg in figures.dialled(self._queue, number)), default=None)

    def promises(
        self, since: datetime, *, caller: str = "", prefix: str = "", attested: str = "", others_only: bool = False
    ) -> int:
        """How many calls back were promised since then."""
        with self._queue.held():
            return figures.promises(
                self._queue,
                since,
                lambda one: (
                    (not caller or one.caller == caller)
                    and (not attested or one.attested == attested)
                    and one.number.startswith(prefix)
                    and not (others_only and one.number == one.caller)
                ),
            )

    def is_stopped(self, number: str, queue: str) -> bool:
        """Whether the number asked this queue, or all, for silence."""
        with self._queue.held():
            return (number, queue) in self._queue.stops or (number, "") in self._queue.stops

    def stop(self, number: str, *, queue: str = "", at: datetime, by: str) -> None:
        """From now on; the first time stays."""
        with self._queue.held():
            self._queue.stops.setdefault((number, queue), (at, by))

    def allow_again(self, number: str) -> None:
        """Lifts every stop."""
        with self._queue.held():
            for stop in [one for one in self._queue.stops if one[0] == number]:
                del self._queue.stops[stop]

    def wrong_codes(self, number: str, since: datetime) -> int:
        """How many were given from this number since then."""
        with self._queue.held():
            return sum(1 for one, at in self._queue.wrong_codes.values() if one == number and at >= since)

    def take_try(self, number: str, at: datetime, *, since: datetime, most: int) -> int | None:
        """Count and note in one."""
        with self._queue.held():
            if self.wrong_codes(number, since) >= most:
                return None
            try_id = next(self._queue.tries)
            self._queue.wrong_codes[try_id] = number, at
            return try_id

    def give_try_back(self, try_id: int) -> None:
        """It counts no more."""
        with self._queue.held():
            self._queue.wrong_codes.pop(try_id, None)

    def kept(self, since: datetime, *, queue: str = "") -> tuple[int, int]:
        """Kept ones, and all that were due."""
        with self._queue.held():
            return figures.kept(self._queue, since, queue, self._now())

    def _places(self, queue: str, now: datetime, each: int) -> list[Place]:
        found = self._queue.lines[queue].heads(now, each)
        places = [place_of(one.id, one.queue, one.order_at, place(one, now).needs) for one in found]
        return sorted(places, key=lambda one: (one.order_at, one.id))

    def _open_like(self, callback: Callback) -> Callback | None:
        open_key = place(callback, written_at(callback)).open_key
        return self._queue.callbacks.get(self._queue.open_keys.holder(open_key) or "") if open_key else None

    def _decide(self, callback: Callback, number: int, decide: Decide, agent_id: str) -> Attempt | None:
        before = self._queue.attempt(callback, number, agent_id or callback.agent)
        step = decide(before)
        return None if step is None else self._queue.apply(before, step)


def _is_findable(callback: Callback, now: datetime) -> bool:
    if callback.state is CallbackState.FAILED:
        return callback.expires_at is None or callback.expires_at > now
    return not callback.state.is_final


_FIRST = datetime.min.replace(tzinfo=UTC)
