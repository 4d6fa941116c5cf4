from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from ivr.simulator.caller import Caller, Samples, SpeechMissing
from ivr.simulator.line import LineQuality, TelephoneLine
from ivr.simulator.scripts.model import NoiseKind
from ivr.simulator.scripts.sounds import noise, recording, trimmed
from ivr.simulator.scripts.stereo import save_call
from ivr.simulator.scripts.voice_cache import CachedVoice

pytestmark = pytest.mark.unit


def wav(path: Path, rate: int = 8000, channels: int = 1, width: int = 2, frames: int = 800) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, width, rate, 0, "NONE", ""))
        file.writeframes(b"\x00\x10"[-width:] * frames * channels)
    return path


@pytest.mark.parametrize("kind", list(NoiseKind))
def test_noise_has_its_length_is_loud_and_the_same_every_time(kind: NoiseKind) -> None:
    sound = noise(kind, 500, seed=3)
    assert (sound.dtype, len(sound)) == (np.int16, 4000)
    assert np.abs(sound.astype(int)).max() > 8000
    assert np.array_equal(sound, noise(kind, 500, seed=3))


def test_silence_around_speech_is_cut_off() -> None:
    speech = np.concatenate([np.zeros(4000), np.full(800, 5000), np.zeros(8000)]).astype(np.int16)
    assert len(trimmed(speech)) == 160 + 800
    assert len(trimmed(np.zeros(500, dtype=np.int16))) == 0


def test_a_recording_of_any_usual_rate_becomes_telephone_audio(tmp_path: Path) -> None:
    assert len(recording(wav(tmp_path / "a.wav"))) == 800
    assert len(recording(wav(tmp_path / "b.wav", 16_000, 2, frames=1600))) == 800


def test_a_recording_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "none.wav").write_bytes(b"RIFF....WAVE")
    for path, reason in (
        (tmp_path / "none.wav", "cannot be read"),
        (wav(tmp_path / "eight.wav", width=1), "not 16 bit"),
        (wav(tmp_path / "slow.wav", rate=2000), "strange rate"),
    ):
        with pytest.raises(SpeechMissing) as caught:
            recording(path)
        assert reason in caught.value.reason


class CountingVoice:
    def __init__(self) -> None:
        self.made = 0

    def speech(self, text: str, language: str, voice: str) -> Samples:
        self.made += 1
        return np.arange(100, dtype=np.int16)


def test_a_sentence_is_made_once_per_voice_and_language(tmp_path: Path) -> None:
    voice = CountingVoice()
    cached = CachedVoice(voice, tmp_path / "voices")
    first, again = cached.speech("hello", "en", "default"), cached.speech("hello", "en", "default")
    assert np.array_equal(first, again)
    cached.speech("hello", "ja", "default")
    assert voice.made == 2
    assert not any("hello" in path.name for path in (tmp_path / "voices").iterdir())


def test_a_damaged_cache_is_made_anew(tmp_path: Path) -> None:
    voice = CountingVoice()
    cached = CachedVoice(voice, tmp_path)
    cached.speech("hello", "en", "default")
    next(tmp_path.iterdir()).write_bytes(b"odd")
    cached.speech("hello", "en", "default")
    assert voice.made == 2


def test_a_call_is_saved_with_the_caller_on_the_left(tmp_path: Path) -> None:
    caller = Caller(TelephoneLine(LineQuality()))
    caller.sent += b"\x80" * 160
    caller.heard += b"\xff" * 320
    first = save_call(caller, "Where is my order?", tmp_path)
    assert (first.name, save_call(caller, "Where is my order?", tmp_path).name) == (
        "where-is-my-order.wav",
        "where-is-my-order-2.wav",
    )
    with wave.open(str(first), "rb") as file:
        sound = np.frombuffer(file.readframes(1000), "<i2").reshape(-1, 2)
    assert sound.shape == (320, 2)
    assert (abs(int(sound[0, 0])) > 30_000, int(sound[0, 1])) == (True, 0)
