"""Who hangs up before anything is promised is offered a call back by text, where the queue wants it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ivr.core.queueing.offers import TextOffer
from tests.unit.runtime.desk.counter import AT, CALL, CALLER, LATER_CALL, OTHER, OURS, Counter

pytestmark = pytest.mark.unit

GIVEN_UP = {
    "queue": "general",
    "caller": CALLER,
    "dialled": OURS,
    "flow": "support",
    "call_id": CALL,
    "language": "en",
}
OFFER = TextOffer(CALL, "general", "support", "en")
BODY = "Harbour Lights: your call ended before we had noted a call back. Reply CALL, and we call you."


@pytest.fixture
def counter() -> Counter:
    made = Counter()
    made.with_rules(texts=True, text_abandoned=True)
    return made


def offered(counter: Counter, **changes: str) -> str:
    return counter.ask("abandoned", GIVEN_UP, **changes)["ok"]


def test_the_caller_is_offered_a_call_back_by_text(counter: Counter) -> None:
    assert offered(counter) == "yes"
    [text] = counter.texts.unsent()
    assert (text.key, text.number, text.our_number, text.body) == (OFFER.key, CALLER, OURS, BODY)


@pytest.mark.parametrize("rules", [{"texts": False}, {"text_abandoned": False}])
def test_a_queue_that_does_not_want_it_sends_nothing(counter: Counter, rules: dict[str, bool]) -> None:
    counter.with_rules(**rules)
    assert offered(counter) == "no"
    assert counter.texts.unsent() == []


@pytest.mark.parametrize("missing", ["dialled", "call_id"])
def test_without_a_number_of_ours_or_a_call_there_is_no_text(counter: Counter, missing: str) -> None:
    assert offered(counter, **{missing: ""}) == "no"


@pytest.mark.parametrize("caller", ["", "123", "+19005550123"])
def test_numbers_that_take_no_texts_get_none(counter: Counter, caller: str) -> None:
    assert offered(counter, caller=caller) == "no"


def test_a_number_gets_one_offer_a_day(counter: Counter) -> None:
    assert (offered(counter), offered(counter, call_id=LATER_CALL)) == ("yes", "no")
    counter.at = AT + timedelta(days=1, minutes=1)
    assert offered(counter, call_id=LATER_CALL) == "yes"


def test_who_is_promised_a_call_already_is_offered_none(counter: Counter) -> None:
    counter.booked("k")
    assert offered(counter, call_id=LATER_CALL) == "no"


def test_who_asked_not_to_be_called_is_offered_none(counter: Counter) -> None:
    counter.callbacks.stop(CALLER, at=AT, by="customer by text")
    assert offered(counter) == "no"


def test_the_cap_of_texts_holds_for_offers_too(counter: Counter) -> None:
    for number in range(5):
        counter.ask("text", {"caller": CALLER, "dialled": OURS, "body": "hello"}, f"k{number}")
    assert offered(counter) == "no"


def test_an_offer_that_is_taken_up_is_a_promise_with_the_place_of_the_call(counter: Counter) -> None:
    offered(counter)
    counter.at = AT + timedelta(hours=1)
    assert counter.desk.book_by_text(OFFER, CALLER, OURS, AT) == ""
    [promise] = counter.callbacks.open_for(CALLER)
    assert (promise.queue, promise.flow, promise.language, promise.arrived_at) == ("general", "support", "en", AT)
    assert (promise.call_id, promise.caller, promise.dialled) == (CALL, CALLER, OURS)
    [told] = counter.texts.for_callback(promise.id)
    assert promise.code in told.body


def test_an_offer_that_cannot_be_kept_is_refused_with_the_reason(counter: Counter) -> None:
    counter.with_rules(max_waiting=1)
    counter.book("other", caller=OTHER, call_id=LATER_CALL)
    told = counter.desk.book_by_text(OFFER, CALLER, OURS, AT)
    assert told and "call" in told.lower()


def test_a_store_that_is_away_promises_nothing(counter: Counter) -> None:
    counter.rows.failing = "unreachable"
    assert counter.desk.book_by_text(OFFER, CALLER, OURS, AT) is None
