"""What people do to a promise, and when they cannot."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.core.queueing import life
from ivr.core.queueing.legs import AgentState, LegOutcome, Role
from ivr.core.queueing.model import CallbackState, Cause, Kind
from ivr.core.queueing.orders import HangUp, Phrase, TellAndEnd
from ivr.core.queueing.steps import Attempt
from tests.unit.core.queueing.promises import (
    NOON,
    agent_first,
    at,
    bound,
    claimed,
    customer_is_dialled,
    promise,
    rules,
    they_talk,
)

pytestmark = pytest.mark.unit

BY = {"now": NOON, "by": "caller"}
OVER = [CallbackState.DONE, CallbackState.CANCELLED]


def waiting(**fields: object) -> Attempt:
    return Attempt(promise(**fields))


# -- cancel --------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [CallbackState.PENDING, CallbackState.RETRY_AT, CallbackState.FAILED])
def test_who_waits_or_needs_a_person_can_be_cancelled(state: CallbackState) -> None:
    step = bound(life.cancel, waiting(state=state), cause=Cause.BY_CALLER, **BY)
    callback = step.attempt.callback
    assert (callback.state, callback.cause, callback.state_at) == (CallbackState.CANCELLED, Cause.BY_CALLER, NOON)
    line = step.history[0]
    assert (line.callback_id, line.at, line.by) == ("c1", NOON, "caller")
    assert (line.state, line.cause) == (CallbackState.CANCELLED, Cause.BY_CALLER)


@pytest.mark.parametrize("state", OVER)
def test_what_is_over_cannot_be_cancelled(state: CallbackState) -> None:
    assert life.cancel(waiting(state=state), cause=Cause.BY_CALLER, **BY) is None


def test_a_cancellation_has_a_cause_of_its_kind() -> None:
    assert life.cancel(waiting(), cause=Cause.BUSY, **BY) is None


def test_cancelled_before_anybody_was_dialled_frees_the_agent_at_once() -> None:
    step = bound(life.cancel, claimed(), cause=Cause.BY_TEXT, **BY)
    assert step.attempt.callback.state is CallbackState.CANCELLED
    assert (step.attempt.callback.agent, step.attempt.callback.lease_owner) == ("", "")
    assert step.attempt.agent is not None
    assert (step.attempt.agent.state, step.attempt.agent.callback_id) == (AgentState.AVAILABLE, "")


def test_cancelled_while_dialling_ends_the_legs_first() -> None:
    hand = customer_is_dialled()
    assert hand.write(life.cancel(hand.attempt, cause=Cause.BY_CALLER, now=hand.now, by="caller"))
    assert (hand.state, hand.attempt.callback.ending) == (CallbackState.DIALLING, Cause.BY_CALLER)
    orders = hand.turn()
    told = next(order for order in orders if isinstance(order, TellAndEnd))
    assert (told.tag, told.phrase) == (hand.leg(Role.AGENT).tag, Phrase.CALLED_OFF)
    assert any(isinstance(order, HangUp) and order.tag == hand.leg(Role.CUSTOMER).tag for order in orders)
    hand.over(Role.CUSTOMER, LegOutcome.CANCELLED)
    hand.over(Role.AGENT)
    hand.turns_to_rest()
    assert (hand.state, hand.attempt.callback.cause) == (CallbackState.CANCELLED, Cause.BY_CALLER)
    assert hand.attempt.callback.tries == {}
    assert hand.who.state is AgentState.AVAILABLE


def test_nobody_new_is_dialled_once_it_is_called_off() -> None:
    hand = agent_first()
    hand.turn()
    hand.accepts(Role.AGENT)
    hand.write(life.cancel(hand.attempt, cause=Cause.BY_CALLER, now=hand.now, by="caller"))
    hand.turn()
    assert [leg.role for leg in hand.attempt.legs] == [Role.AGENT]


def test_a_second_cancellation_changes_nothing() -> None:
    hand = customer_is_dialled()
    hand.write(life.cancel(hand.attempt, cause=Cause.BY_CALLER, now=hand.now, by="caller"))
    assert life.cancel(hand.attempt, cause=Cause.BY_TEXT, now=hand.now, by="caller") is None


def test_who_talks_is_not_cut_off() -> None:
    hand = they_talk()
    assert hand.state is CallbackState.CONNECTED
    assert life.cancel(hand.attempt, cause=Cause.BY_SUPERVISOR, **BY) is None
    assert life.move(hand.attempt, at(0), at(60), **BY) is None


def test_never_again_is_a_cancellation_of_its_own_cause() -> None:
    step = bound(life.stop, waiting(state=CallbackState.RETRY_AT), **BY)
    assert (step.attempt.callback.state, step.attempt.callback.cause) == (CallbackState.CANCELLED, Cause.STOPPED)


# -- move ----------------------------------------------------------------------------------------


def test_another_time_keeps_the_place() -> None:
    step = bound(life.move, waiting(state=CallbackState.RETRY_AT), at(3600), at(7200), **BY)
    callback = step.attempt.callback
    assert (callback.state, callback.eligible_at) == (CallbackState.PENDING, at(3600))
    assert (callback.promised_from, callback.promised_to, callback.is_time_chosen) == (at(3600), at(7200), True)
    assert (callback.order_at, callback.arrived_at) == (at(-600), at(-600))


def test_a_promise_that_is_moved_stands_at_least_as_long_as_a_new_one() -> None:
    before = waiting(expires_at=at(500))
    longer = bound(life.move, before, at(60), at(120), expires_at=at(900), **BY)
    shorter = bound(life.move, before, at(60), at(120), expires_at=at(100), **BY)
    assert (longer.attempt.callback.expires_at, shorter.attempt.callback.expires_at) == (at(900), at(500))


def test_as_soon_as_possible_may_be_called_at_once() -> None:
    before = waiting(eligible_at=at(9000), is_time_chosen=True)
    step = bound(life.move, before, at(600), at(1200), is_time_chosen=False, **BY)
    callback = step.attempt.callback
    assert (callback.eligible_at, callback.is_time_chosen, callback.promised_to) == (NOON, False, at(1200))


def test_a_failed_promise_that_is_moved_waits_again_with_new_tries() -> None:
    before = waiting(state=CallbackState.FAILED, tries={"busy": 4, "agent_left": 1})
    step = bound(life.move, before, at(60), at(120), **BY)
    assert (step.attempt.callback.state, step.attempt.callback.tries) == (CallbackState.PENDING, {"agent_left": 1})


@pytest.mark.parametrize("state", OVER)
def test_what_is_over_cannot_be_moved(state: CallbackState) -> None:
    assert life.move(waiting(state=state), at(60), at(120), **BY) is None


def test_a_window_does_not_end_before_it_begins() -> None:
    assert life.move(waiting(), at(120), at(60), **BY) is None


def test_a_message_has_no_time() -> None:
    assert life.move(waiting(kind=Kind.MESSAGE), at(60), at(120), **BY) is None


def test_moved_before_anybody_was_dialled_frees_the_agent() -> None:
    step = bound(life.move, claimed(), at(60), at(120), **BY)
    assert (step.attempt.callback.state, step.attempt.callback.agent) == (CallbackState.PENDING, "")
    assert step.attempt.agent is not None
    assert step.attempt.agent.state is AgentState.AVAILABLE


def test_moved_while_dialling_waits_for_the_new_time_once_the_legs_are_over() -> None:
    hand = customer_is_dialled()
    hand.write(life.move(hand.attempt, at(3600), at(7200), now=hand.now, by="caller"))
    assert hand.attempt.callback.ending is Cause.MOVED
    hand.turn()
    hand.over(Role.CUSTOMER, LegOutcome.CANCELLED)
    hand.over(Role.AGENT)
    hand.turns_to_rest()
    callback = hand.attempt.callback
    assert (callback.state, callback.eligible_at, callback.ending) == (CallbackState.PENDING, at(3600), None)
    assert callback.tries == {}


def test_a_try_that_was_in_vain_before_the_move_counts() -> None:
    hand = customer_is_dialled()
    hand.over(Role.CUSTOMER, LegOutcome.BUSY)
    hand.write(life.move(hand.attempt, at(3600), at(7200), now=hand.now, by="caller"))
    hand.over(Role.AGENT)
    hand.turns_to_rest()
    assert (hand.state, hand.attempt.callback.tries) == (CallbackState.PENDING, {"busy": 1})


def test_another_time_is_not_dialled_at_while_the_last_call_is_a_riddle() -> None:
    hand = customer_is_dialled()
    hand.write(life.move(hand.attempt, at(3600), at(7200), now=hand.now, by="caller"))
    hand.over(Role.CUSTOMER, LegOutcome.UNKNOWN)
    hand.over(Role.AGENT)
    hand.turns_to_rest()
    assert (hand.state, hand.attempt.callback.cause) == (CallbackState.FAILED, Cause.UNKNOWN)


def test_a_cancellation_is_stronger_than_a_move() -> None:
    hand = customer_is_dialled()
    hand.write(life.move(hand.attempt, at(3600), at(7200), now=hand.now, by="caller"))
    hand.write(life.cancel(hand.attempt, cause=Cause.BY_CALLER, now=hand.now, by="caller"))
    assert hand.attempt.callback.ending is Cause.BY_CALLER
    assert life.move(hand.attempt, at(3600), at(7200), now=hand.now, by="caller") is None


# -- number, notes -------------------------------------------------------------------------------


def test_another_number_is_dialled_from_now_on() -> None:
    step = bound(life.renumber, waiting(), "+15550123", **BY)
    assert (step.attempt.callback.number, step.attempt.callback.state) == ("+15550123", CallbackState.PENDING)


def test_another_number_does_not_wait_for_the_old_ones_next_try() -> None:
    before = waiting(state=CallbackState.RETRY_AT, eligible_at=at(3600), tries={"busy": 1})
    callback = bound(life.renumber, before, "+15550123", **BY).attempt.callback
    assert (callback.state, callback.eligible_at, callback.tries) == (CallbackState.PENDING, NOON, {"busy": 1})


@pytest.mark.parametrize("number", ["", "+15550100"])
def test_no_number_and_the_same_number_change_nothing(number: str) -> None:
    assert life.renumber(waiting(), number, **BY) is None


def test_another_number_may_be_in_another_zone() -> None:
    moved = bound(life.renumber, waiting(), "+12135550177", zone="America/Los_Angeles", **BY)
    assert moved.attempt.callback.zone == "America/Los_Angeles"
    assert bound(life.renumber, waiting(), "+12135550177", **BY).attempt.callback.zone == waiting().callback.zone


def test_the_number_stays_while_it_is_dialled() -> None:
    assert life.renumber(customer_is_dialled().attempt, "+15550123", **BY) is None
    assert life.renumber(claimed(), "+15550123", **BY) is not None
    assert life.renumber(waiting(state=CallbackState.DONE), "+15550123", **BY) is None


def test_a_word_is_added_and_cut_to_its_limit() -> None:
    step = bound(life.add_note, waiting(notes=("first",)), f"  {'x' * 600} ", **BY)
    assert step.attempt.callback.notes == ("first", "x" * 500)
    assert step.history[0].values == {}


@pytest.mark.parametrize(
    ("words", "fields"),
    [(" ", {}), ("late", {"state": CallbackState.DONE}), ("more", {"notes": ("x",) * 20})],
)
def test_no_words_too_many_or_too_late_change_nothing(words: str, fields: dict[str, object]) -> None:
    assert life.add_note(waiting(**fields), words, **BY) is None


# -- ringing in, supervisors ---------------------------------------------------------------------


def test_who_rings_in_after_a_voicemail_has_the_original_place_again() -> None:
    before = waiting(
        state=CallbackState.RETRY_AT, eligible_at=at(3600), tries={"voicemail": 2, "agent_missed": 1}, order_at=at(-600)
    )
    step = bound(life.rang_in, before, expires_at=at(86400), **BY)
    callback = step.attempt.callback
    assert (callback.state, callback.eligible_at, callback.order_at) == (CallbackState.PENDING, NOON, at(-600))
    assert (callback.tries, callback.expires_at) == ({"agent_missed": 1}, at(86400))
    assert step.history[0].values == {"vain_tries": "3"}


def test_ringing_in_brings_a_failed_promise_back_and_keeps_its_end_where_none_is_given() -> None:
    step = bound(life.rang_in, waiting(state=CallbackState.FAILED, expires_at=at(500)), **BY)
    assert (step.attempt.callback.state, step.attempt.callback.expires_at) == (CallbackState.PENDING, at(500))


@pytest.mark.parametrize("state", [CallbackState.PENDING, CallbackState.CLAIMED, *OVER])
def test_ringing_in_changes_nothing_in_other_states(state: CallbackState) -> None:
    assert life.rang_in(waiting(state=state), **BY) is None


def test_a_message_is_not_rung_in_for() -> None:
    assert life.rang_in(waiting(kind=Kind.MESSAGE, state=CallbackState.FAILED), **BY) is None


def test_call_now_goes_before_all_others() -> None:
    step = bound(life.call_now, waiting(eligible_at=at(3600), tries={"busy": 1}), **BY)
    callback = step.attempt.callback
    assert (callback.state, callback.eligible_at, callback.tries) == (CallbackState.PENDING, NOON, {"busy": 1})
    assert (NOON - callback.order_at).days == 3650
    assert callback.cause is Cause.BY_SUPERVISOR


def test_call_now_gives_a_failed_promise_new_tries() -> None:
    step = bound(life.call_now, waiting(state=CallbackState.FAILED, tries={"busy": 4}), expires_at=at(9), **BY)
    assert (step.attempt.callback.tries, step.attempt.callback.expires_at) == ({}, at(9))


@pytest.mark.parametrize(
    "fields", [{"state": CallbackState.DIALLING}, {"state": CallbackState.DONE}, {"kind": Kind.MESSAGE}]
)
def test_call_now_is_for_promises_that_wait(fields: dict[str, object]) -> None:
    assert life.call_now(waiting(**fields), **BY) is None


def test_priority_moves_the_place_from_the_arrival_on() -> None:
    step = bound(life.change_priority, waiting(), 7, rules(priority_mins=10), **BY)
    assert (step.attempt.callback.priority, step.attempt.callback.order_at) == (7, at(-600 - 1200))
    assert (step.history[0].cause, step.history[0].values) == (Cause.PRIORITY_CHANGED, {"from": "5", "to": "7"})


@pytest.mark.parametrize(("priority", "state"), [(5, "pending"), (10, "pending"), (-1, "pending"), (7, "failed")])
def test_no_such_priority_the_same_one_or_a_final_state_change_nothing(priority: int, state: str) -> None:
    assert life.change_priority(waiting(state=CallbackState(state)), priority, rules(), **BY) is None


def test_an_owner_has_it_until_the_time_is_up_and_can_lose_it() -> None:
    owned = bound(life.assign_owner, waiting(), "bob", until=at(3600), **BY)
    assert (owned.attempt.callback.owner, owned.attempt.callback.owner_until) == ("bob", at(3600))
    assert life.assign_owner(owned.attempt, "bob", until=at(3600), **BY) is None
    nobodys = bound(life.assign_owner, owned.attempt, "", until=at(3600), **BY)
    assert (nobodys.attempt.callback.owner, nobodys.attempt.callback.owner_until) == ("", None)


def test_what_is_over_has_no_owner_any_more() -> None:
    assert life.assign_owner(waiting(state=CallbackState.CANCELLED), "bob", **BY) is None


def test_a_message_is_taken_once() -> None:
    step = bound(life.take_message, waiting(kind=Kind.MESSAGE), **BY)
    assert (step.attempt.callback.state, step.attempt.callback.cause) == (CallbackState.DONE, Cause.TAKEN)
    assert life.take_message(step.attempt, **BY) is None


def test_a_callback_is_not_taken_like_a_message() -> None:
    assert life.take_message(waiting(), **BY) is None


def test_a_lost_agent_row_does_not_stop_a_cancellation() -> None:
    step = bound(life.cancel, replace(claimed(), agent=None), cause=Cause.BY_CALLER, **BY)
    assert step.attempt.callback.state is CallbackState.CANCELLED
