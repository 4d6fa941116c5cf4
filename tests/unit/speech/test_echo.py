"""Echo by level: our words coming back are silence, a caller who speaks over us is heard."""

from __future__ import annotations

import numpy as np
import pytest

from speech.echo import EchoGuard
from speech.formats import pcm_to_mulaw

pytestmark = pytest.mark.unit


def tone(level: int, ms: int = 20) -> bytes:
    wave = level * np.sin(np.arange(ms * 8) * 2 * np.pi * 400 / 8000)
    return wave.astype("<i2").tobytes()


def guard() -> EchoGuard:
    found = EchoGuard()
    found.will_sound(1000, pcm_to_mulaw(tone(8000, 100)))
    return found


def test_our_words_25_db_down_are_an_echo() -> None:
    assert guard().is_echo(1060, tone(450))


def test_a_caller_as_loud_as_we_are_is_no_echo() -> None:
    assert not guard().is_echo(1060, tone(8000))


def test_a_caller_10_db_quieter_than_we_are_is_no_echo() -> None:
    assert not guard().is_echo(1060, tone(2530))


def test_before_we_speak_nothing_is_an_echo() -> None:
    assert not guard().is_echo(900, tone(450))


def test_long_after_we_spoke_nothing_is_an_echo() -> None:
    assert not guard().is_echo(1600, tone(450))


def test_our_own_silence_makes_no_echo() -> None:
    silent = EchoGuard()
    silent.will_sound(0, b"\xff" * 800)
    assert not silent.is_echo(20, tone(10))
