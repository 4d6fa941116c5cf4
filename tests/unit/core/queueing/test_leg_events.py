"""News of a leg: in any order, any number of times, and late."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.queueing.leg_events import LegNews, Word, leg_progressed, leg_refused, leg_said
from ivr.core.queueing.legs import AgentState, Leg, LegOutcome, LegState, Role
from ivr.core.queueing.model import CallbackState, Cause
from ivr.core.queueing.standing import is_live
from ivr.core.queueing.steps import Attempt
from tests.unit.core.queueing.promises import (
    NOON,
    agent_first,
    at,
    bound,
    claimed,
    customer_is_dialled,
    customer_waits,
    they_talk,
    with_callback,
)

pytestmark = pytest.mark.unit


LEG = Leg("t1", "c1", 1, 1, Role.CUSTOMER, "+15550100", "+15550199", NOON)
PLACED = replace(LEG, state=LegState.PLACED, carrier_sid="CA1")


def over(outcome: LegOutcome | None = LegOutcome.COMPLETED) -> LegNews:
    return LegNews(LegState.OVER, outcome)


def told(attempt: Attempt, role: Role, news: LegNews, secs: float = 30) -> Leg | None:
    leg = [each for each in attempt.legs if each.role is role][-1]
    step = leg_progressed(attempt, leg.tag, news, at=at(secs))
    return None if step is None else next(each for each in step.attempt.legs if each.tag == leg.tag)


# -- progress ----------------------------------------------------------------------------------------


def test_each_state_comes_with_its_time() -> None:
    hand = agent_first()
    hand.turn()
    answered = told(hand.attempt, Role.AGENT, LegNews(LegState.ANSWERED, carrier_sid="CA1", answered_by="human"))
    assert answered is not None
    assert (answered.state, answered.answered_at, answered.changed_at) == (LegState.ANSWERED, at(30), at(30))
    assert (answered.carrier_sid, answered.answered_by) == ("CA1", "human")


def test_what_is_known_changes_nothing() -> None:
    attempt = customer_is_dialled().attempt
    assert told(attempt, Role.CUSTOMER, LegNews(LegState.RINGING)) is None
    assert told(attempt, Role.CUSTOMER, LegNews(LegState.PLACED)) is None
    assert leg_progressed(attempt, "nobodys", LegNews(LegState.RINGING), at=NOON) is None


def test_late_news_still_tell_what_was_not_known() -> None:
    hand = customer_is_dialled()
    hand.news(Role.CUSTOMER, LegState.ANSWERED)
    late = told(hand.attempt, Role.CUSTOMER, LegNews(LegState.RINGING, answered_by="machine_start", call_id="k1"))
    assert late is not None
    assert (late.state, late.answered_by, late.call_id) == (LegState.ANSWERED, "machine_start", "k1")


def test_news_under_another_calls_id_are_not_of_this_leg() -> None:
    attempt = customer_is_dialled().attempt
    assert told(attempt, Role.CUSTOMER, LegNews(LegState.ANSWERED, carrier_sid="CA-other")) is None


def test_a_carrier_cannot_accept_for_a_person() -> None:
    attempt = customer_is_dialled().attempt
    assert told(attempt, Role.CUSTOMER, LegNews(LegState.ACCEPTED)) is None


@pytest.mark.parametrize(
    ("before", "news", "expected"),
    [
        ("ringing", LegOutcome.BUSY, LegOutcome.BUSY),
        ("ringing", LegOutcome.NO_ANSWER, LegOutcome.NO_ANSWER),
        ("ringing", LegOutcome.COMPLETED, LegOutcome.NOT_PRESENT),
        ("ringing", None, LegOutcome.NOT_PRESENT),
        ("answered", LegOutcome.COMPLETED, LegOutcome.NOT_PRESENT),
        ("accepted", LegOutcome.COMPLETED, LegOutcome.COMPLETED),
        ("accepted", LegOutcome.FAILED, LegOutcome.COMPLETED),
    ],
)
def test_how_a_leg_ended_is_judged_by_what_its_person_did(
    before: str, news: LegOutcome | None, expected: LegOutcome
) -> None:
    hand = customer_is_dialled()
    if before == "answered":
        hand.news(Role.CUSTOMER, LegState.ANSWERED)
    if before == "accepted":
        hand.accepts(Role.CUSTOMER)
    ended = told(hand.attempt, Role.CUSTOMER, over(news))
    assert ended is not None
    assert (ended.state, ended.outcome, ended.over_at) == (LegState.OVER, expected, at(30))


def test_a_word_holds_against_the_carriers_completed() -> None:
    hand = customer_is_dialled()
    hand.news(Role.CUSTOMER, LegState.ANSWERED)
    hand.says(Role.CUSTOMER, Word.VOICEMAIL)
    ended = told(hand.attempt, Role.CUSTOMER, over())
    assert ended is not None
    assert ended.outcome is LegOutcome.VOICEMAIL


@pytest.mark.parametrize(
    ("told_secs", "over_secs"),
    [(20, 21), (29, 30), (30, 30), (45, 30), (-90, 0)],
    ids=["cut off to seconds", "now at the latest", "now", "a clock ahead", "a clock behind"],
)
def test_late_news_of_an_end_counts_from_when_it_was(told_secs: int, over_secs: int) -> None:
    news = replace(over(), ended_at=NOON + timedelta(seconds=told_secs))
    step = leg_progressed(Attempt(claimed().callback, (PLACED,)), "t1", news, at=NOON + timedelta(seconds=30))
    assert step is not None
    (leg,) = step.attempt.legs
    assert (leg.over_at, leg.changed_at) == (NOON + timedelta(seconds=over_secs), NOON + timedelta(seconds=30))


def test_an_end_is_not_ended_again() -> None:
    hand = customer_is_dialled()
    hand.over(Role.CUSTOMER, LegOutcome.BUSY)
    assert told(hand.attempt, Role.CUSTOMER, over(LegOutcome.FAILED)) is None
    assert told(hand.attempt, Role.CUSTOMER, LegNews(LegState.ANSWERED)) is None


def test_the_truth_about_a_leg_that_was_given_up_is_still_written_down() -> None:
    hand = customer_is_dialled()
    hand.over(Role.CUSTOMER, LegOutcome.UNKNOWN)
    assert told(hand.attempt, Role.CUSTOMER, over(LegOutcome.UNKNOWN)) is None
    later = told(hand.attempt, Role.CUSTOMER, over(LegOutcome.BUSY))
    assert later is not None
    assert later.outcome is LegOutcome.BUSY


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_any_order_of_news_ends_in_the_same_state(order: tuple[int, ...]) -> None:
    news = [
        LegNews(LegState.PLACED, None, "CA1"),
        LegNews(LegState.RINGING, None, "CA1"),
        LegNews(LegState.ANSWERED, None, "CA1"),
        LegNews(LegState.OVER, LegOutcome.COMPLETED, "CA1"),
    ]
    hand = agent_first()
    hand.turn()
    for index in (*order, *order):
        hand.write(leg_progressed(hand.attempt, hand.leg(Role.AGENT).tag, news[index], at=hand.now))
    leg = hand.leg(Role.AGENT)
    assert (leg.state, leg.outcome, leg.carrier_sid) == (LegState.OVER, LegOutcome.NOT_PRESENT, "CA1")


@given(st.lists(st.sampled_from(LegState)))
def test_a_leg_never_goes_back(states: list[LegState]) -> None:
    hand = agent_first()
    hand.turn()
    for state in states:
        before = hand.leg(Role.AGENT)
        hand.news(Role.AGENT, state, LegOutcome.BUSY if state is LegState.OVER else None)
        after = hand.leg(Role.AGENT)
        assert after.state.rank >= before.state.rank
        assert before.outcome in (None, after.outcome)


def test_a_leg_of_an_earlier_attempt_changes_only_its_row() -> None:
    hand = customer_is_dialled()
    later = with_callback(hand.attempt, attempt=2, agent="bob")
    for news in (LegNews(LegState.ANSWERED), over()):
        step = leg_progressed(later, hand.leg(Role.CUSTOMER).tag, news, at=at(30))
        assert step is not None
        assert (step.attempt.callback, step.attempt.agent, step.history) == (later.callback, later.agent, ())


# -- refusals ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("is_final", "expected"), [(True, LegOutcome.REFUSED), (False, LegOutcome.NEVER_PLACED)])
def test_a_refused_order_was_dialled_for_nobody(is_final: bool, expected: LegOutcome) -> None:
    hand = agent_first()
    hand.turn()
    leg = bound(leg_refused, hand.attempt, hand.leg(Role.AGENT).tag, is_final=is_final, at=at(2)).attempt.legs[0]
    assert (leg.state, leg.outcome, leg.over_at) == (LegState.OVER, expected, at(2))


def test_what_was_placed_cannot_be_refused_any_more() -> None:
    attempt = customer_is_dialled().attempt
    assert leg_refused(attempt, attempt.legs[1].tag, is_final=True, at=NOON) is None
    assert leg_refused(attempt, "nobodys", is_final=True, at=NOON) is None


# -- words -------------------------------------------------------------------------------------------


def test_an_agent_who_accepts_is_on_a_call() -> None:
    hand = agent_first()
    hand.turn()
    hand.says(Role.AGENT, Word.ACCEPTED)
    leg = hand.leg(Role.AGENT)
    assert (leg.state, leg.accepted_at, leg.answered_at) == (LegState.ACCEPTED, at(1), at(1))
    assert hand.who.state is AgentState.ON_CALL
    assert not hand.says(Role.AGENT, Word.ACCEPTED)


def test_a_customer_who_is_present_does_not_change_the_agent() -> None:
    hand = customer_is_dialled()
    hand.accepts(Role.CUSTOMER)
    assert hand.leg(Role.CUSTOMER).accepted_at == hand.now
    assert hand.who.state is AgentState.ON_CALL


@pytest.mark.parametrize(
    ("role", "word"),
    [(Role.AGENT, Word.PRESENT), (Role.AGENT, Word.STOPPED), (Role.CUSTOMER, Word.ACCEPTED)],
)
def test_words_of_the_other_role_change_nothing(role: Role, word: Word) -> None:
    hand = customer_is_dialled() if role is Role.CUSTOMER else customer_waits()
    assert not hand.says(role, word)


def test_nobodys_word_changes_nothing() -> None:
    assert leg_said(customer_is_dialled().attempt, "nobodys", Word.PRESENT, at=NOON) is None


@pytest.mark.parametrize(
    ("word", "outcome"),
    [
        (Word.DECLINED, LegOutcome.DECLINED),
        (Word.NOT_PRESENT, LegOutcome.NOT_PRESENT),
        (Word.VOICEMAIL, LegOutcome.VOICEMAIL),
    ],
)
def test_a_no_is_known_before_the_leg_is_over(word: Word, outcome: LegOutcome) -> None:
    hand = customer_is_dialled()
    hand.news(Role.CUSTOMER, LegState.ANSWERED)
    hand.says(Role.CUSTOMER, word)
    assert (hand.leg(Role.CUSTOMER).state, hand.leg(Role.CUSTOMER).outcome) == (LegState.ANSWERED, outcome)
    assert not hand.says(Role.CUSTOMER, Word.PRESENT)
    assert not hand.says(Role.CUSTOMER, Word.NOT_PRESENT)


def test_who_is_present_cannot_be_a_voicemail_any_more() -> None:
    hand = customer_is_dialled()
    hand.accepts(Role.CUSTOMER)
    assert not hand.says(Role.CUSTOMER, Word.VOICEMAIL)


def test_a_word_that_comes_after_the_end_says_more_than_the_carrier() -> None:
    hand = customer_is_dialled()
    hand.over(Role.CUSTOMER)
    assert hand.leg(Role.CUSTOMER).outcome is LegOutcome.NOT_PRESENT
    hand.says(Role.CUSTOMER, Word.VOICEMAIL)
    assert hand.leg(Role.CUSTOMER).outcome is LegOutcome.VOICEMAIL
    assert not hand.says(Role.CUSTOMER, Word.DECLINED)


def test_nobody_becomes_present_after_the_end() -> None:
    hand = customer_is_dialled()
    hand.over(Role.CUSTOMER)
    assert not hand.says(Role.CUSTOMER, Word.PRESENT)


def test_never_again_calls_the_promise_off() -> None:
    hand = customer_is_dialled()
    hand.news(Role.CUSTOMER, LegState.ANSWERED)
    hand.says(Role.CUSTOMER, Word.STOPPED)
    assert hand.leg(Role.CUSTOMER).outcome is LegOutcome.STOPPED
    assert (hand.attempt.callback.ending, hand.history[-1].by) == (Cause.STOPPED, "customer")


def test_never_again_said_late_cancels_what_waits_for_its_next_try() -> None:
    hand = customer_is_dialled()
    hand.over(Role.CUSTOMER)
    hand.over(Role.AGENT)
    hand.turns_to_rest()
    assert hand.state is CallbackState.RETRY_AT
    hand.says(Role.CUSTOMER, Word.STOPPED)
    assert (hand.state, hand.attempt.callback.cause) == (CallbackState.CANCELLED, Cause.STOPPED)


def test_never_again_on_an_old_leg_changes_only_its_row() -> None:
    hand = customer_is_dialled()
    hand.over(Role.CUSTOMER)
    later = with_callback(hand.attempt, attempt=2)
    step = bound(leg_said, later, hand.leg(Role.CUSTOMER).tag, Word.STOPPED, at=NOON)
    assert step.attempt.callback == later.callback


def test_never_again_when_it_is_called_off_already_is_written_on_the_leg() -> None:
    hand = customer_is_dialled()
    hand.news(Role.CUSTOMER, LegState.ANSWERED)
    hand.attempt = with_callback(hand.attempt, ending=Cause.BY_CALLER)
    assert hand.says(Role.CUSTOMER, Word.STOPPED)
    assert hand.attempt.callback.ending is Cause.BY_CALLER


# -- which legs are wanted ---------------------------------------------------------------------------


def test_a_leg_is_wanted_until_its_attempt_is_void() -> None:
    hand = customer_is_dialled()
    tag, attempt = hand.leg(Role.CUSTOMER).tag, hand.attempt
    assert is_live(attempt, tag)
    assert not is_live(attempt, "nobodys")
    assert not is_live(with_callback(attempt, attempt=2), tag)
    assert not is_live(with_callback(attempt, ending=Cause.BY_CALLER), tag)
    assert not is_live(with_callback(attempt, state=CallbackState.FAILED), tag)
    for change in ({"state": LegState.OVER}, {"outcome": LegOutcome.VOICEMAIL}, {"is_redirected": True}):
        legs = (attempt.legs[0], replace(attempt.legs[1], **change))  # type: ignore[arg-type]
        assert not is_live(replace(attempt, legs=legs), tag)


def test_a_word_for_a_void_attempt_changes_nothing() -> None:
    hand = customer_is_dialled()
    hand.attempt = with_callback(hand.attempt, ending=Cause.BY_CALLER)
    assert not hand.says(Role.CUSTOMER, Word.PRESENT)


def test_an_agent_who_is_not_the_bound_one_any_more_is_not_put_on_a_call() -> None:
    hand = agent_first()
    hand.turn()
    hand.attempt = with_callback(hand.attempt, agent="bob")
    hand.says(Role.AGENT, Word.ACCEPTED)
    assert hand.who.state is AgentState.RINGING


def test_both_talk_whoever_came_first() -> None:
    assert they_talk().state is CallbackState.CONNECTED
    hand = customer_waits()
    hand.accepts(Role.AGENT)
    hand.turn()
    assert hand.state is CallbackState.CONNECTED
