"""Who is next and how many are before: one suite over memory, SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from ivr.core.queueing.legs import LegOutcome, Role
from ivr.core.queueing.model import Callback, CallbackState, Kind
from ivr.storage.callback_line import MANY_LATE
from tests.contract.conftest import NOW, QueueStores
from tests.contract.queue_rows import (
    DAY,
    HOUR,
    MINUTE,
    a_leg,
    a_promise,
    an_agent,
    changed,
    claimed,
    made,
    over,
    with_legs,
)

pytestmark = pytest.mark.contract

ONE, TWO, THREE = (a_promise(number).id for number in (1, 2, 3))


def ids(callbacks: list[Callback]) -> list[str]:
    return [callback.id for callback in callbacks]


def heads_of(queue: QueueStores, now: datetime, each: int = 8) -> list[Callback]:
    """The heads; the line must tell the same places in its order."""
    heads = queue.callbacks.heads("general", now, each=each)
    places = queue.callbacks.line("general", now, each=each)
    assert [place.id for place in places] == ids(sorted(heads, key=lambda one: (one.order_at, one.id)))
    return heads


class TestHeads:
    def test_the_line_is_ordered_by_place_then_id(self, queue: QueueStores) -> None:
        at = a_promise(1).order_at
        made(queue, a_promise(3, order_at=at), a_promise(1), a_promise(2, order_at=at - MINUTE))
        assert ids(heads_of(queue, NOW)) == [TWO, ONE, THREE]

    def test_of_every_group_the_first_ones_come(self, queue: QueueStores) -> None:
        made(
            queue,
            *(a_promise(number) for number in range(1, 5)),
            *(a_promise(number, language="ja") for number in range(5, 9)),
            *(a_promise(number, skills=("sql", "billing")) for number in range(9, 11)),
            a_promise(11, skills=("billing", "sql")),
            a_promise(12, owner="ana"),
        )
        heads = ids(heads_of(queue, NOW, each=2))
        assert sorted(heads) == [a_promise(number).id for number in (1, 2, 5, 6, 9, 10, 12)]
        for place in queue.callbacks.line("general", NOW, each=2):
            promise = queue.callbacks.get(place.id)
            assert promise is not None
            assert (place.queue, place.order_at, place.language) == ("general", promise.order_at, promise.language)
            assert set(place.skills) == set(promise.skills)

    @pytest.mark.parametrize(
        "changes",
        [
            {"queue": "billing"},
            {"eligible_at": NOW + timedelta(microseconds=1)},
            {"kind": Kind.MESSAGE},
            {"state": CallbackState.CLAIMED},
            {"state": CallbackState.DONE},
            {"state": CallbackState.FAILED},
        ],
    )
    def test_what_may_not_be_dialled_now_is_not_among_them(
        self, queue: QueueStores, changes: dict[str, object]
    ) -> None:
        made(queue, a_promise(1), a_promise(2, **changes))
        assert ids(heads_of(queue, NOW)) == [ONE]
        assert queue.callbacks.waiting("general", NOW) == 1
        assert queue.callbacks.ahead("general", NOW, NOW) == 1

    def test_a_scheduled_one_takes_its_place_when_its_time_has_come(self, queue: QueueStores) -> None:
        made(queue, a_promise(1, eligible_at=NOW + HOUR), a_promise(2))
        assert ids(heads_of(queue, NOW)) == [TWO]
        assert ids(heads_of(queue, NOW + HOUR)) == [ONE, TWO]
        assert queue.callbacks.ahead("general", a_promise(2).order_at, NOW + HOUR) == 1
        assert queue.callbacks.waiting("general", NOW + HOUR) == 2
        assert ids(heads_of(queue, NOW)) == [TWO]

    def test_many_that_become_due_at_once_are_all_in_their_places(self, queue: QueueStores) -> None:
        many = 2 * MANY_LATE + 7
        made(queue, *(a_promise(number, eligible_at=NOW + HOUR) for number in range(1, many)), a_promise(many))
        assert ids(heads_of(queue, NOW)) == [a_promise(many).id]
        for _ in range(2):
            heads = heads_of(queue, NOW + HOUR, each=many + 1)
            assert ids(heads) == [a_promise(number).id for number in range(1, many + 1)]
        assert ids(heads_of(queue, NOW)) == [a_promise(many).id], "the clock was set back"
        assert queue.callbacks.ahead("general", a_promise(many).order_at, NOW + HOUR) == many - 1

    def test_an_owned_one_is_everybodys_when_the_owners_time_is_over(self, queue: QueueStores) -> None:
        made(queue, a_promise(1, owner="ana", owner_until=NOW + MINUTE), a_promise(2), a_promise(3, owner="ana"))
        assert sorted(ids(heads_of(queue, NOW, each=1))) == [ONE, TWO]
        assert sorted(ids(heads_of(queue, NOW + MINUTE, each=1))) == [ONE, THREE]

    def test_many_whose_owners_time_is_over_are_in_one_line(self, queue: QueueStores) -> None:
        many = MANY_LATE + 5
        made(queue, *(a_promise(number, owner="ana", owner_until=NOW) for number in range(1, many)), a_promise(many))
        for _ in range(2):
            heads = heads_of(queue, NOW, each=many)
            assert ids(heads) == [a_promise(number).id for number in range(1, many + 1)]

    def test_a_promise_that_was_tried_in_vain_keeps_its_place(self, queue: QueueStores) -> None:
        made(queue, a_promise(1), a_promise(2))
        later = NOW + 15 * MINUTE
        queue.callbacks.step(ONE, changed(state=CallbackState.RETRY_AT, state_at=NOW, eligible_at=later))
        assert ids(heads_of(queue, NOW)) == [TWO]
        assert ids(heads_of(queue, later)) == [ONE, TWO]

    def test_a_change_of_what_is_needed_changes_the_line(self, queue: QueueStores) -> None:
        made(queue, a_promise(1), a_promise(2), a_promise(3))
        queue.callbacks.step(ONE, changed(order_at=NOW))
        queue.callbacks.step(TWO, changed(owner="ana"))
        assert sorted(ids(heads_of(queue, NOW, each=1))) == [TWO, THREE]
        assert ids(heads_of(queue, NOW, each=2))[:2] == [THREE, ONE]


class TestPlaces:
    def test_ahead_counts_eligible_ones_before_a_place(self, queue: QueueStores) -> None:
        made(queue, *(a_promise(number) for number in range(1, 6)), a_promise(6, queue="billing"))
        assert queue.callbacks.ahead("general", a_promise(4).order_at, NOW) == 3
        assert queue.callbacks.ahead("general", a_promise(1).order_at, NOW) == 0
        assert queue.callbacks.ahead("nowhere", NOW, NOW) == 0

    def test_counting_stops_at_the_cap(self, queue: QueueStores) -> None:
        made(queue, *(a_promise(number) for number in range(1, 6)))
        assert queue.callbacks.ahead("general", NOW, NOW, cap=3) == 3
        assert queue.callbacks.waiting("general", NOW, cap=3) == 3
        assert queue.callbacks.waiting("general", NOW) == 5

    def test_scheduled_gives_the_times_between_both_in_order(self, queue: QueueStores) -> None:
        hours = {1: 3, 2: 1, 3: 2, 4: 0, 5: 4}
        made(queue, *(a_promise(number, eligible_at=NOW + hour * HOUR) for number, hour in hours.items()))
        made(queue, a_promise(6, eligible_at=NOW + HOUR, queue="billing"))
        times = queue.callbacks.scheduled("general", NOW, NOW + 4 * HOUR)
        assert times == [NOW + hour * HOUR for hour in (1, 2, 3)]
        assert queue.callbacks.scheduled("general", NOW, NOW + 4 * HOUR, limit=1) == [NOW + HOUR]

    def test_in_flight_ones_come_by_the_end_of_their_lease(self, queue: QueueStores) -> None:
        leases = {1: NOW + MINUTE, 2: None, 3: NOW}
        made(queue, *(a_promise(number) for number in range(1, 5)))
        for number, until in leases.items():
            queue.callbacks.step(a_promise(number).id, changed(state=CallbackState.DIALLING, lease_until=until))
        assert ids(queue.callbacks.in_flight()) == [TWO, THREE, ONE]
        assert ids(queue.callbacks.in_flight(limit=1)) == [TWO]

    def test_due_to_expire_are_waiting_ones_whose_invitation_is_over(self, queue: QueueStores) -> None:
        made(
            queue,
            a_promise(1, expires_at=NOW),
            a_promise(2, expires_at=NOW - DAY, eligible_at=NOW + HOUR),
            a_promise(3, expires_at=NOW + MINUTE),
            a_promise(4),
            a_promise(5, expires_at=NOW, kind=Kind.MESSAGE),
            a_promise(6, expires_at=NOW, state=CallbackState.CONNECTED),
        )
        assert ids(queue.callbacks.due_to_expire(NOW)) == [TWO, ONE]
        assert ids(queue.callbacks.due_to_expire(NOW, limit=1)) == [TWO]


class TestFigures:
    def talked(self, stores: QueueStores, number: int, secs: int, at: datetime, **changes: object) -> None:
        """A conversation that ended at a time."""
        made(stores, a_promise(number, **changes))
        done = changed(state=CallbackState.DONE, connected_at=at - timedelta(seconds=secs), state_at=at)
        stores.callbacks.step(a_promise(number).id, done)

    def test_handle_times_come_newest_first(self, queue: QueueStores) -> None:
        self.talked(queue, 1, 60, NOW)
        self.talked(queue, 2, 30, NOW + MINUTE)
        self.talked(queue, 3, 90, NOW, queue="billing")
        made(queue, a_promise(4, state=CallbackState.DONE))
        assert queue.callbacks.handle_secs("general") == [30.0, 60.0]
        assert queue.callbacks.handle_secs("general", limit=1) == [30.0]

    def test_of_a_promise_connected_twice_only_the_last_conversation_counts(self, queue: QueueStores) -> None:
        made(queue, a_promise())
        legs = [
            a_leg(a_promise(), tag, role, accepted_at=NOW) for tag, role in (("a", Role.CUSTOMER), ("b", Role.AGENT))
        ]
        queue.callbacks.step(ONE, with_legs(*legs))
        done = changed(state=CallbackState.DONE, connected_at=NOW - HOUR, state_at=NOW + MINUTE)
        queue.callbacks.step(ONE, done)
        assert queue.callbacks.handle_secs("general") == [60.0]

    def test_dials_to_a_number_are_counted_and_dated(self, queue: QueueStores) -> None:
        made(queue, a_promise(1), a_promise(2))
        one = a_promise(1)
        for tag, ago in (("a", 3 * HOUR), ("b", HOUR), ("c", MINUTE)):
            queue.callbacks.step(ONE, with_legs(over(a_leg(one, tag, created_at=NOW - ago))))
        never = replace(a_leg(one, "d", created_at=NOW), outcome=None)
        queue.callbacks.step(ONE, with_legs(a_leg(one, "e", Role.AGENT, number=one.number, created_at=NOW)))
        queue.callbacks.step(TWO, with_legs(a_leg(a_promise(2), "f", created_at=NOW - MINUTE)))
        assert queue.callbacks.dials(one.number, NOW - 2 * HOUR) == 2
        assert queue.callbacks.last_dial(one.number) == NOW - MINUTE
        assert queue.callbacks.all_dials(NOW - 2 * HOUR) == 4
        queue.callbacks.step(ONE, with_legs(never))
        assert (queue.callbacks.dials(one.number, NOW), queue.callbacks.last_dial(one.number)) == (1, NOW)

    def test_dials_that_were_never_placed_do_not_count(self, queue: QueueStores) -> None:
        made(queue, a_promise())
        queue.callbacks.step(ONE, with_legs(over(a_leg(a_promise()), LegOutcome.NEVER_PLACED)))
        assert queue.callbacks.dials(a_promise().number, NOW - DAY) == queue.callbacks.all_dials(NOW - DAY) == 0
        assert queue.callbacks.last_dial(a_promise().number) is None

    def test_promises_are_counted_by_caller_prefix_and_other_number(self, queue: QueueStores) -> None:
        made(
            queue,
            a_promise(1, state_at=NOW - HOUR),
            a_promise(2, state_at=NOW, caller="+12025550001", attested="failed"),
            a_promise(3, state_at=NOW, number="+819012345678", caller="+12025550001"),
            a_promise(4, state_at=NOW, kind=Kind.MESSAGE),
        )
        count = queue.callbacks.promises
        assert (count(NOW - DAY), count(NOW), count(NOW + MINUTE)) == (3, 2, 0)
        assert count(NOW - DAY, caller="+12025550001") == 3
        assert count(NOW - DAY, caller="+12025550001", others_only=True) == 2
        assert count(NOW - DAY, prefix="+8190") == 1
        assert count(NOW - DAY, prefix="%") == 0
        assert count(NOW - DAY, attested="failed") == 1
        assert count(NOW - DAY, attested="B") == 0

    def test_kept_promises_were_connected_in_their_window(self, queue: QueueStores) -> None:
        window = {"promised_from": NOW - HOUR, "promised_to": NOW - 30 * MINUTE}
        cases = {
            "in time": {**window, "connected_at": NOW - 40 * MINUTE},
            "early, as soon as possible": {**window, "connected_at": NOW - 2 * HOUR},
            "early, at a chosen time": {**window, "connected_at": NOW - 2 * HOUR, "is_time_chosen": True},
            "late": {**window, "connected_at": NOW},
            "never": window,
            "cancelled in time": {**window, "state": CallbackState.CANCELLED, "state_at": NOW - HOUR},
            "cancelled too late": {**window, "state": CallbackState.CANCELLED, "state_at": NOW},
            "not due": {"promised_to": NOW + MINUTE},
            "kept before it was due": {"promised_to": NOW + MINUTE, "connected_at": NOW},
            "a message": {**window, "kind": Kind.MESSAGE},
            "due long ago": {"promised_to": NOW - 2 * DAY},
        }
        made(queue, *(a_promise(number, **changes) for number, changes in enumerate(cases.values(), 1)))
        made(queue, a_promise(99, queue="billing", promised_to=NOW))
        assert queue.callbacks.kept(NOW - DAY, queue="general") == (3, 7)
        assert queue.callbacks.kept(NOW - DAY) == (3, 8)
        assert queue.callbacks.kept(NOW + DAY) == (0, 0)


class TestStops:
    def test_a_number_is_stopped_for_one_queue_or_for_all(self, queue: QueueStores) -> None:
        store = queue.callbacks
        assert not store.is_stopped("+1", "general")
        store.stop("+1", queue="general", at=NOW, by="caller")
        store.stop("+2", at=NOW, by="caller")
        stopped = [store.is_stopped(*pair) for pair in (("+1", "general"), ("+1", "billing"), ("+2", "billing"))]
        assert stopped == [True, False, True]

    def test_a_stop_is_taken_back_and_can_be_made_again(self, queue: QueueStores) -> None:
        store = queue.callbacks
        for _ in range(2):
            store.stop("+1", at=NOW, by="text")
            store.stop("+1", at=NOW, by="text")
            store.stop("+1", queue="general", at=NOW, by="text")
            assert store.is_stopped("+1", "general")
            store.allow_again("+1")
            assert not store.is_stopped("+1", "general")

    def test_wrong_codes_are_counted_by_number(self, queue: QueueStores) -> None:
        for number, ago in (("+1", HOUR), ("+1", MINUTE), ("+2", MINUTE)):
            assert queue.callbacks.take_try(number, NOW - ago, since=NOW - DAY, most=9) is not None
        counted = queue.callbacks.wrong_codes
        assert (counted("+1", NOW - DAY), counted("+1", NOW - 2 * MINUTE), counted("+3", NOW - DAY)) == (2, 1, 0)

    def test_a_right_code_counts_no_more(self, queue: QueueStores) -> None:
        right = queue.callbacks.take_try("+1", NOW, since=NOW - DAY, most=2)
        assert queue.callbacks.take_try("+1", NOW, since=NOW - DAY, most=2) is not None
        assert queue.callbacks.take_try("+1", NOW, since=NOW - DAY, most=2) is None
        assert right is not None
        for _ in range(2):
            queue.callbacks.give_try_back(right)
        assert queue.callbacks.wrong_codes("+1", NOW - DAY) == 1
        assert queue.callbacks.take_try("+1", NOW, since=NOW + MINUTE, most=1) is not None

    def test_of_many_calls_at_once_no_more_than_that_get_a_try(self, queue: QueueStores) -> None:
        start = threading.Barrier(8)

        def ring(_: int) -> bool:
            start.wait()
            return queue.callbacks.take_try("+1", NOW, since=NOW - DAY, most=3) is not None

        with ThreadPoolExecutor(8) as threads:
            assert sum(threads.map(ring, range(8))) == 3


def test_claimed_ones_leave_the_line(queue: QueueStores) -> None:
    made(queue, a_promise(1), a_promise(2))
    queue.agents.add(an_agent())
    queue.callbacks.step(ONE, claimed, agent_id="ana")
    assert ids(heads_of(queue, NOW)) == [TWO]
    assert ids(queue.callbacks.in_flight()) == [ONE]
