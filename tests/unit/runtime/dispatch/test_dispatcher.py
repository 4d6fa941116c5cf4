"""A worker's turns, with stores in memory and a carrier that does what it is told, on a clock that the tests move."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from ivr.core.hours import Hours
from ivr.core.queueing import claims
from ivr.core.queueing.leg_events import LegNews, Word
from ivr.core.queueing.legs import AgentState, LegOutcome, LegState, Role
from ivr.core.queueing.limits import DialLimits
from ivr.core.queueing.model import CallbackState, Cause, Kind
from ivr.core.queueing.rules import Mode, QueueRules
from ivr.ports import Claim, StoreFailed
from tests.fakes.carrier_port import Answering
from tests.unit.runtime.dispatch.worker import AGENT, AT, CUSTOMER, OURS, Floor

pytestmark = pytest.mark.unit

OVER = LegNews(LegState.OVER, LegOutcome.COMPLETED)


def test_agent_first_agent_is_dialled_then_the_customer_and_both_talk() -> None:
    floor = Floor()
    ana, callback, worker = floor.agent(), floor.promise(), floor.worker()
    worker.tick(floor.pass_secs(1))
    assert floor.dialled() == [AGENT]
    assert floor.now_is(callback).state is CallbackState.DIALLING
    floor.answers(callback, Role.AGENT, Word.ACCEPTED)
    worker.tick(floor.pass_secs(1))
    assert floor.dialled() == [AGENT, CUSTOMER]
    floor.answers(callback, Role.CUSTOMER, Word.PRESENT)
    worker.tick(floor.pass_secs(1))
    talking = floor.now_is(callback)
    assert (talking.state, talking.connected_at) == (CallbackState.CONNECTED, AT + timedelta(seconds=2))
    floor.work(worker, secs=5)
    for role in Role:
        floor.news(floor.leg(callback, role), OVER)
    worker.tick(floor.pass_secs(1))
    assert floor.now_is(callback).state is CallbackState.DONE
    after = floor.agents.get(ana.id)
    assert after is not None and after.state is AgentState.WRAP_UP
    floor.work(worker, secs=31)
    rested = floor.agents.get(ana.id)
    assert rested is not None and rested.state is AgentState.AVAILABLE


def test_customer_first_customer_is_dialled_then_the_agent() -> None:
    floor = Floor(rules={"general": QueueRules("general", mode=Mode.CUSTOMER_FIRST)})
    floor.agent()
    callback, worker = floor.promise(), floor.worker()
    worker.tick(floor.pass_secs(1))
    assert floor.dialled() == [CUSTOMER]
    floor.answers(callback, Role.CUSTOMER, Word.PRESENT)
    worker.tick(floor.pass_secs(1))
    assert floor.dialled() == [CUSTOMER, AGENT]


def test_orders_carry_what_the_rules_and_the_promise_say() -> None:
    rules = QueueRules(
        "general", mode=Mode.CUSTOMER_FIRST, ring_customer_secs=41, from_number="+15550009999", uses_amd=True
    )
    floor = Floor(rules={"general": rules})
    floor.agent()
    floor.promise(extension="12")
    floor.worker().tick(floor.pass_secs(1))
    (order,) = floor.carrier.orders
    assert (order.to, order.from_number, order.ring_secs) == (CUSTOMER, "+15550009999", 41)
    assert (order.send_keys, order.wants_amd) == ("12", True)


def test_agents_are_asked_for_no_machine_detection_and_sent_no_keys() -> None:
    floor = Floor(rules={"general": QueueRules("general", ring_agent_secs=17, uses_amd=True)})
    floor.agent()
    floor.promise(extension="12")
    floor.worker().tick(floor.pass_secs(1))
    (order,) = floor.carrier.orders
    assert (order.to, order.from_number, order.ring_secs) == (AGENT, OURS, 17)
    assert (order.send_keys, order.wants_amd) == ("", False)


def test_the_intent_is_stored_before_the_carrier_is_asked() -> None:
    floor = Floor()
    floor.agent()
    callback, seen = floor.promise(), []
    floor.carrier.before_dial = lambda order: seen.append(floor.callbacks.leg(order.tag))
    floor.worker().tick(floor.pass_secs(1))
    assert [(leg.state, leg.callback_id) for leg in seen if leg] == [(LegState.INTENDED, callback.id)]


def test_no_more_are_dialled_than_agents_can_take_them_and_the_first_come_first() -> None:
    floor = Floor()
    floor.agent("ana", number="+12025550171")
    floor.agent("ben", number="+12025550172")
    promises = [floor.promise(f"+1202555012{index}") for index in range(4)]
    floor.work(floor.worker(), secs=3)
    assert sorted(floor.dialled()) == ["+12025550171", "+12025550172"]
    states = [floor.now_is(each).state for each in promises]
    assert states == [CallbackState.DIALLING] * 2 + [CallbackState.PENDING] * 2


def test_two_workers_bind_an_agent_to_one_promise_only() -> None:
    floor = Floor()
    floor.agent()
    floor.promise()
    floor.promise("+12025550124")
    floor.work(floor.worker("w1"), floor.worker("w2"), secs=5)
    assert floor.dialled() == [AGENT]


def test_a_refused_number_fails_for_a_person_and_the_agent_is_told_and_free() -> None:
    floor = Floor()
    floor.agent()
    callback, worker = floor.promise(), floor.worker()
    floor.carrier.answering[CUSTOMER] = Answering.REFUSED
    worker.tick(floor.pass_secs(1))
    floor.answers(callback, Role.AGENT, Word.ACCEPTED)
    floor.work(worker, secs=3)
    told = [(sid, language) for sid, _, language in floor.carrier.told]
    assert told == [(floor.leg(callback, Role.AGENT).carrier_sid, "en")]
    floor.news(floor.leg(callback, Role.AGENT), OVER)
    floor.work(worker, secs=2)
    failed = floor.now_is(callback)
    assert (failed.state, failed.cause) == (CallbackState.FAILED, Cause.REFUSED)
    assert floor.dialled() == [AGENT, CUSTOMER]


def test_too_many_requests_counts_nothing_against_the_customer_and_is_tried_later() -> None:
    floor = Floor(rules={"general": QueueRules("general", mode=Mode.CUSTOMER_FIRST)})
    floor.agent()
    callback, worker = floor.promise(), floor.worker()
    floor.carrier.answering[CUSTOMER] = Answering.NOT_NOW
    floor.work(worker, secs=30)
    waiting = floor.now_is(callback)
    assert (waiting.state, dict(waiting.tries)) == (CallbackState.PENDING, {})
    assert floor.dialled() == [CUSTOMER]
    floor.carrier.answering.clear()
    floor.work(worker, secs=60)
    assert floor.dialled() == [CUSTOMER, CUSTOMER]


def test_a_promise_that_is_too_old_needs_a_person() -> None:
    floor = Floor()
    callback = floor.promise(expires_at=AT + timedelta(seconds=2))
    floor.work(floor.worker(), secs=3)
    failed = floor.now_is(callback)
    assert (failed.state, failed.cause) == (CallbackState.FAILED, Cause.EXPIRED)


def test_a_closed_queue_is_not_dialled_and_nothing_is_put_off() -> None:
    closed = Hours(ZoneInfo("America/New_York"), ((),) * 7)
    floor = Floor(rules={"general": QueueRules("general", hours="desk")}, schedules={"desk": closed})
    floor.agent()
    callback = floor.promise()
    floor.work(floor.worker(), secs=5)
    assert floor.dialled() == []
    assert floor.now_is(callback) == callback


def test_the_kill_switch_stops_claims_and_texts() -> None:
    floor = Floor(limits=DialLimits(is_enabled=False))
    floor.agent()
    floor.promise()
    floor.work(floor.worker(), secs=5)
    assert floor.dialled() == []


def test_the_kill_switch_stops_the_second_leg_of_an_attempt_too_and_the_place_is_kept() -> None:
    floor = Floor()
    floor.agent()
    callback, worker = floor.promise(), floor.worker()
    worker.tick(floor.pass_secs(1))
    floor.limits = replace(floor.limits, is_enabled=False)
    floor.answers(callback, Role.AGENT, Word.ACCEPTED)
    floor.work(worker, secs=5)
    floor.news(floor.leg(callback, Role.AGENT), OVER)
    floor.work(worker, secs=5)
    assert floor.dialled() == [AGENT]
    waiting = floor.now_is(callback)
    assert (waiting.state, waiting.order_at, dict(waiting.tries)) == (CallbackState.PENDING, callback.order_at, {})


def test_messages_are_not_dialled() -> None:
    floor = Floor()
    floor.agent()
    floor.promise(kind=Kind.MESSAGE)
    floor.work(floor.worker(), secs=3)
    assert floor.dialled() == []


def test_a_customer_who_waits_gets_another_agent_when_the_first_one_passes() -> None:
    floor = Floor(rules={"general": QueueRules("general", mode=Mode.CUSTOMER_FIRST)})
    floor.agent("ana", number="+12025550171", since=AT - timedelta(minutes=9))
    floor.agent("ben", number="+12025550172")
    callback, worker = floor.promise(), floor.worker()
    worker.tick(floor.pass_secs(1))
    floor.answers(callback, Role.CUSTOMER, Word.PRESENT)
    worker.tick(floor.pass_secs(1))
    floor.news(floor.answers(callback, Role.AGENT, Word.DECLINED), OVER)
    floor.work(worker, secs=3)
    assert floor.dialled() == [CUSTOMER, "+12025550171", "+12025550172"]


def test_claims_for_which_nobody_was_dialled_go_back_when_a_worker_stops() -> None:
    floor = Floor()
    ana, callback, worker = floor.agent(), floor.promise(), floor.worker()
    claim = Claim(callback.id, ana.id, lambda found: claims.claim(found, worker="w1", lease_secs=15, now=floor.at))
    assert len(floor.callbacks.claim([claim])) == 1
    worker.let_go(floor.at)
    released, free = floor.now_is(callback), floor.agents.get(ana.id)
    assert (released.state, released.cause) == (CallbackState.PENDING, Cause.RELEASED)
    assert free is not None and free.state is AgentState.AVAILABLE


def test_what_was_dialled_is_not_let_go_by_a_worker_that_stops() -> None:
    floor = Floor()
    floor.agent()
    callback, worker = floor.promise(), floor.worker()
    worker.tick(floor.pass_secs(1))
    worker.let_go(floor.at)
    assert floor.now_is(callback).state is CallbackState.DIALLING


def test_a_database_that_is_away_ends_the_turn_and_the_next_one_goes_on() -> None:
    floor = Floor()
    floor.agent()
    floor.promise()
    worker = floor.worker()
    floor.rows.failing = "away"
    with pytest.raises(StoreFailed):
        worker.tick(floor.pass_secs(1))
    floor.rows.failing = None
    worker.tick(floor.pass_secs(1))
    assert floor.dialled() == [AGENT]
