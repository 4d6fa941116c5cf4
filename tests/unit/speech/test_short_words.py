"""Bursts that are too short to be confirmed as speech."""

from __future__ import annotations

import pytest

from speech.short_words import Burst, ShortWords, can_hold
from speech.vad.detector import Voice

pytestmark = pytest.mark.unit


def run(pattern: str, probability: float = 0.3) -> list[Burst]:
    """One character a frame of 20 ms: `m` some sound, `s` speech, `.` silence."""
    words = ShortWords()
    voices = {"m": Voice.MAYBE, "s": Voice.SPEECH, ".": Voice.SILENT}
    found = [words.frame(number * 20, voices[letter], probability) for number, letter in enumerate(pattern)]
    return [burst for burst in found if burst is not None]


def test_a_burst_with_quiet_behind_it_is_worth_a_decode() -> None:
    assert run("..mmmmmmmmmm.........") == [Burst(40, 240)]


def test_a_click_is_not() -> None:
    assert run("..mmm.........") == []


def test_a_long_noise_is_not() -> None:
    assert run("m" * 60 + ".........") == []


def test_a_sound_that_is_nothing_like_speech_is_not() -> None:
    assert run("..mmmmmmmmmm.........", probability=0.05) == []


def test_a_pause_within_a_word_does_not_end_it() -> None:
    assert run("mmmmm...mmmmm.........") == [Burst(0, 260)]


def test_nothing_is_told_while_the_sound_goes_on() -> None:
    assert run("..mmmmmmmmmm") == []


def test_a_reset_forgets_the_burst() -> None:
    words = ShortWords()
    for number in range(10):
        words.frame(number * 20, Voice.MAYBE, 0.3)
    words.reset()
    assert [words.frame(200 + number * 20, Voice.SILENT, 0.0) for number in range(10)] == [None] * 10


@pytest.mark.parametrize(
    ("text", "lasted_ms", "is_possible"),
    [
        ("Yes.", 120, True),
        ("Goodbye.", 320, True),
        ("はい", 120, True),
        ("That's it.", 140, False),
        ("Thank you for calling.", 400, False),
    ],
)
def test_more_words_than_anybody_can_say_so_fast_are_made_up(text: str, lasted_ms: int, is_possible: bool) -> None:
    assert can_hold(Burst(1000, 1000 + lasted_ms), text) is is_possible
