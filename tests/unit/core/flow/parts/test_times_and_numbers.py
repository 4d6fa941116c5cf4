"""Choosing a time and a number within a promise: read back, mended, checked, limited."""

from __future__ import annotations

from datetime import datetime

import pytest

from ivr.core.flow.model import NumberRule
from tests.unit.core.driving import Drive
from tests.unit.core.promise_flows import BOOKED, CAN, NUMBER, TIME, at_number, promising, promising_flow

pytestmark = pytest.mark.unit

WISH = "2026-11-24T15:00/2026-11-24T16:00"


def at_time(**changes: object) -> Drive:
    """A call whose time was found good and is read back."""
    drive = promising(**changes)  # type: ignore[arg-type]
    drive.slot(WISH)
    drive.found(**TIME)
    return drive


# -- the time ----------------------------------------------------------------------------------


def test_a_time_is_checked_in_the_callers_zone() -> None:
    drive = promising()
    drive.slot(WISH)
    asked = drive.looked_up
    assert asked.operation == "callbacks.check_time"
    assert asked.arguments == {
        "language": "en",
        "queue": "general",
        "when": WISH,
        "zone": "America/New_York",
        "told_zone": None,
    }


def test_a_time_is_read_back_as_it_can_be_kept() -> None:
    assert at_time().said() == ["We can call you tomorrow between 3 and 4 p m. Is that right?"]


def test_a_time_that_is_right_leads_to_the_number() -> None:
    drive = at_time()
    drive.yes()
    assert drive.node == "person.own_number"


def test_a_time_that_is_mended_is_checked_anew() -> None:
    drive = at_time()
    drive.slot("2026-11-25T15:00/2026-11-25T16:00", is_correction=True)
    assert drive.looked_up.arguments["when"] == "2026-11-25T15:00/2026-11-25T16:00"


def test_at_the_read_back_it_may_still_be_as_soon_as_possible() -> None:
    drive = at_time()
    drive.slot("asap", is_correction=True)
    assert drive.node == "person.own_number"


def test_a_time_that_is_wrong_is_asked_for_again() -> None:
    for act in (lambda drive: drive.no(), lambda drive: drive.press("2")):
        drive = at_time()
        act(drive)
        assert drive.node == "person.when"


def test_silence_at_the_read_back_leaves_the_time_as_it_is() -> None:
    drive = at_time()
    drive.played()
    drive.fire("no_input")
    drive.played()
    drive.fire("no_input")
    assert drive.node == "person.own_number"


def test_the_promise_is_stored_with_the_chosen_time() -> None:
    drive = at_time()
    drive.press("1")
    drive.yes()
    drive.found(**NUMBER)
    assert (drive.looked_up.arguments["when"], drive.looked_up.arguments["chosen"]) == (WISH, WISH)


def test_another_time_is_asked_for_and_then_keyed() -> None:
    drive = promising()
    drive.press("2")
    assert drive.node == "person.when"
    drive.press("2")
    assert drive.node == "person.date"
    drive.press("1124")
    drive.press("1430")
    assert drive.looked_up.arguments["when"] == "2026-11-24 14:30"


def test_a_time_nobody_understands_is_keyed() -> None:
    drive = promising()
    drive.slot("later")
    drive.nonsense()
    drive.nonsense()
    assert drive.node == "person.date"


def test_who_names_no_time_and_keys_none_is_let_go() -> None:
    drive = promising()
    drive.slot("later")
    drive.slot("no")
    assert drive.node == "message.record"


def test_keyed_days_are_days_where_the_caller_is() -> None:
    drive = promising(answered={"answered_at": datetime.fromisoformat("2026-11-24T03:00:00+00:00")})
    drive.press("22")
    drive.press("1123")
    assert drive.session.state.slots["callback_date"] == "2026-11-23"


def test_the_time_is_understood_by_the_callers_clock() -> None:
    assert promising().expecting.now == datetime(2026, 11, 23, 10, 0, 0, 200_000)


def test_a_zone_that_is_none_is_taken_for_utc() -> None:
    drive = promising(known={"zone": "Mars/Olympus"})
    assert drive.expecting.now == datetime(2026, 11, 23, 15, 0, 0, 200_000)


