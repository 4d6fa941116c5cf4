"""When a turn is over: literal times, no audio."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.endpointing import Endpointer, EndpointTimes, Step
from speech.interfaces import Wholeness
from speech.vad.detector import Voice

pytestmark = pytest.mark.unit

TIMES = EndpointTimes(speculate_after_ms=100, complete_ms=200, unknown_ms=400, incomplete_ms=1000, longest_turn_ms=5000)
LETTERS = {"s": Voice.SPEECH, "m": Voice.MAYBE, ".": Voice.SILENT}


def _play(ends: Endpointer, pattern: str, at_ms: int = 0) -> list[tuple[int, Step]]:
    """Steps other than NOTHING with the end of their frame; one letter is one frame of 20 ms."""
    steps = [(at_ms + 20 * n + 20, ends.frame(at_ms + 20 * n, LETTERS[letter])) for n, letter in enumerate(pattern)]
    return [(at, step) for at, step in steps if step is not Step.NOTHING]


def test_speech_begins_when_it_is_confirmed_and_started_before_that() -> None:
    ends = Endpointer(TIMES)
    assert _play(ends, "..mmms") == [(120, Step.BEGAN)]
    assert ends.started_at == 40


def test_steady_noise_before_speech_is_not_its_beginning() -> None:
    ends = Endpointer(TIMES)
    _play(ends, "m" * 50 + "s")
    assert ends.started_at == 700


def test_a_click_long_before_speech_is_not_its_beginning() -> None:
    ends = Endpointer(TIMES)
    _play(ends, "m" + "." * 10 + "ms")
    assert ends.started_at == 220


def test_noise_alone_begins_nothing() -> None:
    ends = Endpointer(TIMES)
    assert _play(ends, "mm..m" * 100) == []
    assert not ends.is_turn_open


def test_a_guess_is_asked_for_after_a_short_silence_and_urgently_after_the_usual_wait() -> None:
    assert _play(Endpointer(TIMES), "sssss" + "." * 40) == [
        (20, Step.BEGAN), (200, Step.SPECULATE), (500, Step.TEXT_NEEDED),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wholeness", "over_at"), [(Wholeness.COMPLETE, 300), (Wholeness.UNKNOWN, 500), (Wholeness.INCOMPLETE, 1100)]
)
def test_the_wait_follows_how_whole_the_text_is(wholeness: Wholeness, over_at: int) -> None:
    ends = Endpointer(TIMES)
    _play(ends, "sssss.....")
    assert ends.text(200, wholeness) is Step.NOTHING
    assert _play(ends, "." * 60, at_ms=200)[0] == (over_at, Step.TURN_OVER)
    assert ends.ended_at == 100


def test_patience_stretches_the_wait() -> None:
    ends = Endpointer(TIMES)
    ends.patience = 2.0
    _play(ends, "sssss.....")
    ends.text(200, Wholeness.COMPLETE)
    assert _play(ends, "." * 20, at_ms=200)[0] == (500, Step.TURN_OVER)


def test_a_text_that_comes_late_ends_the_turn_at_once() -> None:
    ends = Endpointer(TIMES)
    _play(ends, "sssss" + "." * 30)
    assert ends.text(700, Wholeness.UNKNOWN) is Step.TURN_OVER


def test_a_late_text_that_is_incomplete_still_waits() -> None:
    ends = Endpointer(TIMES)
    _play(ends, "sssss" + "." * 30)
    assert ends.text(700, Wholeness.INCOMPLETE) is Step.NOTHING
    assert _play(ends, "." * 30, at_ms=700)[0] == (1100, Step.TURN_OVER)


def test_speech_that_resumes_makes_the_guess_worthless() -> None:
    ends = Endpointer(TIMES)
    _play(ends, "sssss.....")
    ends.text(200, Wholeness.COMPLETE)
    assert _play(ends, ".s.....", at_ms=200) == [(240, Step.RESUMED), (340, Step.SPECULATE)]


def test_a_pause_too_short_for_a_guess_changes_nothing() -> None:
    assert _play(Endpointer(TIMES), "sss...sss") == [(20, Step.BEGAN)]


def test_a_sound_that_may_become_speech_holds_the_end_a_little() -> None:
    ends = Endpointer(TIMES)
    _play(ends, "sssss.....")
    ends.text(200, Wholeness.COMPLETE)
    assert _play(ends, "...mmmmmmmm", at_ms=200)[0] == (380, Step.TURN_OVER)


def test_a_turn_that_does_not_end_is_cut_whatever_its_text() -> None:
    ends = Endpointer(TIMES)
    assert _play(ends, "s" * 260) == [(20, Step.BEGAN), (5000, Step.TEXT_NEEDED)]
    assert ends.text(5300, Wholeness.INCOMPLETE) is Step.TURN_OVER


def test_a_guess_that_could_not_be_begun_is_asked_for_again() -> None:
    ends = Endpointer(TIMES)
    _play(ends, "sssss.....")
    ends.not_asked()
    assert _play(ends, ".", at_ms=200) == [(220, Step.SPECULATE)]


@given(st.lists(st.sampled_from("sm.")), st.lists(st.sampled_from(list(Wholeness)), max_size=3))
def test_every_turn_ends_in_silence_once_its_text_is_there(pattern: list[str], texts: list[Wholeness]) -> None:
    ends = Endpointer(TIMES)
    _play(ends, "".join(pattern))
    at = len(pattern) * 20
    for wholeness in texts:
        ends.text(at, wholeness)
    steps = [step for _, step in _play(ends, "." * 60, at_ms=at)]
    if ends.is_turn_open and Step.TURN_OVER not in steps:
        assert Step.SPECULATE in steps or Step.TEXT_NEEDED in steps or "s" in pattern
        assert ends.text(at + 1200, Wholeness.INCOMPLETE) is Step.TURN_OVER
