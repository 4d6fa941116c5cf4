"""Orders a session gives, imperative: everything a driver has to be able to do.

A session only ever returns these; it never does anything itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ivr.core.meaning import Expecting


@dataclass(frozen=True, slots=True)
class PlayPrompt:
    """Speak a text. A `PlaybackFinished` with this id follows, always."""

    prompt_id: int
    text: str
    language: str
    rate: float = 1.0
    """Speed factor: below 1 is slower."""
    gain_db: float = 0.0
    """Louder when positive."""
    interruptible: bool = True
    """Caller speech may stop it."""
    from_ms: int = 0
    """Go on from here: how much of it was heard before a false interruption."""
    node: str = ""
    """The node whose text it is, for the record."""


@dataclass(frozen=True, slots=True)
class StopPlayback:
    """Stop what is playing, at once. Its `PlaybackFinished(completed=False)` follows."""

    prompt_id: int


@dataclass(frozen=True, slots=True)
class Listen:
    """From now on hear answers like this; replaces the previous `Listen`."""

    listen_id: int
    expecting: Expecting


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Send `TimerFired` after a while."""

    timer_id: int
    after_ms: int
    why: str
    """no_input, inter_digit, filler: for logs and tests."""


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """The timer is not wanted any more; firing it anyway does no harm."""

    timer_id: int


@dataclass(frozen=True, slots=True)
class LookUp:
    """Call a connector's operation; `LookUpFinished` follows, always."""

    lookup_id: int
    operation: str
    """`connector.operation`, e.g. `orders.find`."""
    arguments: dict[str, Any] = field(default_factory=dict)
    """Rendered values. Personal data."""
    key: str = ""
    """Idempotency key of a write: the same when the same step of the same call is repeated."""


@dataclass(frozen=True, slots=True)
class StartRecording:
    """The consent prompt was heard to its end: recording may begin now."""


@dataclass(frozen=True, slots=True)
class StopRecording:
    """Stop, and when `discard` is set forget what was recorded so far."""

    discard: bool = False


@dataclass(frozen=True, slots=True)
class StartMessage:
    """Keep the caller's channel from half a second before this moment: a message for people.

    Has nothing to do with the recording of the call, and goes on without one.
    """

    key: str
    """Names the file: a-z, 0-9 and `-`; never used twice."""


@dataclass(frozen=True, slots=True)
class StopMessage:
    """The message of this key is over; without `keep` its file goes, also when it was over before."""

    key: str
    keep: bool = True


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth keeping in the call's record: a visited node, a filled slot, a command used."""

    kind: str
    """node, slot, intent, command, no_input, no_match, answer, barge_in, language, outcome, resumed,
    callback_abandoned, …"""
    values: dict[str, str] = field(default_factory=dict)
    """Personal data may be in here; stores keep it, logs mask it."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call. What is still playing has been heard: this comes after its mark."""

    outcome: str
    """resolved, abandoned, failed, … – ends up in the call's record."""


Command = (
    PlayPrompt
    | StopPlayback
    | Listen
    | SetTimer
    | CancelTimer
    | LookUp
    | StartRecording
    | StopRecording
    | StartMessage
    | StopMessage
    | Note
    | HangUp
)
