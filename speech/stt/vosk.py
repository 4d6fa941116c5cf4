"""Vosk: decodes while the caller still speaks, fed with 8 kHz directly; grammar lists where the step has them.

A new KaldiRecognizer spends 2 s on its first utterance and 0.2 s on later ones, so recognisers are kept
and lent out again. One Model serves all of them.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import vosk

from speech.formats import TELEPHONE_HZ, silence
from speech.interfaces import DIGITS, RecogniserCapabilities, Recognition
from speech.stt.base import RecognitionFailed, on_a_nice_thread, spoken_words

_UNKNOWN = "[unk]"
_MOST_KEPT = 32
_MOST_GRAMMARS = 8
"""Recognisers with a grammar cannot be reused for another list; only so many lists are kept warm."""
_MOST_PHRASES = 500
_CHUNK_BYTES = TELEPHONE_HZ // 5 * 2

Grammar = tuple[str, ...]


class VoskRecogniser:
    """One loaded model with its warm recognisers. Thread-safe."""

    def __init__(self, folder: Path, language: str, ready: int = 1) -> None:
        """Loads and warms up `ready` recognisers. Raises `RecognitionFailed` for a folder that is no model."""
        self.capabilities = RecogniserCapabilities("vosk", folder.name, (language,), True, True)
        vosk.SetLogLevel(-1)
        self._lock = threading.Lock()
        self._kept: dict[Grammar, list[Any]] = {}
        self._model: Any = on_a_nice_thread(lambda: _load(folder))
        for stream in [self.open(language) for _ in range(ready)]:
            stream.push(silence(1000))
            stream.result()
            stream.close()

    def open(self, language: str, phrases: Sequence[str] = ()) -> VoskStream:
        """A stream on a recogniser from the pool, or a new one. Raises `RecognitionFailed`."""
        grammar = tuple(sorted({phrase.lower() for phrase in phrases if phrase != DIGITS}))[:_MOST_PHRASES]
        with self._lock:
            kept = self._kept.get(grammar)
            if kept:
                return VoskStream(self, grammar, kept.pop())
        return VoskStream(self, grammar, self._new(grammar))

    def give_back(self, grammar: Grammar, recogniser: Any) -> None:
        """Keeps a recogniser warm for the next utterance."""
        with self._lock:
            while grammar not in self._kept and len(self._kept) > _MOST_GRAMMARS:
                del self._kept[next(key for key in self._kept if key)]
            kept = self._kept.setdefault(grammar, [])
            if len(kept) < _MOST_KEPT:
                kept.append(recogniser)

    def close(self) -> None:
        """Forgets all recognisers and the model."""
        with self._lock:
            self._kept.clear()
            self._model = None

    def _new(self, grammar: Grammar) -> Any:
        if self._model is None:
            raise RecognitionFailed("closed")
        try:
            if grammar:
                listed = json.dumps([*grammar, _UNKNOWN], ensure_ascii=False)
                return vosk.KaldiRecognizer(self._model, TELEPHONE_HZ, listed)
            return vosk.KaldiRecognizer(self._model, TELEPHONE_HZ)
        except Exception as cause:  # noqa: BLE001 - vosk raises bare Exception and nothing else
            raise RecognitionFailed("recogniser-not-made") from cause


def _load(folder: Path) -> Any:
    if not (folder / "am" / "final.mdl").is_file() and not (folder / "final.mdl").is_file():
        raise RecognitionFailed("not-a-model")
    try:
        return vosk.Model(str(folder))
    except Exception as cause:  # noqa: BLE001 - vosk raises bare Exception and nothing else
        raise RecognitionFailed("model-not-loaded") from cause


class VoskStream:
    """One utterance at a time; sentences that Kaldi itself ends on the way are put together."""

    def __init__(self, owner: VoskRecogniser, grammar: Grammar, recogniser: Any) -> None:
        self._owner = owner
        self._grammar = grammar
        self._recogniser: Any = recogniser
        self._ended: list[str] = []
        self._is_fed = False
        self._cpu_ms = 0.0

    def push(self, pcm8k: bytes) -> None:
        """More audio, decoded at once. Raises `RecognitionFailed`."""
        started = time.perf_counter()
        for start in range(0, len(pcm8k), _CHUNK_BYTES):
            try:
                is_ended = self._recogniser.AcceptWaveform(pcm8k[start : start + _CHUNK_BYTES])
            except Exception as cause:  # noqa: BLE001 - vosk raises bare Exception and nothing else
                raise RecognitionFailed("decode") from cause
            self._is_fed = True
            if is_ended:
                self._keep(self._recogniser.Result())
        self._cpu_ms += (time.perf_counter() - started) * 1000

    def partial(self) -> str:
        """The text so far."""
        running = spoken_words(_field(self._recogniser.PartialResult(), "partial"))
        return " ".join([*self._ended, running]).strip()

    def result(self) -> Recognition:
        """The text of everything pushed since the start or the last `reset`."""
        started = time.perf_counter()
        if self._is_fed:
            self._keep(self._recogniser.FinalResult())
            self._is_fed = False
        spent_ms = self._cpu_ms + (time.perf_counter() - started) * 1000
        text = " ".join(self._ended)
        return Recognition(text, 1.0 if text else 0.0, engine="vosk", decode_ms=spent_ms)

    def reset(self) -> None:
        """Forgets the audio."""
        self._recogniser.Reset()
        self._ended.clear()
        self._is_fed = False
        self._cpu_ms = 0.0

    def close(self) -> None:
        """Gives the recogniser back to its pool. Idempotent."""
        if self._recogniser is None:
            return
        self.reset()
        recogniser, self._recogniser = self._recogniser, None
        self._owner.give_back(self._grammar, recogniser)

    def _keep(self, answer: str) -> None:
        text = spoken_words(_field(answer, "text").replace(_UNKNOWN, " "))
        if text:
            self._ended.append(text)


def _field(answer: str, name: str) -> str:
    """One text of an answer in JSON."""
    return str(json.loads(answer).get(name, ""))
