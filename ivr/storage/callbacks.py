"""Promises in SQL: made once, changed by decisions inside transactions, never deleted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, insert, literal_column, or_, select

from ivr.core.queueing.legs import Leg
from ivr.core.queueing.model import Callback, Happened, Kind, Place
from ivr.core.queueing.reading import Reading
from ivr.core.queueing.steps import Attempt, Text
from ivr.ports import Bucket, Claim, Decide, Promised, Search, StoreFailed
from ivr.storage import callback_figures, callback_line, callback_search, stops
from ivr.storage.callback_steps import add_texts, put_legs, take_claims, take_leg_step, take_step
from ivr.storage.database import Database
from ivr.storage.placing import Stage, first_line, place, written_at
from ivr.storage.queue_rows import (
    CALLBACK_COLUMNS,
    LEG_COLUMNS,
    Values,
    callback_of,
    callback_values,
    happened_of,
    happened_values,
    leg_of,
    placing_values,
)
from ivr.storage.queue_statements import CALLBACK, SEVERAL_CALLBACKS, stage_before, stage_is
from ivr.storage.queue_tables import callback_history, callback_keys, callback_legs, callbacks
from ivr.storage.upsert import insert_for

PROMISE_ATTEMPTS = 5
_VIOLATIONS = frozenset({"23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"})


class SqlCallbackStore:
    """`ivr.ports.CallbackStore` over a database."""

    def __init__(self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._now = now

    def promise(
        self, callback: Callback, *, key: str, texts: Sequence[Text] = (), legs: Sequence[Leg] = ()
    ) -> Promised:
        """Commits once per key and once per open number; with an empty key only the latter."""
        row = _new_row(callback, key)
        with self._database.write() as connection:
            for _ in range(PROMISE_ATTEMPTS):
                known = _by_key(connection, key)
                if known is None and _inserted(connection, row):
                    first = first_line(callback)
                    connection.execute(insert(callback_history), [happened_values(first)])
                    add_texts(connection, texts)
                    put_legs(connection, legs)
                    return Promised(_one(connection, callbacks.c.id == callback.id) or callback, is_new=True)
                known = known or _known(connection, row)
                if known is not None:
                    return Promised(known, is_new=False)
        # The one that stood in the way was closed between our looks, again and again; or the id is taken.
        raise StoreFailed("in_use", retryable=True)

    def get(self, callback_id: str) -> Callback | None:
        """The promise by its id."""
        with self._database.read() as connection:
            row = connection.execute(CALLBACK, {"id": callback_id}).first()
        return None if row is None else callback_of(row)

    def several(self, ids: Collection[str]) -> dict[str, Callback]:
        """Those that are there, by id."""
        with self._database.read() as connection:
            rows = connection.execute(SEVERAL_CALLBACKS, {"ids": list(ids)}).all() if ids else []
        return {callback.id: callback for callback in map(callback_of, rows)}

    def by_key(self, key: str) -> Callback | None:
        """The promise that `promise` returned for this key."""
        with self._database.read() as connection:
            return _by_key(connection, key)

    def open_for(self, number: str) -> list[Callback]:
        """Open ones by arrival; failed ones until their invitation ends. Messages are not among them."""
        c = callbacks.c
        is_findable = or_(
            stage_before(Stage.FAILED), stage_is(Stage.FAILED) & or_(c.expires_at.is_(None), c.expires_at > self._now())
        )
        is_call = c.kind == Kind.CALLBACK.value
        query = select(*CALLBACK_COLUMNS).where(c.number == number, is_call, is_findable).order_by(c.arrived_at, c.id)
        with self._database.read() as connection:
            return [callback_of(row) for row in connection.execute(query)]

    def step(self, callback_id: str, decide: Decide, *, agent_id: str = "") -> Attempt | None:
        """One decision over one attempt; see the port."""
        with _uniqueness_translated(), self._database.write() as connection:
            return take_step(connection, callback_id, decide, agent_id)

    def step_leg(self, tag: str, decide: Decide) -> Attempt | None:
        """The same by a leg's tag, with the legs of its attempt."""
        with _uniqueness_translated(), self._database.write() as connection:
            return take_leg_step(connection, tag, decide)

    def claim(self, claims: Sequence[Claim], reading: Reading | None = None) -> list[Attempt]:
        """Several decisions in one transaction; where one breaks uniqueness, each in its own, without that one."""
        if not claims:
            return []
        try:
            with _uniqueness_translated(), self._database.write() as connection:
                return take_claims(connection, claims, reading)
        except StoreFailed as failed:
            if failed.reason != "in_use":
                raise
        if len(claims) == 1:
            return []
        return [taken for claim in claims for taken in self.claim([claim], reading)]

    def heads(self, queue: str, now: datetime, *, each: int = 8) -> list[Callback]:
        """Of every group of equal needs the first ones. Sorted by group, then by place."""
        return callback_line.heads(self._database, queue, now, each)

    def line(self, queue: str, now: datetime, *, each: int = 8) -> list[Place]:
        """The same by their places only, in the order of the line."""
        return callback_line.line(self._database, queue, now, each)

    def ahead(self, queue: str, order_at: datetime, now: datetime, *, cap: int = 2000) -> int:
        """How many are before this place, up to `cap`."""
        with self._database.read() as connection:
            return callback_line.ahead(connection, queue, order_at, now, cap)

    def waiting(self, queue: str, now: datetime, *, cap: int = 2000) -> int:
        """How many are eligible, up to `cap`."""
        with self._database.read() as connection:
            return callback_line.waiting(connection, queue, now, cap)

    def scheduled(self, queue: str, after: datetime, before: datetime, *, limit: int = 500) -> list[datetime]:
        """When those that wait for a later time will be eligible, between both."""
        with self._database.read() as connection:
            return callback_line.scheduled(connection, queue, after, before, limit)

    def in_flight(self, *, limit: int = 500) -> list[Callback]:
        """By the end of their lease; those without one first."""
        query = select(*CALLBACK_COLUMNS).where(stage_is(Stage.IN_FLIGHT))
        query = query.order_by(callbacks.c.lease_until.nulls_first(), callbacks.c.id).limit(limit)
        with self._database.read() as connection:
            return [callback_of(row) for row in connection.execute(query).all()]

    def due_to_expire(self, now: datetime, *, limit: int = 100) -> list[Callback]:
        """Those whose invitation has ended, longest ago first."""
        c = callbacks.c
        query = select(*CALLBACK_COLUMNS).where(stage_before(Stage.IN_FLIGHT), c.expires_at <= now)
        query = query.order_by(c.expires_at, c.id).limit(limit)
        with self._database.read() as connection:
            return [callback_of(row) for row in connection.execute(query)]

    def search(self, search: Search, now: datetime) -> tuple[list[Callback], int]:
        """A page by due time, then arrival, and how many there are."""
        with self._database.read() as connection:
            return callback_search.search(connection, search, now)

    def counts(self, now: datetime, day_ends_at: datetime, *, queue: str = "") -> Mapping[Bucket, int]:
        """How many are in each bucket, up to 10,000."""
        with self._database.read() as connection:
            return callback_search.counts(connection, now, day_ends_at, queue)

    def leg(self, tag: str) -> Leg | None:
        """The leg by its tag."""
        return next(iter(self._legs(callback_legs.c.tag == tag)), None)

    def leg_by_sid(self, carrier_sid: str) -> Leg | None:
        """The leg by the carrier's id; of a caller who was to be connected more than once, the last."""
        sid = callback_legs.c.carrier_sid
        return next(reversed(self._legs((sid == carrier_sid) & (sid != literal_column("''")))), None)

    def leg_by_call(self, call_id: str) -> Leg | None:
        """The leg by our call record; the last, too."""
        column = callback_legs.c.call_id
        return next(reversed(self._legs((column == call_id) & (column != literal_column("''")))), None)

    def legs(self, callback_id: str) -> list[Leg]:
        """All attempts, oldest first."""
        return self._legs(callback_legs.c.callback_id == callback_id)

    def history(self, callback_id: str) -> list[Happened]:
        """In the order it was written."""
        h = callback_history.c
        query = select(callback_history).where(h.callback_id == callback_id).order_by(h.id)
        with self._database.read() as connection:
            return [happened_of(row) for row in connection.execute(query).mappings()]

    def handle_secs(self, queue: str, *, limit: int = 200) -> list[float]:
        """Lengths of the newest conversations, newest first."""
        with self._database.read() as connection:
            return callback_figures.handle_secs(connection, queue, limit)

    def dials(self, number: str, since: datetime) -> int:
        """Customer legs to this number, but for those never placed."""
        with self._database.read() as connection:
            return callback_figures.dials(connection, number, since)

    def all_dials(self, since: datetime) -> int:
        """Legs to customers and agents, but for those never placed."""
        with self._database.read() as connection:
            return callback_figures.all_dials(connection, since)

    def last_dial(self, number: str) -> datetime | None:
        """When the newest customer leg to this number was intended."""
        with self._database.read() as connection:
            return callback_figures.last_dial(connection, number)

    def promises(
        self, since: datetime, *, caller: str = "", prefix: str = "", attested: str = "", others_only: bool = False
    ) -> int:
        """How many calls back were promised since then."""
        with self._database.read() as connection:
            return callback_figures.promises(connection, since, caller, prefix, attested, others_only=others_only)

    def kept(self, since: datetime, *, queue: str = "") -> tuple[int, int]:
        """Kept ones, and all that were due."""
        with self._database.read() as connection:
            return callback_figures.kept(connection, since, queue, self._now())

    def is_stopped(self, number: str, queue: str) -> bool:
        """Whether the number asked this queue, or all, for silence."""
        with self._database.read() as connection:
            return stops.is_stopped(connection, number, queue)

    def stop(self, number: str, *, queue: str = "", at: datetime, by: str) -> None:
        """From now on; the first time stays."""
        with self._database.write() as connection:
            stops.stop(connection, number, queue, at, by)

    def allow_again(self, number: str) -> None:
        """Lifts every stop."""
        with self._database.write() as connection:
            stops.allow_again(connection, number)

    def wrong_codes(self, number: str, since: datetime) -> int:
        """How many were given from this number since then."""
        with self._database.read() as connection:
            return stops.count_wrong_codes(connection, number, since)

    def take_try(self, number: str, at: datetime, *, since: datetime, most: int) -> int | None:
        """Count and note in one."""
        with self._database.write() as connection:
            return stops.take_try(connection, number, at, since, most)

    def give_try_back(self, try_id: int) -> None:
        """It counts no more."""
        with self._database.write() as connection:
            stops.give_try_back(connection, try_id)

    def _legs(self, condition: ColumnElement[bool]) -> list[Leg]:
        c = callback_legs.c
        query = select(*LEG_COLUMNS).where(condition).order_by(c.attempt, c.created_at, c.tag)
        with self._database.read() as connection:
            return [leg_of(row) for row in connection.execute(query).mappings()]