def test_a_time_that_cannot_be_is_told_and_the_nearest_one_offered() -> None:
    drive = promising()
    drive.slot(WISH)
    drive.found(ok="no", problem_text="That day is a holiday.", suggestion="S", suggestion_text="Monday at nine")
    assert drive.said() == ["That day is a holiday. The nearest time is Monday at nine. Shall I take that?"]
    drive.yes()
    assert drive.looked_up.arguments["when"] == "S"


def test_a_suggestion_that_is_not_wanted_leads_back() -> None:
    drive = promising()
    drive.slot(WISH)
    drive.found(ok="no", problem_text="No.", suggestion="S", suggestion_text="later")
    drive.no()
    assert drive.node == "person.when"


def test_without_a_suggestion_the_time_is_asked_for_again_but_not_for_ever() -> None:
    drive = promising()
    drive.slot(WISH)
    for _ in range(6):
        drive.found(ok="no", problem_text="That will not do.")
        assert drive.node == "person.when"
        drive.slot(WISH)
    drive.found(ok="no", problem_text="That will not do.")
    assert drive.node == "message.record"


# -- the zone ----------------------------------------------------------------------------------


def in_doubt() -> Drive:
    drive = promising(known={"zone_is_sure": "no"})
    drive.slot(WISH)
    drive.found(**TIME)
    drive.yes()
    return drive


def test_a_zone_that_is_not_sure_is_asked_for_when_it_matters() -> None:
    drive = in_doubt()
    assert drive.said() == ["Is it ten a m where you are?"]
    drive.yes()
    assert drive.node == "person.own_number"


def test_as_soon_as_possible_needs_no_zone() -> None:
    drive = promising(known={"zone_is_sure": "no"})
    drive.slot("asap")
    assert drive.node == "person.own_number"


def test_the_callers_own_clock_tells_the_zone_and_the_time_is_checked_in_it() -> None:
    drive = in_doubt()
    drive.no()
    drive.slot("09:00")
    assert drive.looked_up.arguments["local_time"] == "09:00"
    drive.found(ok="yes", zone="America/Chicago")
    assert drive.looked_up.arguments["told_zone"] == "America/Chicago"
    drive.found(**TIME)
    assert drive.node == "person.own_number"


def test_in_the_callers_zone_the_time_may_be_wrong_after_all() -> None:
    drive = in_doubt()
    drive.no()
    drive.slot("09:00")
    drive.found(ok="yes", zone="America/Chicago")
    drive.found(ok="no", problem_text="Too early.")
    assert drive.said()[0] == "Too early."


def test_the_zone_is_asked_for_once() -> None:
    drive = in_doubt()
    drive.no()
    drive.slot("09:00")
    drive.found(ok="yes", zone="America/Chicago")
    drive.found(ok="no", problem_text="Too early.")
    drive.slot(WISH)
    drive.found(**TIME)
    drive.yes()
    assert drive.node == "person.own_number"


# -- the number --------------------------------------------------------------------------------


def test_another_number_is_asked_for_read_back_and_checked() -> None:
    drive = at_number()
    drive.no()
    assert drive.said() == ["Which number shall we call?"]
    drive.slot("+12025550177")
    assert drive.said() == ["Thank you. I have two zero two, five five five, zero one seven seven. Is that right?"]
    drive.yes()
    assert drive.looked_up.arguments["number"] == "+12025550177"


def test_another_number_needs_a_key_and_no_word_will_do() -> None:
    drive = at_number()
    drive.no()
    drive.slot("+12025550177")
    drive.yes()
    drive.found(**(NUMBER | {"number": "+12025550177", "needs_key": "yes"}))
    assert drive.said() == ["To confirm that number, please press 1 on your keypad."]
    drive.yes()
    assert drive.node == "person.press"
    assert drive.said()[0].startswith("I need a key for that.")
    drive.press("1")
    assert drive.looked_up.arguments["number"] == "+12025550177"


def test_the_key_that_confirmed_the_read_back_is_key_enough() -> None:
    drive = at_number()
    drive.no()
    drive.slot("+12025550177")
    drive.press("1")
    drive.found(**(NUMBER | {"number": "+12025550177", "needs_key": "yes"}))
    assert drive.looked_up.operation == "callbacks.book"


