from __future__ import annotations

from datetime import timedelta

import pytest

from ivr.core.queueing.legs import LegOutcome, LegState, Role
from ivr.core.queueing.model import CallbackState, Cause, Kind
from ivr.core.shown import clock, masked
from ivr.web.callbacks.words import Badge, badge_of, cause_word, leg_line, next_step, row_of, tries_of
from tests.fakes.queue_service import AT, leg, promise

pytestmark = pytest.mark.unit

NOW = AT + timedelta(minutes=5)
ZONE = "America/New_York"
LATER = AT + timedelta(hours=1)


@pytest.mark.parametrize(
    ("state", "badge"),
    [
        (CallbackState.PENDING, Badge("Promised", "busy", "calendar-clock")),
        (CallbackState.CLAIMED, Badge("Taken by ana", "ring", "hand")),
        (CallbackState.DIALLING, Badge("Calling now", "ring", "phone-outgoing")),
        (CallbackState.CONNECTED, Badge("Talking with ana", "busy", "phone")),
        (CallbackState.DONE, Badge("Called back", "ok", "circle-check")),
        (CallbackState.RETRY_AT, Badge("Try again 10:00", "ring", "rotate")),
        (CallbackState.CANCELLED, Badge("Cancelled", "away", "ban")),
        (CallbackState.FAILED, Badge("Needs a person", "bad", "triangle-alert")),
    ],
)
def test_every_state_has_word_colour_and_icon(state: CallbackState, badge: Badge) -> None:
    assert badge_of(promise(state=state, agent="ana", eligible_at=LATER), NOW, ZONE) == badge


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Rings when an agent is free"),
        ({"owner": "ana"}, "Rings when ana is free"),
        ({"eligible_at": LATER}, "Rings at 10:00"),
        ({"eligible_at": LATER, "tries": {"busy": 1}, "state": CallbackState.RETRY_AT}, "Rings at 10:00, try 2"),
        ({"kind": Kind.MESSAGE}, "Somebody listens and calls if needed"),
        ({"state": CallbackState.FAILED, "cause": Cause.TOO_MANY}, "Decide: no tries left"),
        ({"state": CallbackState.DIALLING}, "Is being dialled"),
        ({"state": CallbackState.CONNECTED}, "Ends with the conversation"),
        ({"state": CallbackState.DONE}, ""),
    ],
)
def test_the_next_step_is_told_in_words(changes: dict[str, object], words: str) -> None:
    assert next_step(promise(**changes), NOW, ZONE) == words


def test_every_cause_has_words() -> None:
    assert all(cause_word(cause) for cause in Cause)


def test_lateness_ends_when_the_customer_was_reached() -> None:
    late = AT + timedelta(hours=4)
    assert row_of(promise(), late, ZONE).late == "late 3 h"
    assert row_of(promise(connected_at=AT), late, ZONE).late == ""
    assert row_of(promise(state=CallbackState.CANCELLED), late, ZONE).late == ""


def test_times_of_another_day_carry_their_date_and_of_another_year_the_year() -> None:
    assert clock(AT, NOW, ZONE) == "09:00"
    assert clock(AT + timedelta(days=1), NOW, ZONE) == "24 Nov 09:00"
    assert clock(AT + timedelta(days=60), NOW, ZONE) == "2027-01-22 09:00"
    assert clock(AT, NOW, "Asia/Tokyo", seconds=True) == "23:00:00"


def test_numbers_are_masked_in_the_middle_and_short_ones_whole() -> None:
    assert masked("+12025550199") == "+1 202 ···99"
    assert masked("+81312342210") == "+81 3 ···10"
    assert masked("+1234") == "···"


def test_a_window_that_ends_on_another_day_says_so() -> None:
    assert row_of(promise(promised_to=AT + timedelta(days=1)), NOW, ZONE).window == "09:10–24 Nov 09:00"


def test_tries_are_told_by_kind() -> None:
    assert tries_of(promise(tries={"busy": 2, "no_answer": 1})) == "2 busy, 1 no answer"
    assert tries_of(promise()) == "–"


def test_a_leg_tells_whom_how_it_ended_and_how_long_it_took() -> None:
    over = leg(
        Role.AGENT, agent="ana", state=LegState.OVER, outcome=LegOutcome.NO_ANSWER, over_at=AT + timedelta(seconds=25)
    )
    line = leg_line(over, NOW, ZONE)
    assert (line.at, line.what, line.details) == ("09:00:00", "agent ana: no answer", "25 s")
    guessed = leg_line(leg(answered_by="machine_start"), NOW, ZONE)
    assert (guessed.what, guessed.details) == ("customer: ringing", "the carrier guesses machine start")


def test_a_version_changes_with_what_is_shown() -> None:
    before = row_of(promise(), NOW, ZONE).version
    assert row_of(promise(), NOW + timedelta(minutes=2), ZONE).version == before
    assert row_of(promise(), AT + timedelta(minutes=40), ZONE).version != before
    assert row_of(promise(state=CallbackState.CLAIMED), NOW, ZONE).version != before
