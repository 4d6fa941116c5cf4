"""How a verb ends, and what may break into a call from outside. Closed unions: match them to the end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ivr.simulator.carrier.documents import Source
from ivr.simulator.carrier.state import CallStatus
from ivr.simulator.carrier.webhooks import WebhookRequest


@dataclass(frozen=True, slots=True)
class NextVerb:
    """The document goes on."""


@dataclass(frozen=True, slots=True)
class GoTo:
    """Control leaves for another document."""

    request: WebhookRequest


@dataclass(frozen=True, slots=True)
class HangUp:
    """The call ends here."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """The call ends unanswered with this status."""

    status: CallStatus


Outcome = NextVerb | GoTo | HangUp | Refuse


class EndedBy(Enum):
    """Who ended a call."""

    CALLER = "caller"
    APPLICATION = "application"
    """Through REST."""
    CARRIER = "carrier"
    """A time limit, or the carrier stops."""


@dataclass(frozen=True, slots=True)
class HungUp:
    """The call must end, whatever runs."""

    by: EndedBy


@dataclass(frozen=True, slots=True)
class Redirected:
    """REST gave the call another document."""

    source: Source


Interrupt = HungUp | Redirected
