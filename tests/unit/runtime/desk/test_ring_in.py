"""Callers who ring in: nothing is told or changed without the code (T10, T12)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ivr.core.queueing.model import Callback, CallbackState, Cause
from tests.unit.runtime.desk.counter import AT, CALLER, NEW_YORK, OTHER, Counter

pytestmark = pytest.mark.unit


@pytest.fixture
def counter() -> Counter:
    made = Counter()
    made.agent()
    return made


@pytest.fixture
def promise(counter: Counter) -> Callback:
    return counter.booked("k1")


def unlock(counter: Counter, code: str, caller: str = CALLER, language: str = "en") -> dict[str, str]:
    return counter.ask("unlock", caller=caller, code=code, language=language)


NOTHING = {"id", "code", "queue", "place_text", "window_text", "number", "zone"}


def tells_nothing(told: dict[str, str]) -> bool:
    return told["ok"] == "no" and told["is_time_chosen"] == "no" and {told[name] for name in NOTHING} == {""}


def test_the_code_opens_place_and_window(counter: Counter, promise: Callback) -> None:
    assert unlock(counter, "5101") == {
        "ok": "yes",
        "is_locked": "no",
        "id": promise.id,
        "code": "5101",
        "queue": "general",
        "place_text": "you are next",
        "window_text": "within the next 5 minutes",
        "number": CALLER,
        "zone": NEW_YORK,
        "is_time_chosen": "no",
    }


def test_a_chosen_time_is_told_as_it_was_chosen_and_has_no_place(counter: Counter) -> None:
    counter.booked("k1", when="2026-11-24T14:00/2026-11-24T16:00")
    told = unlock(counter, "5101")
    assert (told["window_text"], told["place_text"], told["is_time_chosen"]) == (
        "tomorrow between 2 and 4 p m",
        "",
        "yes",
    )


def test_the_language_is_that_of_the_call(counter: Counter, promise: Callback) -> None:
    assert unlock(counter, "5101", language="ja")["place_text"] == "次がお客様の番です"


@pytest.mark.parametrize("code", ["", "0000", "500", "50011", "٥٠٠１", "’ OR 1=1"])
def test_a_wrong_code_opens_nothing(counter: Counter, promise: Callback, code: str) -> None:
    told = unlock(counter, code)
    assert tells_nothing(told) and told["is_locked"] == "no"


def test_a_number_without_a_promise_hears_the_same_as_a_wrong_code(counter: Counter, promise: Callback) -> None:
    assert unlock(counter, "5101", caller=OTHER) == unlock(counter, "9999")


def test_a_withheld_caller_opens_nothing(counter: Counter) -> None:
    counter.booked("k1", caller="", number=CALLER)
    assert tells_nothing(unlock(counter, "5101", caller=""))


def test_after_five_wrong_codes_the_right_one_opens_nothing_that_day(counter: Counter, promise: Callback) -> None:
    locked = [unlock(counter, f"{9000 + number}")["is_locked"] for number in range(5)]
    assert locked == ["no", "no", "no", "no", "yes"]
    told = unlock(counter, "5101")
    assert tells_nothing(told) and told["is_locked"] == "yes"
    counter.pass_time(hours=24, minutes=1)
    assert unlock(counter, "5101")["ok"] == "yes"


def test_a_locked_number_does_not_lock_another_one(counter: Counter, promise: Callback) -> None:
    counter.booked("k2", caller=OTHER, number=OTHER)
    for number in range(5):
        unlock(counter, f"{9000 + number}", caller=OTHER)
    assert unlock(counter, "5101")["ok"] == "yes"


def test_of_a_thousand_guesses_five_count(counter: Counter) -> None:
    counter.codes = ["8888", "8305"]
    counter.booked("k1")
    opened = [unlock(counter, f"{number:04d}")["ok"] for number in range(8000, 9000)]
    assert "yes" not in opened


def test_of_two_promises_the_code_chooses_one(counter: Counter, promise: Callback) -> None:
    other = counter.booked("k2", queue="sales")
    assert unlock(counter, other.code)["queue"] == "sales"


@pytest.mark.parametrize("state", [CallbackState.DONE, CallbackState.CANCELLED])
def test_the_code_of_what_is_over_opens_nothing(counter: Counter, promise: Callback, state: CallbackState) -> None:
    counter.changed(promise, state=state)
    assert tells_nothing(unlock(counter, "5101"))


def test_somebody_who_could_not_be_reached_is_back_in_the_original_place(counter: Counter, promise: Callback) -> None:
    counter.failed(promise)
    counter.pass_time(hours=30)
    counter.booked("k2", caller=OTHER, number=OTHER)
    told = unlock(counter, "5101")
    restored = counter.now_is(promise.id)
    assert (told["ok"], told["place_text"]) == ("yes", "you are next")
    assert (restored.state, restored.cause, restored.order_at) == (CallbackState.PENDING, Cause.RANG_IN, AT)
    assert (restored.eligible_at, restored.expires_at) == (counter.at, counter.at + timedelta(days=7))


def test_a_retry_is_brought_forward(counter: Counter, promise: Callback) -> None:
    counter.changed(promise, state=CallbackState.RETRY_AT, eligible_at=AT + timedelta(hours=4), tries={"busy": 1})
    counter.pass_time(minutes=1)
    unlock(counter, "5101")
    assert counter.now_is(promise.id).eligible_at == counter.at


def test_a_wrong_code_restores_nothing(counter: Counter, promise: Callback) -> None:
    counter.failed(promise)
    unlock(counter, "9999")
    assert counter.now_is(promise.id).state is CallbackState.FAILED


def test_a_failed_promise_whose_invitation_is_over_opens_nothing(counter: Counter, promise: Callback) -> None:
    counter.failed(promise)
    counter.pass_time(days=8)
    assert tells_nothing(unlock(counter, "5101"))


def test_who_is_being_called_hears_that(counter: Counter, promise: Callback) -> None:
    counter.in_flight(promise)
    assert unlock(counter, "5101")["place_text"] == "We are calling you right now"


def test_a_long_line_is_told_in_tens(counter: Counter) -> None:
    for number in range(22):
        counter.booked(f"k{number}", caller=f"+1202{number + 400}0123", number="")
    counter.pass_time(seconds=1)
    last = counter.booked("last")
    told = unlock(counter, last.code)
    assert told["place_text"] == "about 20 callers are ahead of you"


def test_while_the_store_is_away_nothing_opens(counter: Counter, promise: Callback) -> None:
    counter.rows.failing = "unreachable"
    assert counter.desk.call("unlock", {"caller": CALLER, "code": "5101"}).reason == "store_unreachable"
