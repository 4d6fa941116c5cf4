"""The state of one call, all of it: what a session reads and changes, and its JSON twin for resuming.

Only plain values live here, so that a call can go on in another process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from ivr.core.errors import SnapshotError


class Phase(Enum):
    """Where a call is in its life."""

    NEW = "new"
    """Not answered yet."""
    ASKING = "asking"
    """A question is open."""
    WORKING = "working"
    """A connector is asked."""
    LEAVING = "leaving"
    """The goodbye is playing."""
    HUNG_UP = "hung_up"
    """We ordered the hang-up."""
    ENDED = "ended"


class Step(Enum):
    """Where a question is."""

    MAIN = "main"
    READ_BACK = "read_back"
    """A value was read back; yes, no or a correction is wanted."""
    DID_YOU_WANT = "did_you_want"
    """An unsure intent was named; yes or no is wanted."""


@dataclass(slots=True)
class Playing:
    """A prompt that was ordered and is not finished."""

    prompt_id: int
    text: str
    language: str
    interruptible: bool
    stopped: bool = False
    is_resumable: bool = False
    """Stopped by speech that may turn out to be noise."""
    is_consent: bool = False


@dataclass(slots=True)
class CallState:
    """Everything a session knows."""

    phase: Phase = Phase.NEW
    node: str = ""
    step: Step = Step.MAIN
    call_id: str = ""
    caller: str = ""
    dialled: str = ""
    attested: str = ""
    is_known: bool = False
    is_open: bool = True
    hours_text: dict[str, str] = field(default_factory=dict)
    answered_at: str = ""
    language: str = "en"
    rate: float = 1.0
    gain_db: float = 0.0
    patience: float = 1.0
    slots: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    """Slot -> the words or `[key]` that settled it: evidence of what a caller agreed to. Personal data."""
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    heard: dict[str, str] = field(default_factory=dict)
    """Values said before they were asked for, by slot type."""
    turn: list[str] = field(default_factory=list)
    """What was said to the caller since the last answer; `repeat` says it again."""
    question: str = ""
    """The present question, as it was said last."""
    value: str = ""
    """During a read-back: the value."""
    intent: str = ""
    """During "did you want": the intent."""
    misses: dict[str, int] = field(default_factory=dict)
    visited: list[str] = field(default_factory=list)
    intents: list[str] = field(default_factory=list)
    outcome: str | None = None
    is_refused: bool = False
    is_recording: bool = False
    lookups: int = 0
    next_id: int = 1
    # Not part of a snapshot: these belong to the audio of this moment.
    playing: list[Playing] = field(default_factory=list)
    interrupted: list[tuple[str, int]] = field(default_factory=list)
    """Texts that speech stopped, with the ms heard of each; noise makes them go on."""
    was_noise: bool = False
    """The speech that stopped them was none; they go on as soon as all have stopped."""
    timers: dict[str, int] = field(default_factory=dict)
    listen_id: int = 0
    listened_at: int = 0
    """When the present `Listen` was ordered, ms."""
    lookup_id: int = 0
    keyed: str = ""
    is_entry_over: bool = False
    """The last key completed an entry by itself: a `#` behind it is only its end."""
    typed: str = ""
    question_id: int = 0
    """Of the prompt that asks the present question."""
    question_at: int = 0
    """When that began to play, ms."""
    answer: str = ""
    """The last words, or `[key]`."""
    message: str = ""
    """Key of the message that is being recorded."""
    message_at: int = 0
    """When it began, ms."""
    has_voice: bool = False
    """Somebody spoke in it."""


_PASSING = (
    "playing", "interrupted", "was_noise", "timers", "listen_id", "listened_at", "lookup_id", "keyed", "typed",
    "is_entry_over", "question_id", "question_at", "answer", "message", "message_at", "has_voice",
)  # fmt: skip


def to_snapshot(state: CallState) -> dict[str, Any]:
    """JSON values only."""
    kept = {name: getattr(state, name) for name in CallState.__slots__ if name not in _PASSING}
    kept["unheard"] = [playing.text for playing in state.playing if not playing.stopped and not playing.is_consent]
    kept["phase"], kept["step"] = state.phase.value, state.step.value
    return {name: _copied(value) for name, value in kept.items()}


def from_snapshot(snapshot: Mapping[str, Any]) -> tuple[CallState, list[str]]:
    """The state, and the texts that had been ordered but not heard. Raises `SnapshotError`."""
    values = {name: _copied(value) for name, value in snapshot.items()}
    unheard = values.pop("unheard", [])
    unknown = set(values) - set(CallState.__slots__)
    if unknown:
        raise SnapshotError(f"unknown fields: {', '.join(sorted(unknown))}")
    try:
        values["phase"], values["step"] = Phase(values["phase"]), Step(values["step"])
        return CallState(**values), [str(text) for text in unheard]
    except (KeyError, TypeError, ValueError) as error:
        raise SnapshotError(f"a field has a wrong value: {type(error).__name__}") from error


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list) else value


def plain(value: Any) -> Any:
    """A connector's value as JSON: decimals and dates become texts, nested objects stay objects."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float | Decimal):
        return format(Decimal(str(value)), "f")
    return value if value is None or isinstance(value, bool | int | str) else str(value)
