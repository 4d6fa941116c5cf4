"""What one party does, one thing at a time: hear, say, press, be silent, hang up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class NoiseKind(Enum):
    """What a caller's line may carry besides words."""

    COUGH = "cough"
    NOISE = "noise"
    HOLD_MUSIC = "hold_music"


@dataclass(frozen=True, slots=True)
class Hear:
    """The line must say this."""

    words: str
    """Words in this order, or a regular expression between slashes."""
    line: int
    within_ms: int | None = None
    """Longest time from the end of the caller's last speech or key to the first sound of the reply."""
    keep: str = ""
    """The last digits of what was heard are kept under this name."""


@dataclass(frozen=True, slots=True)
class Say:
    """The caller speaks."""

    text: str
    line: int
    after_ms: int | None = None
    """Begins that long after the prompt began; None: when the line has finished and listens."""
    wav: Path | None = None
    """A recording that is sent in place of a synthesised voice (wire level)."""


@dataclass(frozen=True, slots=True)
class Press:
    """The caller presses keys."""

    keys: str
    """Keys, or the name of digits that were kept where `is_kept`."""
    line: int
    after_ms: int | None = None
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class Silence:
    """The caller says nothing for that long, or until the line speaks again."""

    duration_ms: int
    line: int


@dataclass(frozen=True, slots=True)
class Noise:
    """Something on the caller's line that is not speech."""

    kind: NoiseKind
    duration_ms: int
    line: int
    after_ms: int | None = None


@dataclass(frozen=True, slots=True)
class HangUp:
    """The caller hangs up."""

    line: int
    after_ms: int | None = None


Turn = Hear | Say | Press | Silence | Noise | HangUp


def keys_of(turn: Press, kept: Mapping[str, str]) -> str:
    """The keys that are pressed; `kept` has what was heard before under each name."""
    return kept[turn.keys] if turn.is_kept else turn.keys