def _new_row(callback: Callback, key: str) -> Values:
    at = written_at(callback)
    return callback_values(callback) | placing_values(place(callback, at)) | {"key": key or None, "made_at": at}


def _inserted(connection: Connection, row: Values) -> bool:
    added = insert_for(connection, callbacks).values(row).on_conflict_do_nothing().returning(callbacks.c.id)
    return connection.execute(added).first() is not None


def _known(connection: Connection, row: Values) -> Callback | None:
    """The promise of this key, or the open one to this number, which then has this key too."""
    known = _by_key(connection, row["key"])
    if known is not None or row["open_key"] is None:
        return known
    known = _one(connection, callbacks.c.open_key == row["open_key"])
    if known is not None and row["key"] is not None:
        alias = insert_for(connection, callback_keys).values(key=row["key"], callback_id=known.id)
        connection.execute(alias.on_conflict_do_nothing(index_elements=["key"]))
    return known


def _by_key(connection: Connection, key: str | None) -> Callback | None:
    if not key:
        return None
    alias = select(callback_keys.c.callback_id).where(callback_keys.c.key == key).scalar_subquery()
    return _one(connection, (callbacks.c.key == key) | (callbacks.c.id == alias))


def _one(connection: Connection, condition: ColumnElement[bool]) -> Callback | None:
    row = connection.execute(select(*CALLBACK_COLUMNS).where(condition)).first()
    return None if row is None else callback_of(row)


@contextmanager
def _uniqueness_translated() -> Iterator[None]:
    """What the unique columns refuse is `in_use`: the decision was taken on what is no longer so."""
    try:
        yield
    except StoreFailed as failed:
        if failed.reason in _VIOLATIONS:
            raise StoreFailed("in_use", retryable=False) from None
        raise
