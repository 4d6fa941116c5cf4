"""The verb `callback`: from the offer to the promise, and every way out of it."""

from __future__ import annotations

import pytest

from ivr.core.commands import LookUp, Note
from ivr.core.events import EndCause
from ivr.core.flow.model import NumberRule
from tests.unit.core.driving import Drive
from tests.unit.core.flows import prompt
from tests.unit.core.promise_flows import BOOKED, CAN, NUMBER, OFFER, at_number, promising, promising_flow

pytestmark = pytest.mark.unit


def test_the_offer_asks_the_counter_first() -> None:
    drive = Drive(promising_flow())
    drive.command("agent")
    asked = drive.looked_up
    assert asked.operation == "callbacks.offer"
    assert asked.arguments == {
        "language": "en",
        "queue": "general",
        "caller": "+12025550123",
        "dialled": "+15005550006",
        "call_id": "c1",
        "priority": "5",
        "skills": "",
        "arrived_at": "2026-11-23T15:00:00+00:00",
    }


def test_a_place_that_is_not_kept_begins_with_the_promise() -> None:
    drive = Drive(promising_flow(keep_place=False))
    drive.command("agent")
    assert drive.looked_up.arguments["arrived_at"] == ""


def test_the_offer_is_honest_about_people_and_time() -> None:
    said = " ".join(promising().said())
    assert said.startswith("All our colleagues are talking to other callers. I can have somebody call you back in ten")
    assert "You can also name another time." in said


def test_an_own_sentence_comes_before_the_offer() -> None:
    said = promising(prompt=prompt("It is a busy day.")).said()
    assert said[0] == "It is a busy day."
    assert said[1].startswith(OFFER)


def test_outside_the_hours_the_offer_says_so() -> None:
    assert promising(known={"is_open": "no"}).said()[0].startswith("Our people are not here right now.")


def test_yes_and_the_number_are_all_that_is_asked() -> None:
    drive = at_number()
    assert drive.said() == ["May we call you on two zero two, five five five, zero one two three?"]
    drive.yes()
    drive.found(**NUMBER)
    assert drive.looked_up.operation == "callbacks.book"


def test_nothing_is_promised_before_it_is_stored() -> None:
    drive = at_number()
    drive.yes()
    assert not any("We will call you" in text for text in drive.said(drive.all))
    drive.found(**NUMBER)
    assert not any("We will call you" in text for text in drive.said(drive.all))
    drive.found(**BOOKED)
    assert any("We will call you back soon. Your code is four eight two seven." in text for text in drive.said())
    assert drive.session.state.outcome == "callback_promised"


def test_the_promise_is_stored_with_all_that_is_known() -> None:
    drive = Drive(promising_flow(priority=7, skills=("orders",), brief=("order_number", "order.status")))
    drive.intent("order_status", digits="42719")
    drive.yes()
    drive.found(status="shipped", total=80)
    drive.command("agent")
    drive.found(**CAN)
    drive.mean_text("yes please", "asap")
    drive.yes()
    drive.found(**NUMBER)
    asked = drive.looked_up.arguments
    assert asked["brief.order_number"] == "42719"
    assert asked["brief.order.status"] == "shipped"
    assert (asked["priority"], asked["skills"], asked["topic"]) == ("7", "orders", "an order")
    assert (asked["number"], asked["when"], asked["said"]) == ("+12025550123", "asap", "yes please")
    assert (asked["flow"], asked["flow_version"], asked["confirm_by_text"]) == ("test", "1", "no")


def test_a_text_is_only_spoken_of_when_there_is_one() -> None:
    for texted, count in (("yes", 1), ("no", 0)):
        drive = at_number()
        drive.yes()
        drive.found(**NUMBER)
        drive.found(**(BOOKED | {"texted": texted}))
        assert sum("by text" in text for text in drive.said()) == count


def test_after_the_promise_the_flow_goes_on_where_it_wants() -> None:
    drive = at_number(then="more")
    drive.yes()
    drive.found(**NUMBER)
    drive.found(**BOOKED)
    assert drive.node == "more"


