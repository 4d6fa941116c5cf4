"""Callers on the line in the line: over memory, SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ivr.core.queueing import claims, live
from ivr.core.queueing.legs import Leg, LegState, Role
from ivr.core.queueing.model import Callback, CallbackState, Cause, Kind
from ivr.core.queueing.steps import Attempt, Step
from ivr.ports import Bucket, Claim, Search
from tests.contract.conftest import NOW, QueueStores
from tests.contract.queue_rows import DAY, HOUR, a_promise, an_agent, made

pytestmark = pytest.mark.contract


def a_caller(ordinal: int = 1, number: str = "+12025550100") -> Callback:
    """On the line, and wants a person."""
    return a_promise(
        ordinal,
        kind=Kind.TRANSFER,
        number=number,
        caller=number,
        attempt=live.FIRST_ATTEMPT,
        cause=Cause.ASKED,
        expires_at=NOW + timedelta(seconds=20),
        order_at=NOW - live.AHEAD,
    )


def asked(queue: QueueStores, ordinal: int = 1, number: str = "+12025550100", sid: str = "CA1") -> tuple[Callback, Leg]:
    row = a_caller(ordinal, number)
    leg = live.callers_leg(row, f"{ordinal:x}" * 32, sid, NOW + timedelta(seconds=ordinal))
    assert queue.callbacks.promise(row, key=f"key {ordinal}", legs=(leg,)).is_new
    return row, leg


class TestCallersOnTheLine:
    """What promises may not do, and they may."""

    def test_row_and_leg_are_stored_together_and_once(self, queue: QueueStores) -> None:
        row, leg = asked(queue)
        assert (queue.callbacks.get(row.id), queue.callbacks.legs(row.id)) == (row, [leg])
        again = queue.callbacks.promise(a_caller(2), key="key 1", legs=())
        assert (again.callback, again.is_new) == (row, False)
        assert queue.callbacks.history(row.id)[0].cause is Cause.ASKED

    @pytest.mark.parametrize("number", ["+12025550100", ""])
    def test_two_from_one_number_or_from_none_wait_together(self, queue: QueueStores, number: str) -> None:
        first, _ = asked(queue, 1, number)
        second, _ = asked(queue, 2, number, "CA2")
        assert [place.id for place in queue.callbacks.line("general", NOW)] == [first.id, second.id]

    def test_they_stand_before_promises_of_the_same_number(self, queue: QueueStores) -> None:
        made(queue, a_promise(5, number="+12025550100"))
        row, _ = asked(queue)
        assert queue.callbacks.line("general", NOW)[0].id == row.id
        assert [one.kind for one in queue.callbacks.open_for("+12025550100")] == [Kind.CALLBACK]

    def test_a_claim_keeps_the_callers_leg(self, queue: QueueStores) -> None:
        row, leg = asked(queue)
        queue.agents.add(an_agent())

        def take(attempt: Attempt) -> Step | None:
            return claims.claim(attempt, worker="w1", lease_secs=15, now=NOW)

        (taken,) = queue.callbacks.claim([Claim(row.id, "ana", take)])
        assert (taken.callback.state, taken.legs) == (CallbackState.CLAIMED, (leg,))
        queue.callbacks.step(
            row.id,
            lambda attempt: claims.add_leg(attempt, Role.AGENT, "b" * 32, from_number="+1", worker="w1", now=NOW),
        )
        assert len(queue.callbacks.legs(row.id)) == 2

    def test_their_own_legs_are_no_dials(self, queue: QueueStores) -> None:
        asked(queue)
        store = queue.callbacks
        assert (store.all_dials(NOW - HOUR), store.dials("", NOW - HOUR), store.last_dial("")) == (0, 0, None)
        assert store.promises(NOW - DAY) == 0

    def test_the_newest_wish_of_a_call_is_found_by_its_leg(self, queue: QueueStores) -> None:
        first, leg = asked(queue)
        queue.callbacks.step(first.id, lambda a: live.withdraw(a, Cause.BY_CALLER, now=NOW, by="caller"))
        _, second = asked(queue, 2)
        assert queue.callbacks.leg_by_sid(leg.carrier_sid) == second
        closed = queue.callbacks.leg(leg.tag)
        assert closed is not None and closed.state is LegState.OVER

    def test_they_are_not_among_what_people_are_shown(self, queue: QueueStores) -> None:
        asked(queue)
        found, total = queue.callbacks.search(Search(), NOW)
        assert (found, total) == ([], 0)
        assert queue.callbacks.counts(NOW, NOW + DAY)[Bucket.NOW] == 0

    def test_they_are_due_to_end_with_their_time(self, queue: QueueStores) -> None:
        row, _ = asked(queue)
        late = NOW + timedelta(seconds=20)
        assert [one.id for one in queue.callbacks.due_to_expire(late)] == [row.id]
        queue.callbacks.step(row.id, lambda attempt: claims.expire(attempt, now=late, by="worker w1"))
        assert queue.callbacks.due_to_expire(late) == []
        assert queue.callbacks.line("general", NOW) == []
