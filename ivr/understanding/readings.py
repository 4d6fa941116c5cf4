"""How Japanese text is read aloud, in katakana: repairs wrong kanji and hiragana output of a recogniser.

Needs fugashi with unidic-lite; without them a text is its own reading, with hiragana turned into katakana.
"""

from __future__ import annotations

import importlib
import threading
from typing import Any

_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}


def katakana(text: str) -> str:
    """Hiragana turned into katakana; everything else stays."""
    return text.translate(_TO_KATAKANA)


class Reader:
    """Reads Japanese text. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tagger: Any = None
        try:
            engine: Any = importlib.import_module("fugashi")
            self._tagger = engine.Tagger()
        except (ImportError, RuntimeError):
            self._tagger = None

    @property
    def is_available(self) -> bool:
        """Whether the dictionary was found."""
        return self._tagger is not None

    def reading(self, text: str) -> str:
        """The katakana reading of `text`."""
        if self._tagger is None:
            return katakana(text)
        with self._lock:
            pieces = [(word.surface, getattr(word.feature, "kana", None)) for word in self._tagger(text)]
        return "".join(kana if kana and kana != "*" else katakana(surface) for surface, kana in pieces)
