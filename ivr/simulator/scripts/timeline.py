"""What happened in a call, in order: what a failing script shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Side(Enum):
    """Whose doing it was."""

    CALLER = "caller"
    LINE = "line"
    """The server's voice."""
    NOTE = "note"
    """Something inside the server: a node, a slot, a look-up."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened."""

    at_ms: int
    """Since the answer."""
    side: Side
    text: str
    """Personal data may be in here: it is shown to the tester and never logged."""
