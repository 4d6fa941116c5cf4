"""A simulated call as it was written: checked, typed, frozen. Reading and running it is done elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from ivr.simulator.scripts.later import GivenAgent, LaterStep
from ivr.simulator.scripts.turn_model import HangUp, Hear, Noise, NoiseKind, Press, Say, Silence, Turn

__all__ = [
    "CallScript", "CallerSpec", "Expect", "Given", "GivenConnector", "HangUp", "Hear", "Level", "Line", "Noise",
    "NoiseKind", "Press", "Say", "Silence", "Turn",
]  # fmt: skip


class Level(Enum):
    """How a script is run."""

    TEXT = "text"
    """The dialogue only, on a virtual clock."""
    WIRE = "wire"
    """Signed webhooks and a media socket with speech, in real time."""


@dataclass(frozen=True, slots=True)
class Line:
    """What the telephone line does to the caller's voice (wire level)."""

    noise_db: float | None = None
    """Signal-to-noise ratio, dB; None: a quiet line."""
    packet_loss: float = 0.0
    """Share of 20 ms packets that get lost, 0..0.5."""
    echo_db: float | None = None
    """How much of what the line says comes back, dB below the original; None: nothing."""


@dataclass(frozen=True, slots=True)
class CallerSpec:
    """Who calls, and how it sounds."""

    number: str = "+12025550123"
    """E.164; empty when withheld. Personal data."""
    language: str = "en"
    voice: str = "default"
    line: Line = Line()
    is_number_given: bool = False
    """The script names it. Other callers over the wire each have a number of their own: promises are known by it."""


@dataclass(frozen=True, slots=True)
class GivenConnector:
    """What stands in place of one connector during the call."""

    rows: tuple[Mapping[str, Any], ...] | None = None
    fails: str | None = None
    """A word for logs, such as `timeout`."""
    delay_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """The world in which the call takes place."""

    now: datetime | None = None
    """When the call is answered: aware."""
    is_open: bool | None = None
    """Overrides the flow's hours."""
    connectors: Mapping[str, GivenConnector] = field(default_factory=dict)
    agents: tuple[GivenAgent, ...] = ()
    """The people who take calls in this story."""


@dataclass(frozen=True, slots=True)
class Expect:
    """What must be true of the finished call. None: anything."""

    outcome: str | None = None
    intent: str | None = None
    slots: Mapping[str, str] = field(default_factory=dict)
    """Each of these; further ones do no harm."""
    visited: tuple[str, ...] | None = None
    """Nodes in this order; others may lie between."""
    hold_secs: int | None = None
    longest_silence_ms: int | None = None
    language: str | None = None
    recorded: bool | None = None
    node: str | None = None
    """The last node."""
    dials: Mapping[str, int] = field(default_factory=dict)
    """Number -> how often it was dialled for a customer; others must not have been."""
    texts: int | None = None
    """How many texts the caller was sent."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """Where each expectation stands."""


@dataclass(frozen=True, slots=True)
class CallScript:
    """One simulated call."""

    name: str
    flow: str
    turns: tuple[Turn, ...]
    file: str = ""
    line: int = 1
    given: Given = Given()
    caller: CallerSpec = CallerSpec()
    expect: Expect = Expect()
    dialled: str | None = None
    """None: the flow's number for the caller's language, or its first one."""
    levels: tuple[Level, ...] = (Level.TEXT, Level.WIRE)
    later: tuple[LaterStep, ...] = ()
    """What happens after the call."""
