"""What simulated callers speak and hear with: the project's own engines, outside the server's processes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from ivr.simulator.caller import Samples, SpeechMissing
from ivr.understanding.readings import Reader
from speech.interfaces import Synthesiser, SynthesisFailed, Voice
from speech.stt import Recognisers, load_recognisers
from speech.tts.build import build_synthesiser
from speech.tts.supervised import SynthesiserProcess

LANGUAGES = ("en", "ja")
OTHER_VOICES = ("espeak",)
"""Voice names a script can ask for beside `default`."""


class EngineVoice:
    """`CallerVoice` over our synthesisers."""

    def __init__(self, default: Synthesiser) -> None:
        """`default` speaks every language it knows; other voices start when first wanted."""
        self._default = default
        self._others: dict[str, SynthesiserProcess] = {}

    def speech(self, text: str, language: str, voice: str) -> Samples:
        """PCM at 8 kHz."""
        if voice not in ("default", *OTHER_VOICES):
            names = ", ".join(("default", *OTHER_VOICES))
            raise SpeechMissing(f"there is no voice `{voice[:40]}`; there are: {names}")
        engine = self._default
        if voice != "default":
            engine = self._others.setdefault(voice, SynthesiserProcess(voice))
        try:
            pcm = engine.synthesise(text, Voice(language))
        except SynthesisFailed as why:
            raise SpeechMissing(f"the caller's words cannot be spoken ({why.reason}); `ivr doctor` says why") from why
        return np.frombuffer(pcm, dtype="<i2").astype(np.int16)

    def close(self) -> None:
        """Ends the engines."""
        self._default.close()
        for engine in self._others.values():
            engine.close()


class EngineEars:
    """`CallerEars` over our recognisers."""

    def __init__(self, recognisers: Recognisers) -> None:
        """One set for all callers."""
        self._recognisers = recognisers
        self._reader = Reader()

    def words(self, pcm: bytes, language: str) -> str:
        """What was said."""
        stream = self._recognisers.recogniser_for(language).open(language)
        try:
            stream.push(pcm)
            return stream.result().text
        finally:
            stream.close()

    def reading(self, text: str, language: str) -> str:
        """Katakana for Japanese."""
        return self._reader.reading(text) if language == "ja" else ""


@contextmanager
def voice_and_ears(models_dir: Path, cache_dir: Path) -> Iterator[tuple[EngineVoice, EngineEars]]:
    """Both, for as long as the block lasts."""
    recognisers = load_recognisers(LANGUAGES, "auto", models_dir, cache_dir / "models")
    voice = EngineVoice(build_synthesiser(LANGUAGES)[0])
    try:
        yield voice, EngineEars(recognisers)
    finally:
        voice.close()
        recognisers.close()
