"""The life of a call: answered, spoken with, resumed, ended."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ivr.core.commands import CancelTimer, HangUp, Listen, LookUp, Note, PlayPrompt, SetTimer, StopPlayback
from ivr.core.events import (
    CallResumed,
    DigitPressed,
    EndCause,
    Ended,
    LookUpFinished,
    LookUpOutcome,
    NoiseHeard,
    PlaybackFinished,
    SpeechStarted,
    TimerFired,
    UtteranceHeard,
)
from ivr.core.flow.model import AskVerb, Confirm, FlowNode, HangUpVerb, ListenVerb, SayVerb
from ivr.core.meaning import Decision, Kind, Meaning, SlotType
from ivr.core.session import CallSession
from ivr.core.state import Phase, Step
from tests.unit.core.driving import Drive
from tests.unit.core.flows import answered, flow_of, prompt, shop_flow

pytestmark = pytest.mark.unit


def resumed(drive: Drive) -> Drive:
    """The same call in another process."""
    again = Drive(drive.session.flow, is_answered=False)
    snapshot = json.loads(json.dumps(drive.session.snapshot()))
    again.session = CallSession.restore(drive.session.flow, snapshot)
    again.post(CallResumed(9000))
    return again


# -- answering -------------------------------------------------------------------------------------


def test_an_answered_call_hears_the_first_question_and_is_listened_to() -> None:
    drive = Drive()
    assert drive.last == [
        Note("node", {"node": "welcome"}),
        PlayPrompt(1, "How can I help?", "en", node="welcome"),
        Listen(2, drive.expecting),
    ]
    assert (drive.expecting.kind, drive.expecting.language, drive.expecting.question) == (
        Kind.OPEN, "en", "How can I help?",
    )  # fmt: skip
    assert drive.expecting.commands == (
        "repeat", "slower", "louder", "main_menu", "language", "agent", "goodbye",
    )  # fmt: skip


def test_a_call_is_answered_only_once() -> None:
    drive = Drive()
    drive.press("1")
    assert drive.node == "number"
    assert drive.post(answered(caller="+19999999999")) == []
    assert (drive.node, drive.session.state.caller) == ("number", "+12025550123")


def test_a_number_with_a_language_of_its_own_is_answered_in_it() -> None:
    assert Drive(dialled="+815012345678").said() == ["ご用件は。"]


def test_a_language_known_beforehand_comes_before_the_number_s() -> None:
    assert Drive(dialled="+815012345678", language="en").said() == ["How can I help?"]


def test_a_language_the_flow_does_not_have_becomes_its_first() -> None:
    assert Drive(language="fr").said() == ["How can I help?"]


def test_outside_hours_the_closed_node_is_entered() -> None:
    flow = shop_flow(closed="hours")
    assert Drive(flow, is_open=False).said() == ["We are here nine to five.", "Anything else?"]
    assert Drive(flow, is_open=True).said() == ["How can I help?"]


def test_outside_hours_a_flow_without_closed_begins_as_always() -> None:
    assert Drive(is_open=False).node == "welcome"


# -- before and after the call ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "event",
    [
        CallResumed(1),
        SpeechStarted(1),
        UtteranceHeard(1, 0, "hello", Meaning(command="agent")),
        NoiseHeard(1, 0),
        DigitPressed(1, "0"),
        PlaybackFinished(1, 1, True),
        TimerFired(1, 1),
        LookUpFinished(1, 0, LookUpOutcome.FOUND),
    ],
)
def test_nothing_happens_before_the_call_is_answered(event) -> None:  # type: ignore[no-untyped-def]
    drive = Drive(is_answered=False)
    assert drive.post(event) == []
    assert drive.session.state.phase is Phase.NEW


def in_phase(phase: Phase) -> Drive:
    """A call brought to a phase."""
    drive = Drive(is_answered=phase is not Phase.NEW)
    match phase:
        case Phase.WORKING:
            drive.press("1")
            drive.press("42719")
            drive.yes()
        case Phase.LEAVING:
            drive.command("goodbye")
        case Phase.HUNG_UP:
            drive.command("goodbye")
            drive.played()
        case Phase.ENDED:
            drive.end()
    assert drive.session.state.phase is phase
    return drive


@pytest.mark.parametrize("phase", Phase)
def test_ended_is_taken_once_in_any_phase(phase: Phase) -> None:
    drive = in_phase(phase)
    drive.end()
    assert drive.session.is_over
    assert len(drive.notes("outcome")) == 1
    assert drive.post(Ended(99_000, EndCause.LOST)) == []
    assert drive.post(SpeechStarted(99_001)) == []
    assert drive.post(CallResumed(99_002)) == []


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [
        (EndCause.CALLER_HUNG_UP, "abandoned"),
        (EndCause.CARRIER_ERROR, "failed"),
        (EndCause.LOST, "failed"),
        (EndCause.SHUTDOWN, "failed"),
    ],
)
def test_a_call_that_reached_nothing_counts_by_its_cause(cause: EndCause, outcome: str) -> None:
    drive = Drive()
    drive.end(cause)
    assert drive.notes("outcome") == [{"outcome": outcome, "cause": cause.value}]


def test_an_outcome_that_was_reached_stays_when_the_caller_hangs_up() -> None:
    drive = Drive()
    drive.question()
    drive.end()
    assert drive.notes("outcome") == [{"outcome": "resolved", "cause": "caller_hung_up"}]


def test_the_end_stops_what_plays_and_cancels_timers() -> None:
    drive = Drive()
    drive.press("1")
    drive.press("4")
    [timer] = drive.of(SetTimer)
    playing = drive.session.state.playing[0].prompt_id
    drive.end()
    assert CancelTimer(timer.timer_id) in drive.last
    assert StopPlayback(playing) not in drive.last, "the key had stopped it already"
    silent = Drive()
    assert silent.end()[:1] == [StopPlayback(1)]


# -- barge-in and false interruption -----------------------------------------------------------------


def test_speech_stops_the_prompt_at_once() -> None:
    drive = Drive()
    assert drive.speak()[:2] == [StopPlayback(1), Note("barge_in", {"node": "welcome"})]


def test_speech_in_silence_is_no_barge_in() -> None:
    drive = Drive()
    drive.played()
    drive.speak()
    assert drive.notes("barge_in") == []


def test_speech_does_not_stop_a_prompt_that_must_be_heard() -> None:
    node = FlowNode("notice", SayVerb(prompt("Calls cost ten cents."), "bye"), interruptible=False)
    verbs = {"notice": node.verb, "q": ListenVerb(prompt("How can I help?"), on={"a": "bye"}), "bye": HangUpVerb(None)}
    flow = flow_of(verbs)
    notice = replace(node, verb=SayVerb(prompt("Calls cost ten cents."), "q"))
    drive = Drive(replace(flow, nodes={**flow.nodes, "notice": notice}))
    assert drive.said() == ["Calls cost ten cents.", "How can I help?"]
    assert drive.of(StopPlayback, drive.speak()) == [StopPlayback(2)]
    drive.nonsense()
    assert drive.of(StopPlayback) == [], "an answer does not cut it either"
    assert [one.text for one in drive.session.state.playing if not one.stopped] == [
        "Calls cost ten cents.", "Sorry, I didn't get that.", "How can I help?",
    ]  # fmt: skip


def test_after_noise_the_prompt_goes_on_where_it_was_stopped() -> None:
    drive = Drive()
    drive.speak()
    drive.played(completed=False, heard_ms=640)
    drive.noise()
    [order] = drive.of(PlayPrompt)
    assert (order.text, order.from_ms) == ("How can I help?", 640)


def test_noise_that_is_known_before_the_prompt_has_stopped_waits_for_it() -> None:
    drive = Drive()
    drive.speak()
    assert drive.of(PlayPrompt, drive.noise()) == []
    drive.played(completed=False, heard_ms=640)
    [order] = drive.of(PlayPrompt)
    assert (order.text, order.from_ms) == ("How can I help?", 640)


def test_after_noise_everything_that_was_stopped_follows_in_its_order() -> None:
    drive = Drive()
    drive.question()
    drive.post(PlaybackFinished(200, 1, completed=False))
    drive.speak()
    drive.noise()
    drive.played(completed=False, heard_ms=300)
    assert [(one.text, one.from_ms) for one in drive.of(PlayPrompt)] == [
        ("Shipping is free.", 300), ("Anything else?", 300),
    ]  # fmt: skip


def test_after_noise_at_the_very_end_of_a_prompt_the_caller_is_waited_for_as_usual() -> None:
    drive = Drive()
    drive.speak()
    drive.noise()
    drive.post(PlaybackFinished(700, 1, completed=True))
    assert drive.of(PlayPrompt) == []
    assert [(one.why, one.after_ms) for one in drive.of(SetTimer)] == [("no_input", 6000)]


def test_noise_in_silence_starts_the_wait_anew() -> None:
    drive = Drive()
    drive.played()
    drive.speak()
    drive.noise()
    assert [(one.why, one.after_ms) for one in drive.of(SetTimer)] == [("no_input", 6000)]


def test_noise_between_keys_does_not_lose_the_entry() -> None:
    drive = Drive()
    drive.press("1")
    drive.press("427")
    drive.speak()
    drive.noise()
    assert [(one.why, one.after_ms) for one in drive.of(SetTimer)] == [("inter_digit", 3000)]
    drive.press("19")
    assert drive.said()[-1] == "Thank you. I have four two seven one nine. Is that right?"


def test_noise_of_an_older_listen_changes_nothing() -> None:
    drive = Drive()
    drive.speak()
    assert drive.post(NoiseHeard(500, 999)) == []


def test_speech_that_never_becomes_words_counts_as_silence_after_a_while() -> None:
    drive = Drive()
    drive.speak()
    assert [(one.why, one.after_ms) for one in drive.of(SetTimer)] == [("no_input", 25_000)]
    drive.played(completed=False)
    drive.fire("no_input")
    assert drive.said() == ["Sorry, I didn't hear anything.", "How can I help?"]


def test_noise_during_a_look_up_lets_the_filler_go_on() -> None:
    drive = in_phase(Phase.WORKING)
    drive.played()
    drive.fire("filler")
    assert drive.said() == ["One moment."]
    drive.speak()
    drive.played(completed=False, heard_ms=200)
    drive.noise()
    assert [(one.text, one.from_ms) for one in drive.of(PlayPrompt)] == [("One moment.", 200)]


# -- stale things ------------------------------------------------------------------------------------


def test_an_utterance_for_an_older_question_is_dropped() -> None:
    drive = Drive()
    old = drive.session.state.listen_id
    drive.press("2")
    before = drive.node
    assert drive.mean(Meaning(Decision.ACCEPT, yes_no=False), listen_id=old) == []
    assert drive.node == before == "more"


def test_words_begun_before_the_question_that_mean_nothing_do_not_cut_it() -> None:
    drive = Drive()
    drive.at = 5000
    drive.press("2")
    event = UtteranceHeard(5900, drive.session.state.listen_id, "thanks", Meaning(), started_at=4800)
    assert drive.of(StopPlayback, drive.post(event)) == []
    assert drive.session.state.misses == {}


def test_words_begun_before_the_question_that_answer_it_count() -> None:
    drive = Drive()
    drive.at = 5000
    drive.press("2")
    meaning = Meaning(Decision.ACCEPT, yes_no=False)
    drive.post(UtteranceHeard(5900, drive.session.state.listen_id, "no", meaning, started_at=4800))
    assert drive.node == "bye"


def test_an_old_timer_changes_nothing() -> None:
    drive = Drive()
    drive.played()
    [timer] = drive.of(SetTimer)
    drive.press("1")
    assert drive.post(TimerFired(9000, timer.timer_id)) == []


def test_a_late_answer_of_a_connector_changes_nothing() -> None:
    drive = in_phase(Phase.WORKING)
    lookup_id = drive.session.state.lookup_id
    drive.fire("lookup")
    assert drive.node == "bye"
    late = LookUpFinished(20_000, lookup_id, LookUpOutcome.FOUND, {"status": "shipped"})
    assert drive.post(late) == []


def test_news_of_an_unknown_prompt_changes_nothing() -> None:
    assert Drive().post(PlaybackFinished(5, 77, True)) == []


# -- keys ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("digit", ["", "12", "x", "٣"])
def test_what_is_no_key_of_a_telephone_is_ignored(digit: str) -> None:
    assert Drive().post(DigitPressed(5, digit)) == []


def test_keys_after_the_goodbye_change_nothing() -> None:
    drive = in_phase(Phase.LEAVING)
    assert drive.press("0") == []


def test_keys_during_a_look_up_answer_the_next_question() -> None:
    drive = in_phase(Phase.WORKING)
    drive.press("2")
    assert drive.last == []
    drive.found(status="shipped", total=80)
    assert (drive.node, drive.hung_up) == ("bye", None)
    assert drive.session.state.slots["more"] == "no"


def test_many_keys_typed_ahead_are_no_circle() -> None:
    nodes = {
        "find": shop_flow().nodes["find"].verb,
        "kind": SayVerb(prompt("Found."), "a"),
        "a": ListenVerb(prompt("A?"), on={"x": "b"}, keys={"1": "b", "2": "bye"}),
        "b": SayVerb(prompt("B."), "c"),
        "c": SayVerb(prompt("C."), "a"),
        "bye": HangUpVerb(prompt("Goodbye.")),
    }
    drive = Drive(flow_of(nodes))
    drive.press("1" * 30)
    drive.found()
    assert (drive.notes("circle"), drive.node) == ([], "a")


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
