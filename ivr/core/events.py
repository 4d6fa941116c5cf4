"""Facts that happen to a call, in the past tense: everything `CallSession.handle` accepts.

`at` is always milliseconds on the call's own clock (0 = answered). A new kind of fact is a new
frozen dataclass here and one branch in the session.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from ivr.core.meaning import Meaning


@dataclass(frozen=True, slots=True)
class CallAnswered:
    """The caller's leg is up and audio flows both ways."""

    at: int
    call_id: str
    caller: str
    """The caller's number (ANI) in E.164, or empty when withheld. Personal data."""
    dialled: str
    """The dialled number (DNIS)."""
    answered_at: datetime
    """Aware, UTC."""
    is_open: bool = True
    """Whether the flow's hours say open at `answered_at`."""
    hours_text: dict[str, str] = field(default_factory=dict)
    """When people are there, in words, per language; what prompts know as `hours.text`."""
    is_known: bool = False
    language: str | None = None
    """A language known beforehand (by the dialled number or the caller's history)."""
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What is known before the first word, as prompts and conditions name it: record -> field -> value."""
    has_callback: bool = False
    """A call back was promised to this number: the call begins with that."""
    attested: str = ""
    """How far the calling number is vouched for: A, B, C, `failed`, or empty where nobody says."""


@dataclass(frozen=True, slots=True)
class CallResumed:
    """A call that lost its media process goes on here."""

    at: int


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The caller began to speak (confirmed speech, not just noise)."""

    at: int


@dataclass(frozen=True, slots=True)
class UtteranceHeard:
    """The caller's turn is over and was recognised."""

    at: int
    listen_id: int
    """The `Listen` command this answers; results for older ones are stale."""
    text: str
    """Transcript. Personal data."""
    meaning: Meaning
    confidence: float = 1.0
    started_at: int = 0
    """When the caller began to speak, ms."""


@dataclass(frozen=True, slots=True)
class NoiseHeard:
    """What had looked like speech was none (a cough, a false interruption)."""

    at: int
    listen_id: int


@dataclass(frozen=True, slots=True)
class DigitPressed:
    """One key of 0-9 * # A-D."""

    at: int
    digit: str


@dataclass(frozen=True, slots=True)
class PlaybackFinished:
    """A prompt ended: played to its end, or stopped on the way."""

    at: int
    prompt_id: int
    completed: bool
    """Heard to its end (a mark came back and nothing had been cleared)."""
    heard_ms: int = 0
    """How much of its text was heard, counted from the text's beginning (see `PlayPrompt.from_ms`)."""


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer set by `SetTimer` ran out."""

    at: int
    timer_id: int


class LookUpOutcome(Enum):
    """How a connector call ended."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class LookUpFinished:
    """A connector answered, or failed to."""

    at: int
    lookup_id: int
    outcome: LookUpOutcome
    record: dict[str, Any] = field(default_factory=dict)
    """The row or object found: text, numbers, booleans, None, or nested dicts of those."""
    reason: str = ""
    """For `failed`: a word for logs such as `timeout`; never shown to the caller."""


class EndCause(Enum):
    """Why a call ended."""

    CALLER_HUNG_UP = "caller_hung_up"
    COMPLETED = "completed"
    """We said goodbye and hung up."""
    CARRIER_ERROR = "carrier_error"
    LOST = "lost"
    """The media connection broke and nobody came back."""
    SHUTDOWN = "shutdown"


@dataclass(frozen=True, slots=True)
class Ended:
    """The call is over. Accepted once, in any state."""

    at: int
    cause: EndCause


Event = (
    CallAnswered
    | CallResumed
    | SpeechStarted
    | UtteranceHeard
    | NoiseHeard
    | DigitPressed
    | PlaybackFinished
    | TimerFired
    | LookUpFinished
    | Ended
)
