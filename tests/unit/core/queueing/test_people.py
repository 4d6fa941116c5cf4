"""What an offer, a talk, a person's own choice make of an agent's state."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.core.queueing.legs import Agent, AgentState, Leg, LegOutcome, LegState, Role
from ivr.core.queueing.model import Kind
from ivr.core.queueing.people import after_offer, after_talk, at_work, can_take, freed, is_bound, rested
from tests.unit.core.queueing.promises import NOON, agent, at, promise, rules

pytestmark = pytest.mark.unit


def ringing(**fields: object) -> Agent:
    return replace(agent(), **{"state": AgentState.RINGING, "callback_id": "c1"} | fields)  # type: ignore[arg-type]


def own_leg(outcome: LegOutcome, *, is_redirected: bool = False) -> Leg:
    return Leg(
        "t1", "c1", 1, 1, Role.AGENT, "+1", "+2", NOON, LegState.OVER, outcome=outcome, is_redirected=is_redirected
    )


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, True),
        ({"state": AgentState.WRAP_UP}, False),
        ({"queues": ("sales",)}, False),
        ({"languages": ("ja",)}, False),
        ({"until": at(0)}, False),
        ({"until": at(1)}, True),
        ({"callback_id": "other"}, False),
    ],
)
def test_only_a_free_and_fitting_agent_can_take_a_promise(fields: dict[str, object], expected: bool) -> None:
    assert can_take(replace(agent(), **fields), promise(), NOON) is expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("owner", "until", "expected"),
    [("ana", None, True), ("bob", None, False), ("bob", at(1), False), ("bob", at(0), True), ("", None, True)],
)
def test_an_owned_promise_is_its_agents_until_the_time_is_up(owner: str, until: object, expected: bool) -> None:
    assert can_take(agent(), promise(owner=owner, owner_until=until), NOON) is expected


def test_a_message_is_not_dialled() -> None:
    assert not can_take(agent(), promise(kind=Kind.MESSAGE), NOON)


def test_skills_are_needed_all() -> None:
    two_skills = promise(skills=("billing", "refunds"))
    assert not can_take(agent(skills=("billing",)), two_skills, NOON)
    assert can_take(agent(skills=("refunds", "billing", "sales")), two_skills, NOON)


def test_a_missed_offer_pauses_the_agent_and_counts() -> None:
    after = after_offer(ringing(), "c1", own_leg(LegOutcome.NO_ANSWER), rules(), NOON)
    assert after is not None
    assert (after.state, after.reason, after.missed, after.callback_id) == (AgentState.BREAK, "missed 1", 1, "")


def test_a_missed_offer_within_the_limit_only_counts() -> None:
    after = after_offer(ringing(), "c1", own_leg(LegOutcome.NOT_PRESENT), rules(max_misses=2), NOON)
    assert after is not None
    assert (after.state, after.missed, after.since) == (AgentState.AVAILABLE, 1, NOON)


def test_the_second_miss_in_a_row_pauses_where_two_are_the_limit() -> None:
    after = after_offer(ringing(missed=1), "c1", own_leg(LegOutcome.VOICEMAIL), rules(max_misses=2), NOON)
    assert after is not None
    assert (after.state, after.reason) == (AgentState.BREAK, "missed 2")


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [(LegOutcome.BUSY, "busy"), (LegOutcome.FAILED, "failed"), (LegOutcome.REFUSED, "refused")],
)
def test_a_telephone_out_of_reach_pauses_its_agent(outcome: LegOutcome, reason: str) -> None:
    after = after_offer(ringing(), "c1", own_leg(outcome), rules(), NOON)
    assert after is not None
    assert (after.state, after.reason, after.missed) == (AgentState.BREAK, reason, 0)


@pytest.mark.parametrize("outcome", [LegOutcome.DECLINED, LegOutcome.COMPLETED])
def test_who_passes_or_hangs_up_early_has_a_short_rest(outcome: LegOutcome) -> None:
    after = after_offer(ringing(), "c1", own_leg(outcome), rules(), NOON)
    assert after is not None
    assert (after.state, after.free_at, after.missed) == (AgentState.WRAP_UP, at(15), 0)


@pytest.mark.parametrize(
    "leg", [None, own_leg(LegOutcome.CANCELLED), own_leg(LegOutcome.COMPLETED, is_redirected=True)]
)
def test_who_was_told_that_the_customer_is_gone_is_free_at_once(leg: Leg | None) -> None:
    after = after_offer(ringing(), "c1", leg, rules(), NOON)
    assert after is not None
    assert (after.state, after.free_at, after.callback_id) == (AgentState.AVAILABLE, None, "")


def test_after_a_talk_there_is_time_for_notes() -> None:
    after = after_talk(ringing(state=AgentState.ON_CALL), "c1", rules(wrap_up_secs=30), NOON)
    assert after is not None
    assert (after.state, after.free_at, after.callback_id) == (AgentState.WRAP_UP, at(30), "")


def test_a_state_chosen_by_a_person_is_kept_and_only_the_bond_goes() -> None:
    after = freed(ringing(state=AgentState.OFFLINE), "c1", NOON)
    assert after == ringing(state=AgentState.OFFLINE, callback_id="")


def test_an_agent_bound_to_another_promise_is_left_alone() -> None:
    other = ringing(callback_id="c2")
    assert freed(other, "c1", NOON) is other
    assert at_work(other, "c1", AgentState.ON_CALL, NOON) is other
    assert not is_bound(other, "c1")


def test_nobody_stays_nobody() -> None:
    assert freed(None, "c1", NOON) is None
    assert at_work(None, "c1", AgentState.ON_CALL, NOON) is None
    assert after_offer(None, "c1", own_leg(LegOutcome.BUSY), rules(), NOON) is None


def test_who_takes_the_call_has_missed_nothing_any_more() -> None:
    after = at_work(ringing(missed=2), "c1", AgentState.ON_CALL, NOON)
    assert after is not None
    assert (after.state, after.missed) == (AgentState.ON_CALL, 0)


def test_the_same_state_again_changes_nothing() -> None:
    before = ringing()
    assert at_work(before, "c1", AgentState.RINGING, NOON) is before


def test_rest_ends_when_its_time_is_up() -> None:
    resting = agent(state=AgentState.WRAP_UP, free_at=at(10), reason="passed")
    assert rested(resting, at(9)) is None
    after = rested(resting, at(10))
    assert after is not None
    assert (after.state, after.free_at, after.reason, after.since) == (AgentState.AVAILABLE, None, "", at(10))


def test_who_does_not_rest_has_no_rest_to_end() -> None:
    assert rested(agent(), NOON) is None
    assert rested(agent(state=AgentState.WRAP_UP), NOON) is not None


def test_a_wish_comes_true_with_the_end_of_the_offer() -> None:
    wishing = ringing(wish=AgentState.BREAK, wish_reason="lunch")
    let_go = freed(wishing, "c1", at(1))
    assert let_go == replace(agent(), state=AgentState.BREAK, reason="lunch", since=at(1))


def test_a_wish_survives_the_wrap_up_and_comes_true_after_it() -> None:
    wishing = ringing(state=AgentState.ON_CALL, wish=AgentState.OFFLINE)
    wrapping = after_talk(wishing, "c1", rules(wrap_up_secs=30), at(1))
    assert wrapping is not None and (wrapping.state, wrapping.wish) == (AgentState.WRAP_UP, AgentState.OFFLINE)
    gone = rested(wrapping, at(31))
    assert gone is not None and (gone.state, gone.wish, gone.free_at) == (AgentState.OFFLINE, None, None)


def test_a_persons_wish_is_stronger_than_the_systems_pause() -> None:
    wishing = ringing(wish=AgentState.OFFLINE)
    missed = after_offer(wishing, "c1", own_leg(LegOutcome.NO_ANSWER), rules(), at(1))
    assert missed is not None and (missed.state, missed.reason, missed.missed) == (AgentState.OFFLINE, "", 1)
