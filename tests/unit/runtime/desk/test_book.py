"""Promises: stored with their text before anybody hears of them, once per key, once per number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ivr.core.events import LookUpOutcome
from ivr.core.queueing.model import CallbackState, Cause
from ivr.core.queueing.steps import TextState
from ivr.runtime.desk.parts import DeskParts
from tests.unit.runtime.desk.counter import AT, BOOKING, CALL, CALLER, LATER_CALL, NEW_YORK, OTHER, OURS, Counter

pytestmark = pytest.mark.unit

TOMORROW = "2026-11-24T14:00/2026-11-24T16:00"


@pytest.fixture
def counter() -> Counter:
    made = Counter()
    made.agent()
    return made


def test_as_soon_as_possible_is_promised_as_the_window_that_is_told(counter: Counter) -> None:
    assert counter.book("k1") == {
        "ok": "yes",
        "problem_text": "",
        "id": f"{1:032x}",
        "code": "5101",
        "code_text": "five one zero one",
        "is_new": "yes",
        "window_text": "within the next 5 minutes",
        "when_text": "within the next 5 minutes",
        "texted": "no",
    }
    made = counter.now_is(f"{1:032x}")
    assert (made.promised_from, made.promised_to) == (AT, AT + timedelta(minutes=5))
    assert (made.eligible_at, made.is_time_chosen, made.zone) == (AT, False, NEW_YORK)
    assert made.expires_at == AT + timedelta(days=7)


def test_a_chosen_time_is_kept_as_it_was_chosen(counter: Counter) -> None:
    told = counter.book("k1", when=TOMORROW)
    assert told["when_text"] == "tomorrow between 2 and 4 p m"
    made = counter.now_is(told["id"])
    start, end = datetime(2026, 11, 24, 19, 0, tzinfo=UTC), datetime(2026, 11, 24, 21, 0, tzinfo=UTC)
    assert (made.promised_from, made.promised_to, made.eligible_at) == (start, end, start)
    assert (made.is_time_chosen, made.order_at) == (True, AT)
    assert made.expires_at == start + timedelta(days=7)


def test_a_suggestion_that_was_taken_counts_more_than_the_first_wish(counter: Counter) -> None:
    made = counter.booked(when="2026-11-26T14:00/2026-11-26T16:00", chosen=TOMORROW)
    assert made.promised_from == datetime(2026, 11, 24, 19, 0, tzinfo=UTC)


def test_a_wish_for_as_soon_as_possible_counts_more_than_an_earlier_time(counter: Counter) -> None:
    assert not counter.booked(when="asap", chosen=TOMORROW).is_time_chosen


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        ("2026-11-23T09:00/2026-11-23T09:30", "That time is already over."),
        ("2026-11-26T10:00/2026-11-26T11:00", "That day is a holiday, and we are closed."),
        ("maybe later", "I'm sorry, I didn't understand when."),
    ],
)
def test_a_time_that_will_not_do_promises_nothing(counter: Counter, when: str, sentence: str) -> None:
    told = counter.book("k1", when=when)
    assert (told["ok"], told["is_new"], told["problem_text"], told["code"]) == ("no", "no", sentence, "")
    assert counter.rows.callbacks == {}


def test_the_place_is_that_of_the_calls_arrival_moved_forward_for_priority(counter: Counter) -> None:
    made = counter.booked(arrived_at="2026-11-23T14:50:00+00:00", priority="7")
    assert made.arrived_at == AT - timedelta(minutes=10)
    assert made.order_at == AT - timedelta(minutes=30)
    assert made.priority == 7


@pytest.mark.parametrize("arrived_at", ["", "soon", "2026-11-23T14:50:00", "2030-01-01T00:00:00+00:00"])
def test_an_arrival_that_cannot_be_is_now(counter: Counter, arrived_at: str) -> None:
    assert counter.booked(arrived_at=arrived_at).arrived_at == AT


@pytest.mark.parametrize(("written", "priority"), [("", 5), ("x", 5), ("-1", 5), ("²", 5), ("12", 9), ("0", 0)])
def test_a_priority_is_a_number_from_0_to_9(counter: Counter, written: str, priority: int) -> None:
    assert counter.booked(priority=written).priority == priority


def test_what_the_agent_should_know_is_stored_and_nothing_too_long(counter: Counter) -> None:
    made = counter.booked(
        **{
            "name": "  Ana Lima ",
            "reason": "r" * 500,
            "skills": "german, billing,,german",
            "extension": "12#w;drop table*",
            "brief.order.number": "42719",
            "brief.note": "<script>alert(1)</script>" + "x" * 500,
            "brief.empty": "",
            "brief.order.status": "",
            "attested": "A",
        }
    )
    assert (made.name, made.reason, made.skills, made.extension) == (
        "Ana Lima",
        "r" * 200,
        ("billing", "german"),
        "12#w*",
    )
    assert made.brief["order.number"] == "42719" and len(made.brief["note"]) == 200 and made.brief["empty"] == ""
    assert "order.status" not in made.brief
    assert (made.attested, made.flow, made.dialled, made.caller) == ("A", "support", OURS, CALLER)


def test_no_more_than_twelve_things_are_told_to_the_agent(counter: Counter) -> None:
    made = counter.booked(**{f"brief.fact{number}": "x" for number in range(40)})
    assert len(made.brief) == 12


def test_what_a_topic_says_is_the_reason_where_the_caller_gave_none(counter: Counter) -> None:
    assert counter.booked(reason="", topic="Order status").reason == "Order status"


def test_an_extension_written_with_the_number_is_dialled(counter: Counter) -> None:
    made = counter.booked(number="202 555 0123 ext. 42")
    assert (made.number, made.extension) == (CALLER, "42")


def test_the_evidence_of_the_invitation_is_kept(counter: Counter) -> None:
    assert counter.booked(flow_version="v7").invitation == {
        "at": "2026-11-23T15:00:00+00:00",
        "call_id": CALL,
        "flow": "support",
        "flow_version": "v7",
        "language": "en",
        "when": "asap",
        "dialled": OURS,
    }


def test_the_zone_is_the_told_one_else_that_of_the_number_to_be_called(counter: Counter) -> None:
    assert counter.booked(number_zone="America/Denver", number=OTHER).zone == "America/Denver"
    assert (
        counter.booked(queue="sales", told_zone="America/Boise", number_zone="America/Denver").zone == "America/Boise"
    )


def test_a_promise_begins_with_a_line_of_history(counter: Counter) -> None:
    made = counter.booked()
    [line] = counter.callbacks.history(made.id)
    assert (line.state, line.cause, line.at) == (CallbackState.PENDING, Cause.PROMISED, AT)


# -- once --------------------------------------------------------------------------------------------


def test_the_same_key_is_the_same_promise_and_the_same_answer(counter: Counter) -> None:
    first = counter.book("k1")
    counter.pass_time(seconds=20)
    again = counter.book("k1", when=TOMORROW)
    assert again == first
    assert len(counter.rows.callbacks) == 1


def test_the_same_key_says_again_that_it_was_texted(counter: Counter) -> None:
    counter.with_rules(texts=True)
    assert [counter.book("k1")["texted"] for _ in range(2)] == ["yes", "yes"]
    assert len(counter.rows.texts) == 1


def test_a_second_wish_in_the_same_call_is_the_first_promise(counter: Counter) -> None:
    first = counter.book("k1")
    second = counter.book("k2", when=TOMORROW)
    assert (second["ok"], second["is_new"], second["id"], second["code"]) == ("yes", "no", first["id"], first["code"])
    assert counter.now_is(first["id"]).is_time_chosen is False


@pytest.mark.parametrize("call_id", [LATER_CALL, ""])
def test_of_another_calls_promise_nothing_is_told_but_that_there_is_one(counter: Counter, call_id: str) -> None:
    """A spoofed number learns neither code nor window, however often it asks (T10)."""
    counter.booked("k1")
    for key in ("k2", "k2", "k3"):
        told = counter.book(key, call_id=call_id)
        assert told.pop("ok") == "yes"
        assert {told.pop("is_new"), told.pop("texted")} == {"no"}
        assert set(told.values()) == {""}
    assert len(counter.rows.callbacks) == 1


def test_a_number_may_be_promised_a_call_by_two_queues(counter: Counter) -> None:
    counter.booked("k1")
    assert counter.book("k2", queue="sales")["is_new"] == "yes"


def test_after_a_failure_somebody_may_ask_anew(counter: Counter) -> None:
    counter.failed(counter.booked("k1"))
    assert counter.book("k2", call_id=LATER_CALL)["is_new"] == "yes"


def test_without_a_key_a_promise_is_made_all_the_same(counter: Counter) -> None:
    assert counter.book()["is_new"] == "yes"


# -- codes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", ["1234", "0000", "7777", "2580", "1122", "7007", "4422", "9188"])
def test_a_code_is_easily_heard_and_none_of_the_first_to_be_guessed(counter: Counter, bad: str) -> None:
    counter.codes = [bad, "4271"]
    assert counter.booked().code == "4271"


def test_a_code_is_no_other_open_promises_of_the_number(counter: Counter) -> None:
    counter.codes = ["4271", "4271", "8305"]
    assert counter.booked("k1").code == "4271"
    assert counter.booked("k2", queue="sales").code == "8305"


def test_where_every_code_is_bad_there_is_one_all_the_same(counter: Counter) -> None:
    counter.codes = ["1234"] * 101
    assert counter.booked().code == "1234"


def test_codes_are_four_digits_by_chance() -> None:
    make: Any = DeskParts.__dataclass_fields__["random_code"].default
    codes = {make() for _ in range(200)}
    assert len(codes) > 150 and all(len(code) == 4 and code.isdigit() for code in codes)


# -- numbers that are not the caller's ----------------------------------------------------------------


def test_without_a_number_the_calling_one_is_meant(counter: Counter) -> None:
    assert counter.booked(number="").number == CALLER


@pytest.mark.parametrize("number", ["1-900-234-5678", "123", OURS, "+44 20 7946 0000"])
def test_nothing_is_promised_to_a_number_that_may_not_be_called(counter: Counter, number: str) -> None:
    told = counter.book("k1", number=number)
    assert told["ok"] == "no" and told["problem_text"]
    assert counter.rows.callbacks == {}


def test_a_withheld_caller_without_another_number_is_promised_nothing(counter: Counter) -> None:
    assert counter.book("k1", caller="", number="")["ok"] == "no"


def test_the_cap_on_other_numbers_holds_here_too(counter: Counter) -> None:
    counter.with_rules(other_numbers_per_day=1)
    counter.booked("k1", number=OTHER)
    told = counter.book("k2", number="+12135550178")
    assert (told["ok"], told["problem_text"]) == ("no", "I'm sorry, I can't note down any more other numbers today.")


def test_somebody_who_asks_to_be_called_takes_their_own_stop_back(counter: Counter) -> None:
    counter.callbacks.stop(CALLER, at=AT, by="customer")
    counter.booked("k1")
    assert not counter.callbacks.is_stopped(CALLER, "general")


def test_nobody_takes_the_stop_of_another_number_back(counter: Counter) -> None:
    counter.callbacks.stop(OTHER, at=AT, by="customer")
    told = counter.book("k1", number=OTHER)
    assert (told["ok"], told["problem_text"]) == ("no", "I'm sorry, we can't call that number.")
    assert counter.callbacks.is_stopped(OTHER, "general")
    assert counter.rows.callbacks == {}


# -- robots (T9) -------------------------------------------------------------------------------------


def test_a_caller_gets_three_promises_an_hour(counter: Counter) -> None:
    for number in range(3):
        counter.changed(counter.booked(f"k{number}"), state=CallbackState.CANCELLED)
    told = counter.book("k4")
    assert (told["ok"], told["problem_text"]) == (
        "no",
        "I'm sorry, you have asked for several calls already. We will keep those promises first.",
    )
    counter.pass_time(minutes=61)
    assert counter.book("k4")["ok"] == "yes"


def test_who_has_a_promise_already_is_told_so_however_often_they_ask(counter: Counter) -> None:
    for number in range(10):
        assert counter.book(f"k{number}")["ok"] == "yes"


def test_of_a_thousand_numbers_of_one_prefix_thirty_are_promised_a_call_and_others_are_served(counter: Counter) -> None:
    answers = [
        counter.book(f"k{last}", caller=f"+1202555{last:04d}", number=f"+1202555{last:04d}")["ok"]
        for last in range(100, 200)
    ]
    more = [counter.book(f"p{last}", caller=f"+1213456{last:04d}", number="")["ok"] for last in range(1000, 2000)]
    assert answers.count("yes") == 30
    assert more.count("yes") == 30
    assert counter.book("other", caller="+13125550123", number="")["ok"] == "yes"


def test_callers_with_forged_numbers_share_a_small_allowance(counter: Counter) -> None:
    forged = [
        counter.book(f"k{area}", caller=f"+1{area}5550123", number="", attested="failed")["ok"]
        for area in (202, 203, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216)
    ]
    assert forged == ["yes"] * 10 + ["no"] * 2
    for area, attested in ((312, "A"), (313, "B"), (314, "C"), (315, "")):
        others = counter.book(f"k{area}", caller=f"+1{area}5550123", number="", attested=attested)
        assert others["ok"] == "yes"
    counter.pass_time(minutes=61)
    assert counter.book("later", caller=OTHER, number="", attested="failed")["ok"] == "yes"


def test_a_number_that_never_answered_gets_no_fourth_promise_until_a_person_looked(counter: Counter) -> None:
    for number in range(3):
        counter.failed(counter.booked(f"k{number}"))
        counter.pass_time(minutes=61)
    told = counter.book("k4")
    assert (told["ok"], "nobody answered" in told["problem_text"]) == ("no", True)
    for promise in counter.callbacks.open_for(CALLER):
        counter.changed(promise, state=CallbackState.DONE)
    assert counter.book("k5")["ok"] == "yes"


def test_a_full_queue_promises_nothing_however_it_is_asked(counter: Counter) -> None:
    counter.with_rules(max_waiting=1)
    counter.booked("k1")
    told = counter.book("k2", caller=OTHER, number=OTHER)
    assert (told["ok"], "so many people are waiting" in told["problem_text"]) == ("no", True)


# -- texts -------------------------------------------------------------------------------------------


def test_a_text_with_the_code_is_stored_with_the_promise(counter: Counter) -> None:
    counter.with_rules(texts=True)
    told = counter.book("k1")
    assert told["texted"] == "yes"
    [text] = counter.texts.for_callback(told["id"])
    assert (text.number, text.our_number, text.state, text.at) == (CALLER, OURS, TextState.QUEUED, AT)
    assert text.body == (
        "Harbour Lights: we will call you within the next 5 minutes. Your code is 5101. Reply WHEN, LATER or NOCALL."
    )


def test_a_text_is_in_the_callers_language(counter: Counter) -> None:
    counter.with_rules(texts=True)
    made = counter.booked("k1", language="ja")
    [text] = counter.texts.for_callback(made.id)
    assert text.body.startswith("Harbour Lightsです。") and "5101" in text.body


@pytest.mark.parametrize(
    "changes",
    [{"number": OTHER}, {"confirm_by_text": "no"}, {"dialled": ""}, {"caller": "+81345678901", "number": ""}],
    ids=["another number", "not wanted", "no number of ours", "a landline"],
)
def test_nothing_is_texted_where_it_would_not_get_or_should_not_go(counter: Counter, changes: dict[str, str]) -> None:
    counter.with_rules(texts=True)
    assert counter.book("k1", **changes)["texted"] == "no"
    assert counter.rows.texts == {}


def test_texts_are_off_unless_the_queue_has_them(counter: Counter) -> None:
    assert counter.book("k1")["texted"] == "no"
    assert counter.rows.texts == {}


# -- no store ----------------------------------------------------------------------------------------


def test_while_the_store_is_away_nothing_is_promised(counter: Counter) -> None:
    counter.rows.failing = "unreachable"
    result = counter.desk.call("callbacks.book", BOOKING, "k1")
    assert (result.outcome, result.reason, dict(result.record)) == (LookUpOutcome.FAILED, "store_unreachable", {})
    counter.rows.failing = None
    assert counter.rows.callbacks == {}
    assert counter.book("k1")["is_new"] == "yes"
