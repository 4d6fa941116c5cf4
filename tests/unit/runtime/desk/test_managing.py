"""What a caller who gave the code can change: time, number, a word for the agent, or all of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ivr.core.queueing.model import Callback, CallbackState, Cause
from ivr.ports import StoreFailed
from tests.unit.runtime.desk.counter import AT, CALLER, NEW_YORK, OTHER, OURS, Counter

pytestmark = pytest.mark.unit

TOMORROW = "2026-11-24T14:00/2026-11-24T16:00"
START, END = datetime(2026, 11, 24, 19, 0, tzinfo=UTC), datetime(2026, 11, 24, 21, 0, tzinfo=UTC)


@pytest.fixture
def counter() -> Counter:
    made = Counter()
    made.agent()
    return made


@pytest.fixture
def promise(counter: Counter) -> Callback:
    return counter.booked("k1")


def ask(counter: Counter, operation: str, promise: Callback, **given: str) -> dict[str, str]:
    return counter.ask(operation, {"id": promise.id, "code": promise.code, "language": "en"}, **given)


CHANGES = [("move", {"when": TOMORROW}), ("renumber", {"number": OTHER}), ("note", {"words": "hello"}), ("cancel", {})]
each = pytest.mark.parametrize(("operation", "given"), CHANGES, ids=[name for name, _ in CHANGES])


@each
@pytest.mark.parametrize(
    "proof",
    [{"code": "9999"}, {"code": ""}, {"id": ""}, {"id": "f" * 32}, {"id": "", "code": ""}],
    ids=["wrong", "no code", "no id", "other id", "nothing"],
)
def test_nothing_changes_without_id_and_code(
    counter: Counter, promise: Callback, operation: str, given: dict[str, str], proof: dict[str, str]
) -> None:
    told = ask(counter, operation, promise, **{**given, **proof})
    assert told["ok"] == "no"
    assert counter.now_is(promise.id) == promise
    assert len(counter.callbacks.history(promise.id)) == 1


@each
def test_a_promise_without_a_code_is_opened_by_none(
    counter: Counter, promise: Callback, operation: str, given: dict[str, str]
) -> None:
    before = counter.changed(promise, code="")
    assert ask(counter, operation, promise, **{**given, "code": ""})["ok"] == "no"
    assert counter.now_is(promise.id) == before


@each
@pytest.mark.parametrize("state", [CallbackState.DONE, CallbackState.CANCELLED])
def test_what_is_over_stays_as_it_is(
    counter: Counter, promise: Callback, operation: str, given: dict[str, str], state: CallbackState
) -> None:
    before = counter.changed(promise, state=state)
    assert ask(counter, operation, promise, **given)["ok"] == "no"
    assert counter.now_is(promise.id) == before


@each
def test_the_code_changes_it_and_says_who_did(
    counter: Counter, promise: Callback, operation: str, given: dict[str, str]
) -> None:
    assert ask(counter, operation, promise, **given)["ok"] == "yes"
    assert counter.callbacks.history(promise.id)[-1].by == "caller"


# -- another time ------------------------------------------------------------------------------------


def test_another_time_keeps_the_place(counter: Counter, promise: Callback) -> None:
    told = ask(counter, "move", promise, when=TOMORROW, zone=NEW_YORK)
    assert told == {
        "ok": "yes",
        "text": "tomorrow between 2 and 4 p m",
        "problem_text": "",
        "suggestion": "",
        "suggestion_text": "",
    }
    moved = counter.now_is(promise.id)
    assert (moved.promised_from, moved.promised_to, moved.eligible_at, moved.order_at) == (START, END, START, AT)
    assert (moved.is_time_chosen, moved.state, moved.cause) == (True, CallbackState.PENDING, Cause.MOVED)


def test_without_a_zone_the_promises_own_counts(counter: Counter, promise: Callback) -> None:
    ask(counter, "move", promise, when=TOMORROW)
    assert counter.now_is(promise.id).promised_from == START


def test_in_another_zone_the_same_words_are_another_time(counter: Counter, promise: Callback) -> None:
    ask(counter, "move", promise, when=TOMORROW, zone="Europe/London")
    assert counter.now_is(promise.id).promised_from == datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize("when", ["asap", ""])
def test_as_soon_as_possible_after_all(counter: Counter, when: str) -> None:
    promise = counter.booked("k1", when=TOMORROW)
    counter.pass_time(minutes=7)
    told = ask(counter, "move", promise, when=when)
    moved = counter.now_is(promise.id)
    assert (told["ok"], told["text"]) == ("yes", "within the next 5 minutes")
    assert (moved.is_time_chosen, moved.eligible_at, moved.order_at) == (False, counter.at, AT)
    assert moved.promised_to == counter.at + timedelta(minutes=5)


def test_a_time_on_a_holiday_is_refused_with_a_suggestion_that_will_do(counter: Counter, promise: Callback) -> None:
    told = ask(counter, "move", promise, when="2026-11-26T10:00/2026-11-26T11:00")
    assert (told["ok"], told["problem_text"]) == ("no", "That day is a holiday, and we are closed.")
    assert counter.now_is(promise.id) == promise
    assert ask(counter, "move", promise, when=told["suggestion"])["text"] == told["suggestion_text"]


def test_words_that_are_no_time_are_not_understood(counter: Counter, promise: Callback) -> None:
    told = ask(counter, "move", promise, when="maybe later")
    assert (told["ok"], told["problem_text"]) == ("no", "I'm sorry, I didn't understand when.")


def test_somebody_who_is_being_called_may_move_it_and_nobody_new_is_dialled(
    counter: Counter, promise: Callback
) -> None:
    counter.in_flight(promise)
    assert ask(counter, "move", promise, when=TOMORROW)["ok"] == "yes"
    moved = counter.now_is(promise.id)
    assert (moved.state, moved.ending, moved.promised_from) == (CallbackState.DIALLING, Cause.MOVED, START)


def test_what_was_called_off_while_it_rings_is_not_moved(counter: Counter, promise: Callback) -> None:
    counter.in_flight(promise)
    counter.changed(promise, ending=Cause.BY_SUPERVISOR)
    told = ask(counter, "move", promise, when=TOMORROW)
    assert (told["ok"], told["problem_text"]) == ("no", "We are calling you right now.")


# -- another number ----------------------------------------------------------------------------------


def test_another_number_is_called(counter: Counter, promise: Callback) -> None:
    assert ask(counter, "renumber", promise, number="213 555 0177") == {"ok": "yes", "problem_text": ""}
    assert counter.now_is(promise.id).zone == "America/Los_Angeles"
    assert counter.now_is(promise.id).number == OTHER


def test_the_same_number_changes_nothing(counter: Counter, promise: Callback) -> None:
    assert ask(counter, "renumber", promise, number=CALLER)["ok"] == "yes"
    assert counter.now_is(promise.id) == promise


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("1-900-234-5678", "I'm sorry, we can't call premium numbers."),
        ("123", "I'm sorry, that number is too short. I need it with its area code."),
        (OURS, "That is our own number. I need one where we can reach you."),
        ("", "I'm sorry, that is not a telephone number."),
    ],
)
def test_a_number_that_may_not_be_called_is_refused(
    counter: Counter, promise: Callback, number: str, sentence: str
) -> None:
    told = ask(counter, "renumber", promise, number=number)
    assert (told["ok"], told["problem_text"]) == ("no", sentence)
    assert counter.now_is(promise.id).number == CALLER


def test_a_number_whose_owner_asked_for_silence_is_refused(counter: Counter, promise: Callback) -> None:
    counter.callbacks.stop(OTHER, at=AT, by="customer")
    assert ask(counter, "renumber", promise, number=OTHER)["ok"] == "no"


def test_a_number_with_a_promise_of_its_own_is_refused_without_saying_why(counter: Counter, promise: Callback) -> None:
    counter.booked("k2", caller=OTHER, number=OTHER)
    told = ask(counter, "renumber", promise, number=OTHER)
    assert (told["ok"], told["problem_text"]) == ("no", "I'm sorry, we can't call that number.")
    assert counter.now_is(promise.id).number == CALLER


def test_while_the_number_rings_it_is_not_changed(counter: Counter, promise: Callback) -> None:
    counter.in_flight(promise)
    told = ask(counter, "renumber", promise, number=OTHER)
    assert (told["ok"], told["problem_text"]) == ("no", "We are calling you right now.")


@pytest.mark.parametrize("operation", ["renumber", "cancel", "note", "move"])
def test_a_store_that_is_away_is_a_failure_and_no_answer(counter: Counter, promise: Callback, operation: str) -> None:
    counter.rows.failing = "unreachable"
    given = {"id": promise.id, "code": promise.code, "number": OTHER, "words": "hello", "when": TOMORROW}
    assert counter.desk.call(operation, given).reason == "store_unreachable"


# -- a word, and the end -----------------------------------------------------------------------------


def test_a_word_for_the_agent_is_added(counter: Counter, promise: Callback) -> None:
    ask(counter, "note", promise, words=" Please ask for Ana. ")
    ask(counter, "note", promise, words="And bring the order number.")
    assert counter.now_is(promise.id).notes == ("Please ask for Ana.", "And bring the order number.")


def test_no_words_are_no_word(counter: Counter, promise: Callback) -> None:
    assert ask(counter, "note", promise, words="  ")["ok"] == "no"


def test_a_cancelled_promise_is_called_by_nobody(counter: Counter, promise: Callback) -> None:
    assert ask(counter, "cancel", promise)["ok"] == "yes"
    cancelled = counter.now_is(promise.id)
    assert (cancelled.state, cancelled.cause) == (CallbackState.CANCELLED, Cause.BY_CALLER)
    assert ask(counter, "cancel", promise)["ok"] == "no"


def test_a_cancellation_while_it_rings_takes_hold_when_the_legs_are_over(counter: Counter, promise: Callback) -> None:
    counter.in_flight(promise)
    assert ask(counter, "cancel", promise)["ok"] == "yes"
    assert (counter.now_is(promise.id).state, counter.now_is(promise.id).ending) == (
        CallbackState.DIALLING,
        Cause.BY_CALLER,
    )


def test_a_number_that_could_not_be_stored_is_a_failure(
    counter: Counter, promise: Callback, monkeypatch: pytest.MonkeyPatch
) -> None:
    def step(*_: object, **__: object) -> None:
        raise StoreFailed("unreachable", retryable=True)

    monkeypatch.setattr(counter.callbacks, "step", step)
    given = {"id": promise.id, "code": promise.code, "number": OTHER}
    assert counter.desk.call("renumber", given).reason == "store_unreachable"
