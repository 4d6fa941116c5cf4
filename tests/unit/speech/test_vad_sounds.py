"""The real detector on sounds that are no speech, and on speech."""

from __future__ import annotations

import numpy as np
import pytest

from speech import formats
from speech.vad import SpeechDetector, Voice, open_confirmers

pytestmark = pytest.mark.audio

SECONDS = 4
AT = np.arange(8000 * SECONDS) / 8000
RANDOM = np.random.default_rng(7)
RINGBACK = (np.sin(2 * np.pi * 440 * AT) + np.sin(2 * np.pi * 480 * AT)) * (AT % 3 < 1)
CHORD = sum(np.sin(2 * np.pi * tone * AT) for tone in (220, 277, 330)) * (1 + 0.3 * np.sin(np.pi * AT))
CLICKS = np.convolve(RANDOM.random(AT.size) > 0.999, 0.8 ** np.arange(30))[: AT.size]
SOUNDS = {
    "noise": RANDOM.normal(size=AT.size),
    "ringback": RINGBACK,
    "dial tone": np.sin(2 * np.pi * 425 * AT),
    "a held chord": CHORD,
    "clicks": CLICKS,
}


def _line(sound: np.ndarray, dbfs: float) -> bytes:  # type: ignore[type-arg]
    scaled = sound / np.sqrt(np.mean(sound**2)) * 32768 * 10 ** (dbfs / 20)
    lead = RANDOM.normal(scale=3, size=4000)
    return formats.mulaw_to_pcm(formats.pcm_to_mulaw(formats.pcm_bytes(np.concatenate([lead, scaled]))))


@pytest.mark.parametrize("name", SOUNDS)
def test_a_sound_of_minus_25_dbfs_is_not_taken_for_speech(name: str) -> None:
    pool, _ = open_confirmers(ready=1)
    detector = SpeechDetector(pool)
    pcm = _line(SOUNDS[name], -25.0)
    assert Voice.SPEECH not in {detector.frame(pcm[at : at + 320]) for at in range(0, len(pcm) - 319, 320)}