def test_without_the_key_the_number_is_not_noted() -> None:
    drive = at_number()
    drive.no()
    drive.slot("+12025550177")
    drive.yes()
    drive.found(**(NUMBER | {"needs_key": "yes"}))
    for _ in range(3):
        drive.nonsense()
    assert "without that key" in drive.said()[0]


def test_the_key_two_leads_to_another_number() -> None:
    drive = at_number()
    drive.no()
    drive.slot("+12025550177")
    drive.yes()
    drive.found(**(NUMBER | {"needs_key": "yes"}))
    drive.press("2")
    assert drive.node == "person.other_number"


def test_another_number_may_be_said_in_place_of_no() -> None:
    drive = at_number()
    drive.slot("+12025550177", is_correction=True)
    assert drive.said() == ["I have two zero two, five five five, zero one seven seven. Is that right?"]
    drive.yes()
    assert drive.looked_up.arguments["number"] == "+12025550177"


def test_a_number_said_in_place_of_no_may_be_mended_again() -> None:
    drive = at_number()
    drive.slot("+12025550177", is_correction=True)
    drive.slot("+12025550176", is_correction=True)
    drive.yes()
    assert drive.looked_up.arguments["number"] == "+12025550176"


def test_the_calling_number_again_replaces_another_one() -> None:
    drive = at_number()
    drive.no()
    drive.slot("+12025550177")
    drive.press("1")
    drive.found(ok="no", problem_text="Not that one.")
    drive.command("callback")
    drive.slot("asap")
    drive.yes()
    drive.found(**NUMBER)
    assert drive.looked_up.arguments["number"] == "+12025550123"


def test_numbers_that_may_not_be_called_are_refused_three_times() -> None:
    drive = at_number()
    drive.no()
    for _ in range(3):
        assert drive.node == "person.other_number"
        drive.slot("+19005551234")
        drive.yes()
        drive.found(ok="no", problem_text="We can't call premium numbers.")
        assert drive.said()[0] == "We can't call premium numbers."
    assert drive.node == "message.record"


def test_a_withheld_number_is_asked_for() -> None:
    drive = promising(known={"number_ok": "no"})
    drive.slot("asap")
    assert drive.node == "person.other_number"


@pytest.mark.parametrize("rule", [NumberRule.CONFIRM, NumberRule.CALLER_ONLY])
def test_where_only_the_calling_number_is_taken_a_withheld_one_cannot_be(rule: NumberRule) -> None:
    drive = promising(known={"number_ok": "no"}, number=rule)
    drive.slot("asap")
    assert drive.said()[0].startswith("I'm sorry, I can only note the number you are calling from")
    assert drive.node == "message.record"


def test_where_only_the_calling_number_is_taken_no_means_no_call() -> None:
    drive = at_number(number=NumberRule.CONFIRM)
    drive.no()
    assert drive.node == "message.record"


def test_silence_at_the_number_takes_the_calling_one() -> None:
    drive = at_number()
    drive.played()
    drive.fire("no_input")
    drive.played()
    drive.fire("no_input")
    assert drive.looked_up.arguments["number"] == "+12025550123"


def test_a_promise_goes_on_in_another_process_where_it_was() -> None:
    drive = at_time()
    again = type(drive.session).restore(drive.session.flow, drive.session.snapshot())
    assert again.state.value == WISH
    assert (again.state.node, again.state.step.value) == ("person.right", "read_back")


def test_a_later_promise_in_the_same_call_counts_afresh() -> None:
    drive = Drive(promising_flow(declined="more"))
    drive.command("agent")
    drive.found(**CAN)
    drive.press("000")
    assert drive.node == "more"
    drive.command("agent")
    drive.found(**CAN)
    drive.command("agent")
    assert drive.node == "person.offer"


def test_what_was_keyed_ahead_is_the_confirmation_it_stands_for() -> None:
    drive = promising()
    drive.press("1")
    drive.press("1")
    drive.found(**NUMBER)
    drive.found(**BOOKED)
    assert drive.session.state.said == {"callback_when": "[1]", "callback_phone": "[1]"}
