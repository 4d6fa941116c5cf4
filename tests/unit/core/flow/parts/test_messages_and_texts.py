"""The verbs `message` and `text`."""

from __future__ import annotations

import pytest

from ivr.core.commands import LookUp, StartMessage, StopMessage
from ivr.core.events import CallResumed, DigitPressed, PlaybackFinished, UtteranceHeard
from ivr.core.flow.expansion import expanded
from ivr.core.flow.expressions import parse_template
from ivr.core.flow.model import HangUpVerb, TextVerb
from ivr.core.meaning import Meaning
from ivr.core.state import Phase
from tests.unit.core.driving import Drive
from tests.unit.core.flows import flow_of, prompt
from tests.unit.core.promise_flows import promising_flow

pytestmark = pytest.mark.unit


def recording() -> Drive:
    """A caller hears what to do."""
    return Drive(promising_flow(start="message"))


def at_check() -> Drive:
    """A message was recorded."""
    drive = recording()
    drive.played()
    drive.speak()
    drive.mean_text("please call my wife", "please call my wife")
    drive.press("#")
    return drive


# -- recording ---------------------------------------------------------------------------------


def test_the_flows_words_and_how_to_end_are_said() -> None:
    assert recording().said() == ["Leave a message.", "Press the hash key when you have finished."]


def test_recording_begins_when_the_prompt_was_heard() -> None:
    drive = recording()
    assert drive.of(StartMessage, drive.all) == []
    drive.played()
    (started,) = drive.of(StartMessage)
    assert started.key.startswith("c1-")


def test_recording_begins_with_the_callers_first_word() -> None:
    drive = recording()
    drive.speak()
    assert len(drive.of(StartMessage)) == 1


def test_it_begins_once() -> None:
    drive = recording()
    drive.speak()
    drive.played(completed=False)
    drive.mean_text("hello", "hello")
    assert len(drive.of(StartMessage, drive.all)) == 1


def test_words_of_several_breaths_are_one_message() -> None:
    drive = recording()
    drive.speak()
    drive.mean_text("first this", "first this")
    drive.speak()
    drive.mean_text("then that", "then that")
    drive.fire("no_input")
    assert drive.session.state.slots["message_words"] == "first this then that"
    assert drive.node == "message.check"


def test_four_seconds_of_silence_end_it() -> None:
    drive = recording()
    drive.speak()
    drive.mean_text("first this", "first this")
    timers = [order.after_ms for order in drive.last if getattr(order, "why", "") == "no_input"]
    assert timers == [4000]


def test_a_long_breath_is_not_cut_off_as_silence() -> None:
    drive = recording()
    drive.speak()
    timers = [order.after_ms for order in drive.last if getattr(order, "why", "") == "no_input"]
    assert timers == [60_000]


def test_the_limit_ends_it() -> None:
    drive = recording()
    drive.speak()
    drive.mean_text("and so on", "and so on")
    drive.fire("too_long")
    assert drive.node == "message.check"


def test_the_sound_is_kept_under_its_key() -> None:
    drive = at_check()
    (stopped,) = drive.of(StopMessage, drive.all)
    assert stopped == StopMessage(drive.of(StartMessage, drive.all)[0].key, keep=True)
    assert drive.session.state.slots["message_words_file"] == stopped.key
    assert drive.session.state.slots["message_words_secs"] == "1"


def test_words_that_sound_like_commands_belong_to_the_message() -> None:
    drive = recording()
    assert drive.expecting.commands == ()


def test_the_star_begins_anew() -> None:
    drive = recording()
    drive.speak()
    drive.mean_text("wrong", "wrong")
    drive.press("*")
    assert drive.of(StopMessage) == [StopMessage(drive.of(StartMessage, drive.all)[0].key, keep=False)]
    assert "message_words" not in drive.session.state.slots
    assert drive.said() == ["Press the hash key when you have finished."]


def test_other_keys_are_nothing() -> None:
    drive = recording()
    drive.played()
    drive.press("5")
    assert drive.node == "message.record"


def test_the_key_zero_leads_to_a_person_and_keeps_no_half_message() -> None:
    drive = recording()
    drive.speak()
    drive.press("0")
    assert drive.node == "person.begin"
    assert [order.keep for order in drive.of(StopMessage, drive.all)] == [False]


def test_nothing_said_is_asked_for_once_more_and_then_it_goes_on() -> None:
    drive = recording()
    drive.played()
    drive.fire("no_input")
    assert drive.said()[0] == "Sorry, I didn't hear anything."
    assert drive.of(StopMessage) == [StopMessage(drive.of(StartMessage, drive.all)[0].key, keep=False)]
    drive.played()
    drive.press("#")
    drive.played()
    assert drive.hung_up == "failed"


def test_noise_is_no_message() -> None:
    drive = recording()
    drive.played()
    drive.speak()
    drive.noise()
    drive.fire("no_input")
    assert drive.node == "message.record"


def test_a_voice_without_words_is_a_message() -> None:
    drive = recording()
    drive.played()
    drive.speak()
    drive.press("#")
    assert drive.node == "message.check"


def test_a_message_goes_on_in_another_process_with_its_words() -> None:
    drive = recording()
    drive.speak()
    drive.mean_text("first this", "first this")
    again = type(drive.session).restore(drive.session.flow, drive.session.snapshot())
    again.handle(CallResumed(9000))
    for playing in list(again.state.playing):
        again.handle(PlaybackFinished(9500, playing.prompt_id, True))
    assert again.state.message
    again.handle(UtteranceHeard(9900, again.state.listen_id, "then that", Meaning()))
    assert again.state.slots["message_words"] == "first this then that"


