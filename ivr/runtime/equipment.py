"""What drivers are given: the hands they share, and what the ears hand over."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

from ivr.ports import Connectors, Mouth, Observer, Understanding


@dataclass(frozen=True, slots=True)
class HeardSpeech:
    """One recognised utterance, as the ears hand it over; times on the stream's clock, ms."""

    text: str
    confidence: float
    alternatives: tuple[str, ...]
    started_at: int
    ended_at: int
    decode_ms: float = 0.0
    engine: str = ""


@dataclass(frozen=True, slots=True)
class Equipment:
    """What every driver of a process shares."""

    understanding: Understanding
    connectors: Connectors
    mouth: Mouth
    executor: Executor
    """Threads for understanding and look-ups."""
    observer: Observer
    is_cacheable: Callable[[str], bool]
    """Whether a prompt's text is the same for every caller."""
