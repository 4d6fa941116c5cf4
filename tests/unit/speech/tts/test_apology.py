"""The sound of last resort."""

from __future__ import annotations

import pytest

from speech.formats import level_dbfs, mulaw_to_pcm, peak_dbfs
from speech.tts.apology import tones

pytestmark = pytest.mark.unit


def test_tones_are_short_and_as_loud_as_speech() -> None:
    clip = tones()

    assert 4000 < len(clip) < 8000
    assert -25 < level_dbfs(mulaw_to_pcm(clip)) < -15
    assert peak_dbfs(mulaw_to_pcm(clip)) < -10
