"""What a caller can be offered."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ivr.core.queueing.legs import AgentState
from tests.unit.runtime.desk.counter import CALLER, Counter

pytestmark = pytest.mark.unit

BOISE = "+12085550123"
TOKYO = "+819012345678"


@pytest.fixture
def counter() -> Counter:
    return Counter()


def offer(counter: Counter, caller: str = CALLER, **more: str) -> dict[str, str]:
    return counter.ask("offer", queue="general", caller=caller, language="en", **more)


def test_with_a_free_agent_somebody_calls_at_once(counter: Counter) -> None:
    counter.agent()
    assert offer(counter) == {
        "ok": "yes",
        "problem_text": "",
        "is_waiting": "no",
        "is_open": "yes",
        "window_text": "within the next 5 minutes",
        "place_text": "you are next",
        "zone": "America/New_York",
        "zone_is_sure": "yes",
        "local_time_text": "ten a m",
        "number_ok": "yes",
    }


def test_nothing_is_stored_by_an_offer(counter: Counter) -> None:
    offer(counter)
    assert counter.rows.callbacks == {} and counter.rows.texts == {}


def test_an_agent_of_another_language_or_queue_makes_no_window(counter: Counter) -> None:
    counter.agent(languages=("ja",))
    counter.agent("ben", queues=("sales",))
    nobody = offer(counter)["window_text"]
    counter.agent("cleo")
    assert nobody != "within the next 5 minutes"
    assert offer(counter)["window_text"] == "within the next 5 minutes"


def test_an_agent_without_the_skill_makes_no_window(counter: Counter) -> None:
    counter.agent(skills=("billing",))
    assert offer(counter, skills="billing")["window_text"] == "within the next 5 minutes"
    assert offer(counter, skills="billing, german")["window_text"] != "within the next 5 minutes"


def test_the_place_counts_those_in_front_by_their_arrival(counter: Counter) -> None:
    for number in ("+12025550111", "+12025550112"):
        counter.booked(caller=number, number=number)
    counter.pass_time(minutes=1)
    assert offer(counter)["place_text"] == "2 callers are ahead of you"
    assert offer(counter, arrived_at="2026-11-23T14:59:00+00:00")["place_text"] == "you are next"


def test_a_higher_priority_is_a_better_place(counter: Counter) -> None:
    counter.booked(caller="+12025550111", number="+12025550111")
    counter.pass_time(minutes=5)
    assert offer(counter, priority="6")["place_text"] == "you are next"


@pytest.mark.parametrize("day", [26, 28], ids=["holiday", "Saturday"])
def test_on_a_closed_day_the_window_is_after_the_next_opening(counter: Counter, day: int) -> None:
    counter.agent()
    counter.at = datetime(2026, 11, day, 15, 0, tzinfo=UTC)
    told = offer(counter)
    assert (told["ok"], told["is_open"]) == ("yes", "no")
    assert told["window_text"].startswith(
        {26: "tomorrow between 9 a m", 28: "on Monday, November 30th, between 9"}[day]
    )


def test_before_the_first_opening_it_is_closed(counter: Counter) -> None:
    counter.at = datetime(2026, 11, 23, 13, 59, tzinfo=UTC)
    assert offer(counter)["is_open"] == "no"
    counter.at = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    assert offer(counter)["is_open"] == "yes"


def test_a_withheld_caller_is_offered_times_of_our_own_zone_and_has_no_number(counter: Counter) -> None:
    told = offer(counter, "")
    assert (told["zone"], told["zone_is_sure"], told["number_ok"]) == ("America/New_York", "no", "no")
    assert told["is_waiting"] == "no"


def test_a_withheld_caller_is_not_taken_for_another_withheld_one(counter: Counter) -> None:
    counter.booked(caller="", number=CALLER)
    assert offer(counter, "")["is_waiting"] == "no"


def test_a_number_of_several_zones_is_not_sure_of_its_zone(counter: Counter) -> None:
    told = offer(counter, BOISE)
    assert (told["zone"], told["zone_is_sure"], told["local_time_text"]) == ("America/Boise", "no", "eight a m")


def test_a_caller_from_abroad_has_the_clock_of_their_country(counter: Counter) -> None:
    told = counter.ask("offer", queue="general", caller=TOKYO, language="ja")
    assert (told["zone"], told["zone_is_sure"], told["local_time_text"]) == ("Asia/Tokyo", "yes", "午前0時")


@pytest.mark.parametrize(
    "caller", ["+19002345678", "+442079460000", "client:browser", "sip:ana@example.com", "garbage"]
)
def test_a_number_that_may_not_be_called_is_not_ok_but_another_one_can_be_given(counter: Counter, caller: str) -> None:
    told = offer(counter, caller)
    assert (told["ok"], told["number_ok"]) == ("yes", "no")


def test_a_queue_that_is_full_promises_nothing(counter: Counter) -> None:
    counter.with_rules(max_waiting=1)
    counter.booked()
    told = offer(counter, "+12025550111")
    assert (told["ok"], told["problem_text"]) == (
        "no",
        "I'm sorry, so many people are waiting that I can't promise you a call today.",
    )


def test_a_promise_in_this_queue_is_noticed_and_one_in_another_is_not(counter: Counter) -> None:
    counter.booked(queue="sales")
    assert offer(counter)["is_waiting"] == "no"
    counter.booked()
    assert offer(counter)["is_waiting"] == "yes"


def test_a_failed_promise_is_not_waiting(counter: Counter) -> None:
    counter.failed(counter.booked())
    assert offer(counter)["is_waiting"] == "no"


def test_a_queue_nobody_described_is_always_open(counter: Counter) -> None:
    counter.at = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
    told = counter.ask("offer", queue="nights", caller=CALLER)
    assert (told["is_open"], told["zone"]) == ("yes", "America/New_York")


def test_the_same_caller_hears_the_same_window_twice(counter: Counter) -> None:
    counter.agent()
    for number in range(12):
        counter.booked(caller=f"+1202555{number + 100:04d}", number=f"+1202555{number + 100:04d}")
    assert offer(counter, call_id="a")["window_text"] == offer(counter, call_id="a")["window_text"]


def test_a_busy_agent_makes_the_window_later(counter: Counter) -> None:
    counter.agent(state=AgentState.ON_CALL)
    assert offer(counter)["window_text"] == "within the next 10 minutes"
    counter.agent(state=AgentState.OFFLINE)
    assert offer(counter)["window_text"] == "between 9 a m tomorrow and 9 a m on Wednesday, November 25th"
