"""Recording: only after the notice was heard to its end, and never against the caller's wish."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.core.commands import StartRecording, StopPlayback, StopRecording
from ivr.core.events import CallResumed, PlaybackFinished
from ivr.core.flow.model import ListenVerb
from ivr.core.meaning import Decision
from ivr.core.session import CallSession
from tests.unit.core.driving import Drive
from tests.unit.core.flows import CONSENT, prompt, shop_flow

pytestmark = pytest.mark.unit


def drive_with_notice() -> Drive:
    return Drive(shop_flow(consent=CONSENT))


def recordings(drive: Drive) -> list[object]:
    return [order for order in drive.all if isinstance(order, StartRecording | StopRecording)]


def test_the_notice_comes_before_the_first_question() -> None:
    assert drive_with_notice().said() == ["This call may be recorded.", "How can I help?"]


def test_recording_starts_when_the_notice_was_heard_to_its_end() -> None:
    drive = drive_with_notice()
    assert recordings(drive) == []
    drive.post(PlaybackFinished(1500, 1, completed=True))
    assert recordings(drive) == [StartRecording()]


def test_a_notice_that_was_cut_starts_no_recording() -> None:
    drive = drive_with_notice()
    drive.post(PlaybackFinished(700, 1, completed=False, heard_ms=600))
    assert recordings(drive) == []


def test_speech_does_not_stop_the_notice() -> None:
    drive = drive_with_notice()
    assert drive.of(StopPlayback, drive.speak()) == [StopPlayback(2)]
    drive.intent("opening_hours")
    assert drive.of(StopPlayback) == []


def test_key_9_during_the_notice_means_that_nothing_is_ever_recorded() -> None:
    drive = drive_with_notice()
    drive.press("9")
    assert drive.said() == ["All right, this call is not recorded.", "How can I help?"]
    drive.post(PlaybackFinished(1500, 1, completed=True))
    assert recordings(drive) == [StopRecording(discard=True)]
    assert drive.notes("recording_refused") == [{}]


def test_key_9_later_stops_and_discards_the_recording() -> None:
    drive = drive_with_notice()
    drive.played()
    drive.press("9")
    assert recordings(drive) == [StartRecording(), StopRecording(discard=True)]


def test_key_9_is_a_digit_where_digits_are_entered() -> None:
    drive = drive_with_notice()
    drive.played()
    drive.press("1")
    drive.played()
    drive.press("99999")
    assert drive.said() == ["Thank you. I have nine nine nine nine nine. Is that right?"]
    assert recordings(drive) == [StartRecording()]


def test_key_9_in_the_middle_of_an_entry_is_a_digit_even_during_the_notice() -> None:
    drive = drive_with_notice()
    drive.press("142719")
    assert drive.said()[-1:] == ["Thank you. I have four two seven one nine. Is that right?"]
    assert recordings(drive) == []


def test_key_9_of_a_menu_goes_where_the_menu_says() -> None:
    flow = shop_flow(consent=CONSENT)
    welcome = flow.nodes["welcome"]
    verb = ListenVerb(prompt("Help?"), on={"x": "hours"}, keys={"9": "hours"})
    drive = Drive(replace(flow, nodes={**flow.nodes, "welcome": replace(welcome, verb=verb)}))
    drive.played()
    drive.press("9")
    assert (drive.node, recordings(drive)) == ("more", [StartRecording()])


def test_a_second_9_is_an_ordinary_key() -> None:
    drive = drive_with_notice()
    drive.press("9")
    drive.press("9")
    assert drive.said() == ["Say, where is my order."]


def test_the_voice_refuses_too() -> None:
    drive = drive_with_notice()
    drive.played()
    drive.command("no_recording")
    assert recordings(drive) == [StartRecording(), StopRecording(discard=True)]
    assert drive.said() == ["All right, this call is not recorded.", "How can I help?"]


def test_the_flow_s_own_intent_refuses_too() -> None:
    drive = drive_with_notice()
    drive.played()
    drive.intent("no_recording")
    assert recordings(drive) == [StartRecording(), StopRecording(discard=True)]


def test_an_unsure_refusal_is_no_refusal() -> None:
    drive = drive_with_notice()
    drive.played()
    drive.intent("no_recording", Decision.CONFIRM)
    assert recordings(drive) == [StartRecording()]


def test_refusing_during_a_look_up_does_not_disturb_it() -> None:
    drive = drive_with_notice()
    drive.press("1")
    drive.press("42719")
    drive.yes()
    drive.command("no_recording")
    assert drive.said() == ["All right, this call is not recorded."]
    drive.found(status="shipped", total=80)
    assert drive.said() == ["It is shipped.", "Anything else?"]


def test_refusing_is_understood_only_where_there_is_a_notice() -> None:
    assert "no_recording" in drive_with_notice().expecting.commands
    assert "no_recording" not in Drive().expecting.commands


def resume(drive: Drive) -> list[object]:
    session = CallSession.restore(drive.session.flow, drive.session.snapshot())
    orders = session.handle(CallResumed(9000))
    return [order for order in orders if isinstance(order, StartRecording)]


def test_a_resumed_call_is_recorded_on_when_it_was_recorded_before() -> None:
    drive = drive_with_notice()
    drive.played()
    assert resume(drive) == [StartRecording()]


def test_a_resumed_call_whose_notice_was_not_heard_is_not_recorded() -> None:
    assert resume(drive_with_notice()) == []


def test_a_resumed_call_stays_unrecorded_after_a_refusal() -> None:
    drive = drive_with_notice()
    drive.played()
    drive.press("9")
    assert resume(drive) == []
