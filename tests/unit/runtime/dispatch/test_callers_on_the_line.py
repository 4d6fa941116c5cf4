"""Callers on the line: workers ring agents for them, one after another, and leave the callers themselves alone."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from ivr.core.hours import Hours
from ivr.core.queueing import live
from ivr.core.queueing.leg_events import LegNews, Word
from ivr.core.queueing.legs import AgentState, LegOutcome, LegState, Role
from ivr.core.queueing.limits import DialLimits
from ivr.core.queueing.model import Callback, CallbackState, Cause, Kind
from ivr.ports import PlacedCall
from ivr.runtime.dispatch.permission import Answer, Permits
from tests.unit.runtime.dispatch.worker import AGENT, CUSTOMER, OURS, Floor

pytestmark = pytest.mark.unit

BEN, SID = "+12025550172", "CA" + "9" * 32
NIGHT = datetime(2026, 11, 23, 3, 0, tzinfo=ZoneInfo("America/New_York"))


def asked(floor: Floor, secs: int = 20, **changes: object) -> Callback:
    """A caller on the line asks for a person."""
    until = floor.at + timedelta(seconds=secs)
    usual = {"order_at": floor.at - live.AHEAD, "expires_at": until, "flow": "support", "call_id": "c" * 32}
    row = Callback(
        id="f" * 32, queue="general", number=CUSTOMER, language="en", arrived_at=floor.at, promised_from=floor.at,
        promised_to=until, eligible_at=floor.at, kind=Kind.TRANSFER, cause=Cause.ASKED, dialled=OURS,
        attempt=live.FIRST_ATTEMPT, **usual | changes,  # type: ignore[arg-type]
    )  # fmt: skip
    return floor.callbacks.promise(row, key="k", legs=(live.callers_leg(row, "e" * 32, SID, floor.at),)).callback


def test_the_agent_is_rung_within_a_second_and_no_longer_than_the_caller_waits() -> None:
    floor = Floor()
    floor.agent()
    asked(floor, secs=12)
    floor.work(floor.worker(), secs=1)
    (order,) = floor.carrier.orders
    assert (order.to, order.ring_secs, order.wants_amd) == (AGENT, 11, False)


def test_it_rings_as_long_as_agents_are_rung_and_never_shorter_than_carriers_do() -> None:
    for secs, ring_secs in ((120, 20), (2, 5)):
        floor = Floor()
        floor.agent()
        asked(floor, secs=secs)
        floor.work(floor.worker(), secs=1)
        assert floor.carrier.orders[0].ring_secs == ring_secs


def test_by_night_and_after_other_calls_the_caller_is_connected_all_the_same() -> None:
    floor = Floor(at=NIGHT)
    floor.numbers.problems[CUSTOMER] = "premium"
    floor.callbacks.stop(CUSTOMER, at=floor.at, by="customer")
    floor.agent()
    asked(floor)
    floor.work(floor.worker(), secs=1)
    assert floor.dialled() == [AGENT]


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (DialLimits(is_enabled=False), "switched_off"),
        (DialLimits(per_hour=0), "budget"),
    ],
)
def test_the_kill_switch_and_the_budget_hold(limits: DialLimits, reason: str) -> None:
    floor = Floor(limits=limits)
    permits = Permits(floor.callbacks, floor.numbers, floor.limits, floor.at)
    found = permits.of(asked(floor), floor.rules["general"], None)
    assert (found.answer, found.reason) == (Answer.WAIT, reason)


def test_a_caller_needs_one_dial_of_the_budget() -> None:
    floor = Floor(limits=DialLimits(per_hour=1))
    row = asked(floor)
    permits = Permits(floor.callbacks, floor.numbers, floor.limits, floor.at)
    assert permits.of(row, floor.rules["general"], None).answer is Answer.DIAL
    assert permits.of(row, floor.rules["general"], None).answer is Answer.WAIT


@pytest.mark.parametrize(("hour", "answer"), [(10, Answer.DIAL), (3, Answer.WAIT)])
def test_the_queues_hours_hold(hour: int, answer: Answer) -> None:
    floor = Floor(at=NIGHT.replace(hour=hour))
    hours = Hours(NIGHT.tzinfo, (((time(9), time(17)),),) * 7)  # type: ignore[arg-type]
    permits = Permits(floor.callbacks, floor.numbers, floor.limits, floor.at)
    assert permits.of(asked(floor), floor.rules["general"], hours).answer is answer


def test_one_passes_and_the_next_is_rung() -> None:
    floor = Floor()
    worker = floor.worker()
    floor.agent()
    floor.agent("ben", number=BEN)
    row = asked(floor)
    floor.work(worker, secs=1)
    leg = floor.answers(row, Role.AGENT, Word.DECLINED)
    floor.news(leg, LegNews(LegState.OVER, LegOutcome.COMPLETED))
    floor.work(worker, secs=2)
    assert floor.dialled() == [AGENT, BEN]
    floor.answers(row, Role.AGENT, Word.ACCEPTED)
    floor.callbacks.step(row.id, lambda attempt: live.hand_over(attempt, floor.at))
    floor.work(worker, secs=2)
    assert floor.now_is(row).state is CallbackState.CONNECTED
    ben = floor.agents.get("ben")
    assert ben is not None and ben.state is AgentState.ON_CALL


def test_a_worker_falls_and_another_goes_on_ringing() -> None:
    floor = Floor()
    floor.agent()
    floor.agent("ben", number=BEN)
    row = asked(floor, secs=60)
    floor.work(floor.worker("w1"), secs=1)
    leg = floor.leg(row, Role.AGENT)
    floor.pass_secs(16)
    other = floor.worker("w2")
    floor.carrier.becomes(leg.carrier_sid, "busy")
    floor.news(leg, LegNews(LegState.OVER, LegOutcome.BUSY))
    floor.work(other, secs=2)
    assert (floor.dialled(), floor.now_is(row).lease_owner) == ([AGENT, BEN], "w2")


def test_nobody_is_left_and_the_time_ends_it() -> None:
    floor = Floor()
    row = asked(floor)
    floor.work(floor.worker(), secs=21)
    assert (floor.now_is(row).state, floor.now_is(row).cause) == (CallbackState.CANCELLED, Cause.EXPIRED)
    assert floor.carrier.hung_up == []


def test_a_caller_who_waits_in_the_conference_in_vain_is_sent_back_to_the_flow() -> None:
    floor = Floor()
    worker = floor.worker()
    floor.agent()
    row = asked(floor)
    floor.work(worker, secs=1)
    leg = floor.answers(row, Role.AGENT, Word.ACCEPTED)
    floor.callbacks.step(row.id, lambda attempt: live.hand_over(attempt, floor.at))
    floor.news(leg, LegNews(LegState.OVER, LegOutcome.COMPLETED))
    floor.carrier.calls[SID] = PlacedCall(SID, "in-progress", floor.at)
    floor.work(worker, secs=30)
    assert floor.carrier.sent_back[0] == (SID, "e" * 32)
    assert SID not in floor.carrier.hung_up[:1]


def test_a_caller_who_is_gone_when_sent_back_is_looked_for() -> None:
    floor = Floor()
    floor.agent()
    worker, row = floor.worker(), asked(floor)
    floor.work(worker, secs=1)
    leg = floor.answers(row, Role.AGENT, Word.ACCEPTED)
    floor.callbacks.step(row.id, lambda attempt: live.hand_over(attempt, floor.at))
    floor.news(leg, LegNews(LegState.OVER, LegOutcome.COMPLETED))
    floor.carrier.calls[SID] = PlacedCall(SID, "completed", floor.at, ended_at=floor.at)
    floor.work(worker, secs=30)
    assert floor.leg(row, Role.CUSTOMER).is_over
    assert floor.now_is(row).state is CallbackState.CANCELLED
