"""Recorded messages become work in the queue; texts go only where they may."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ivr.core.events import LookUpOutcome
from ivr.core.queueing.model import CallbackState, Kind
from ivr.core.queueing.steps import Text, TextState
from tests.unit.runtime.desk.counter import AT, CALL, CALLER, OTHER, OURS, Counter

pytestmark = pytest.mark.unit

MESSAGE = {"queue": "general", "caller": CALLER, "words": "Please send the invoice again.", "call_id": CALL}


@pytest.fixture
def counter() -> Counter:
    made = Counter()
    made.with_rules(texts=True)
    return made


# -- messages ----------------------------------------------------------------------------------------


def test_a_message_is_work_for_people_and_is_never_dialled(counter: Counter) -> None:
    told = counter.ask("message", MESSAGE, "k1", file="a.wav", seconds="12", name="Ana", **{"brief.order": "42719"})
    assert (told["ok"], told["is_new"]) == ("yes", "yes")
    made = counter.now_is(told["id"])
    assert (made.kind, made.state, made.reason) == (
        Kind.MESSAGE,
        CallbackState.PENDING,
        "Please send the invoice again.",
    )
    assert made.brief == {"order": "42719", "file": "a.wav", "seconds": "12"}
    assert (made.number, made.name, made.promised_to) == (CALLER, "Ana", AT + timedelta(days=1))
    assert counter.callbacks.heads("general", AT + timedelta(hours=1)) == []


def test_all_words_of_a_long_message_are_kept(counter: Counter) -> None:
    words = "The parcel is late. " * 30
    made = counter.now_is(counter.ask("message", MESSAGE, "k1", words=words)["id"])
    assert made.reason == words[:200] and made.notes == (words.strip(),)


def test_a_message_without_words_has_its_recording(counter: Counter) -> None:
    told = counter.ask("message", MESSAGE, "k1", words="", file="a.wav")
    assert counter.now_is(told["id"]).brief == {"file": "a.wav"}


def test_a_message_of_nothing_is_none(counter: Counter) -> None:
    assert counter.ask("message", MESSAGE, "k1", words="  ")["ok"] == "no"
    assert counter.rows.callbacks == {}


def test_the_same_key_is_the_same_message(counter: Counter) -> None:
    first, again = (counter.ask("message", MESSAGE, "k1") for _ in range(2))
    assert first == again and len(counter.rows.callbacks) == 1


def test_a_message_beside_a_promise_is_a_message_of_its_own(counter: Counter) -> None:
    counter.booked("k1")
    assert counter.ask("message", MESSAGE, "k2")["is_new"] == "yes"
    assert len(counter.rows.callbacks) == 2


def test_a_withheld_caller_may_leave_a_message(counter: Counter) -> None:
    told = counter.ask("message", MESSAGE, "k1", caller="")
    assert counter.now_is(told["id"]).number == ""


# -- texts -------------------------------------------------------------------------------------------

TEXT = {"caller": CALLER, "dialled": OURS, "body": "Your order is on its way.", "language": "en"}


def text(counter: Counter, key: str = "k1", /, **changes: str) -> tuple[str, str]:
    told = counter.ask("text", TEXT, key, **changes)
    return told["ok"], told["problem_text"]


def test_a_text_is_queued_once_per_key(counter: Counter) -> None:
    assert [text(counter), text(counter)] == [("yes", ""), ("yes", "")]
    assert list(counter.rows.texts.values()) == [Text("k1", CALLER, OURS, "Your order is on its way.", AT)]


def test_a_text_goes_to_the_number_that_the_flow_names(counter: Counter) -> None:
    assert text(counter, to="213 555 0177") == ("yes", "")
    assert counter.rows.texts["k1"].number == OTHER


def test_a_long_text_keeps_1500_characters(counter: Counter) -> None:
    text(counter, body="x" * 2000)
    assert len(counter.rows.texts["k1"].body) == 1500


def test_where_no_queue_has_texts_there_are_none(counter: Counter) -> None:
    counter.with_rules(texts=False)
    assert text(counter) == ("no", "I'm sorry, I can't send text messages.")
    assert text(counter, language="ja") == ("no", "申し訳ございません、メッセージをお送りすることができません。")
    assert counter.rows.texts == {}


def test_without_a_number_of_ours_there_is_no_text(counter: Counter) -> None:
    assert text(counter, dialled="") == ("no", "I'm sorry, I can't send text messages.")


@pytest.mark.parametrize("to", ["1-900-234-5678", "+44 20 7946 0000", "123", "+81345678901", "client:browser"])
def test_a_number_that_takes_no_texts_gets_none(counter: Counter, to: str) -> None:
    assert text(counter, to=to) == ("no", "I'm sorry, I can't send a text to that number.")
    assert counter.rows.texts == {}


def test_a_withheld_caller_gets_none(counter: Counter) -> None:
    assert text(counter, caller="")[0] == "no"


def test_whoever_asked_for_silence_gets_none(counter: Counter) -> None:
    counter.callbacks.stop(CALLER, at=AT, by="customer by text")
    assert text(counter)[0] == "no"


def test_a_number_gets_five_texts_a_day(counter: Counter) -> None:
    sent = [text(counter, f"k{number}") for number in range(6)]
    assert sent == [("yes", "")] * 5 + [("no", "I'm sorry, I can't send any more texts today.")]
    assert text(counter, "other", to=OTHER)[0] == "yes"
    counter.pass_time(hours=24, minutes=1)
    assert text(counter, "tomorrow")[0] == "yes"


def test_texts_of_callers_do_not_count(counter: Counter) -> None:
    for number in range(9):
        counter.texts.add(Text(f"SM{number}", CALLER, OURS, "hello", AT, state=TextState.RECEIVED))
    assert text(counter)[0] == "yes"


def test_a_text_without_words_is_a_defect_of_the_flow(counter: Counter) -> None:
    result = counter.desk.call("callbacks.text", {**TEXT, "body": " "}, "k1")
    assert (result.outcome, result.reason) == (LookUpOutcome.FAILED, "bad_argument")


def test_without_a_key_a_text_is_sent_all_the_same(counter: Counter) -> None:
    assert text(counter, "") == ("yes", "")
    assert len(counter.rows.texts) == 1
