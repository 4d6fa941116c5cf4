from __future__ import annotations

import pytest

from ivr.core.events import EndCause
from ivr.simulator.scripts.given_connectors import GivenConnectors
from ivr.simulator.scripts.model import GivenConnector
from ivr.simulator.scripts.timeline import Side
from ivr.simulator.scripts.virtual_call import CallStuck, VirtualCall
from ivr.simulator.scripts.virtual_playback import Pace
from tests.unit.simulator_scripts.sample import flow, understanding

pytestmark = pytest.mark.unit

ROWS = ({"number": "42719", "status": "shipped"},)
PACE = Pace(per_character={"en": 50}, noticed=100, turn_end=400, between_keys=200)


def answered(delay_ms: int = 0) -> VirtualCall:
    connectors = GivenConnectors({"orders": GivenConnector(rows=ROWS, delay_ms=delay_ms)})
    call = VirtualCall(flow(), understanding(), connectors, lookup_ms=connectors.lookup_ms, pace=PACE)
    call.answer()
    return call


def test_prompts_follow_one_another_without_a_gap() -> None:
    call = answered()
    call.run_until_listening()
    assert [(one.text, one.started_at, one.ends_at, one.completed) for one in call.said] == [
        ("This call is recorded.", 0, 1100, True),
        ("How can I help?", 1100, 1850, True),
    ]
    assert (call.at, call.is_recorded, call.waits_for_caller) == (1850, True, True)


def test_a_whole_call_runs_to_its_goodbye() -> None:
    call = answered()
    call.run_until_listening()
    call.say("where is my order")
    call.run_until_listening()
    call.press("42719")
    assert call.run_to_the_end()
    assert call.said_text(3) == "It is shipped. Goodbye."
    assert (call.outcome, call.end_cause, call.is_goodbye_cut_off) == ("resolved", EndCause.COMPLETED, False)
    assert call.visited == ["welcome", "order_number", "find", "tell", "bye"]
    assert call.intents == ["order_status"]


def test_speech_becomes_a_turn_after_its_length_and_the_wait_for_more() -> None:
    call = answered()
    call.run_until_listening()
    call.say("where is my order")
    call.run_until(lambda: len(call.said) == 3, 10_000)
    assert call.at == 1850 + 17 * 50 + 400
    assert call.input_ended_at == 1850 + 17 * 50


def test_a_barge_in_stops_the_prompt_and_reports_what_was_heard() -> None:
    call = answered()
    call.run_until(lambda: len(call.said) == 2, 10_000)
    call.run_for(200)
    call.say("where is my order")
    call.run_for(200)
    assert (call.said[1].completed, call.said[1].ends_at) == (False, 1400)
    assert call.is_playing is False


def test_after_a_false_alarm_the_prompt_goes_on_where_it_stopped() -> None:
    call = answered()
    call.run_until(lambda: len(call.said) == 2, 10_000)
    call.run_for(200)
    call.make_noise(300, "cough")
    call.run_until_listening()
    assert [one.text for one in call.said] == ["This call is recorded.", "How can I help?", "How can I help?"]
    assert call.said[2].ends_at - call.said[2].started_at == 750 - 300


def test_the_notice_cannot_be_interrupted() -> None:
    call = answered()
    call.run_for(100)
    call.say("where is my order")
    call.run_until(lambda: bool(call.intents), 10_000)
    assert call.said[0].completed is True
    assert call.is_recorded is True


def test_a_slow_look_up_has_its_filler_and_counts_the_silence_before_it() -> None:
    call = answered(delay_ms=3000)
    call.run_until_listening()
    call.press("1")
    call.run_until_listening()
    call.press("42719")
    call.run_to_the_end()
    assert "One moment, I'm looking that up." in call.said_text()
    assert call.longest_silence_ms == 1000


def test_the_time_in_which_a_caller_may_answer_is_no_silence_of_ours() -> None:
    call = answered()
    call.run_until_listening()
    call.run_for(5900)
    assert call.longest_silence_ms == 0


def test_who_says_nothing_is_asked_again_and_then_passed_on() -> None:
    call = answered()
    call.run_to_the_end()
    assert "I didn't hear anything" in call.said_text()
    assert (call.outcome, call.session.state.visited[-1]) == ("requested", "person")


def test_a_caller_can_hang_up_at_any_moment() -> None:
    call = answered()
    call.run_for(300)
    call.hang_up()
    assert (call.is_over, call.outcome, call.end_cause) == (True, "abandoned", EndCause.CALLER_HUNG_UP)
    call.run_for(10_000)
    assert call.at == 300


def test_keys_take_their_time() -> None:
    call = answered()
    call.run_until_listening()
    call.press("1")
    call.run_until_listening()
    started = call.at
    call.press("427")
    call.run_for(399)
    assert call.session.state.keyed == "42"
    call.run_for(1)
    assert (call.session.state.keyed, call.at) == ("427", started + 400)


def test_the_timeline_tells_both_sides_and_what_went_on_inside() -> None:
    call = answered()
    call.run_until_listening()
    call.say("where is my order")
    call.run_until_listening()
    lines = [(entry.at_ms, entry.side, entry.text) for entry in call.timeline]
    assert (0, Side.LINE, "This call is recorded.") in lines
    assert (1850, Side.CALLER, "where is my order") in lines
    assert (3100, Side.NOTE, "node node=order_number") in lines


def test_a_limit_stops_the_clock_at_the_limit() -> None:
    call = answered()
    assert call.run_until(lambda: False, 500) is False
    assert call.at == 500


def test_a_call_in_which_nothing_will_ever_happen_is_stuck() -> None:
    call = VirtualCall(flow(), understanding(), GivenConnectors({}))
    with pytest.raises(CallStuck, match="nothing is left to happen"):
        call.run_to_the_end()


def test_a_language_without_a_pace_takes_the_first_one() -> None:
    assert PACE.speech_ms("12345678", "ko") == 400
    assert PACE.speech_ms("12345678", "en", 0.5) == 800
