"""Plans and fates are drawn from the seed, and cover what is to be covered."""

from __future__ import annotations

from collections import Counter

import pytest

from ivr.bench.faults.fates import CALM_AFTER, Fate, Trouble, call_fate, order_trouble, report_delays
from ivr.bench.faults.plan import (
    LEASE_SECS,
    MOST_LAG_SECS,
    SETTLE_SECS,
    TIMEOUT_SECS,
    Meddling,
    Moment,
    Strike,
    make_plan,
)
from ivr.core.queueing.rules import Mode

pytestmark = pytest.mark.unit

PLANS = [make_plan(seed) for seed in range(60)]


def test_the_same_seed_gives_the_same_plan() -> None:
    assert make_plan(7) == make_plan(7)
    assert make_plan(7) != make_plan(8)


def test_a_control_differs_in_nothing_but_its_trust() -> None:
    control = make_plan(7, trusts_intents=False)
    assert (control.promises, control.by_dial, control.trusts_intents) == (
        make_plan(7).promises,
        make_plan(7).by_dial,
        False,
    )


def test_plans_have_what_they_are_to_have() -> None:
    assert {len(plan.promises) for plan in PLANS} == {6, 7, 8, 9, 10}
    assert {len(plan.agents) for plan in PLANS} == {2, 3}
    assert {plan.rules.mode for plan in PLANS} == set(Mode)
    struck = [one for plan in PLANS for one in (*plan.by_time, *plan.by_dial.values())]
    assert {one.strike for one in struck} == set(Strike)
    assert {one.moment for plan in PLANS for one in plan.by_dial.values()} == {Moment.BEFORE, Moment.AFTER}
    assert {one.moment for plan in PLANS for one in plan.by_intent.values()} == {Moment.STORED}
    assert any(one.secs > SETTLE_SECS for plan in PLANS for one in plan.by_intent.values())
    assert {one.what for plan in PLANS for one in plan.meddled} == set(Meddling)
    assert any(one.secs > LEASE_SECS for one in struck if one.strike is Strike.FREEZE)


def test_everybody_can_be_taken_by_somebody() -> None:
    for plan in PLANS:
        assert all(any(agent.fits(one.callback) for agent in plan.agents) for one in plan.promises)


def test_it_settles_after_everything_that_may_be_late() -> None:
    assert SETTLE_SECS >= LEASE_SECS + TIMEOUT_SECS + 2 * MOST_LAG_SECS


def test_a_fate_does_not_depend_on_what_happened_before() -> None:
    assert call_fate(1, "+12025551000", 2, is_agent=False) == call_fate(1, "+12025551000", 2, is_agent=False)
    assert order_trouble(1, "call", 3) == order_trouble(1, "call", 3)


def test_all_fates_and_troubles_come_up() -> None:
    customers = [call_fate(seed, "+12025551000", 1, is_agent=False) for seed in range(600)]
    agents = [call_fate(seed, "+13035552000", 1, is_agent=True) for seed in range(600)]
    assert {one.fate for one in (*customers, *agents)} == set(Fate)
    assert {one.trouble for one in customers} == set(Trouble)
    assert all(one.slow_secs >= TIMEOUT_SECS for one in customers if one.trouble is Trouble.LATE)


def test_a_customer_answers_in_the_end() -> None:
    fates = {call_fate(seed, "+12025551000", CALM_AFTER + 1, is_agent=False).fate for seed in range(100)}
    assert fates == {Fate.TALKS}


def test_reports_are_lost_doubled_and_late() -> None:
    counted = Counter(len(report_delays(seed, "+12025551000", 1, "ringing")) for seed in range(500))
    assert set(counted) == {0, 1, 2}
    assert counted[1] > counted[0] > 0
    late = max(delay for seed in range(500) for delay in report_delays(seed, "+12025551000", 1, "ringing"))
    assert late > 0.5
