"""The life of a call: answered, spoken with, resumed, ended."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ivr.core.commands import CancelTimer, Listen, Note, PlayPrompt, SetTimer, StopPlayback
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
from ivr.core.flow.model import FlowNode, HangUpVerb, ListenVerb, SayVerb
from ivr.core.meaning import Decision, Kind, Meaning
from ivr.core.session import CallSession
from ivr.core.state import Phase
from tests.unit.core.driving import Drive, in_phase
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
