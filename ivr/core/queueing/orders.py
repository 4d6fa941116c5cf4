"""What a worker is to do after a step was stored: orders to the carrier, and the search for another agent. Pure values.

Orders are repeated in every turn until what they ask for is known to have happened; whoever carries them out leaves
`every_secs` between two of a kind for a leg. Only `Dial` comes once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from ivr.core.queueing.legs import Leg
from ivr.core.queueing.steps import Step


class Phrase(Enum):
    """What a live leg is told before it is ended."""

    NO_CUSTOMER = "no_customer"
    """To the agent: the customer could not be reached, or left; it will be tried again."""
    CALLED_OFF = "called_off"
    """To either: the callback was cancelled or moved."""
    NO_AGENT = "no_agent"
    """To the customer: sorry, nobody is there after all; the place is kept and we call again."""
    CALLER_GONE = "caller_gone"
    """To an agent who was offered a caller on the line: nobody waits there any more."""


@dataclass(frozen=True, slots=True)
class Dial:
    """Ask the carrier for the call of a leg whose intent has just been stored."""

    leg: Leg


@dataclass(frozen=True, slots=True)
class HangUp:
    """End a leg, or take it back while it rings."""

    tag: str
    sid: str
    every_secs: float = 3.0


@dataclass(frozen=True, slots=True)
class TellAndEnd:
    """Say one sentence to a live leg and end it."""

    tag: str
    sid: str
    phrase: Phrase
    language: str
    every_secs: float = 30.0


@dataclass(frozen=True, slots=True)
class SendBack:
    """A caller who rang us waits in the conference in vain: back to the flow, which has another way on."""

    tag: str
    sid: str
    every_secs: float = 5.0


@dataclass(frozen=True, slots=True)
class LookAt:
    """Ask the carrier what became of a leg: by its id, or, where there is none, by number and time."""

    leg: Leg
    every_secs: float = 5.0


@dataclass(frozen=True, slots=True)
class FindAgent:
    """A customer is on the line and has no agent: reserve a fitting one (`life.reserve`)."""

    callback_id: str
    excluding: tuple[str, ...] = ()
    """Agents who had their chance in this attempt."""
    until: datetime | None = None
    """Then the customer is told that nobody is there; None: not answered yet."""
    every_secs: float = 0.5


Order = Dial | HangUp | TellAndEnd | SendBack | LookAt | FindAgent


@dataclass(frozen=True, slots=True)
class Advance:
    """The next turn of an attempt: what to store, and then what to do. Both may be empty: wait."""

    step: Step | None = None
    orders: tuple[Order, ...] = field(default=())
