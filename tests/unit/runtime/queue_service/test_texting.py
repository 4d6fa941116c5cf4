"""What callers ask by text, and what they are answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ivr.core.queueing.model import CallbackState, Cause
from ivr.core.queueing.offers import TextOffer
from ivr.core.queueing.steps import Text, TextState
from ivr.ports import StoreFailed
from tests.unit.runtime.desk.counter import AT, CALLER, OTHER, OURS
from tests.unit.runtime.queue_service.office import Office

pytestmark = pytest.mark.unit

TOMORROW = "2026-11-24T14:00/2026-11-24T16:00"
START = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)
NOTHING = "I can't tell you anything about a call back by text. Call us any time."
CANCELLED = "Your call back is cancelled. Call us any time."
HELP = "Reply WHEN to hear your place, LATER and a time for another time, or NOCALL to cancel."
ASK_TIME = "Which time suits you? Reply, for example: LATER tomorrow after three."


@pytest.fixture
def office() -> Office:
    made = Office(read={"tomorrow at two": TOMORROW})
    made.agent(languages=("en", "ja"))
    return made


# -- when --------------------------------------------------------------------------------------------


def test_when_is_answered_with_window_and_place(office: Office) -> None:
    office.texted()
    assert office.comes("WHEN") == (
        "We will call you within the next 5 minutes. You are next. Reply LATER and a time, or NOCALL."
    )


def test_when_is_answered_in_the_language_of_the_promise(office: Office) -> None:
    office.texted(language="ja")
    assert office.comes("いつ") == (
        "5分以内にお電話いたします。次がお客様の番です。取消は「取消」、変更は「変更」と時間をご返信ください。"
    )


def test_a_chosen_time_is_told_without_a_place(office: Office) -> None:
    office.texted(when=TOMORROW)
    assert office.comes("When?") == (
        "We will call you tomorrow between 2 and 4 p m. Reply LATER and a time, or NOCALL."
    )


def test_a_promise_that_waits_for_a_retry_is_told_without_a_place(office: Office) -> None:
    promise = office.texted()
    office.changed(promise, state=CallbackState.RETRY_AT, eligible_at=AT + timedelta(hours=1))
    office.pass_time(minutes=30)
    assert office.comes("when").startswith("We will call you as soon as possible. Reply")


def test_who_is_being_called_hears_that(office: Office) -> None:
    office.in_flight(office.texted())
    assert office.comes("when") == "We are calling you right now."


# -- cancel ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["NOCALL", "cancel", "取消"])
def test_a_promise_is_cancelled_by_text(office: Office, word: str) -> None:
    promise = office.texted()
    assert office.comes(word) == CANCELLED
    found = office.now_is(promise.id)
    assert (found.state, found.cause) == (CallbackState.CANCELLED, Cause.BY_TEXT)


def test_the_same_text_twice_cancels_once_and_has_the_same_answer(office: Office) -> None:
    promise = office.texted()
    assert [office.comes("NOCALL", key="SM1") for _ in range(2)] == [CANCELLED, CANCELLED]
    assert len(office.callbacks.history(promise.id)) == 2
    assert len(office.texts.for_callback(promise.id)) == 3


def test_a_text_that_was_kept_but_not_obeyed_is_obeyed_when_it_comes_again(office: Office) -> None:
    promise = office.texted()
    office.texts.add(Text("SM1", CALLER, OURS, "NOCALL", AT, promise.id, TextState.RECEIVED, "SM1"))
    assert office.comes("NOCALL", key="SM1") == CANCELLED
    assert office.now_is(promise.id).state is CallbackState.CANCELLED


def test_what_is_cancelled_once_is_nothing_the_next_time(office: Office) -> None:
    office.texted()
    office.comes("NOCALL")
    assert office.comes("NOCALL") == NOTHING


def test_a_cancellation_while_it_rings_takes_hold_later(office: Office) -> None:
    promise = office.texted()
    office.in_flight(promise)
    assert office.comes("NOCALL") == CANCELLED
    assert office.now_is(promise.id).ending is Cause.BY_TEXT


def test_a_second_cancellation_while_it_rings_changes_nothing(office: Office) -> None:
    office.in_flight(office.texted())
    office.comes("NOCALL")
    assert office.comes("NOCALL") == "We are calling you right now."


# -- later -------------------------------------------------------------------------------------------


def test_later_with_a_time_moves_it_and_keeps_the_place(office: Office) -> None:
    promise = office.texted()
    assert office.comes("LATER tomorrow at two") == "We will call you tomorrow between 2 and 4 p m."
    moved = office.now_is(promise.id)
    assert (moved.promised_from, moved.is_time_chosen, moved.order_at) == (START, True, promise.order_at)


def test_the_time_is_read_by_the_callers_clock_and_language(office: Office) -> None:
    office.texted(language="ja", zone="Asia/Tokyo")
    office.comes("変更 明日の二時")
    assert office.asked_times == [("明日の二時", "ja", datetime(2026, 11, 24, 0, 0))]


@pytest.mark.parametrize("body", ["LATER", "later maybe", "LATER some day"])
def test_later_without_a_time_asks_for_one(office: Office, body: str) -> None:
    promise = office.texted()
    assert office.comes(body) == ASK_TIME
    assert office.now_is(promise.id) == promise


@pytest.mark.parametrize("value", ["asap", "no", "later", "rubbish/rubbish"])
def test_words_that_name_no_time_ask_for_one(office: Office, value: str) -> None:
    office.texted()
    office.read["then"] = value
    assert office.comes("LATER then") == ASK_TIME


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("2026-11-23T08:00/2026-11-23T09:00", "That time is already over."),
        ("2026-11-26T10:00/2026-11-26T11:00", "That day is a holiday, and we are closed."),
        ("2026-11-24T20:00/2026-11-24T21:00", "We are closed at that time."),
        ("2027-11-24T10:00/2027-11-24T11:00", "That is too far away for me to promise."),
    ],
)
def test_a_time_that_will_not_do_is_refused_with_its_reason(office: Office, value: str, problem: str) -> None:
    promise = office.texted()
    office.read["then"] = value
    assert office.comes("LATER then") == f"{problem} Reply, for example: LATER tomorrow after three."
    assert office.now_is(promise.id) == promise


def test_a_whole_day_is_the_hours_in_which_people_are_there(office: Office) -> None:
    promise = office.texted()
    office.read["tomorrow"] = "2026-11-24T00:00/2026-11-25T00:00"
    assert office.comes("LATER tomorrow") == "We will call you tomorrow between 9 a m and 5 p m."
    assert office.now_is(promise.id).promised_from == datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


def test_a_queue_without_a_schedule_has_every_hour(office: Office) -> None:
    office.with_rules(hours="")
    office.texted()
    office.read["tonight"] = "2026-11-23T21:00/2026-11-23T22:00"
    assert office.comes("LATER tonight") == "We will call you today between 9 and 10 p m."


def test_the_same_text_twice_moves_once(office: Office) -> None:
    promise = office.texted()
    assert len({office.comes("LATER tomorrow at two", key="SM1") for _ in range(2)}) == 1
    assert [line.cause for line in office.callbacks.history(promise.id)] == [Cause.PROMISED, Cause.MOVED]


def test_what_was_called_off_while_it_rings_is_not_moved(office: Office) -> None:
    office.in_flight(office.texted())
    office.comes("NOCALL")
    assert office.comes("LATER tomorrow at two") == "We are calling you right now."


# -- stop --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["STOP", "stop calling me", "End", "停止"])
def test_stop_means_never_again_whatever_was_promised(office: Office, word: str) -> None:
    promises = [office.texted(), office.booked("k2", queue="sales")]
    assert office.comes(word) == "You will not be called again. Call us any time."
    assert office.callbacks.is_stopped(CALLER, "general") and office.callbacks.is_stopped(CALLER, "sales")
    assert {(office.now_is(one.id).state, office.now_is(one.id).cause) for one in promises} == {
        (CallbackState.CANCELLED, Cause.STOPPED)
    }


def test_stop_is_obeyed_from_a_number_we_never_texted(office: Office) -> None:
    office.with_rules(texts=True)
    assert office.comes("STOP", "+819012345678") == "今後こちらからお電話いたしません。いつでもお電話ください。"
    assert office.callbacks.is_stopped("+819012345678", "general")


def test_stop_is_obeyed_where_texts_are_off_and_nothing_is_answered(office: Office) -> None:
    promise = office.booked("k1")
    assert office.comes("STOP") == ""
    assert office.now_is(promise.id).state is CallbackState.CANCELLED
    assert office.callbacks.is_stopped(CALLER, "general")


# -- who is told nothing -----------------------------------------------------------------------------


@pytest.mark.parametrize("body", ["WHEN", "NOCALL", "LATER tomorrow at two"])
def test_a_number_we_never_texted_is_told_nothing_and_changes_nothing(office: Office, body: str) -> None:
    """A spoofed sender reveals nothing (T10)."""
    office.with_rules(texts=True)
    promise = office.booked("k1", confirm_by_text="no")
    assert office.comes(body) == NOTHING
    assert office.comes(body) == NOTHING
    assert office.now_is(promise.id) == promise


def test_a_text_about_a_promise_to_another_number_proves_nothing(office: Office) -> None:
    office.with_rules(texts=True)
    promise = office.booked("k1", number=OTHER)
    office.texts.add(Text("t1", CALLER, OURS, "hello", AT, promise.id))
    assert office.comes("WHEN", OTHER) == NOTHING
    assert office.comes("WHEN", CALLER) == NOTHING


def test_a_failed_promise_is_not_told_by_text(office: Office) -> None:
    office.failed(office.texted())
    assert office.comes("WHEN") == NOTHING


def test_words_nobody_understands_are_answered_with_help_where_something_is_promised(office: Office) -> None:
    office.texted()
    assert office.comes("hello?") == HELP


def test_words_nobody_understands_from_a_stranger_are_not_answered(office: Office) -> None:
    office.with_rules(texts=True)
    assert office.comes("Your parcel is waiting, click here") == ""


def test_where_texts_are_off_nothing_is_answered(office: Office) -> None:
    assert office.comes("WHEN") == ""


def test_where_this_queue_has_no_texts_any_more_nothing_is_answered(office: Office) -> None:
    office.texted()
    office.with_rules(texts=False)
    assert office.comes("WHEN") == ""


@pytest.mark.parametrize("number", ["", "72345", "+19002345678", "+447700900123", "+81345678901"])
def test_a_number_that_texts_cost_dearly_or_do_not_reach_is_not_answered(office: Office, number: str) -> None:
    office.with_rules(texts=True)
    assert [office.comes(body, number) for body in ("WHEN", "STOP")] == ["", ""]
    assert len(office.rows.texts) == 2


def test_two_machines_that_answer_each_other_come_to_an_end(office: Office) -> None:
    office.texted()
    answers = [office.comes("I am driving.") for _ in range(30)]
    assert answers == [HELP] * 19 + [""] * 11
    assert office.comes("NOCALL") == ""
    assert office.rows.callbacks[f"{1:032x}"].state is CallbackState.CANCELLED


# -- what is kept ------------------------------------------------------------------------------------


def test_text_and_answer_are_kept_with_the_promise(office: Office) -> None:
    promise = office.texted()
    office.pass_time(seconds=5)
    answer = office.comes("WHEN", key="SM1")
    _, came, sent = office.texts.for_callback(promise.id)
    assert (came.key, came.body, came.state) == ("SM1", "WHEN", TextState.RECEIVED)
    assert (sent.key, sent.body, sent.state, sent.number) == ("SM1:answer", answer, TextState.SENT, CALLER)


def test_a_strangers_text_is_kept(office: Office) -> None:
    office.comes("hello", OTHER, key="SM1")
    assert office.rows.texts["SM1"].body == "hello"


def test_while_the_store_is_away_the_carrier_is_to_ask_again(office: Office) -> None:
    office.texted()
    office.rows.failing = "unreachable"
    with pytest.raises(StoreFailed):
        office.comes("NOCALL")


def test_the_fate_of_a_text_is_noted(office: Office) -> None:
    promise = office.texted()
    key = f"{promise.id}:promised"
    office.texts.update(key, state=TextState.SENT, carrier_sid="SM9")
    office.service.text_progressed("SM9", TextState.DELIVERED, AT)
    office.service.text_progressed("SM8", TextState.FAILED, AT)
    assert office.rows.texts[key].state is TextState.DELIVERED


# -- an offer by text --------------------------------------------------------------------------------

OFFER = TextOffer("f" * 32, "general", "support", "en")


@pytest.fixture
def offering(office: Office) -> Office:
    office.with_rules(texts=True, text_abandoned=True)
    given = {"queue": "general", "caller": CALLER, "dialled": OURS, "flow": "support", "call_id": OFFER.call_id}
    assert office.ask("abandoned", given)["ok"] == "yes"
    return office


def test_call_takes_up_the_offer_and_its_code_is_the_answer(offering: Office) -> None:
    offering.pass_time(minutes=10)
    assert offering.comes("CALL") == ""
    [promise] = offering.callbacks.open_for(CALLER)
    assert promise.arrived_at == AT
    assert [promise.code in text.body for text in offering.texts.for_callback(promise.id)] == [True]


def test_call_once_more_tells_when(offering: Office) -> None:
    offering.comes("Call me please")
    assert offering.comes("call").startswith("We will call you within")
    assert len(offering.callbacks.open_for(CALLER)) == 1


@pytest.mark.parametrize("number", [CALLER, OTHER])
def test_call_without_a_fresh_offer_promises_nothing(offering: Office, number: str) -> None:
    offering.pass_time(minutes=1441)
    assert offering.comes("電話" if number == OTHER else "CALL", number=number) == NOTHING
    assert offering.callbacks.open_for(number) == []


def test_call_that_cannot_be_stored_says_so(offering: Office) -> None:
    offering.rules["general"] = replace(offering.rules["general"], max_waiting=1)
    offering.book("another", caller=OTHER, call_id="e" * 32)
    answer = offering.comes("CALL")
    assert answer and answer != NOTHING
    assert offering.callbacks.open_for(CALLER) == []
