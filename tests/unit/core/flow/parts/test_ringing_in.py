"""A caller rings in about a promise: the code first, then everything that can be changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ivr.core.flow.expansion import expanded
from tests.unit.core.driving import Drive
from tests.unit.core.flows import CONSENT
from tests.unit.core.promise_flows import NUMBER, TIME, promising_flow

pytestmark = pytest.mark.unit

PROMISE = {
    "ok": "yes", "is_locked": "no", "id": "p1", "code": "4827", "queue": "general", "place_text": "you are next",
    "window_text": "in ten minutes", "zone": "America/New_York",
}  # fmt: skip
PROVEN = {"id": "p1", "code": "4827", "language": "en"}


def ringing_in(**answered: Any) -> Drive:
    """A caller with a promise rings in."""
    return Drive(promising_flow(), has_callback=True, **answered)


def unlocked(**record: str) -> Drive:
    """The code was right."""
    drive = ringing_in()
    drive.press("4827")
    drive.found(**(PROMISE | record))
    return drive


def test_a_call_begins_with_the_promise_and_asks_for_its_code() -> None:
    drive = ringing_in()
    assert drive.node == "person.ring_in"
    assert drive.said()[0].startswith("Hello again. It seems that we have promised you a call.")


def test_the_notice_of_the_recording_comes_first() -> None:
    flow = promising_flow()
    drive = Drive(replace(flow, consent=CONSENT), has_callback=True)
    assert drive.said()[0] == "This call may be recorded."
    assert drive.node == "person.ring_in"


def test_a_caller_without_a_promise_begins_as_usual() -> None:
    assert Drive(promising_flow()).node == "welcome"


def test_a_flow_without_callbacks_begins_as_usual() -> None:
    assert Drive(has_callback=True).node == "welcome"


def test_nothing_is_told_before_the_code() -> None:
    drive = ringing_in()
    said = " ".join(drive.said(drive.all))
    assert "next" not in said
    assert "minutes" not in said


def test_the_right_code_tells_place_and_window() -> None:
    drive = ringing_in()
    drive.slot("4827")
    assert drive.looked_up.arguments == {"language": "en", "caller": "+12025550123", "code": "4827"}
    drive.found(**PROMISE)
    assert drive.said()[0].startswith("Thank you. At the moment you are next. We will call you in ten minutes. Press 1")


def test_of_a_time_that_was_chosen_only_the_time_is_told() -> None:
    assert unlocked(place_text="").said()[0].startswith("Thank you. We will call you in ten minutes.")


@pytest.mark.parametrize("how", ["hash", "menu"])
def test_everything_else_begins_as_usual(how: str) -> None:
    drive = ringing_in()
    if how == "hash":
        drive.press("#")
    else:
        drive.command("main_menu")
    assert drive.node == "welcome"


def test_three_wrong_codes_lead_on_without_a_word_about_the_promise() -> None:
    drive = ringing_in()
    for _ in range(2):
        drive.press("1111")
        drive.found(ok="no", is_locked="no")
        assert drive.node == "person.code_again"
        assert drive.said()[0].startswith("That code is not the right one.")
    drive.press("1111")
    drive.found(ok="no", is_locked="no")
    assert drive.said()[0] == "Never mind, your place is kept all the same."
    assert drive.node == "welcome"


def test_a_number_that_has_guessed_too_often_is_led_on_at_once() -> None:
    drive = ringing_in()
    drive.press("1111")
    drive.found(ok="no", is_locked="yes")
    assert drive.said()[0].startswith("I can't look that up by code any more today.")
    assert drive.node == "welcome"


def test_a_counter_that_is_away_leads_on() -> None:
    drive = ringing_in()
    drive.press("4827")
    drive.failed()
    assert drive.node == "welcome"


def test_outside_the_hours_everything_else_begins_where_it_does_then() -> None:
    flow = expanded(replace(promising_flow(), closed="hours"))
    drive = Drive(flow, has_callback=True, is_open=False)
    drive.press("#")
    assert "hours" in drive.session.state.visited


def test_fine_is_fine() -> None:
    drive = unlocked()
    drive.slot("fine")
    assert drive.said()[0] == "Good. We will call you in ten minutes."
    assert drive.node == "person.else"
    drive.no()
    drive.played()
    assert drive.hung_up == "callback_promised"


def test_anything_else_begins_as_usual() -> None:
    drive = unlocked()
    drive.press("1")
    drive.yes()
    assert drive.node == "welcome"


def test_another_time_is_checked_read_back_and_moved() -> None:
    drive = unlocked()
    drive.press("2")
    drive.slot("2026-11-24T15:00/2026-11-24T16:00")
    assert drive.looked_up.arguments["queue"] == "general"
    drive.found(**TIME)
    drive.yes()
    asked = drive.looked_up
    assert asked.operation == "callbacks.move"
    assert asked.arguments == PROVEN | {"when": TIME["when"], "zone": "America/New_York"}
    drive.found(ok="yes", text="tomorrow at three")
    assert drive.said()[0] == "All right. We will call you tomorrow at three."


def test_as_soon_as_possible_after_all() -> None:
    drive = unlocked()
    drive.press("2")
    drive.slot("asap")
    assert drive.looked_up.arguments["when"] == "asap"


def test_a_time_that_is_taken_back_leaves_all_as_it_was() -> None:
    drive = unlocked()
    drive.press("2")
    drive.slot("no")
    assert drive.said()[0] == "Good. We will call you in ten minutes."


def test_a_promise_that_can_no_longer_be_moved_says_why() -> None:
    drive = unlocked()
    drive.press("2")
    drive.slot("asap")
    drive.found(ok="no", problem_text="We are calling you right now.")
    assert drive.said()[0] == "We are calling you right now."


def test_another_number_is_checked_and_changed() -> None:
    drive = unlocked()
    drive.press("3")
    drive.slot("+12025550177")
    drive.press("1")
    drive.found(**(NUMBER | {"number": "+12025550177", "needs_key": "yes"}))
    assert drive.looked_up.operation == "callbacks.renumber"
    assert drive.looked_up.arguments == PROVEN | {"number": "+12025550177"}
    drive.found(ok="yes")
    assert drive.said()[0] == "All right. We will call you on two zero two, five five five, zero one seven seven."


def test_a_number_that_was_not_changed_says_why() -> None:
    drive = unlocked()
    drive.press("3")
    drive.slot("+12025550177")
    drive.yes()
    drive.found(**NUMBER)
    drive.found(ok="no", problem_text="Not that one.")
    assert drive.said()[0] == "Not that one."


def test_a_word_for_the_agent_is_kept() -> None:
    drive = unlocked()
    drive.press("4")
    drive.slot("I have the receipt")
    assert drive.looked_up.arguments == PROVEN | {"words": "I have the receipt"}
    drive.found(ok="yes")
    assert drive.said()[0] == "I will pass that on."


def test_no_word_changes_nothing() -> None:
    drive = unlocked()
    drive.press("4")
    drive.played()
    drive.press("#")
    assert drive.said()[0] == "Good. We will call you in ten minutes."


@pytest.mark.parametrize("answer", ["no", "failed"])
def test_a_word_that_could_not_be_kept_is_not_said_to_be(answer: str) -> None:
    drive = unlocked()
    drive.press("4")
    drive.slot("I have the receipt")
    if answer == "no":
        drive.found(ok="no")
    else:
        drive.failed()
    assert drive.said()[0] == "I'm sorry, I could not change that just now."


def test_cancelling_is_asked_back_and_then_done() -> None:
    drive = unlocked()
    drive.press("5")
    assert drive.said() == ["Shall I cancel the call back?"]
    drive.yes()
    assert drive.looked_up.arguments == PROVEN
    drive.found(ok="yes")
    assert drive.session.state.outcome == "callback_cancelled"
    drive.no()
    drive.played()
    assert drive.hung_up == "callback_cancelled"


def test_cancelling_may_be_thought_over() -> None:
    drive = unlocked()
    drive.press("5")
    drive.no()
    assert drive.said()[0] == "Good. We will call you in ten minutes."


def test_a_cancellation_that_was_not_possible_is_told() -> None:
    drive = unlocked()
    drive.press("5")
    drive.yes()
    drive.found(ok="no")
    assert drive.said()[0] == "I'm sorry, I could not change that just now."


def test_a_hang_up_while_ringing_in_is_no_abandoned_callback() -> None:
    drive = unlocked()
    drive.end()
    assert drive.notes("callback_abandoned") == []
