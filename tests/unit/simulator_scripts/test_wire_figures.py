from __future__ import annotations

import pytest

from ivr.simulator.caller import Caller, Input, InputKind, Stretch
from ivr.simulator.line import LineQuality, TelephoneLine
from ivr.simulator.scripts.wire_figures import Waiting, barge_in_ms, figures_of, gap_after, longest_silence_ms

pytestmark = pytest.mark.unit

SPEECH = Input(InputKind.SPEECH, 1000, 2000, broke_in=False)


def caller(*stretches: Stretch, inputs: tuple[Input, ...] = (), clears: tuple[int, ...] = ()) -> Caller:
    found = Caller(TelephoneLine(LineQuality()))
    found.stretches.extend(stretches)
    found.inputs.extend(inputs)
    found.clears.extend(clears)
    return found


def test_a_gap_runs_from_the_end_of_the_speech_to_the_first_sound() -> None:
    assert gap_after(SPEECH, None, [Stretch(0, 900), Stretch(2480, 4000)]) == 480


def test_a_reply_that_begins_before_the_speech_is_over_has_no_gap_below_zero() -> None:
    assert gap_after(SPEECH, None, [Stretch(1900, 4000)]) == 0


def test_there_is_no_gap_without_a_reply() -> None:
    following = Input(InputKind.KEYS, 2200, 2200, broke_in=False)
    assert gap_after(SPEECH, None, []) is None
    assert gap_after(SPEECH, following, [Stretch(2480, 4000)]) is None


def test_words_that_go_on_over_the_speech_leave_nothing_to_measure() -> None:
    assert gap_after(SPEECH, None, [Stretch(1000, 2500, is_rest=True), Stretch(3000, 4000)]) is None


def test_a_barge_in_ends_with_the_clear_or_with_the_last_sound_whichever_is_first() -> None:
    broke_in = Input(InputKind.SPEECH, 1000, 2000, broke_in=True)
    rest = Stretch(1000, 1160, is_rest=True)
    assert barge_in_ms(broke_in, caller(rest, clears=(500, 1180))) == 160
    assert barge_in_ms(broke_in, caller(rest, clears=(1120,))) == 120
    assert barge_in_ms(SPEECH, caller(rest)) is None
    assert barge_in_ms(Input(InputKind.NOISE, 1000, 2000, broke_in=True), caller(rest)) is None


def test_silence_is_what_lies_between_the_end_of_an_input_and_the_words_that_were_waited_for() -> None:
    waits = [Waiting(2000, (Stretch(2400, 3000), Stretch(4500, 5000))), Waiting(5000, (Stretch(4500, 5000),))]
    assert longest_silence_ms(waits) == 1500
    assert longest_silence_ms([]) == 0


def test_figures_keep_speech_and_keys_apart() -> None:
    keys = Input(InputKind.KEYS, 5000, 5000, broke_in=False)
    noise = Input(InputKind.NOISE, 8000, 8400, broke_in=False)
    stretches = (Stretch(100, 900), Stretch(2500, 4000), Stretch(5300, 6000), Stretch(8500, 9000))
    found = figures_of(caller(*stretches, inputs=(SPEECH, keys, noise)), [])
    assert (found.first_sound_ms, found.turn_gaps_ms, found.key_gaps_ms) == (100, (500,), (300,))
    assert figures_of(caller(), []).first_sound_ms is None
