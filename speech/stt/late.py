"""Recognisers that are still being loaded: what a caller says meanwhile is kept, and decoded once they are there."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from speech.interfaces import Recogniser, RecogniserCapabilities, RecogniserStream, Recognition
from speech.stt.base import RecognitionFailed
from speech.stt.catalogue import Recognisers

PATIENCE_SECS = 7.0
"""Less than the longest decode of a `DecodePool`."""


class LateRecognisers:
    """Stands for `Recognisers` from before they are loaded. Thread-safe."""

    def __init__(self, patience_secs: float = PATIENCE_SECS) -> None:
        """`patience_secs`: how long an utterance waits for its engine before it counts as not decoded."""
        self._patience_secs = patience_secs
        self._loaded: Recognisers | None = None
        self._is_there = threading.Event()

    def arrived(self, loaded: Recognisers) -> None:
        """They are loaded; from now on these are used directly."""
        self._loaded = loaded
        self._is_there.set()

    def recogniser_for(self, language: str) -> Recogniser:
        """See `Recognisers.recogniser_for`."""
        return self._loaded.recogniser_for(language) if self._loaded is not None else _Late(self)

    def second_for(self, language: str) -> Recogniser | None:
        """See `Recognisers.second_for`; nobody while they are loaded."""
        return self._loaded.second_for(language) if self._loaded is not None else None

    def wait(self, language: str) -> Recogniser:
        """Blocks until the engine is there. Raises `RecognitionFailed` when that takes too long."""
        if not self._is_there.wait(self._patience_secs) or self._loaded is None:
            raise RecognitionFailed("still_loading")
        return self._loaded.recogniser_for(language)

    def close(self) -> None:
        """Unloads what was loaded."""
        if self._loaded is not None:
            self._loaded.close()


class _Late:
    capabilities = RecogniserCapabilities("late", "", (), streaming=False, grammar=True)

    def __init__(self, whole: LateRecognisers) -> None:
        self._whole = whole

    def open(self, language: str, phrases: Sequence[str] = ()) -> RecogniserStream:
        return _LateStream(self._whole, language, tuple(phrases))

    def close(self) -> None:
        """Belongs to the whole."""


class _LateStream:
    """Keeps the audio until there is an engine for it."""

    def __init__(self, whole: LateRecognisers, language: str, phrases: tuple[str, ...]) -> None:
        self._whole, self._language, self._phrases = whole, language, phrases
        self._kept: list[bytes] = []
        self._stream: RecogniserStream | None = None

    def push(self, pcm8k: bytes) -> None:
        if self._stream is not None:
            self._stream.push(pcm8k)
        else:
            self._kept.append(pcm8k)

    def partial(self) -> str:
        return self._stream.partial() if self._stream is not None else ""

    def result(self) -> Recognition:
        if self._stream is None:
            self._stream = self._whole.wait(self._language).open(self._language, self._phrases)
            for pcm8k in self._kept:
                self._stream.push(pcm8k)
            self._kept.clear()
        return self._stream.result()

    def reset(self) -> None:
        self._kept.clear()
        if self._stream is not None:
            self._stream.reset()

    def close(self) -> None:
        self._kept.clear()
        if self._stream is not None:
            self._stream.close()
