"""The rules of one queue, as config/queues.yaml gives them. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from ivr.core.queueing.model import Cause


class Mode(Enum):
    """Who is dialled first."""

    AGENT_FIRST = "agent_first"
    CUSTOMER_FIRST = "customer_first"


@dataclass(frozen=True, slots=True)
class Retry:
    """What follows one kind of failure."""

    delays_mins: tuple[int, ...]
    """After the first, second, … failure of this kind; one more than there are entries is one too many."""


DEFAULT_RETRIES: Mapping[str, Retry] = {
    Cause.BUSY.value: Retry((5, 15, 60)),
    Cause.NO_ANSWER.value: Retry((15, 60, 240)),
    Cause.FAILED.value: Retry((5, 60)),
    Cause.VOICEMAIL.value: Retry((60, 240)),
    Cause.NOT_PRESENT.value: Retry((30, 120)),
    Cause.CUSTOMER_LEFT.value: Retry((5, 15, 60)),
    Cause.AGENT_LEFT.value: Retry((1, 1, 1, 5)),
}


@dataclass(frozen=True, slots=True)
class QueueRules:
    """One queue of config/queues.yaml. Times in the unit of their name."""

    name: str
    titles: Mapping[str, str] = field(default_factory=dict)
    """Language -> what callers know it as."""
    hours: str = ""
    """Schedule of config/hours.yaml; empty: always open."""
    mode: Mode = Mode.AGENT_FIRST
    from_number: str = ""
    """Caller ID; empty: the number the caller had dialled."""
    ring_agent_secs: int = 20
    ring_customer_secs: int = 30
    """At least 20 (C14)."""
    retries: Mapping[str, Retry] = field(default_factory=lambda: dict(DEFAULT_RETRIES))
    max_attempts: int = 5
    """Times a customer is dialled for one promise."""
    max_attempts_24h: int = 3
    """Per number (C8)."""
    min_gap_mins: int = 10
    """Between two dials of a number (C8)."""
    calling_from: str = "09:00"
    """Local time at the called place (C7)."""
    calling_to: str = "20:00"
    expires_days: int = 7
    """An invitation to call is good for so long (C10)."""
    horizon_days: int = 14
    """How far ahead a time may be chosen."""
    priority_mins: int = 10
    """Minutes of waiting that one step of priority is worth."""
    owner_hours: int = 24
    """How long an agent-owned callback waits for its agent."""
    hold_budget_secs: int = 20
    leaves_voicemail: bool = True
    uses_amd: bool = False
    """Ask the carrier whether a machine answered; a hint only."""
    max_misses: int = 1
    """Missed offers after which an agent is paused."""
    wrap_up_secs: int = 30
    handle_secs: int = 240
    """Assumed length of a conversation until there are measured ones."""
    max_waiting: int = 0
    """Open promises; 0: no limit."""
    keypad_for_other_number: bool = True
    """Another number than the calling one is confirmed by key (T8)."""
    other_numbers_per_day: int = 2
    """Promises to other numbers one calling number may ask for (T8)."""
    texts: bool = False
    """Texts are sent at all (T9: off by default)."""
    text_abandoned: bool = False
    """Who hangs up before confirming is offered a callback by text."""
