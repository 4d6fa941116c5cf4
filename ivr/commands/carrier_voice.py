"""The voice of a simulated carrier that runs as a program: for `<Say>`, and for people at browser phones who type."""

from __future__ import annotations

import threading

from ivr.commands.callers import LANGUAGES, EngineVoice
from ivr.simulator.caller import SpeechMissing
from ivr.simulator.line import LineQuality, TelephoneLine
from speech.tts.build import build_synthesiser


class CarrierVoice:
    """`SayToAudio` over our own engines, which start with the first words. Blocking; safe from several threads."""

    def __init__(self) -> None:
        """Nothing starts yet."""
        self._lock = threading.Lock()
        self._voice: EngineVoice | None = None
        self._line = TelephoneLine(LineQuality())

    def __call__(self, text: str, language: str) -> bytes | None:
        """Mu-law at 8 kHz; None where there is no voice for it."""
        short = language.partition("-")[0].lower()
        if short not in LANGUAGES:
            return None
        with self._lock:
            if self._voice is None:
                self._voice = EngineVoice(build_synthesiser(LANGUAGES)[0])
            try:
                return self._line.prepare(self._voice.speech(text, short, "default"))
            except SpeechMissing:
                return None

    def close(self) -> None:
        """Ends the engines."""
        if self._voice is not None:
            self._voice.close()
