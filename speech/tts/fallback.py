"""Chooses the engine of a language, and another one when that fails."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog

from speech.interfaces import Synthesiser, SynthesisFailed, Voice
from speech.tts.sentences import has_words
from speech.tts.supervised import SynthesiserProcess

_log = structlog.get_logger(__name__)


_UNLIMITED = 8
"""What an engine in this process is thought to bear."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """Sound, and who made it."""

    pcm: bytes
    engine: str
    is_substitute: bool = False
    """The language's own engine failed: not worth keeping."""


def base_language(language: str) -> str:
    """`en` of `en-GB`."""
    return language.lower().replace("_", "-").split("-")[0]


class FallbackSynthesiser:
    """A `Synthesiser` over several. Thread-safe; closes what it holds."""

    engine = "auto"

    def __init__(self, engines: Mapping[str, Synthesiser], fallback: Synthesiser | None = None) -> None:
        """Args: `engines` by base language; `fallback` for every other language and for failures."""
        self._engines = {base_language(language): engine for language, engine in engines.items()}
        self._fallback = fallback
        self._counting = threading.Lock()
        self._failures: Counter[str] = Counter()

    def languages(self) -> tuple[str, ...]:
        """All that any engine speaks, the languages with an engine of their own first."""
        others = self._fallback.languages() if self._fallback else ()
        return tuple(dict.fromkeys((*self._engines, *others)))

    def engine_for(self, language: str) -> str:
        """The name of the engine meant for a language; empty when there is none."""
        chosen = self._engines.get(base_language(language), self._fallback)
        return chosen.engine if chosen else ""

    def at_once_for(self, language: str) -> int:
        """How many texts the language's engine can speak at the same time."""
        chosen = self._engines.get(base_language(language), self._fallback)
        return chosen.at_once if isinstance(chosen, SynthesiserProcess) else _UNLIMITED

    def failures(self) -> dict[str, int]:
        """Failed texts by engine, for metrics."""
        with self._counting:
            return dict(self._failures)

    def synthesise(self, text: str, voice: Voice) -> bytes:
        """PCM at 8 kHz; see `Synthesiser`. Raises `SynthesisFailed` when the fallback failed too."""
        return self.speak(text, voice).pcm

    def speak(self, text: str, voice: Voice) -> Spoken:
        """As `synthesise`, and says which engine it was."""
        if not has_words(text):
            return Spoken(b"", self.engine_for(voice.language))
        own = self._engines.get(base_language(voice.language))
        reason = "no_engine"
        for engine in dict.fromkeys(filter(None, (own, self._fallback))):
            try:
                # A voice name belongs to one engine; another one speaks with its default voice.
                meant = voice if engine is own or own is None else Voice(voice.language, voice.rate)
                pcm = engine.synthesise(text, meant)
                return Spoken(pcm, engine.engine, is_substitute=own is not None and engine is not own)
            except SynthesisFailed as failed:
                reason = failed.reason
                with self._counting:
                    self._failures[engine.engine] += 1
                _log.warning("synthesis failed", engine=engine.engine, language=voice.language, reason=reason)
        raise SynthesisFailed(reason)

    def warm(self) -> dict[str, str]:
        """Loads all engines that can be loaded ahead, at once; reasons by engine of those that cannot."""
        broken: dict[str, str] = {}

        def load(process: SynthesiserProcess) -> None:
            try:
                process.warm()
            except SynthesisFailed as failed:
                broken[process.engine] = failed.reason
                _log.warning("synthesiser cannot be loaded", engine=process.engine, reason=failed.reason)

        threads = [threading.Thread(target=load, args=(process,), daemon=True) for process in self.processes()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return broken

    def processes(self) -> Sequence[SynthesiserProcess]:
        """The engines that run in children."""
        held = (*self._engines.values(), self._fallback)
        return [engine for engine in dict.fromkeys(held) if isinstance(engine, SynthesiserProcess)]

    def close(self) -> None:
        """Closes every engine, also when one of them fails to. Idempotent."""
        for engine in dict.fromkeys(filter(None, (*self._engines.values(), self._fallback))):
            with suppress(OSError, SynthesisFailed):
                engine.close()
