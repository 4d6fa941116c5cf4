"""The interfaces between engines and the rest of `speech`: recognisers, synthesisers, what was heard.

Knows nothing of calls or flows. Audio inside this package is PCM, signed 16 bit little endian, mono;
the telephone side is 8 kHz and only a whole utterance is resampled, by the engine that wants it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Recognition:
    """What an engine made of one utterance. Empty `text` = nothing that was speech."""

    text: str
    confidence: float = 1.0
    """0..1"""
    alternatives: tuple[str, ...] = ()
    engine: str = ""
    decode_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class RecogniserCapabilities:
    """What an engine can do."""

    engine: str
    """`vosk`, `whisper`, …"""
    model: str
    languages: tuple[str, ...]
    streaming: bool
    """Has partial results while the caller still speaks."""
    grammar: bool
    """Accepts a closed list of phrases."""


DIGITS = "<digits>"
"""Among the phrases of `Recogniser.open`: digits are the likely answer, though anything may be said."""


class RecogniserStream(Protocol):
    """One utterance at a time of one caller. Called from worker threads only, never concurrently."""

    def push(self, pcm8k: bytes) -> None:
        """More audio, any length."""

    def partial(self) -> str:
        """The text so far, for streaming engines; empty otherwise."""

    def result(self) -> Recognition:
        """The text of everything pushed since the start or the last `reset`; may be called again after more pushes."""

    def reset(self) -> None:
        """Forget the audio; ready for the next utterance."""

    def close(self) -> None:
        """Give everything back (a pooled recogniser returns to its pool). Idempotent."""


class Recogniser(Protocol):
    """A loaded model, shared by all calls of a process. Thread-safe."""

    capabilities: RecogniserCapabilities

    def open(self, language: str, phrases: Sequence[str] = ()) -> RecogniserStream:
        """A stream. `phrases` is a hint where `capabilities.grammar`."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks, and how."""

    language: str
    rate: float = 1.0
    """Speed factor; 0.8 is slower."""
    name: str = "default"
    """An engine's own voice name, or `default` for the language's."""


class SynthesisFailed(Exception):
    """No engine could speak this text. `reason` is a word for logs; the text is never in it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Synthesiser(Protocol):
    """Text to sound. Blocking; time-limited; thread-safe."""

    engine: str

    def languages(self) -> tuple[str, ...]: ...

    def synthesise(self, text: str, voice: Voice) -> bytes:
        """PCM at 8 kHz, level already set for the telephone. Raises `SynthesisFailed`."""

    def close(self) -> None: ...


class Wholeness(Enum):
    """How whole an answer sounds so far; decides how long to wait for more."""

    COMPLETE = "complete"
    UNKNOWN = "unknown"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class Heard:
    """A caller's turn is over."""

    recognition: Recognition
    started_at: int
    """Stream ms at which speech began."""
    ended_at: int
    """Stream ms of the last speech."""
    decided_at: int
    """Stream ms at which the turn was declared over."""


@dataclass(frozen=True, slots=True)
class SpeechBegan:
    """Confirmed speech. `at`: stream ms of confirmation; `started_at`: of its first frame."""

    at: int
    started_at: int


@dataclass(frozen=True, slots=True)
class FalseAlarm:
    """What had been announced by `SpeechBegan` held no words (cough, noise, hold music)."""

    at: int


ListenerEvent = SpeechBegan | Heard | FalseAlarm


@dataclass(frozen=True, slots=True)
class ListenFor:
    """How to hear the next answer. `wholeness` must be cheap and is called from worker threads."""

    language: str
    phrases: tuple[str, ...] = ()
    patience: float = 1.0
    context: object = field(default=None, compare=False)
    """Opaque to this package; handed to `wholeness` as it is."""
