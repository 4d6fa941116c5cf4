"""Synthesisers that replay a script: in this process, and (`Misbehaving`) inside a synthesis child."""

from __future__ import annotations

import math
import os
import struct
import sys
import threading
import time
from collections.abc import Callable

from speech.interfaces import SynthesisFailed, Voice


class ScriptedSynthesiser:
    """Speaks tones: 60 ms for each character, lower for a slower rate. Fails on demand; remembers what it was asked."""

    def __init__(self, engine: str = "scripted", languages: tuple[str, ...] = ("en", "ja")) -> None:
        self.engine = engine
        self.spoken: list[tuple[str, Voice]] = []
        self.failing: str = ""
        """A reason makes every request fail."""
        self.before_speaking: Callable[[str], None] = lambda text: None
        """Runs in the caller's thread, e.g. to wait for something."""
        self.is_closed = False
        self._languages = languages
        self._lock = threading.Lock()

    def languages(self) -> tuple[str, ...]:
        return self._languages

    def synthesise(self, text: str, voice: Voice) -> bytes:
        if not any(c.isalnum() for c in text):
            return b""
        with self._lock:
            self.spoken.append((text, voice))
        self.before_speaking(text)
        if self.failing:
            raise SynthesisFailed(self.failing)
        if voice.language.split("-")[0] not in self._languages:
            raise SynthesisFailed("no_voice")
        count = int(480 * len(text) / voice.rate)
        wave = (int(4600 * math.sin(i * 0.35)) for i in range(count))
        return struct.pack(f"<{count}h", *wave)

    def close(self) -> None:
        self.is_closed = True


class Misbehaving(ScriptedSynthesiser):
    """Does to its process what the text says: `hang`, `die`, `print`, `raise`, `refuse`, `silent`; else speaks."""

    def __init__(self) -> None:
        super().__init__("misbehaving", ("en",))

    def synthesise(self, text: str, voice: Voice) -> bytes:
        match text:
            case "hang":
                while True:
                    time.sleep(60)
            case "die":
                os._exit(3)
            case "print":
                print("Audio saved to nowhere", flush=True)
                sys.stdout.flush()
            case "raise":
                raise ZeroDivisionError("a secret from the text")
            case "refuse":
                raise SynthesisFailed("refused")
            case "silent":
                return b""
            case "environment":
                raise SynthesisFailed(os.environ.get("IVR_SECRET_KEY", "nothing_seen"))
        return super().synthesise(text, voice)


class NeverLoads:
    """An engine whose constructor kills its process."""

    def __init__(self) -> None:
        os._exit(4)
