"""Whether somebody can be called at a time, and what can be had instead."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ivr.core.queueing.rules import QueueRules
from tests.unit.runtime.desk.counter import NEW_YORK, Counter

pytestmark = pytest.mark.unit

TOKYO, LONDON = "Asia/Tokyo", "Europe/London"


@pytest.fixture
def counter() -> Counter:
    made = Counter()
    made.rules["nights"] = QueueRules("nights")
    return made


def check(counter: Counter, when: str, zone: str = NEW_YORK, queue: str = "general", **more: str) -> dict[str, str]:
    return counter.ask("check_time", queue=queue, when=when, zone=zone, **{"language": "en", **more})


def bounds(told: dict[str, str]) -> tuple[str, str]:
    assert told["ok"] == "yes"
    return told["from"], told["to"]


def test_an_open_time_is_told_by_the_callers_clock(counter: Counter) -> None:
    assert check(counter, "2026-11-24T14:00/2026-11-24T16:00") == {
        "ok": "yes",
        "when": "2026-11-24T14:00/2026-11-24T16:00",
        "text": "tomorrow between 2 and 4 p m",
        "from": "2026-11-24T19:00:00+00:00",
        "to": "2026-11-24T21:00:00+00:00",
        "problem_text": "",
        "suggestion": "",
        "suggestion_text": "",
    }


@pytest.mark.parametrize(
    ("when", "problem", "suggestion"),
    [
        ("2026-11-23T09:00/2026-11-23T09:30", "That time is already over.", "2026-11-23T10:00/2026-11-23T11:00"),
        (
            "2026-11-26T10:00/2026-11-26T11:00",
            "That day is a holiday, and we are closed.",
            "2026-11-27T09:00/2026-11-27T10:00",
        ),
        ("2026-11-28T10:00/2026-11-28T11:00", "We are closed on that day.", "2026-11-30T09:00/2026-11-30T10:00"),
        ("2026-11-24T07:00/2026-11-24T08:00", "We are closed at that time.", "2026-11-24T09:00/2026-11-24T10:00"),
        ("2026-11-24T18:00/2026-11-24T19:00", "We are closed at that time.", "2026-11-25T09:00/2026-11-25T10:00"),
        (
            "2026-12-10T10:00/2026-12-10T11:00",
            "That is too far away for me to promise.",
            "2026-12-07T09:00/2026-12-07T10:00",
        ),
    ],
    ids=["past", "holiday", "Saturday", "early", "late", "too far"],
)
def test_a_time_that_will_not_do_has_a_reason_and_a_suggestion(
    counter: Counter, when: str, problem: str, suggestion: str
) -> None:
    told = check(counter, when)
    assert (told["ok"], told["problem_text"], told["suggestion"]) == ("no", problem, suggestion)
    assert (told["when"], told["text"], told["from"], told["to"]) == ("", "", "", "")


def test_a_suggestion_is_a_time_that_will_do(counter: Counter) -> None:
    told = check(counter, "2026-11-26T10:00/2026-11-26T11:00")
    again = check(counter, told["suggestion"])
    assert (again["ok"], again["text"]) == ("yes", told["suggestion_text"])


def test_problems_are_told_in_japanese(counter: Counter) -> None:
    told = check(counter, "2026-11-26T10:00/2026-11-26T11:00", language="ja")
    assert told["problem_text"] == "その日は祝日のため、休業しております。"


@pytest.mark.parametrize(
    "when",
    [
        "",
        "maybe later",
        "asap",
        "/",
        "2026-11-24",
        "2026-13-41T10:00",
        "2026-11-24T16:00/2026-11-24T14:00",
        "2026-11-24T14:00Z/2026-11-24T16:00Z",
        "0001-01-01T00:00/0001-01-01T01:00",
        "9999-12-31T23:00/9999-12-31T23:30",
        "2026-11-24T14:00/tomorrow",
        "2026-11-24T14:00/2026-11-24T15:00/2026-11-24T16:00",
        "x" * 10_000,
    ],
)
def test_what_is_no_time_is_not_understood_or_will_not_do(counter: Counter, when: str) -> None:
    told = check(counter, when)
    assert told["ok"] == "no" and told["problem_text"]


def test_a_day_and_a_time_from_keys_are_half_an_hour(counter: Counter) -> None:
    assert bounds(check(counter, "2026-11-24 14:30")) == ("2026-11-24T19:30:00+00:00", "2026-11-24T20:00:00+00:00")


def test_a_wish_is_cut_to_the_hours_in_which_people_are_there(counter: Counter) -> None:
    told = check(counter, "2026-11-24T15:00/2026-11-24T18:00")
    assert bounds(told) == ("2026-11-24T20:00:00+00:00", "2026-11-24T22:00:00+00:00")
    assert told["text"] == "tomorrow between 3 and 5 p m"


def test_a_whole_day_of_a_queue_that_never_closes_is_kept_in_calling_hours(counter: Counter) -> None:
    told = check(counter, "2026-11-24T00:00/2026-11-25T00:00", queue="nights")
    assert bounds(told) == ("2026-11-24T14:00:00+00:00", "2026-11-25T01:00:00+00:00")


def test_a_named_time_at_night_is_stronger_than_calling_hours(counter: Counter) -> None:
    told = check(counter, "2026-11-24T03:00/2026-11-24T04:00", queue="nights")
    assert bounds(told) == ("2026-11-24T08:00:00+00:00", "2026-11-24T09:00:00+00:00")


def test_the_same_words_in_another_zone_are_another_time(counter: Counter) -> None:
    """Nine in the morning in London is four in the night of our people."""
    told = check(counter, "2026-11-24T09:00/2026-11-24T10:00", LONDON)
    assert (told["ok"], told["suggestion"]) == ("no", "2026-11-24T14:00/2026-11-24T15:00")
    assert bounds(check(counter, "2026-11-24T15:00/2026-11-24T16:00", LONDON))[0] == "2026-11-24T15:00:00+00:00"


def test_a_day_of_the_caller_may_be_two_of_ours(counter: Counter) -> None:
    """Tuesday in Tokyo begins on our Monday morning; people are there until our Monday evening."""
    told = check(counter, "2026-11-24T00:00/2026-11-24T06:00", TOKYO)
    assert bounds(told) == ("2026-11-23T15:00:00+00:00", "2026-11-23T21:00:00+00:00")


def test_of_a_whole_day_that_touches_two_of_ours_the_part_that_suits_the_caller_is_taken(counter: Counter) -> None:
    """We open at half past seven in the evening of Kolkata, and people there may be called until eight."""
    told = check(counter, "2026-11-25T00:00/2026-11-26T00:00", "Asia/Kolkata")
    assert bounds(told) == ("2026-11-25T14:00:00+00:00", "2026-11-25T14:30:00+00:00")


def test_a_whole_day_with_no_calling_hour_in_common_with_ours_has_no_suggestion(counter: Counter) -> None:
    """Our day is the night of Perth."""
    told = check(counter, "2026-11-25T00:00/2026-11-26T00:00", "Australia/Perth")
    assert (told["ok"], told["suggestion"]) == ("no", "")


def test_the_zone_the_caller_told_is_stronger_than_the_numbers(counter: Counter) -> None:
    told = check(counter, "2026-11-24T15:00/2026-11-24T16:00", told_zone=LONDON)
    assert bounds(told)[0] == "2026-11-24T15:00:00+00:00"


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "America", "x" * 500, "\0"])
def test_a_zone_that_is_none_is_utc(counter: Counter, zone: str) -> None:
    told = check(counter, "2026-11-24T15:00/2026-11-24T16:00", zone)
    assert bounds(told) == ("2026-11-24T15:00:00+00:00", "2026-11-24T16:00:00+00:00")


def test_on_the_night_when_clocks_go_forward_a_skipped_time_is_after_the_skip(counter: Counter) -> None:
    counter.at = datetime(2026, 3, 7, 20, 0, tzinfo=UTC)
    told = check(counter, "2026-03-08T02:30/2026-03-08T03:30", queue="nights")
    assert bounds(told) == ("2026-03-08T07:00:00+00:00", "2026-03-08T07:30:00+00:00")
    assert told["text"] == "tomorrow between 3 and 3:30 a m"


def test_on_the_night_when_clocks_go_back_a_doubled_time_covers_both(counter: Counter) -> None:
    counter.at = datetime(2026, 10, 31, 20, 0, tzinfo=UTC)
    told = check(counter, "2026-11-01T01:15/2026-11-01T01:45", queue="nights")
    assert bounds(told) == ("2026-11-01T05:15:00+00:00", "2026-11-01T06:45:00+00:00")


def test_hours_after_a_changed_clock_are_still_nine_to_five_on_the_wall(counter: Counter) -> None:
    counter.at = datetime(2026, 3, 6, 20, 0, tzinfo=UTC)
    assert bounds(check(counter, "2026-03-09T08:00/2026-03-09T10:00"))[0] == "2026-03-09T13:00:00+00:00"


def test_without_a_queue_it_is_a_defect_of_the_flow(counter: Counter) -> None:
    assert counter.desk.call("callbacks.check_time", {"when": "asap"}).reason == "bad_argument"
