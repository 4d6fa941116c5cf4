"""A person at every step, resuming after a lost process, and the goodbye."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ivr.core.commands import HangUp, LookUp, PlayPrompt, SetTimer
from ivr.core.events import (
    CallResumed,
    PlaybackFinished,
)
from ivr.core.flow.model import AskVerb, Confirm, FlowNode, HangUpVerb, ListenVerb, SayVerb
from ivr.core.meaning import Decision, SlotType
from ivr.core.session import CallSession
from ivr.core.state import Phase, Step
from tests.unit.core.driving import Drive, in_phase
from tests.unit.core.flows import flow_of, prompt

pytestmark = pytest.mark.unit


def resumed(drive: Drive) -> Drive:
    """The same call in another process."""
    again = Drive(drive.session.flow, is_answered=False)
    snapshot = json.loads(json.dumps(drive.session.snapshot()))
    again.session = CallSession.restore(drive.session.flow, snapshot)
    again.post(CallResumed(9000))
    return again


# -- a person at every step ------------------------------------------------------------------------


def at_number() -> Drive:
    drive = Drive()
    drive.press("1")
    return drive


def at_read_back() -> Drive:
    drive = at_number()
    drive.slot("42719")
    assert drive.session.state.step is Step.READ_BACK
    return drive


def at_did_you_want() -> Drive:
    drive = Drive()
    drive.intent("order_status", Decision.CONFIRM)
    assert drive.session.state.step is Step.DID_YOU_WANT
    return drive


def at_yes_no() -> Drive:
    drive = Drive()
    drive.press("2")
    assert drive.node == "more"
    return drive


def at_look_up() -> Drive:
    return in_phase(Phase.WORKING)


@pytest.mark.parametrize("place", [Drive, at_read_back, at_did_you_want, at_yes_no, at_look_up])
def test_0_reaches_a_person_at_once(place) -> None:  # type: ignore[no-untyped-def]
    drive = place()
    assert drive.press("0")
    assert drive.said()[0] == "A person will call you."


def test_0_alone_and_a_pause_reach_a_person_while_digits_are_entered() -> None:
    drive = at_number()
    drive.press("0")
    assert drive.node == "number"
    drive.fire("inter_digit")
    assert drive.said()[0] == "A person will call you."


def test_a_lone_0_is_waited_for_less_long_than_the_rest_of_a_code() -> None:
    drive = at_number()
    drive.press("0")
    assert [(one.why, one.after_ms) for one in drive.of(SetTimer)] == [("inter_digit", 2000)]
    drive.press("1")
    assert [(one.why, one.after_ms) for one in drive.of(SetTimer)] == [("inter_digit", 3000)]


def test_0_and_hash_reach_a_person_while_digits_are_entered() -> None:
    drive = at_number()
    drive.press("0#")
    assert drive.said()[0] == "A person will call you."


def test_an_entry_may_begin_with_0() -> None:
    drive = at_number()
    drive.press("01234")
    assert drive.said() == ["Thank you. I have zero one two three four. Is that right?"]


@pytest.mark.parametrize("kind", ["name", "text"])
def test_0_reaches_a_person_at_once_where_keys_cannot_answer(kind: str) -> None:
    verb = AskVerb("name", SlotType(kind), prompt("Your name?"), then="bye", confirm=Confirm.NEVER)
    person = SayVerb(prompt("A person will call you."), "bye")
    drive = Drive(flow_of({"name": verb, "person": person, "bye": HangUpVerb(prompt("Goodbye."))}))
    drive.press("0")
    assert drive.said() == ["A person will call you.", "Goodbye."]


def test_a_menu_may_use_0_itself() -> None:
    verb = ListenVerb(prompt("Help?"), on={"x": "zero"}, keys={"0": "zero"})
    drive = Drive(flow_of({"m": verb, "zero": SayVerb(prompt("Zero."), "bye"), "bye": HangUpVerb(None)}))
    drive.press("0")
    assert drive.said() == ["Zero."]


def test_the_voice_reaches_a_person_during_a_look_up() -> None:
    drive = at_look_up()
    drive.command("agent")
    assert drive.said()[0] == "A person will call you."


def test_other_words_during_a_look_up_change_nothing() -> None:
    drive = at_look_up()
    assert drive.of(PlayPrompt, drive.nonsense()) == []
    assert drive.session.state.phase is Phase.WORKING


# -- resuming --------------------------------------------------------------------------------------


def test_a_resumed_call_says_sorry_and_asks_the_same_again() -> None:
    drive = at_read_back()
    drive.played()
    again = resumed(drive)
    assert again.said() == [
        "Sorry, I lost you for a second.",
        "Thank you. I have four two seven one nine. Is that right?",
    ]
    again.yes()
    assert again.looked_up.arguments == {"number": "42719", "note": "call c1"}
    assert again.notes("resumed") == [{"node": "number"}]


def test_a_resumed_call_repeats_what_was_not_heard_and_the_question_once() -> None:
    drive = at_look_up()
    drive.found(status="shipped", total=80)
    again = resumed(drive)
    assert again.said() == ["Sorry, I lost you for a second.", "It is shipped.", "Anything else?"]


def test_a_resumed_call_does_not_repeat_what_was_heard() -> None:
    drive = at_look_up()
    drive.played()
    drive.found(status="shipped", total=80)
    first = drive.session.state.playing[0]
    drive.post(PlaybackFinished(8000, first.prompt_id, True))
    assert resumed(drive).said() == ["Sorry, I lost you for a second.", "Anything else?"]


def test_a_question_that_was_cut_is_asked_after_what_was_not_heard() -> None:
    notice = FlowNode("notice", SayVerb(prompt("Calls cost ten cents."), "q"), interruptible=False)
    flow = flow_of({"notice": notice.verb, "q": ListenVerb(prompt("Help?"), on={"a": "bye"}), "bye": HangUpVerb(None)})
    drive = Drive(replace(flow, nodes={**flow.nodes, "notice": notice}))
    drive.speak()
    assert resumed(drive).said() == ["Sorry, I lost you for a second.", "Calls cost ten cents.", "Help?"]


def test_a_resumed_look_up_has_the_same_key() -> None:
    drive = at_look_up()
    first = drive.looked_up
    again = resumed(drive)
    assert (again.looked_up.key, first.key) == ("c1:find:1", "c1:find:1")
    assert again.looked_up.operation == "orders.find"
    again.found(status="shipped", total=80)
    assert "It is shipped." in again.said()


def test_a_look_up_done_twice_in_a_call_has_two_keys() -> None:
    drive = at_look_up()
    drive.not_found()
    drive.yes()
    drive.press("1")
    drive.press("42719")
    drive.yes()
    assert [order.key for order in drive.of(LookUp, drive.all)] == ["c1:find:1", "c1:find:2"]


def test_a_call_lost_during_the_goodbye_hears_it_again_and_ends() -> None:
    drive = in_phase(Phase.LEAVING)
    again = resumed(drive)
    assert again.said() == ["Sorry, I lost you for a second.", "Goodbye."]
    assert again.timers == ["goodbye"]
    again.played()
    assert again.hung_up == "resolved"


def test_a_call_lost_while_being_hung_up_ends_politely() -> None:
    again = resumed(in_phase(Phase.HUNG_UP))
    assert again.said() == ["Sorry, I lost you for a second."]
    again.played()
    assert again.hung_up == "resolved"


def test_a_resumed_call_speaks_the_caller_s_language_as_slowly_as_before() -> None:
    drive = Drive()
    drive.command("language", "ja")
    drive.command("slower")
    again = resumed(drive)
    orders = again.of(PlayPrompt)
    assert [(one.text, one.language, one.rate) for one in orders] == [
        ("失礼しました、一瞬お電話が途切れました。", "ja", 0.85), ("ご用件は。", "ja", 0.85),
    ]  # fmt: skip


def test_a_resumed_call_whose_node_is_gone_begins_again() -> None:
    drive = at_read_back()
    snapshot = drive.session.snapshot()
    smaller = flow_of({"q": ListenVerb(prompt("Help?"), on={"a": "bye"}), "bye": HangUpVerb(None)})
    session = CallSession.restore(smaller, snapshot)
    texts = [one.text for one in session.handle(CallResumed(1)) if isinstance(one, PlayPrompt)]
    assert texts == ["Sorry, I lost you for a second.", "Help?"]
    assert session.state.step is Step.MAIN


def test_a_resumed_call_whose_node_no_longer_asks_goes_on_from_it() -> None:
    drive = Drive()
    drive.played()
    changed = flow_of({"welcome": SayVerb(prompt("We have moved."), "bye"), "bye": HangUpVerb(prompt("Goodbye."))})
    session = CallSession.restore(changed, drive.session.snapshot())
    texts = [one.text for one in session.handle(CallResumed(1)) if isinstance(one, PlayPrompt)]
    assert texts == ["Sorry, I lost you for a second.", "We have moved.", "Goodbye."]


# -- goodbye ---------------------------------------------------------------------------------------


def test_the_call_ends_when_the_goodbye_was_heard() -> None:
    drive = in_phase(Phase.LEAVING)
    assert drive.hung_up is None
    drive.played()
    assert drive.last[-1] == HangUp("resolved")
    assert drive.session.state.phase is Phase.HUNG_UP


def test_the_call_ends_by_a_timer_when_the_news_of_the_goodbye_never_comes() -> None:
    drive = in_phase(Phase.LEAVING)
    assert [(one.why, one.after_ms) for one in drive.of(SetTimer)] == [("goodbye", 22_400)]
    drive.fire("goodbye")
    assert drive.hung_up == "resolved"


def test_the_safety_timer_leaves_time_for_a_long_text_before_the_goodbye() -> None:
    long = "Please note. " * 100
    drive = Drive(flow_of({"s": SayVerb(prompt(long), "bye"), "bye": HangUpVerb(prompt("Goodbye."))}))
    assert drive.of(SetTimer)[0].after_ms == 20_000 + (1300 + 8) * 300


def test_a_circle_of_nodes_that_ask_nothing_ends_in_an_apology() -> None:
    drive = Drive(flow_of({"a": SayVerb(prompt("{{ slots.x }}"), "b"), "b": SayVerb(prompt(" "), "a")}))
    assert len(drive.notes("circle")) == 1
    assert drive.said() == ["Sorry, something went wrong on our side. Please call again in a little while. Goodbye."]
    drive.played()
    assert drive.hung_up == "failed"
