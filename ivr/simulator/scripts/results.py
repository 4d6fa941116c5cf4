"""What became of a script: passed or not, why not, what happened, and how fast the line was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.simulator.scripts.model import CallScript, Level
from ivr.simulator.scripts.timeline import Entry


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that was not as the script says."""

    line: int
    """Of the script's file."""
    message: str
    at_ms: int | None = None
    """When in the call; None: about the call as a whole."""


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What is known of a finished call; None: this level cannot tell."""

    outcome: str | None = None
    intents: tuple[str, ...] = ()
    slots: Mapping[str, str] | None = field(default_factory=dict)
    visited: tuple[str, ...] | None = ()
    language: str | None = None
    recorded: bool | None = None
    hold_secs: int = 0
    dials: Mapping[str, int] | None = None
    """Customer number -> how often it was dialled."""
    texts: int | None = None
    """Texts sent to the caller."""
    longest_silence_ms: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Times of one call, milliseconds."""

    first_sound_ms: int | None = None
    turn_gaps_ms: tuple[int, ...] = ()
    """End of the caller's speech to the first sound of the reply."""
    key_gaps_ms: tuple[int, ...] = ()
    """The same after keys."""
    barge_in_ms: tuple[int, ...] = ()
    """The caller starts speaking to the line's sound stopped."""
    longest_silence_ms: int = 0
    duration_ms: int = 0


@dataclass(frozen=True, slots=True)
class ScriptResult:
    """One script, run once at one level."""

    script: CallScript
    level: Level
    failures: tuple[Failure, ...]
    timeline: tuple[Entry, ...]
    figures: Figures
    facts: CallFacts

    @property
    def passed(self) -> bool:
        """Everything was as the script says."""
        return not self.failures
