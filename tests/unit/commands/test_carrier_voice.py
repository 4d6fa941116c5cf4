"""The simulated carrier's voice: started by the first words, silent where it cannot speak."""

from __future__ import annotations

import numpy as np
import pytest

from ivr.commands import carrier_voice
from ivr.commands.carrier_voice import CarrierVoice
from ivr.simulator.caller import Samples, SpeechMissing
from ivr.simulator.carrier.mulaw import is_silence

pytestmark = pytest.mark.unit


class Engine:
    """Speaks a tone for everything but "broken"."""

    def __init__(self, _: object) -> None:
        self.is_closed = False
        self.asked: list[tuple[str, str]] = []
        ENGINES.append(self)

    def speech(self, text: str, language: str, voice: str) -> Samples:
        self.asked.append((text, language))
        if text == "broken":
            raise SpeechMissing("no words")
        return (8000 * np.sin(np.arange(8000) * 0.5)).astype(np.int16)

    def close(self) -> None:
        self.is_closed = True


ENGINES: list[Engine] = []


@pytest.fixture(autouse=True)
def _engine(monkeypatch: pytest.MonkeyPatch) -> None:
    ENGINES.clear()
    monkeypatch.setattr(carrier_voice, "build_synthesiser", lambda languages: (None, {}))
    monkeypatch.setattr(carrier_voice, "EngineVoice", Engine)


def test_words_become_telephone_sound_and_the_engine_starts_with_the_first_ones() -> None:
    voice = CarrierVoice()
    assert ENGINES == []
    sound = voice("Where is my order?", "en-US")
    assert sound is not None and len(sound) == 8000 and not is_silence(sound)
    voice("注文はどこですか。", "ja-JP")
    assert [one.asked for one in ENGINES] == [[("Where is my order?", "en"), ("注文はどこですか。", "ja")]]
    voice.close()
    assert ENGINES[0].is_closed


def test_language_without_a_voice_and_words_that_cannot_be_spoken_are_none() -> None:
    voice = CarrierVoice()
    assert voice("Bonjour", "fr-FR") is None
    assert ENGINES == []
    assert voice("broken", "en-GB") is None
    voice.close()


def test_voice_that_never_spoke_has_nothing_to_close() -> None:
    CarrierVoice().close()
    assert ENGINES == []
