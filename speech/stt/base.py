"""What all recognisers share: failure, clean-up of texts, loading on a low-priority thread, an engine that is deaf."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from speech.interfaces import RecogniserCapabilities, Recognition

T = TypeVar("T")

NICENESS = 10
"""Recognition yields to the media loop: without it two decoders delayed frames by 0.6 s."""

_STAGE_DIRECTIONS = re.compile(r"\[[^\]]*\]|\([^)]*\)|（[^）]*）|【[^】]*】|\*[^*]*\*|[♪♫♩♬🎵🎶]+")
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"\w")


class RecognitionFailed(Exception):
    """An engine could not decode. `reason` is a word for logs and counters; never holds any text."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def spoken_words(text: str) -> str:
    """The text without what nobody said: `[MUSIC]`, `(coughs)`, notes, lone punctuation."""
    bare = _SPACES.sub(" ", _STAGE_DIRECTIONS.sub(" ", text)).strip()
    return bare if _WORD.search(bare) else ""


def be_nice(niceness: int = NICENESS) -> None:
    """Lowers the priority of the calling thread (Linux gives every thread its own)."""
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)


def on_a_nice_thread(build: Callable[[], T]) -> T:
    """What `build` returns, built on a low-priority thread: threads that a library starts there inherit it."""
    results: list[T] = []
    failures: list[BaseException] = []

    def run() -> None:
        be_nice()
        try:
            results.append(build())
        except (OSError, RuntimeError, ValueError, ImportError, RecognitionFailed) as cause:
            failures.append(cause)

    thread = threading.Thread(target=run, name="engine-loading")
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
    return results[0]


class DeafStream:
    """Hears nothing."""

    def push(self, pcm8k: bytes) -> None:
        """Ignored."""

    def partial(self) -> str:
        """Always empty."""
        return ""

    def result(self) -> Recognition:
        """Always empty."""
        return Recognition("", engine="none")

    def reset(self) -> None:
        """Nothing to forget."""

    def close(self) -> None:
        """Nothing to give back."""


class DeafRecogniser:
    """Stands where no engine could be loaded: calls go on by keypad."""

    capabilities = RecogniserCapabilities("none", "", (), streaming=False, grammar=False)

    def open(self, language: str, phrases: Sequence[str] = ()) -> DeafStream:
        """A stream without words."""
        return DeafStream()

    def close(self) -> None:
        """Nothing to unload."""