def test_a_prompt_that_was_not_heard_before_a_resume_is_said_once() -> None:
    drive = recording()
    again = type(drive.session).restore(drive.session.flow, drive.session.snapshot())
    said = drive.said(again.handle(CallResumed(9000)))
    assert said.count("Press the hash key when you have finished.") == 1


def test_words_from_before_a_resume_can_be_ended_before_anything_is_said() -> None:
    drive = recording()
    drive.speak()
    drive.mean_text("first this", "first this")
    again = type(drive.session).restore(drive.session.flow, drive.session.snapshot())
    again.handle(CallResumed(9000))
    again.handle(DigitPressed(9100, "#"))
    assert again.state.node == "message.check"
    assert "message_words_file" not in again.state.slots


# -- what follows ------------------------------------------------------------------------------


def test_the_message_is_stored_and_its_number_told() -> None:
    drive = at_check()
    drive.press("1")
    asked = drive.looked_up
    assert asked.operation == "callbacks.message"
    assert asked.arguments["words"] == "please call my wife"
    assert asked.arguments["file"].startswith("c1-")
    drive.found(ok="yes", code_text="four eight two seven")
    assert drive.said()[0] == "Thank you. Your message is passed on. Its number is four eight two seven."
    drive.played()
    assert drive.hung_up == "message_taken"


def test_a_message_may_be_said_again() -> None:
    drive = at_check()
    old = drive.session.state.slots["message_words_file"]
    drive.press("2")
    assert drive.node == "message.record"
    assert drive.of(StopMessage) == [StopMessage(old, keep=False)]
    assert "message_words" not in drive.session.state.slots


def test_silence_at_the_question_keeps_the_message() -> None:
    drive = at_check()
    drive.played()
    drive.fire("no_input")
    drive.played()
    drive.fire("no_input")
    assert drive.looked_up.operation == "callbacks.message"


@pytest.mark.parametrize("answer", ["no", "failed"])
def test_a_message_that_could_not_be_stored_is_not_said_to_be(answer: str) -> None:
    drive = at_check()
    drive.press("1")
    if answer == "no":
        drive.found(ok="no")
    else:
        drive.failed()
    assert "could not keep your message" in drive.said()[0]
    drive.played()
    assert drive.hung_up == "failed"


# -- who hangs up ------------------------------------------------------------------------------


def test_who_hangs_up_behind_the_last_word_has_left_a_message() -> None:
    drive = recording()
    drive.speak()
    drive.mean_text("please call my wife", "please call my wife")
    drive.end()
    (order,) = drive.of(LookUp)
    assert (order.operation, order.key) == ("callbacks.message", "c1:message.store:left")
    assert order.arguments["words"] == "please call my wife"
    assert drive.of(StopMessage) == [StopMessage(order.arguments["file"], keep=True)]
    assert drive.session.state.outcome == "message_taken"


def test_who_hangs_up_while_speaking_has_left_the_sound() -> None:
    drive = recording()
    drive.played()
    drive.speak()
    drive.end()
    assert drive.of(LookUp)[0].arguments["words"] is None
    assert drive.of(LookUp)[0].arguments["file"].startswith("c1-")


def test_who_hangs_up_without_a_word_has_left_nothing() -> None:
    drive = recording()
    drive.played()
    drive.end()
    assert drive.of(LookUp) == []
    assert drive.of(StopMessage)[0].keep is False
    assert drive.session.state.outcome == "abandoned"


def test_who_hangs_up_at_the_question_has_left_the_message() -> None:
    drive = at_check()
    drive.end()
    assert drive.of(LookUp)[0].arguments["words"] == "please call my wife"


def test_a_message_that_is_being_stored_is_stored_once() -> None:
    drive = at_check()
    drive.press("1")
    drive.end()
    assert drive.of(LookUp) == []


def test_who_hangs_up_before_the_recording_has_left_nothing() -> None:
    drive = Drive(promising_flow())
    state = drive.session.state
    state.node, state.phase = "message.begin", Phase.ASKING
    drive.end()
    assert drive.of(LookUp) == []


# -- text --------------------------------------------------------------------------------------


def at_text(language: str = "en") -> Drive:
    return Drive(promising_flow(start="text"), language=language)


def test_a_text_is_sent_in_the_callers_language() -> None:
    assert at_text().looked_up.arguments["body"] == "Your order is on its way."
    assert at_text(language="ja").looked_up.arguments["body"] == "Your order is on its way.（日本語）"


def test_a_text_goes_to_the_caller() -> None:
    asked = at_text().looked_up
    assert asked.operation == "callbacks.text"
    assert "to" not in asked.arguments
    assert asked.arguments["caller"] == "+12025550123"


def test_a_text_may_go_to_a_number_the_flow_knows() -> None:
    to = parse_template("{{ caller.number }}")
    flow = expanded(flow_of({"text": TextVerb(prompt("Hi."), to, "bye"), "bye": HangUpVerb(None)}))
    assert Drive(flow).looked_up.arguments["to"] == "+12025550123"


def test_after_a_text_the_flow_goes_on() -> None:
    drive = at_text()
    drive.found(ok="yes")
    assert drive.node == "more"


@pytest.mark.parametrize("answer", ["no", "failed"])
def test_a_text_that_was_not_sent_leads_elsewhere(answer: str) -> None:
    drive = at_text()
    if answer == "no":
        drive.found(ok="no")
    else:
        drive.failed()
    assert drive.node == "bye"
