"""What every kind of connector is: a source that answers look-ups, and the one exception it fails with."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

Record = Mapping[str, Any]


class SourceFailed(Exception):
    """A source could not answer. `reason` is a word for logs (`timeout`, `refused`, …) and holds no values."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the monotonic clock by which an answer is wanted."""

    at: float

    @classmethod
    def after(cls, secs: float) -> Deadline:
        """The moment that many seconds from now."""
        return cls(time.monotonic() + secs)

    def remaining(self) -> float:
        """Seconds left, never below 0."""
        return max(0.0, self.at - time.monotonic())

    def check(self) -> None:
        """Raises `SourceFailed("timeout")` when the moment has passed."""
        if self.remaining() <= 0:
            raise SourceFailed("timeout")


@dataclass(frozen=True, slots=True)
class Question:
    """One call of one operation."""

    operation: str
    """Without the connector's name."""
    arguments: Mapping[str, str]
    """Checked: every argument the operation wants is there. Personal data."""
    key: str
    """Idempotency key of a write; empty when there is none."""
    deadline: Deadline = field(compare=False)
    on_abandon: list[Callable[[], None]] = field(default_factory=list, compare=False)
    """What a source wants done, from another thread, when nobody waits for the answer any more: cut its socket."""

    def abandon(self) -> None:
        """Nobody waits any more."""
        for action in list(self.on_abandon):
            action()


class Source(Protocol):
    """One configured connector. Thread-safe."""

    def operations(self) -> Mapping[str, Sequence[str]]:
        """Operation name to the argument names it wants."""

    def answer(self, question: Question) -> Record | None:
        """The record found, or None. Raises `SourceFailed`; ought to keep the question's deadline itself."""

    def close(self) -> None:
        """Gives connections back. Idempotent."""
