"""Nobody is dialled twice: the dangerous moments one by one, each with a control in which the defence is off."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ivr.core.queueing import claims
from ivr.core.queueing.leg_events import settled
from ivr.core.queueing.legs import LegOutcome, Role
from ivr.core.queueing.orders import Dial
from ivr.core.queueing.rules import Mode, QueueRules
from tests.unit.core.queueing import world as world_module
from tests.unit.core.queueing.world import World

pytestmark = pytest.mark.unit


def customer_first() -> World:
    return World.small(QueueRules("support", mode=Mode.CUSTOMER_FIRST), callbacks=1)


def works(world: World, worker: str, luck: str = "ok") -> None:
    """Turns of a worker that does all that it is ordered."""
    world.claim(worker)
    while world.turn(worker, "c0"):
        pass
    orders, world.orders[worker] = world.orders[worker], []
    for order in orders:
        world.carry_out(worker, order, luck=luck)


def calls_to_customer(world: World) -> int:
    return sum(call.role is Role.CUSTOMER for call in world.calls)


def adopted_while_an_order_to_dial_lies_around(world: World) -> None:
    """w1 stores an intent and freezes; w2 adopts and asks; w1 thaws right before "no such call" is believed."""
    world.claim("w1")
    world.turn("w1", "c0")
    (dial,) = world.orders["w1"]
    assert isinstance(dial, Dial)
    world.now += _secs(80)
    works(world, "w2")
    world.carry_out("w1", dial, luck="lost")
    for call in world.calls:
        world.becomes(call, "in-progress")
    for _ in range(20):
        world.now += _secs(10)
        works(world, "w2")


def the_answer_to_a_dial_is_lost(world: World) -> None:
    """The carrier has placed the call, w1 is killed before it hears so, and the carrier's list lags behind."""
    works(world, "w1", luck="lost")
    for call in world.calls:
        world.becomes(call, "in-progress")
    for _ in range(20):
        world.now += _secs(10)
        works(world, "w2")


def _secs(secs: float) -> timedelta:
    return timedelta(seconds=secs)


def test_a_thawed_worker_does_not_dial_what_another_one_has_adopted() -> None:
    world = customer_first()
    adopted_while_an_order_to_dial_lies_around(world)
    assert calls_to_customer(world) == 1
    first = next(leg for leg in world.legs.values() if leg.role is Role.CUSTOMER)
    assert first.outcome is LegOutcome.NEVER_PLACED


def test_control_without_lease_and_fence_it_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "may_dial", lambda attempt, tag, **_: True)
    world = customer_first()
    adopted_while_an_order_to_dial_lies_around(world)
    assert calls_to_customer(world) == 2


def test_a_call_that_is_not_listed_yet_is_not_taken_for_one_that_was_never_placed() -> None:
    world = customer_first()
    the_answer_to_a_dial_is_lost(world)
    assert calls_to_customer(world) == 1


def test_control_believing_the_carrier_at_once_would_dial_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def believes(leg, found, now, *, settle_secs, others):  # type: ignore[no-untyped-def]
        return settled(leg, found, now, settle_secs=0, others=others)

    monkeypatch.setattr(world_module, "settled", believes)
    world = customer_first()
    the_answer_to_a_dial_is_lost(world)
    assert calls_to_customer(world) == 2


@pytest.mark.parametrize("mode", Mode)
def test_an_intent_whose_dial_was_never_made_is_made_good_later(mode: Mode) -> None:
    world = World.small(QueueRules("support", mode=mode), callbacks=1)
    works(world, "w1", luck="never")
    world.orders["w1"].clear()
    for _ in range(30):
        world.now += _secs(10)
        works(world, "w2")
    assert len(world.calls) >= 1
    world.check()
