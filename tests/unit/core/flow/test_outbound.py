"""The flows of legs that we dialled: a customer who is called back, an agent who is offered a call."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.core.events import UtteranceHeard
from ivr.core.flow.model import targets
from ivr.core.flow.outbound import outbound_flow
from ivr.core.meaning import Decision, Meaning, SlotGuess
from tests.unit.core.driving import Drive
from tests.unit.core.flows import shop_flow

pytestmark = pytest.mark.unit

CALLBACK = {
    "id": "p1", "queue": "general", "zone": "America/New_York", "company": "Acme", "name": "", "reason": "",
    "brief_text": "Ana Silva, an order, order number 42719", "code": "4827", "code_text": "four eight two seven",
    "our_number": "+15005550006", "leaves_voicemail": "yes",
}  # fmt: skip


def leg(role: str, **record: str) -> Drive:
    """A leg that was answered."""
    records: dict[str, dict[str, Any]] = {"leg": {"role": role}, "callback": CALLBACK | record}
    return Drive(outbound_flow(shop_flow(), role), records=records, dialled="+12025550123", caller="+15005550006")


def ready(role: str, **record: str) -> Drive:
    """A leg whose question was heard."""
    drive = leg(role, **record)
    drive.played()
    return drive


def reported(drive: Drive) -> str:
    """The word that was reported last."""
    assert drive.looked_up.operation == "callbacks.leg"
    return str(drive.looked_up.arguments["word"])


@pytest.mark.parametrize("role", ["customer", "agent"])
def test_the_flows_have_the_name_version_and_languages_of_theirs(role: str) -> None:
    flow = outbound_flow(shop_flow(), role)
    assert (flow.name, flow.version, flow.languages) == (f"test@{role}", "1", ("en", "ja"))
    assert flow.start in flow.nodes
    assert flow.consent is None


@pytest.mark.parametrize("role", ["customer", "agent"])
def test_every_edge_leads_to_a_step(role: str) -> None:
    flow = outbound_flow(shop_flow(), role)
    assert {to for node in flow.nodes.values() for to in targets(node).values()} <= set(flow.nodes)


def test_there_is_no_other_role() -> None:
    with pytest.raises(KeyError):
        outbound_flow(shop_flow(), "supervisor")


# -- the customer ------------------------------------------------------------------------------


def test_company_and_automated_voice_are_named_first() -> None:
    said = leg("customer").said()
    assert said[0] == "This is the automated assistant of Acme, calling you back as you asked."
    assert "press 1 or say yes" in said[1]
    assert "press 9" in said[1]


def test_name_and_reason_are_said_when_they_are_known() -> None:
    said = leg("customer", name="Ana", reason="an order").said()
    assert said[1:3] == ["Hello, this is for Ana.", "It is about: an order."]


def test_a_long_reason_is_cut() -> None:
    said = leg("customer", reason="word " * 100).said()
    assert len(said[1]) < 110


@pytest.mark.parametrize("how", ["key", "voice"])
def test_who_is_there_goes_on_to_the_agent(how: str) -> None:
    drive = ready("customer")
    if how == "key":
        drive.press("1")
    else:
        drive.slot("present")
    assert reported(drive) == "present"
    assert drive.looked_up.arguments["call_id"] == "c1"
    drive.found(ok="yes")
    assert drive.said() == ["Thank you. One moment, please."]
    drive.played()
    assert drive.hung_up == "bridge"


def test_an_attempt_that_is_void_ends_with_an_apology() -> None:
    drive = ready("customer")
    drive.press("1")
    drive.found(ok="no")
    assert drive.said()[0].startswith("I'm sorry, something came up on our side.")
    drive.played()
    assert drive.hung_up == "void"


def test_a_counter_that_is_away_ends_with_an_apology() -> None:
    drive = ready("customer")
    drive.press("1")
    drive.failed()
    drive.played()
    assert drive.hung_up == "failed"


def test_who_asks_for_a_person_is_there() -> None:
    drive = ready("customer")
    drive.command("agent")
    assert reported(drive) == "present"


def test_hello_is_answered_with_who_is_calling() -> None:
    drive = ready("customer")
    drive.slot("who")
    assert drive.said()[0].startswith("This is the automated assistant of Acme")


def test_a_greeting_that_never_ends_is_a_machine() -> None:
    drive = ready("customer")
    for _ in range(3):
        drive.slot("who")
        drive.played()
    assert reported(drive) == "voicemail"


@pytest.mark.parametrize("how", ["key", "voice"])
def test_who_never_wants_to_be_called_again_is_not(how: str) -> None:
    drive = ready("customer")
    if how == "key":
        drive.press("9")
    else:
        drive.slot("stop")
    assert reported(drive) == "stopped"
    drive.found(ok="yes")
    assert drive.said()[0] == "All right. You will not be called again. Goodbye."
    drive.played()
    assert drive.hung_up == "stopped"


def test_a_stop_that_could_not_be_stored_is_not_said_to_be() -> None:
    drive = ready("customer")
    drive.press("9")
    drive.failed()
    assert drive.said()[0] == "I'm sorry, something went wrong on our side. Goodbye."


def test_the_wrong_moment_leads_to_another_time() -> None:
    drive = ready("customer")
    drive.press("2")
    drive.slot("2026-11-24T15:00/2026-11-24T16:00")
    assert drive.looked_up.arguments["queue"] == "general"
    drive.found(ok="yes", when="W", text="tomorrow at three")
    drive.yes()
    assert drive.looked_up.operation == "callbacks.move"
    assert drive.looked_up.arguments == {
        "language": "en", "when": "W", "zone": "America/New_York", "id": "p1", "code": "4827",
    }  # fmt: skip
    drive.found(ok="yes", text="tomorrow at three")
    assert reported(drive) == "declined"
    drive.found(ok="yes")
    assert drive.said()[0] == "Thank you. We will call you tomorrow at three. Goodbye."
    drive.played()
    assert drive.hung_up == "declined"


def test_a_time_that_could_not_be_noted_is_told() -> None:
    drive = ready("customer")
    drive.press("2")
    drive.slot("2026-11-24T15:00/2026-11-24T16:00")
    drive.found(ok="yes", when="W", text="tomorrow at three")
    drive.yes()
    drive.found(ok="no", problem_text="We are closed then.")
    drive.found(ok="yes")
    assert drive.said()[0].startswith("We are closed then. We will try again later.")


def test_who_is_ready_after_all_goes_on() -> None:
    drive = ready("customer")
    drive.slot("later")
    drive.slot("asap")
    assert reported(drive) == "present"


def test_who_names_no_time_is_called_later() -> None:
    drive = ready("customer")
    drive.slot("later")
    drive.slot("no")
    assert reported(drive) == "declined"
    drive.failed()
    assert drive.said()[0] == "All right, we will try again later. Goodbye."


def silent(drive: Drive) -> None:
    for _ in range(2):
        drive.played()
        drive.fire("no_input")


def test_silence_gets_the_words_for_a_machine() -> None:
    drive = leg("customer")
    silent(drive)
    assert reported(drive) == "voicemail"
    drive.found(ok="yes")
    said = drive.said()[0]
    assert "five zero zero, five five five, zero zero zero six" in said
    assert "four eight two seven" in said
    drive.played()
    assert drive.hung_up == "voicemail"


def test_where_machines_are_told_nothing_nobody_was_there() -> None:
    drive = leg("customer", leaves_voicemail="no")
    silent(drive)
    assert reported(drive) == "not_present"
    drive.failed()
    assert not any("code" in text for text in drive.said())
    drive.played()
    assert drive.hung_up == "not_present"


def test_a_machine_is_told_even_when_the_counter_is_away() -> None:
    drive = leg("customer")
    silent(drive)
    drive.failed()
    assert "four eight two seven" in drive.said()[0]


@pytest.mark.parametrize(("role", "yes"), [("customer", "present"), ("agent", "yes")])
def test_what_is_said_on_taking_up_the_telephone_is_no_answer(role: str, yes: str) -> None:
    drive = leg(role)
    drive.slot(yes)
    assert drive.node == "leg.ready"
    assert drive.hung_up is None


@pytest.mark.parametrize(("role", "value"), [("customer", "present"), ("agent", "yes")])
def test_a_word_that_began_before_the_question_is_no_answer_to_it(role: str, value: str) -> None:
    drive = leg(role)
    drive.played()
    state = drive.session.state
    yes = Meaning(Decision.ACCEPT, slot=SlotGuess(value), yes_no=True)
    early, late = state.question_at - 50, state.question_at + 50
    drive.post(UtteranceHeard(drive.later(), state.listen_id, "yes", yes, started_at=early))
    assert drive.node == "leg.ready"
    drive.post(UtteranceHeard(drive.later(), state.listen_id, "yes", yes, started_at=late))
    assert drive.node == "leg.accept"


def test_a_key_is_an_answer_at_any_time() -> None:
    drive = leg("customer")
    drive.press("1")
    assert reported(drive) == "present"


# -- the agent ---------------------------------------------------------------------------------


def test_the_agent_hears_who_and_why() -> None:
    assert leg("agent").said()[0].startswith("Call back for Ana Silva, an order, order number 42719.")


def test_the_brief_takes_eight_seconds_at_most() -> None:
    assert len(leg("agent", brief_text="word " * 100).said()[0]) < 150


def test_a_brief_without_words_is_still_a_sentence() -> None:
    assert leg("agent", brief_text="").said()[0].startswith("Call back for a caller.")


def test_an_agent_takes_the_call() -> None:
    drive = ready("agent")
    drive.yes()
    assert reported(drive) == "accepted"
    drive.found(ok="yes")
    drive.played()
    assert drive.hung_up == "bridge"


def test_an_agent_passes() -> None:
    drive = ready("agent")
    drive.press("2")
    assert reported(drive) == "declined"
    drive.found(ok="yes")
    drive.played()
    assert drive.hung_up == "declined"


def test_an_agents_silence_is_no_agent() -> None:
    drive = leg("agent")
    silent(drive)
    assert reported(drive) == "not_present"
    drive.found(ok="yes")
    drive.played()
    assert drive.hung_up == "not_present"


def test_a_promise_that_was_taken_off_is_told_to_the_agent() -> None:
    drive = ready("agent")
    drive.press("1")
    drive.found(ok="no")
    assert drive.said()[0] == "This call back was taken off. Goodbye."
