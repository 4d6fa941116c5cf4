"""The judge of the fault bench finds what is wrong, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ivr.bench.faults.books import Books, Still
from ivr.bench.faults.judge import judge
from ivr.core.queueing.legs import Agent, AgentState, LegOutcome, Role
from ivr.core.queueing.model import CallbackState, Cause
from tests.unit.bench.faults.books import FIRST, SECOND, TOLERANCE, agent, at, good, leg, line, promise, rang, two

pytestmark = pytest.mark.unit


def kinds(books: Books) -> list[str]:
    return [finding.kind for finding in judge(books, TOLERANCE)]


def ended(**fields: Any) -> dict[str, Any]:
    """The promise, in this state at the end, and nobody talked."""
    return {"callbacks": {FIRST: promise(**fields)}, "rang": [], "legs": {FIRST: []}}


def test_a_good_run_has_no_findings() -> None:
    assert judge(good(), TOLERANCE) == []


# -- lost ------------------------------------------------------------------------------------------


def test_a_promise_that_is_not_in_the_database_is_lost() -> None:
    assert kinds(good(callbacks={})) == ["lost"]


def test_done_without_a_conversation_is_lost() -> None:
    quiet = [replace(call, talked_at=None) for call in good().rang]
    assert kinds(good(rang=quiet)) == ["lost"]


@pytest.mark.parametrize("cause", [Cause.TOO_MANY, Cause.UNKNOWN, Cause.REFUSED, Cause.EXPIRED])
def test_a_failure_with_a_fair_cause_is_not_lost(cause: Cause) -> None:
    assert kinds(good(**ended(state=CallbackState.FAILED, cause=cause))) == []


def test_a_failure_without_a_fair_cause_is_lost() -> None:
    assert kinds(good(**ended(state=CallbackState.FAILED, cause=Cause.BUSY))) == ["lost"]


def test_a_cancelled_one_is_not_lost() -> None:
    assert kinds(good(**ended(state=CallbackState.CANCELLED))) == []


def test_one_that_waits_while_a_fitting_agent_idles_is_lost() -> None:
    waiting = ended(state=CallbackState.RETRY_AT, eligible_at=at(100))
    assert kinds(good(**waiting)) == ["lost"]


@pytest.mark.parametrize(
    ("fields", "ana"),
    [
        ({"eligible_at": at(290)}, agent()),
        ({"eligible_at": at(100)}, agent(state=AgentState.BREAK)),
        ({"eligible_at": at(100)}, agent(since=at(285))),
        ({"eligible_at": at(100), "skills": ("billing",)}, agent()),
    ],
    ids=["not due for long", "nobody is free", "free only just now", "nobody fits"],
)
def test_one_that_waits_for_its_turn_is_not_lost(fields: dict[str, Any], ana: Agent) -> None:
    assert kinds(good(**ended(state=CallbackState.PENDING, **fields), agents=[ana])) == []


def test_one_that_waits_for_a_time_that_never_comes_is_lost() -> None:
    assert kinds(good(**ended(state=CallbackState.PENDING, eligible_at=at(200_000)))) == ["lost"]


@pytest.mark.parametrize(("lease_ends", "found"), [(290, []), (100, ["lost"])])
def test_one_in_flight_that_nobody_adopts_is_lost(lease_ends: int, found: list[str]) -> None:
    flying = ended(state=CallbackState.DIALLING, lease_owner="w1", lease_until=at(lease_ends))
    assert kinds(good(**flying)) == found


def test_an_agent_who_stays_bound_to_what_is_over_is_lost() -> None:
    assert kinds(good(agents=[agent(state=AgentState.RESERVED, callback_id=FIRST)])) == ["lost"]


def test_a_mistake_of_a_worker_counts() -> None:
    assert kinds(good(mistakes=["1 workers crashed"])) == ["lost"]


# -- dialled twice ---------------------------------------------------------------------------------


def again(*more: Any, outcome: LegOutcome = LegOutcome.COMPLETED) -> Books:
    """The good run with more calls to the customer, each for an intent of its own."""
    legs = [*good().legs[FIRST], *(leg(call.tag, Role.CUSTOMER) for call in more if call.tag != "c")]
    return good(rang=[*good().rang, *more], legs={FIRST: legs})


def test_two_calls_for_one_intent() -> None:
    assert "dialled_twice" in kinds(again(rang("c", 20.5, 21)))


def test_two_calls_at_once() -> None:
    books = again(rang("d", 25, 29))
    texts = [finding.text for finding in judge(books, TOLERANCE)]
    assert texts == ["111111 had two calls at once (c, d)"]


def test_a_call_after_a_conversation() -> None:
    books = again(rang("d", 100, 120))
    texts = [finding.text for finding in judge(books, TOLERANCE)]
    assert texts == ["111111 was dialled again after a conversation (d)"]


def test_a_call_after_two_seconds_together_is_none_too_many() -> None:
    short = [replace(call, over_at=at(32)) if call.tag == "c" else call for call in again(rang("d", 100, 120)).rang]
    assert kinds(replace(again(rang("d", 100, 120)), rang=short)) == []


def test_a_call_after_a_busy_line_is_none_too_many() -> None:
    legs = [*good().legs[FIRST], leg("b", Role.CUSTOMER)]
    assert kinds(good(rang=[*good().rang, rang("b", 2, 3)], legs={FIRST: legs})) == []


def test_a_call_that_was_believed_never_placed() -> None:
    legs = [*good().legs[FIRST], replace(leg("b", Role.CUSTOMER), outcome=LegOutcome.NEVER_PLACED)]
    assert kinds(good(rang=[*good().rang, rang("b", 2, 3)], legs={FIRST: legs})) == ["dialled_twice"]


def test_a_call_without_an_intent() -> None:
    assert kinds(good(rang=[*good().rang, rang("x", 100, 101)])) == ["dialled_twice"]


# -- agents ----------------------------------------------------------------------------------------


def test_an_agent_with_two_calls_at_once() -> None:
    legs = [*good().legs[FIRST], leg("e", Role.AGENT)]
    books = good(rang=[*good().rang, rang("e", 40, 50, is_agent=True)], legs={FIRST: legs})
    assert kinds(books) == ["double_booked"]


def test_an_agent_bound_to_two_promises() -> None:
    assert kinds(good(doubles_seen=["ana"])) == ["double_booked"]


# -- order -----------------------------------------------------------------------------------------


def test_the_first_one_first_is_in_order() -> None:
    assert kinds(two({FIRST: 30, SECOND: 60})) == []


def test_a_later_one_taken_before_is_out_of_order() -> None:
    assert kinds(two({FIRST: 90, SECOND: 30})) == ["out_of_order"]


def test_one_turn_sooner_is_within_tolerance() -> None:
    assert kinds(two({FIRST: 38, SECOND: 30})) == []


def test_whoever_the_agent_could_not_take_was_not_passed_over() -> None:
    books = two({FIRST: 90, SECOND: 30})
    other = [replace(one, skills=("billing",)) if one.id == FIRST else one for one in books.accepted]
    assert kinds(replace(books, accepted=other)) == []


def test_one_that_was_promised_only_just_then_was_not_passed_over() -> None:
    books = two({FIRST: 90, SECOND: 30})
    assert kinds(replace(books, made_at={FIRST: at(25), SECOND: at(0)})) == []


def test_one_that_waited_for_its_time_was_not_passed_over() -> None:
    books = two({FIRST: 90, SECOND: 30})
    later = [replace(one, eligible_at=at(80)) if one.id == FIRST else one for one in books.accepted]
    assert kinds(replace(books, accepted=later)) == []


def returned(cause: Cause, by: str = "worker w1") -> Books:
    """The first one was tried, waits again since 20, and is passed over at 60."""
    books = two({FIRST: 10, SECOND: 60})
    history = [
        line(0, CallbackState.PENDING, Cause.PROMISED),
        line(10, CallbackState.CLAIMED, Cause.CLAIMED, agent="ana"),
        replace(line(20, CallbackState.PENDING, cause), by=by),
        line(120, CallbackState.CANCELLED, Cause.BY_CALLER),
    ]
    return replace(books, history={**books.history, FIRST: history})


def test_one_whose_agent_passed_keeps_its_place() -> None:
    assert kinds(returned(Cause.AGENT_DECLINED)) == ["out_of_order"]


def test_one_that_was_never_placed_waits_a_minute() -> None:
    assert kinds(returned(Cause.NEVER_PLACED)) == []


def test_what_a_frozen_worker_wrote_counts_from_when_it_was_thawed() -> None:
    books = replace(returned(Cause.AGENT_DECLINED), still=[Still("w1", at(19), at(55))])
    assert kinds(books) == []


@pytest.mark.parametrize(("number", "found"), [(5, []), (3, ["out_of_order"])])
def test_one_given_back_after_a_claim_was_written_was_not_passed_over(number: int, found: list[str]) -> None:
    books = replace(returned(Cause.AGENT_DECLINED), written={FIRST: [1, 2, number, 9, 11], SECOND: [0, 4, 8]})
    assert kinds(books) == found


def test_one_that_a_supervisor_put_before_all_is_first() -> None:
    books = two({FIRST: 30, SECOND: 60})
    wait = line(5, CallbackState.PENDING, Cause.BY_SUPERVISOR, SECOND, order="now")
    history = [books.history[SECOND][0], wait, *books.history[SECOND][1:]]
    assert kinds(replace(books, history={**books.history, SECOND: history})) == ["out_of_order"]
