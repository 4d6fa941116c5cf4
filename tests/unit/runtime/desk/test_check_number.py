"""Which numbers a promise may be made to, and in which zone somebody is."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.runtime.desk.zones import is_one_clock, zone_showing
from tests.unit.runtime.desk.counter import AT, CALLER, NEW_YORK, OTHER, OURS, Counter

pytestmark = pytest.mark.unit

BOISE = "+12085550123"
TOKYO_CALLER = "+819012345678"


@pytest.fixture
def counter() -> Counter:
    return Counter()


def check(counter: Counter, number: str, caller: str = CALLER, **more: str) -> dict[str, str]:
    given = {"queue": "general", "number": number, "caller": caller, "language": "en", "zone": NEW_YORK}
    return counter.ask("check_number", given, **more)


def test_the_calling_number_needs_no_key(counter: Counter) -> None:
    assert check(counter, "202 555 0123") == {
        "ok": "yes",
        "number": CALLER,
        "problem_text": "",
        "needs_key": "no",
        "zone": "America/New_York",
        "zone_is_sure": "yes",
        "local_time_text": "ten a m",
    }


def test_another_number_needs_a_key_and_has_its_own_clock(counter: Counter) -> None:
    told = check(counter, "213 555 0177")
    assert (told["ok"], told["number"], told["needs_key"]) == ("yes", OTHER, "yes")
    assert (told["zone"], told["local_time_text"]) == ("America/Los_Angeles", "seven a m")


def test_a_key_can_be_waived_by_the_queues_rules(counter: Counter) -> None:
    counter.with_rules(keypad_for_other_number=False)
    assert check(counter, OTHER)["needs_key"] == "no"


def test_a_national_number_is_of_the_callers_country(counter: Counter) -> None:
    assert check(counter, "03-3456-7890", TOKYO_CALLER)["number"] == "+81334567890"


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("", "I'm sorry, that is not a telephone number."),
        ("call my wife", "I'm sorry, that is not a telephone number."),
        ("123", "I'm sorry, that number is too short. I need it with its area code."),
        ("202 555 0123 4567", "I'm sorry, that number is too long."),
        ("+1 202 156 1111", "I'm sorry, that number is not in use."),
        ("1-900-234-5678", "I'm sorry, we can't call premium numbers."),
        ("+44 20 7946 0000", "I'm sorry, we can't call that country from here."),
        ("911", "I'm sorry, we can't call that number."),
        ("+882 1330 0655", "I'm sorry, we can't call that number."),
        ("+1 646 555 0123", "I'm sorry, we can't call that number."),
        (OURS, "That is our own number. I need one where we can reach you."),
    ],
    ids=["none", "words", "3 digits", "long", "nobody", "premium", "abroad", "police", "satellite", "denied", "ours"],
)
def test_a_number_that_will_not_do_is_refused_in_one_sentence(counter: Counter, number: str, sentence: str) -> None:
    told = check(counter, number)
    assert (told["ok"], told["number"], told["problem_text"]) == ("no", "", sentence)
    assert (told["zone"], told["zone_is_sure"]) == (NEW_YORK, "no")


def test_a_refusal_in_japanese(counter: Counter) -> None:
    told = check(counter, "0990-123456", TOKYO_CALLER, language="ja")
    assert told["problem_text"] == "申し訳ございません、有料番号にはお電話できません。"


def test_an_unknown_language_is_answered_in_english(counter: Counter) -> None:
    assert check(counter, "123", language="fr")["problem_text"].startswith("I'm sorry")


def test_one_caller_may_have_two_other_numbers_called_in_a_day(counter: Counter) -> None:
    for number in (OTHER, "+12135550178"):
        assert check(counter, number)["ok"] == "yes"
        counter.booked(number=number)
        counter.pass_time(hours=2)
    told = check(counter, "+12135550179")
    assert (told["ok"], told["problem_text"]) == ("no", "I'm sorry, I can't note down any more other numbers today.")
    assert check(counter, CALLER)["ok"] == "yes"
    assert check(counter, "+12135550179", caller="+12025550111")["ok"] == "yes"
    counter.pass_time(hours=22, minutes=1)
    assert check(counter, "+12135550179")["ok"] == "yes"


def test_promises_to_the_own_number_do_not_count_as_others(counter: Counter) -> None:
    counter.booked()
    counter.booked(queue="sales")
    assert check(counter, OTHER)["ok"] == "yes"


def test_a_withheld_caller_needs_a_key(counter: Counter) -> None:
    told = check(counter, OTHER, caller="")
    assert (told["ok"], told["needs_key"]) == ("yes", "yes")


def test_whoever_asked_not_to_be_called_is_not_called_on_another_ones_wish(counter: Counter) -> None:
    counter.callbacks.stop(OTHER, at=AT, by="customer")
    told = check(counter, OTHER)
    assert (told["ok"], told["problem_text"]) == ("no", "I'm sorry, we can't call that number.")
    assert check(counter, OTHER, caller=OTHER)["ok"] == "yes"


# -- zones -------------------------------------------------------------------------------------------


def guess(counter: Counter, number: str, local_time: str) -> dict[str, str]:
    return counter.ask("guess_zone", number=number, local_time=local_time, language="en")


@pytest.mark.parametrize(("local_time", "zone"), [("08:05", "America/Boise"), ("06:50", "America/Los_Angeles")])
def test_of_a_numbers_zones_the_one_with_that_time_is_meant(counter: Counter, local_time: str, zone: str) -> None:
    assert guess(counter, BOISE, local_time) == {"ok": "yes", "zone": zone}


def test_who_says_ten_may_mean_ten_in_the_evening(counter: Counter) -> None:
    counter.at = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    assert guess(counter, BOISE, "10:00")["zone"] == "America/Los_Angeles"
    assert guess(counter, BOISE, "22:00")["zone"] == "America/Los_Angeles"


def test_somebody_who_is_far_from_home_has_a_zone_by_its_distance(counter: Counter) -> None:
    """Seven in the morning with a number of New York: three hours west."""
    assert guess(counter, CALLER, "07:02") == {"ok": "yes", "zone": "Etc/GMT+8"}
    assert guess(counter, CALLER, "15:00") == {"ok": "yes", "zone": "UTC"}


def test_somebody_without_a_number_has_a_zone_near_our_people(counter: Counter) -> None:
    assert guess(counter, "", "10:00")["zone"] == NEW_YORK
    assert guess(counter, "", "09:10")["zone"] == "Etc/GMT+6"


def test_without_any_schedule_nobody_is_near_anything(counter: Counter) -> None:
    counter.with_rules(hours="")
    assert guess(counter, "", "15:00")["zone"] == "UTC"


@pytest.mark.parametrize("local_time", ["", "soon", "25:00", "１０：００", "ten p m"])
def test_what_is_no_time_leaves_the_likeliest_zone(counter: Counter, local_time: str) -> None:
    told = guess(counter, BOISE, local_time)
    assert told["zone"] == "America/Boise"


def test_a_guessed_zone_can_be_used_for_a_time(counter: Counter) -> None:
    zone = guess(counter, CALLER, "07:02")["zone"]
    told = counter.ask(
        "check_time", queue="general", when="2026-11-24T07:00/2026-11-24T08:00", zone=NEW_YORK, told_zone=zone
    )
    assert told["from"] == "2026-11-24T15:00:00+00:00"


def test_no_zones_are_not_one_clock() -> None:
    assert not is_one_clock((), AT)
    assert is_one_clock(("America/New_York", "America/Toronto"), AT)
    assert not is_one_clock(("America/New_York", "America/Chicago"), AT)


@given(st.times(), st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2090, 1, 1)))
def test_in_the_zone_that_is_taken_clocks_show_about_the_time_told(told: time, moment: datetime) -> None:
    now = moment.replace(tzinfo=UTC)
    local = now.astimezone(ZoneInfo(zone_showing(told, (NEW_YORK,), now)))
    apart = (local.hour * 60 + local.minute - told.hour * 60 - told.minute) % 720
    assert min(apart, 720 - apart) <= 30
