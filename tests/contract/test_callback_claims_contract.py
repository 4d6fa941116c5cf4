"""Claims and legs of promises: one suite over memory, SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from ivr.core.queueing.legs import LegOutcome, LegState
from ivr.core.queueing.model import CallbackState, Cause
from ivr.core.queueing.steps import Attempt
from ivr.ports import Claim
from tests.contract.conftest import NOW, QueueStores
from tests.contract.queue_rows import (
    HOUR,
    MINUTE,
    a_leg,
    a_promise,
    an_agent,
    changed,
    claimed,
    made,
    noted,
    over,
    with_legs,
)

pytestmark = pytest.mark.contract

ONE = a_promise().id
TOKYO = timezone(timedelta(hours=9))


class TestClaim:
    def test_pairs_are_bound_and_returned(self, queue: QueueStores) -> None:
        made(queue, a_promise(1), a_promise(2))
        for name in ("ana", "ben"):
            queue.agents.add(an_agent(name))
        claims = [Claim(ONE, "ana", claimed), Claim(a_promise(2).id, "ben", claimed)]
        taken = queue.callbacks.claim(claims)
        assert [(one.callback.id, one.agent and one.agent.id) for one in taken] == [
            (ONE, "ana"),
            (claims[1].callback_id, "ben"),
        ]
        assert [queue.callbacks.get(claim.callback_id) for claim in claims] == [one.callback for one in taken]
        assert [queue.agents.get(name) for name in ("ana", "ben")] == [one.agent for one in taken]
        assert [line.cause for line in queue.callbacks.history(ONE)] == [Cause.PROMISED, Cause.CLAIMED]

    def test_nothing_is_claimed_of_nothing(self, queue: QueueStores) -> None:
        assert queue.callbacks.claim([]) == []
        assert queue.callbacks.claim([Claim("0" * 32, "ana", claimed)]) == []

    def test_an_agent_and_a_callback_are_taken_once(self, queue: QueueStores) -> None:
        made(queue, a_promise(1), a_promise(2))
        queue.agents.add(an_agent("ana"))
        queue.agents.add(an_agent("ben"))
        pairs = [(1, "ana"), (1, "ben"), (2, "ana"), (2, "nobody")]
        taken = queue.callbacks.claim([Claim(a_promise(number).id, name, claimed) for number, name in pairs])
        assert [one.callback.id for one in taken] == [ONE]
        assert queue.callbacks.get(a_promise(2).id) == a_promise(2)

    def test_no_agent_is_needed(self, queue: QueueStores) -> None:
        made(queue, a_promise())
        (taken,) = queue.callbacks.claim([Claim(ONE, "", changed(state=CallbackState.CLAIMED))])
        assert taken.agent is None and queue.callbacks.in_flight() == [taken.callback]

    def test_legs_of_the_present_attempt_are_seen(self, queue: QueueStores) -> None:
        made(queue, a_promise(attempt=2))
        legs = [over(a_leg(a_promise(attempt=attempt), tag)) for attempt, tag in ((1, "a"), (2, "b"))]
        queue.callbacks.step(ONE, with_legs(*legs))
        seen: list[Attempt] = []
        queue.callbacks.claim([Claim(ONE, "", noted(seen))])
        assert seen[0].legs == (legs[1],)

    def test_a_pair_that_cannot_be_is_left_out_and_the_others_are_bound(self, queue: QueueStores) -> None:
        made(queue, *(a_promise(number) for number in (1, 2, 3)))
        for name in ("ana", "ben"):
            queue.agents.add(an_agent(name))
        queue.callbacks.step(a_promise(3).id, changed(state=CallbackState.CLAIMED, agent="ana"))
        claims = [Claim(ONE, "ana", claimed), Claim(a_promise(2).id, "ben", claimed)]
        assert [one.callback.id for one in queue.callbacks.claim(claims)] == [a_promise(2).id]
        assert queue.callbacks.get(ONE) == a_promise(1)

    def test_of_many_workers_one_gets_each_pair(self, queue: QueueStores) -> None:
        made(queue, *(a_promise(number) for number in range(1, 13)))
        for name in ("ana", "ben", "cho"):
            queue.agents.add(an_agent(name))
        start = threading.Barrier(4)

        def work(worker: int) -> list[str]:
            start.wait()
            bound = []
            for number in range(1, 13):
                for name in ("ana", "ben", "cho"):
                    claim = Claim(a_promise(1 + (number + worker) % 12).id, name, claimed)
                    bound += [one.callback.agent for one in queue.callbacks.claim([claim])]
            return bound

        with ThreadPoolExecutor(4) as threads:
            bound = [name for names in threads.map(work, range(4)) for name in names]
        assert sorted(bound) == ["ana", "ben", "cho"]
        assert sorted(one.agent for one in queue.callbacks.in_flight()) == ["ana", "ben", "cho"]


class TestLegs:
    def test_a_leg_comes_back_with_every_field(self, queue: QueueStores) -> None:
        made(queue, a_promise())
        leg = a_leg(
            a_promise(),
            state=LegState.OVER,
            changed_at=NOW,
            agent="ana",
            carrier_sid="CA1",
            call_id="2" * 32,
            outcome=LegOutcome.VOICEMAIL,
            answered_at=NOW,
            accepted_at=NOW + MINUTE,
            over_at=NOW + HOUR,
            answered_by="machine_start",
            is_redirected=True,
        )
        queue.callbacks.step(ONE, with_legs(leg))
        assert queue.callbacks.leg(leg.tag) == leg == queue.callbacks.leg_by_sid("CA1")
        assert queue.callbacks.leg_by_call("2" * 32) == leg

    def test_unknown_and_empty_ids_find_no_leg(self, queue: QueueStores) -> None:
        made(queue, a_promise())
        queue.callbacks.step(ONE, with_legs(a_leg(a_promise())))
        assert queue.callbacks.leg("x") is None
        assert queue.callbacks.leg_by_sid("") is None and queue.callbacks.leg_by_sid("CA1") is None
        assert queue.callbacks.leg_by_call("") is None and queue.callbacks.leg_by_call("1") is None

    def test_a_leg_is_replaced_by_its_tag(self, queue: QueueStores) -> None:
        made(queue, a_promise())
        leg = a_leg(a_promise())
        queue.callbacks.step(ONE, with_legs(leg))
        after = queue.callbacks.step_leg(leg.tag, with_legs(replace(leg, state=LegState.RINGING, carrier_sid="CA1")))
        assert after is not None and after.legs == (replace(leg, state=LegState.RINGING, carrier_sid="CA1"),)
        assert queue.callbacks.legs(ONE) == list(after.legs)
