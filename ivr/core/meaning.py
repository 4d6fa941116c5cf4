"""What a caller may be expected to say, and what an utterance was understood to mean.

`Expecting` travels outward with a `Listen` command; `Meaning` comes back inside `UtteranceHeard`.
Both are plain values: no engine, no score calibration, no language rules live here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


class Kind(Enum):
    """What sort of answer a step waits for; the end-of-turn wait depends on it."""

    OPEN = "open"
    """An open question: an intent or a knowledge answer."""
    SLOT = "slot"
    """One value of a known slot type."""
    CONFIRM = "confirm"
    """Yes or no to something just said, or a correction of it."""
    NOTHING = "nothing"
    """Nothing in particular (a `say`): only the commands of `everywhere` are understood."""


@dataclass(frozen=True, slots=True)
class SlotType:
    """A slot's grammar, e.g. `SlotType("digits", length=5)`."""

    name: str
    """digits, number, money, date, time, callback_time, phone, yes_no, choice, letters, name or text."""
    length: int | None = None
    """Exact number of characters (digits, letters); None when free."""
    min_length: int = 1
    max_length: int = 32
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """For `choice`: (value, wordings) pairs in the language of the call."""
    checksum: str | None = None
    """`luhn` or None."""


@dataclass(frozen=True, slots=True)
class Expecting:
    """Everything the edges need to hear and understand one answer."""

    kind: Kind
    language: str
    """`en`, `ja`, … – the caller's language at this step."""
    intent_sets: tuple[str, ...] = ()
    """Names of the intent files that the flow uses."""
    intents: tuple[str, ...] = ()
    """Intents this step has an edge for (everything else in the sets is understood, but has no edge here)."""
    slot: SlotType | None = None
    knowledge: tuple[str, ...] = ()
    """Knowledge files to look in when no intent fits."""
    commands: tuple[str, ...] = ()
    """Names under `everywhere` that are in force: agent, repeat, slower, louder, main_menu, language, goodbye, …"""
    languages: tuple[str, ...] = ()
    """Languages a caller can switch to."""
    correcting: str | None = None
    """During a read-back: the value that was read, so that "no, four seven" can mend a part of it."""
    question: str = ""
    """The text that was asked; resolves 大丈夫です and similar."""
    patience: float = 1.0
    """Factor on every wait: above 1 for callers who need longer."""
    now: datetime | None = None
    """The caller's local wall-clock time, naive, when the question was asked; for types that depend on it."""


class Decision(Enum):
    """How sure an understanding is."""

    ACCEPT = "accept"
    CONFIRM = "confirm"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class IntentGuess:
    """One candidate intent."""

    name: str
    score: float
    """Calibrated, 0..1."""


@dataclass(frozen=True, slots=True)
class SlotGuess:
    """A value found in an utterance."""

    value: str
    """Canonical: digits as ASCII, dates ISO 8601, money as decimal, yes_no as `yes`/`no`.

    A callback_time is `asap`, `later` (another time, not said which), `no`, or `FROM/TO`: local naive ISO 8601
    minutes, FROM before TO, TO exclusive, within one day or over one midnight.
    """
    score: float = 1.0
    is_correction: bool = False
    """Built from the value under `Expecting.correcting`."""
    is_valid: bool = True
    """False when something of the type was heard but length or checksum does not fit."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An entry of the knowledge base that answers the caller's question."""

    entry: str
    """`file/id` of the entry."""
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an utterance means at the step where it was heard. Empty = nothing understood."""

    decision: Decision = Decision.REJECT
    """About `intents[0]`."""
    intents: tuple[IntentGuess, ...] = ()
    """Best first."""
    slot: SlotGuess | None = None
    yes_no: bool | None = None
    command: str | None = None
    """A name of `Expecting.commands` the caller asked for."""
    language: str | None = None
    """With `command == "language"`: the language asked for, when it was named."""
    answer: Answer | None = None
    extra: dict[str, str] = field(default_factory=dict)
    """Further slots heard in the same sentence, by type name. `digits` may have several readings, parted by spaces."""

    @property
    def intent(self) -> str | None:
        """The best intent's name, whatever the decision about it."""
        return self.intents[0].name if self.intents else None