def test_without_a_way_on_the_line_says_goodbye() -> None:
    drive = at_number()
    drive.yes()
    drive.found(**NUMBER)
    drive.found(**BOOKED)
    drive.played()
    assert drive.hung_up == "callback_promised"


def test_a_second_wish_finds_the_first_promise_and_tells_no_code() -> None:
    drive = at_number()
    drive.yes()
    drive.found(**NUMBER)
    drive.found(**(BOOKED | {"is_new": "no"}))
    said = " ".join(drive.said())
    assert "noted for this number already" in said
    assert "four eight two seven" not in said


def test_a_promise_that_is_refused_is_declined_with_the_reason() -> None:
    drive = at_number()
    drive.yes()
    drive.found(**NUMBER)
    drive.found(ok="no", problem_text="Too many today.")
    assert drive.said()[0] == "Too many today."
    assert drive.node == "message.record"


def test_who_does_not_want_a_call_goes_on_elsewhere() -> None:
    drive = promising()
    drive.slot("no")
    assert "message" in drive.session.state.visited


def test_without_a_node_for_it_who_does_not_want_a_call_is_let_go() -> None:
    drive = promising(declined=None)
    drive.slot("no")
    drive.played()
    assert drive.hung_up == "declined"


def test_when_nothing_can_be_offered_the_reason_is_told() -> None:
    drive = Drive(promising_flow())
    drive.command("agent")
    drive.found(ok="no", problem_text="Nobody can call today.")
    assert drive.said()[0] == "Nobody can call today."
    assert "message" in drive.session.state.visited


def test_a_counter_that_is_away_promises_nothing() -> None:
    drive = Drive(promising_flow(failed="gone"))
    drive.command("agent")
    drive.failed()
    assert "can't promise you a call" in drive.said()[0]
    drive.played()
    assert drive.hung_up == "gone"


def test_without_any_way_out_a_failure_still_ends_politely() -> None:
    drive = Drive(promising_flow(declined=None))
    drive.command("agent")
    drive.failed()
    drive.played()
    assert drive.hung_up == "failed"


def test_who_insists_on_a_person_hears_that_nobody_is_free_and_the_offer_again() -> None:
    drive = promising()
    drive.command("agent")
    assert drive.said()[0].startswith("Nobody is free")
    assert drive.node == "person.offer"


def test_who_insists_for_the_third_time_goes_on_elsewhere() -> None:
    drive = promising()
    for _ in range(3):
        drive.press("0")
    assert drive.node == "message.record"


def test_the_wish_to_be_called_back_inside_leads_to_the_offer() -> None:
    drive = at_number()
    drive.command("callback")
    assert drive.node == "person.offer"


def test_nobody_is_led_away_while_a_promise_is_stored() -> None:
    drive = at_number()
    drive.yes()
    drive.found(**NUMBER)
    for command in ("agent", "callback", "goodbye", "main_menu"):
        drive.command(command)
        assert drive.node == "person.book"
    drive.found(**BOOKED)
    assert "person.promised" in drive.session.state.visited


def test_a_queue_without_times_asks_yes_or_no() -> None:
    drive = promising(offer=("as_soon_as_possible",))
    assert drive.said()[0].endswith("Shall I?")
    drive.yes()
    assert drive.node == "person.own_number"
    drive = promising(offer=("as_soon_as_possible",))
    drive.no()
    assert drive.node == "message.record"


def test_a_queue_with_times_only_asks_for_one() -> None:
    drive = promising(offer=("at_a_time",))
    assert drive.said()[0] == "I can have somebody call you back at a time you choose."
    drive.slot("asap")
    assert drive.said()[0] == "I can only note a time for that."
    assert drive.node == "person.when"


def test_a_queue_with_times_only_may_have_its_own_sentence() -> None:
    drive = promising(offer=("at_a_time",), prompt=prompt("Choose a time."))
    assert drive.said()[0] == "Choose a time."
    assert drive.node == "person.when"


def test_how_far_the_number_is_vouched_for_goes_with_the_promise() -> None:
    drive = at_number()
    drive.session.state.attested = "failed"
    drive.yes()
    drive.found(**NUMBER)
    assert drive.looked_up.arguments["attested"] == "failed"


