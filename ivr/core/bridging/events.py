"""What happens to a bridge: told by the carrier, by a leg's own document, or by the queue."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ivr.core.bridging.model import Party, PartyOutcome


class Left(Enum):
    """How a leg left a conference."""

    HUNG_UP = "hung_up"
    """Its call is over."""
    MOVED = "moved"
    """Its call goes on with a document: kicked, redirected, or the conference ended."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A leg joined the conference."""

    call_sid: str
    conference_sid: str
    sequence: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Departed:
    """A leg left the conference."""

    call_sid: str
    conference_sid: str
    sequence: int
    how: Left
    label: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """The carrier took the order to dial a leg."""

    tag: str
    call_sid: str


@dataclass(frozen=True, slots=True)
class Over:
    """A leg's call is over."""

    tag: str
    outcome: PartyOutcome


@dataclass(frozen=True, slots=True)
class Took:
    """Whoever was asked in said yes, and is on the way."""

    tag: str
    call_sid: str


@dataclass(frozen=True, slots=True)
class Said:
    """The customer answered the offer of a call back."""

    wants_it: bool
    queue: str = ""


@dataclass(frozen=True, slots=True)
class Promised:
    """The call back that was owed is stored."""


@dataclass(frozen=True, slots=True)
class Cleared:
    """Some time after the end, nobody is in the conference any more."""


@dataclass(frozen=True, slots=True)
class Here:
    """A leg asks for its document while it should be in the conference: it is on the way (back)."""

    tag: str


@dataclass(frozen=True, slots=True)
class Looked:
    """The carrier's list of participants."""

    inside: frozenset[str]
    """CallSids of those inside."""


@dataclass(frozen=True, slots=True)
class Rescued:
    """Nobody has the customer: `third` is asked (back) in, or, with None, the customer is offered a call back."""

    third: Party | None


Event = Entered | Departed | Placed | Over | Took | Said | Promised | Cleared | Here | Looked | Rescued
