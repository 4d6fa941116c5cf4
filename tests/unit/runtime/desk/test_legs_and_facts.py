"""What is known before a call's first word, and what the flow on a dialled leg reports."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.queueing.legs import AgentState, LegOutcome, LegState, Role
from ivr.core.queueing.model import Callback, CallbackState
from ivr.ports import CallFacts
from ivr.runtime.desk.outbound import BRIEF_CHARS, brief_text
from tests.unit.runtime.desk.counter import AT, CALLER, NEW_YORK, OURS, Counter

pytestmark = pytest.mark.unit

LEG_CALL = "e" * 32


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def promise(counter: Counter) -> Callback:
    counter.agent()
    return counter.booked("k1", **{"name": "Ana Lima", "reason": "Order status", "brief.order.number": "42719"})


def facts(counter: Counter, call_id: str = "f" * 32, caller: str = CALLER) -> CallFacts:
    return counter.desk.facts(call_id, caller, OURS, counter.at)


# -- before the first word ---------------------------------------------------------------------------


def test_a_caller_with_a_promise_has_one_and_nothing_more_is_told(counter: Counter, promise: Callback) -> None:
    assert facts(counter) == CallFacts(records={}, has_callback=True)


def test_a_caller_without_a_promise_has_none(counter: Counter, promise: Callback) -> None:
    assert facts(counter, caller="+12025550111") == CallFacts()
    assert facts(counter, caller="") == CallFacts()


def test_a_promise_that_failed_is_one_until_its_invitation_ends(counter: Counter, promise: Callback) -> None:
    counter.failed(promise)
    assert facts(counter).has_callback
    counter.pass_time(days=8)
    assert not facts(counter).has_callback


def test_a_promise_that_was_kept_is_none(counter: Counter, promise: Callback) -> None:
    counter.changed(promise, state=CallbackState.DONE)
    assert not facts(counter).has_callback


def test_while_the_store_is_away_nothing_is_known(counter: Counter, promise: Callback) -> None:
    counter.rows.failing = "unreachable"
    assert facts(counter) == CallFacts()


@pytest.mark.parametrize("role", Role)
def test_the_flow_of_a_dialled_leg_knows_the_promise(counter: Counter, promise: Callback, role: Role) -> None:
    counter.pass_time(minutes=12)
    leg = counter.in_flight(promise, role)
    known = facts(counter, LEG_CALL, caller=OURS)
    assert not known.has_callback
    assert known.records["leg"] == {"role": role.value, "tag": leg.tag}
    assert known.records["callback"] == {
        "id": promise.id,
        "kind": "callback",
        "queue": "general",
        "zone": NEW_YORK,
        "company": "Harbour Lights",
        "name": "Ana Lima",
        "reason": "Order status",
        "brief_text": "Ana Lima, Order status, order number 42719",
        "promised_text": "as soon as possible",
        "number": CALLER,
        "our_number": OURS,
        "code": "5101",
        "code_text": "five one zero one",
        "language": "en",
        "leaves_voicemail": "yes",
        "waited_text": "12",
    }


def test_the_flow_of_a_leg_knows_the_time_that_was_chosen_and_whether_to_leave_a_message(counter: Counter) -> None:
    counter.with_rules(leaves_voicemail=False)
    promise = counter.booked("k1", when="2026-11-23T11:00/2026-11-23T12:00")
    counter.changed(promise, eligible_at=AT)
    counter.in_flight(promise)
    known = facts(counter, LEG_CALL).records["callback"]
    assert (known["promised_text"], known["leaves_voicemail"]) == ("today between 11 a m and noon", "no")


def test_a_leg_whose_promise_is_gone_knows_only_itself(counter: Counter, promise: Callback) -> None:
    leg = counter.in_flight(promise)
    del counter.rows.callbacks[promise.id]
    assert facts(counter, LEG_CALL) == CallFacts({"leg": {"role": "customer", "tag": leg.tag}})


# -- eight seconds of speech -------------------------------------------------------------------------


def brief(counter: Counter, promise: Callback, **changes: object) -> str:
    return brief_text(counter.changed(promise, **changes))


def test_the_brief_names_the_newest_word_of_the_caller_too(counter: Counter, promise: Callback) -> None:
    told = brief(counter, promise, notes=("first", "please hurry"))
    assert told == "Ana Lima, Order status, order number 42719, please hurry"


def test_a_brief_about_nothing_is_empty(counter: Counter, promise: Callback) -> None:
    assert brief(counter, promise, name="", reason="", brief={}) == ""


def test_the_first_thing_that_nobody_gave_is_told_as_missing(counter: Counter, promise: Callback) -> None:
    missing = {"order_number": "", "return_number": ""}
    assert brief(counter, promise, brief=missing) == "Ana Lima, Order status, no order number"
    assert brief(counter, promise, name="", reason="", brief=missing) == "a caller, no order number"
    told = brief(counter, promise, name="", reason="", brief=missing, language="ja")
    assert told == "お客様、order numberはまだ伺っておりません"


def test_a_japanese_brief_is_joined_as_japanese_is(counter: Counter, promise: Callback) -> None:
    told = brief(counter, promise, language="ja", name="田中", reason="注文の確認", brief={"注文番号": "42719"})
    assert told == "田中、注文の確認、注文番号 42719"


def test_a_long_reason_is_cut_after_a_word(counter: Counter, promise: Callback) -> None:
    told = brief(counter, promise, reason="the parcel is late " * 10)
    assert told.startswith("Ana Lima, the parcel is late") and len(told) <= BRIEF_CHARS
    assert told.split()[-1] in ("the", "parcel", "is", "late")


def test_a_reason_without_gaps_is_cut_anywhere(counter: Counter, promise: Callback) -> None:
    assert brief(counter, promise, name="", reason="荷" * 190, brief={}) == "荷" * BRIEF_CHARS


@given(st.text(max_size=80), st.text(max_size=200), st.dictionaries(st.text(max_size=64), st.text(max_size=200)))
def test_a_brief_is_never_longer_than_that(name: str, reason: str, facts: dict[str, str]) -> None:
    promise = Callback("1", "general", CALLER, "en", AT, AT, AT, AT, AT, name=name, reason=reason, brief=facts)
    assert len(brief_text(promise)) <= BRIEF_CHARS


# -- words of a leg ----------------------------------------------------------------------------------


def say(counter: Counter, word: str, call_id: str = LEG_CALL) -> str:
    return counter.ask("leg", call_id=call_id, word=word)["ok"]


def test_a_customer_who_is_there_is_accepted(counter: Counter, promise: Callback) -> None:
    leg = counter.in_flight(promise)
    assert say(counter, "present") == "yes"
    found = counter.callbacks.leg(leg.tag)
    assert found is not None and (found.state, found.accepted_at) == (LegState.ACCEPTED, AT)


def test_an_agent_who_takes_it_is_on_a_call(counter: Counter, promise: Callback) -> None:
    counter.in_flight(promise, Role.AGENT)
    assert say(counter, "accepted") == "yes"
    agent = counter.agents.get("ana")
    assert agent is not None and agent.state is AgentState.ON_CALL


@pytest.mark.parametrize(
    ("word", "role", "outcome"),
    [
        ("declined", Role.AGENT, LegOutcome.DECLINED),
        ("not_present", Role.AGENT, LegOutcome.NOT_PRESENT),
        ("not_present", Role.CUSTOMER, LegOutcome.NOT_PRESENT),
        ("voicemail", Role.CUSTOMER, LegOutcome.VOICEMAIL),
        ("declined", Role.CUSTOMER, LegOutcome.DECLINED),
    ],
)
def test_a_word_that_turns_it_down_is_the_legs_outcome(
    counter: Counter, promise: Callback, word: str, role: Role, outcome: LegOutcome
) -> None:
    leg = counter.in_flight(promise, role)
    assert say(counter, word) == "yes"
    found = counter.callbacks.leg(leg.tag)
    assert found is not None and found.outcome is outcome


def test_somebody_who_wants_no_calls_gets_none_any_more(counter: Counter, promise: Callback) -> None:
    counter.in_flight(promise)
    assert say(counter, "stopped") == "yes"
    assert counter.callbacks.is_stopped(CALLER, "sales")


def test_an_agent_stops_nobodys_number(counter: Counter, promise: Callback) -> None:
    leg = counter.in_flight(promise, Role.AGENT)
    say(counter, "stopped")
    assert not counter.callbacks.is_stopped(leg.number, "general")
    assert not counter.callbacks.is_stopped(CALLER, "general")


def test_a_word_on_a_void_attempt_is_answered_with_no(counter: Counter, promise: Callback) -> None:
    counter.in_flight(promise)
    counter.changed(promise, attempt=2)
    assert say(counter, "present") == "no"


def test_a_word_after_a_cancellation_is_answered_with_no(counter: Counter, promise: Callback) -> None:
    counter.in_flight(promise)
    counter.ask("cancel", id=promise.id, code=promise.code)
    assert say(counter, "present") == "no"


def test_the_first_word_holds_and_the_same_one_again_is_fine(counter: Counter, promise: Callback) -> None:
    counter.in_flight(promise)
    assert [say(counter, "present"), say(counter, "present")] == ["yes", "yes"]


@pytest.mark.parametrize(("word", "call_id"), [("hello", LEG_CALL), ("", LEG_CALL), ("present", ""), ("present", "a")])
def test_an_unknown_word_or_call_is_answered_with_no(
    counter: Counter, promise: Callback, word: str, call_id: str
) -> None:
    counter.in_flight(promise)
    assert say(counter, word, call_id) == "no"


def test_a_word_while_the_store_is_away_is_a_failure(counter: Counter, promise: Callback) -> None:
    counter.in_flight(promise)
    counter.rows.failing = "unreachable"
    assert counter.desk.call("leg", {"call_id": LEG_CALL, "word": "present"}).reason == "store_unreachable"


def test_waiting_is_never_less_than_nothing(counter: Counter, promise: Callback) -> None:
    counter.in_flight(promise)
    known = counter.desk.facts(LEG_CALL, CALLER, OURS, AT - timedelta(hours=1)).records["callback"]
    assert known["waited_text"] == "0"
