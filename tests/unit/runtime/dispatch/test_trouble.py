"""Nobody is dialled twice: carriers that do not answer, workers that die or freeze, clocks that are set."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ivr.core.queueing.leg_events import Word
from ivr.core.queueing.legs import LegOutcome, LegState, Role
from ivr.core.queueing.model import CallbackState, Cause
from ivr.core.queueing.rules import Mode, QueueRules
from ivr.ports import DialOrder
from ivr.runtime.dispatch import Dispatcher
from tests.fakes.carrier_port import Answering
from tests.unit.runtime.dispatch.worker import CUSTOMER, Floor

pytestmark = pytest.mark.unit


class Killed(BaseException):
    """A worker dies here."""


def customer_floor() -> Floor:
    """Customers are dialled first; one agent."""
    floor = Floor(rules={"general": QueueRules("general", mode=Mode.CUSTOMER_FIRST)})
    floor.agent()
    return floor


def die_while_dialling(floor: Floor, worker: Dispatcher, *, got_there: bool) -> None:
    """The worker dies in the middle of an order, before or after the carrier had it."""

    def die(order: DialOrder) -> None:
        floor.carrier.before_dial = lambda order: None
        if got_there:
            floor.carrier.has(order)
        raise Killed

    floor.carrier.before_dial = die
    with pytest.raises(Killed):
        worker.tick(floor.pass_secs(1))


def test_an_order_whose_answer_was_lost_is_found_by_number_and_goes_on() -> None:
    floor = customer_floor()
    floor.carrier.answering[CUSTOMER] = Answering.TAKEN_IN_SILENCE
    callback, worker = floor.promise(), floor.worker()
    floor.work(worker, secs=20)
    leg = floor.leg(callback, Role.CUSTOMER)
    assert (leg.state, leg.carrier_sid) == (LegState.PLACED, floor.carrier.sids(CUSTOMER)[0])
    floor.carrier.becomes(leg.carrier_sid, "busy")
    floor.work(worker, secs=60)
    assert floor.dialled() == [CUSTOMER]
    assert floor.now_is(callback).state is CallbackState.RETRY_AT


def test_an_order_that_never_got_there_is_repeated_after_it_was_looked_for_long_enough() -> None:
    floor = customer_floor()
    floor.carrier.answering[CUSTOMER] = Answering.LOST
    callback, worker = floor.promise(), floor.worker()
    floor.work(worker, secs=100)
    assert floor.leg(callback, Role.CUSTOMER).state is LegState.INTENDED
    floor.carrier.answering.clear()
    floor.work(worker, secs=80)
    assert floor.dialled() == [CUSTOMER]
    assert [leg.outcome for leg in floor.callbacks.legs(callback.id)] == [LegOutcome.NEVER_PLACED, None]


def test_while_the_carrier_is_away_nothing_is_believed() -> None:
    floor = customer_floor()
    floor.carrier.is_away = True
    callback, worker = floor.promise(), floor.worker()
    floor.work(worker, secs=300)
    assert floor.leg(callback, Role.CUSTOMER).state is LegState.INTENDED


def test_lists_that_lag_do_not_lead_to_a_second_call() -> None:
    floor = customer_floor()
    floor.carrier.answering[CUSTOMER] = Answering.TAKEN_IN_SILENCE
    floor.carrier.is_hidden = True
    callback, worker = floor.promise(), floor.worker()
    floor.work(worker, secs=80)
    floor.carrier.is_hidden = False
    floor.work(worker, secs=10)
    assert floor.dialled() == [CUSTOMER]
    assert floor.leg(callback, Role.CUSTOMER).carrier_sid == floor.carrier.sids(CUSTOMER)[0]


@pytest.mark.parametrize("got_there", [True, False])
def test_a_worker_that_dies_while_dialling_is_followed_by_one_that_asks_first(got_there: bool) -> None:
    floor = customer_floor()
    callback = floor.promise()
    die_while_dialling(floor, floor.worker("w1"), got_there=got_there)
    other = floor.worker("w2")
    floor.work(other, secs=14)
    assert floor.dialled() == [CUSTOMER] * got_there
    floor.work(other, secs=12)
    adopted = floor.now_is(callback)
    assert adopted.lease_owner == "w2"
    floor.work(other, secs=200)
    assert floor.dialled() == [CUSTOMER]
    assert Cause.ADOPTED in [line.cause for line in floor.callbacks.history(callback.id)]


@pytest.mark.parametrize("lives", [True, False])
def test_after_the_clock_was_set_back_only_what_a_dead_worker_holds_is_adopted(lives: bool) -> None:
    floor = customer_floor()
    callback, first, second = floor.promise(), floor.worker("w1"), floor.worker("w2")
    first.tick(floor.pass_secs(1))
    floor.set_clock(timedelta(hours=-1))
    floor.work(*([first, second] if lives else [second]), secs=20)
    held = floor.now_is(callback)
    assert held.lease_owner == ("w1" if lives else "w2")
    assert held.lease_until is not None and held.lease_until <= floor.at + timedelta(seconds=15)
    assert floor.dialled() == [CUSTOMER]


def test_without_trust_in_stored_intents_people_are_dialled_twice() -> None:
    """The control: a check that cannot fail proves nothing."""
    floor = customer_floor()
    floor.promise()
    die_while_dialling(floor, floor.worker("w1"), got_there=True)
    floor.work(floor.worker("w2", trusts_intents=False), secs=100)
    assert floor.carrier.doubled == [CUSTOMER]


def test_a_worker_that_was_frozen_before_the_order_does_not_give_it() -> None:
    floor = customer_floor()
    floor.promise()
    frozen, other = floor.worker("w1"), floor.worker("w2")
    stored = floor.callbacks.step
    turns = iter([True])

    def step(callback_id: str, decide: object, **more: object) -> object:
        found = stored(callback_id, decide, **more)  # type: ignore[arg-type]
        if found is not None and found.legs and next(turns, False):
            floor.callbacks.step = stored  # type: ignore[method-assign]
            floor.work(other, secs=200)
        return found

    floor.callbacks.step = step  # type: ignore[assignment,method-assign]
    frozen.tick(floor.pass_secs(1))
    assert floor.dialled() == [CUSTOMER]


def test_news_of_a_frozen_worker_come_late_and_still_count() -> None:
    floor = customer_floor()
    callback = floor.promise()
    frozen, other = floor.worker("w1"), floor.worker("w2")

    def freeze(order: DialOrder) -> None:
        floor.carrier.before_dial = lambda order: None
        floor.work(other, secs=40)

    floor.carrier.before_dial = freeze
    frozen.tick(floor.pass_secs(1))
    assert floor.leg(callback, Role.CUSTOMER).carrier_sid == floor.carrier.sids(CUSTOMER)[0]
    floor.answers(callback, Role.CUSTOMER, Word.PRESENT)
    floor.work(frozen, other, secs=5)
    assert floor.dialled() == [CUSTOMER, floor.agents.all()[0].number]


@pytest.mark.parametrize("by", [timedelta(days=1), timedelta(hours=-1)])
def test_a_clock_that_is_set_while_an_order_is_on_its_way_leads_to_no_second_call(by: timedelta) -> None:
    floor = customer_floor()
    floor.promise()
    frozen, other = floor.worker("w1"), floor.worker("w2")

    def freeze(order: DialOrder) -> None:
        floor.carrier.before_dial = lambda order: None
        floor.set_clock(by)
        floor.work(other, secs=60)

    floor.carrier.before_dial = freeze
    frozen.tick(floor.pass_secs(1))
    floor.work(frozen, other, secs=240)
    assert floor.carrier.doubled == []


@pytest.mark.parametrize(
    ("by", "becomes"),
    [
        (timedelta(days=1), CallbackState.FAILED),  # a call of yesterday's is listed: perhaps it is this one
        (timedelta(hours=-1), CallbackState.RETRY_AT),  # found, and taken back after it rang for too long
    ],
)
def test_an_intent_stored_by_a_wrong_clock_leads_to_no_second_call(by: timedelta, becomes: CallbackState) -> None:
    floor = customer_floor()
    floor.set_clock(by)
    callback = floor.promise()
    floor.carrier.now = lambda: floor.at - by
    die_while_dialling(floor, floor.worker("w1"), got_there=True)
    floor.work(floor.worker("w2"), secs=240)
    assert floor.dialled() == [CUSTOMER]
    assert floor.now_is(callback).state is becomes


def test_two_calls_that_could_both_be_it_are_left_to_a_person() -> None:
    floor = customer_floor()
    callback = floor.promise()
    die_while_dialling(floor, floor.worker("w1"), got_there=True)
    floor.carrier.has(floor.carrier.orders[0])
    floor.work(floor.worker("w2"), secs=240)
    failed = floor.now_is(callback)
    assert (failed.state, failed.cause) == (CallbackState.FAILED, Cause.UNKNOWN)


def test_one_promise_that_cannot_be_advanced_does_not_stop_the_others() -> None:
    floor = Floor()
    floor.agent("ana", number="+12025550171")
    floor.agent("ben", number="+12025550172")
    poisoned = floor.promise("+12025550121")
    floor.promise("+12025550122")
    stored = floor.callbacks.step

    def step(callback_id: str, decide: object, **more: object) -> object:
        if callback_id == poisoned.id:
            raise ValueError("a defect of ours")
        return stored(callback_id, decide, **more)  # type: ignore[arg-type]

    floor.callbacks.step = step  # type: ignore[assignment,method-assign]
    floor.work(floor.worker(), secs=3)
    assert len(floor.dialled()) == 1
