"""Sounds on a caller's line that no voice makes: coughs, noise, music; and a caller's own recordings."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import soxr

from ivr.simulator.caller import Samples, SpeechMissing
from ivr.simulator.line import RATE_HZ, band_pass
from ivr.simulator.scripts.model import NoiseKind

_LOUD = 9000.0
_LONGEST_SECS = 60
_AUDIBLE = 300
"""Samples below this (-40 dB) at the ends of an utterance are no speech."""
_FRAME = RATE_HZ // 50
_CHORDS_HZ = ((262, 330, 392), (220, 262, 330), (175, 220, 262), (196, 247, 294))


def noise(kind: NoiseKind, duration_ms: int, seed: int = 0) -> Samples:
    """8 kHz PCM of that length, the same for the same seed."""
    count = duration_ms * RATE_HZ // 1000
    times = np.arange(count) / RATE_HZ
    random = np.random.default_rng(seed)
    match kind:
        case NoiseKind.COUGH:
            bursts = np.exp(-times / 0.06) + 0.7 * np.exp(-np.abs(times - 0.22) / 0.05)
            sound = band_pass(random.standard_normal(count)) * bursts
        case NoiseKind.NOISE:
            sound = band_pass(random.standard_normal(count))
        case NoiseKind.HOLD_MUSIC:
            sound = np.zeros(count)
            for index, chord in enumerate(_CHORDS_HZ):
                plays = (times % 4).astype(int) == index
                sound += plays * sum(np.sin(2 * np.pi * hz * times) for hz in chord)
    loudest = float(np.abs(sound).max()) if count else 0.0
    scaled: Samples = (sound * (_LOUD / loudest if loudest else 0.0)).astype(np.int16)
    return scaled


def trimmed(speech: Samples) -> Samples:
    """Speech without the silence around it, so that its end is the end of the speech."""
    loud = np.flatnonzero(np.abs(speech.astype(np.int32)) >= _AUDIBLE)
    if not len(loud):
        return speech[:0]
    return speech[max(0, loud[0] - _FRAME) : loud[-1] + 1]


def recording(path: Path) -> Samples:
    """A WAV file of 16 bit as 8 kHz mono. Raises `SpeechMissing`."""
    try:
        with wave.open(str(path), "rb") as file:
            if file.getsampwidth() != 2:
                raise SpeechMissing("the recording is not 16 bit; convert it")
            rate, channels = file.getframerate(), file.getnchannels()
            if not 4000 <= rate <= 96_000 or file.getnframes() > rate * _LONGEST_SECS:
                raise SpeechMissing(f"the recording is longer than {_LONGEST_SECS} s or has a strange rate")
            raw = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
            mono = raw.reshape(-1, channels).mean(axis=1).astype(np.float32)
    # The reader raises RuntimeError for chunks that point behind the end of the file.
    except (OSError, EOFError, wave.Error, ValueError, RuntimeError) as error:
        raise SpeechMissing(f"the recording cannot be read ({type(error).__name__})") from error
    resampled: Samples = np.clip(soxr.resample(mono, rate, RATE_HZ), -32768, 32767).astype(np.int16)
    return resampled
