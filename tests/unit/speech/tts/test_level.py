"""Loudness, limits and trimming of synthesised sound."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from speech.formats import duration_ms, level_dbfs, mulaw_to_pcm, pcm_to_mulaw, peak_dbfs
from speech.tts.level import for_telephone, with_gain

pytestmark = pytest.mark.unit


def tone(hertz: float, secs: float, rate_hz: int, amplitude: float) -> np.ndarray:
    return (amplitude * np.sin(2 * math.pi * hertz * np.arange(int(secs * rate_hz)) / rate_hz)).astype(np.float32)


@pytest.mark.parametrize("rate_hz", [8000, 16000, 22050, 48000])
@pytest.mark.parametrize("amplitude", [0.03, 0.3, 1.0])
def test_any_rate_and_loudness_becomes_eight_kilohertz_at_minus_twenty(rate_hz: int, amplitude: float) -> None:
    pcm = for_telephone(tone(700, 1.0, rate_hz, amplitude), rate_hz)

    assert 980 <= duration_ms(pcm) <= 1020
    assert level_dbfs(pcm) == pytest.approx(-20, abs=0.3)


def test_peaks_stay_three_decibels_below_full_scale() -> None:
    spiky = tone(700, 1.0, 8000, 0.05)
    spiky[4000:4040] = 1.0

    assert peak_dbfs(for_telephone(spiky, 8000)) <= -2.99


def test_a_whisper_is_not_blown_up_without_bound() -> None:
    assert level_dbfs(for_telephone(tone(700, 1.0, 8000, 0.002), 8000)) < -30


def test_silence_around_speech_is_cut_to_20_and_100_ms() -> None:
    quiet = np.zeros(8000, dtype=np.float32)

    pcm = for_telephone(np.concatenate([quiet, tone(700, 1.0, 8000, 0.3), quiet]), 8000)

    assert 1100 <= duration_ms(pcm) <= 1180


def test_a_pause_inside_does_not_make_the_rest_louder() -> None:
    word = tone(700, 1.0, 8000, 0.3)
    paused = for_telephone(np.concatenate([word, np.zeros(16000, dtype=np.float32), word]), 8000)

    assert level_dbfs(paused[: 8000 * 2]) == pytest.approx(-20, abs=0.5)


@pytest.mark.parametrize("sound", [np.zeros(0), np.zeros(8000), np.zeros(3), np.full(100, np.nan), np.full(8000, 1e-9)])
def test_sound_without_voice_is_no_sound(sound: np.ndarray) -> None:
    assert for_telephone(sound, 8000) == b""


def test_hum_below_the_telephone_band_is_not_taken_for_voice_level() -> None:
    hum = tone(50, 1.0, 8000, 0.9)

    assert level_dbfs(for_telephone(hum + tone(700, 1.0, 8000, 0.05), 8000)) == pytest.approx(-20, abs=0.5)


def test_minutes_of_sound_are_an_error() -> None:
    with pytest.raises(ValueError, match="more sound"):
        for_telephone(np.zeros(121 * 8000, dtype=np.float32), 8000)


@settings(max_examples=60, deadline=None)
@given(hnp.arrays(np.float64, st.integers(0, 3000)), st.sampled_from([8000, 22050]))
def test_no_array_of_floats_crashes_or_overshoots(sound: np.ndarray, rate_hz: int) -> None:
    with np.errstate(all="ignore"):
        pcm = for_telephone(sound, rate_hz)

    assert len(pcm) % 2 == 0
    assert peak_dbfs(pcm) <= -2.9


@pytest.mark.parametrize(("asked", "expected"), [(0.0, 0.0), (6.0, 6.0), (-10.0, -10.0), (-90.0, -30.0)])
def test_gain_is_decibels_within_bounds(asked: float, expected: float) -> None:
    plain = pcm_to_mulaw(for_telephone(tone(700, 1.0, 8000, 0.3), 8000))

    change = level_dbfs(mulaw_to_pcm(with_gain(plain, asked))) - level_dbfs(mulaw_to_pcm(plain))

    assert change == pytest.approx(expected, abs=0.5)


def test_too_much_gain_bends_peaks_instead_of_clipping() -> None:
    plain = pcm_to_mulaw(for_telephone(tone(700, 1.0, 8000, 0.3), 8000))

    assert peak_dbfs(mulaw_to_pcm(with_gain(plain, 40.0))) <= -2.9
    assert with_gain(b"", 6.0) == b""