def test_name_extension_and_reason_are_asked_for_and_may_be_passed_over() -> None:
    drive = at_number(ask=("name", "extension", "reason"))
    drive.yes()
    drive.found(**NUMBER)
    assert drive.node == "person.ask_name"
    drive.press("#")
    assert drive.node == "person.ask_extension"
    drive.press("#")
    assert drive.node == "person.ask_reason"
    drive.press("#")
    assert drive.looked_up.operation == "callbacks.book"


def test_what_was_said_about_oneself_is_stored() -> None:
    drive = at_number(ask=("name", "extension", "reason"))
    drive.yes()
    drive.found(**NUMBER)
    drive.slot("Ana Silva")
    drive.press("42#")
    drive.slot("a broken chair")
    asked = drive.looked_up.arguments
    assert (asked["name"], asked["extension"], asked["reason"]) == ("Ana Silva", "42", "a broken chair")


def test_what_is_known_is_not_asked_again() -> None:
    drive = Drive(promising_flow(ask=("name", "reason")))
    drive.session.state.slots["name"] = "Ana Silva"
    drive.session.state.intents.append("order_status")
    drive.command("agent")
    drive.found(**CAN)
    drive.slot("asap")
    drive.yes()
    drive.found(**NUMBER)
    assert drive.looked_up.operation == "callbacks.book"


def test_a_time_said_before_is_taken_at_the_offer() -> None:
    drive = Drive(promising_flow())
    drive.session.state.heard["callback_time"] = "2026-11-24T15:00/2026-11-24T16:00"
    drive.command("agent")
    drive.found(**CAN)
    assert drive.looked_up.operation == "callbacks.check_time"


def test_a_hang_up_at_the_offer_is_noted_and_promises_nothing() -> None:
    drive = at_number()
    drive.end()
    assert drive.of(Note)[0] == Note("callback_abandoned", {"queue": "general", "step": "own_number"})
    assert drive.session.state.outcome == "abandoned"


def test_who_hangs_up_at_the_offer_can_be_offered_it_by_text() -> None:
    drive = at_number()
    drive.end()
    [order] = drive.of(LookUp)
    assert order.operation == "callbacks.abandoned"
    assert {name: order.arguments[name] for name in ("queue", "language", "caller")} == {
        "queue": "general",
        "language": "en",
        "caller": "+12025550123",
    }
    assert {"dialled", "flow", "call_id"} < set(order.arguments)


def test_a_hang_up_before_the_offer_was_made_is_none_of_it() -> None:
    drive = Drive(promising_flow())
    drive.command("agent")
    drive.end()
    assert drive.notes("callback_abandoned") == []


def test_a_hang_up_behind_the_promise_changes_nothing() -> None:
    drive = at_number(then="more")
    drive.yes()
    drive.found(**NUMBER)
    drive.found(**BOOKED)
    drive.end()
    assert drive.notes("callback_abandoned") == []
    assert drive.session.state.outcome == "callback_promised"


def test_a_hang_up_elsewhere_is_no_abandoned_callback() -> None:
    drive = Drive(promising_flow())
    drive.end(EndCause.CALLER_HUNG_UP)
    assert drive.notes("callback_abandoned") == []


@pytest.mark.parametrize("rule", list(NumberRule))
def test_every_rule_about_numbers_leads_to_a_promise_for_the_calling_one(rule: NumberRule) -> None:
    drive = at_number(number=rule)
    if rule is not NumberRule.CALLER_ONLY:
        drive.yes()
    drive.found(**NUMBER)
    assert drive.looked_up.operation == "callbacks.book"


def test_who_has_given_the_code_hears_about_the_promise_in_place_of_an_offer() -> None:
    drive = Drive(promising_flow())
    drive.session.state.records["promise"] = {"ok": "yes"}
    drive.session.state.slots["callback_code"] = "4827"
    drive.command("agent")
    drive.found(**(CAN | {"is_waiting": "yes"}))
    assert drive.looked_up.operation == "callbacks.unlock"


def test_who_has_a_promise_already_is_asked_for_its_code() -> None:
    drive = promising(known={"is_waiting": "yes"})
    assert "keeps its place" in drive.said()[0]
    drive.press("#")
    assert drive.node == "person.else"
