"""What happens after the call, as it was written: parties that are rung, a caller who rings in, texts, quiet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ivr.simulator.scripts.turn_model import Turn

CALLER = "caller"
"""The party that everybody's promise was made to."""


class Answering(Enum):
    """What a rung party does."""

    ANSWERS = "answers"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    VOICEMAIL = "voicemail"
    FAILS = "fails"
    """The carrier cannot reach the number."""


@dataclass(frozen=True, slots=True)
class GivenAgent:
    """Somebody who takes calls during the story."""

    id: str
    state: str = "available"
    """available, on_call, break, offline"""
    free_after_ms: int | None = None
    """Of somebody on a call: when the wrap-up begins to end, since `now`."""
    number: str = ""
    """E.164; made up when left out. Personal data."""
    languages: tuple[str, ...] = ("en", "ja")
    skills: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    """Empty: every queue."""
    rings: tuple[Rung, ...] = ()
    """What this telephone does each time it rings during the call."""


@dataclass(frozen=True, slots=True)
class Rung:
    """A party's telephone rings, now or soon, and this is what it does."""

    party: str
    line: int
    at_ms: int | None = None
    """Not before this time since `now`; None: next."""
    answering: Answering = Answering.ANSWERS
    answer_after_ms: int = 2000
    turns: tuple[Turn, ...] = ()
    """`Hear`, `Say`, `Press`, `Silence`, `HangUp` of `model`."""
    number: str = ""
    """The number that rings; empty: the party's own."""


@dataclass(frozen=True, slots=True)
class Bridged:
    """These talk with each other now."""

    parties: tuple[str, ...]
    line: int
    for_ms: int = 60_000
    """So long, then the last of them hangs up."""


@dataclass(frozen=True, slots=True)
class RingsIn:
    """The caller (or another number) calls the line."""

    turns: tuple[Turn, ...]
    line: int
    at_ms: int | None = None
    number: str = ""
    """Empty: the caller's own."""


@dataclass(frozen=True, slots=True)
class SendsText:
    """The caller sends a text to the line."""

    body: str
    line: int
    at_ms: int | None = None
    reply: str = ""
    """Words the answer must contain; empty: any answer, or none."""


@dataclass(frozen=True, slots=True)
class GetsText:
    """The caller has been sent a text with these words."""

    words: str
    line: int
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Quiet:
    """Nobody is rung for so long."""

    for_ms: int
    line: int
    at_ms: int | None = None


LaterStep = Rung | Bridged | RingsIn | SendsText | GetsText | Quiet
