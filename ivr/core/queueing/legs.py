"""Who is dialled for a promise: the legs of its attempts, and the agents. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from ivr.core.queueing.model import Callback, Place


class Role(Enum):
    """Whom a leg belongs to."""

    CUSTOMER = "customer"
    AGENT = "agent"


class LegState(Enum):
    """How far a dialled leg has come; it never goes back."""

    INTENDED = "intended"
    """The intent is stored; whether the carrier was asked is unknown."""
    PLACED = "placed"
    """The carrier has it."""
    RINGING = "ringing"
    ANSWERED = "answered"
    ACCEPTED = "accepted"
    """Agent: took the call. Customer: proved to be there."""
    OVER = "over"

    @property
    def rank(self) -> int:
        """Order of the states."""
        return list(LegState).index(self)


class LegOutcome(Enum):
    """How a leg ended."""

    COMPLETED = "completed"
    """Had been accepted, and was hung up by either side."""
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    CANCELLED = "cancelled"
    """We took it back while it rang."""
    DECLINED = "declined"
    NOT_PRESENT = "not_present"
    """Answered and over without a sign of a person."""
    VOICEMAIL = "voicemail"
    STOPPED = "stopped"
    """Asked never to be called again."""
    NEVER_PLACED = "never_placed"
    REFUSED = "refused"
    """The carrier, or our own rules, will not dial this number at all."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Leg:
    """One intent to dial and what became of it. The row is committed before the carrier is asked."""

    tag: str
    """32 lower-case hex characters; travels in the addresses the carrier calls back."""
    callback_id: str
    attempt: int
    fence: int
    role: Role
    number: str
    """Dialled number; empty for a caller who rang us. Personal data."""
    from_number: str
    created_at: datetime
    state: LegState = LegState.INTENDED
    changed_at: datetime | None = None
    agent: str = ""
    """For an agent's leg."""
    carrier_sid: str = ""
    call_id: str = ""
    """Our call record, once answered."""
    outcome: LegOutcome | None = None
    answered_at: datetime | None = None
    """Of a caller who rang us: when they were sent to the agent who took the call."""
    accepted_at: datetime | None = None
    over_at: datetime | None = None
    answered_by: str = ""
    """The carrier's guess (human, machine_start, …): a hint only."""
    is_redirected: bool = False
    """It was told that the other party is gone."""

    @property
    def is_inbound(self) -> bool:
        """Of a caller who rang us: nobody dialled it."""
        return self.role is Role.CUSTOMER and not self.number

    @property
    def is_over(self) -> bool:
        """Nothing more will come of it."""
        return self.state is LegState.OVER


class AgentState(Enum):
    """What an agent is doing."""

    AVAILABLE = "available"
    RESERVED = "reserved"
    RINGING = "ringing"
    ON_CALL = "on_call"
    WRAP_UP = "wrap_up"
    BREAK = "break"
    OFFLINE = "offline"


class AgentPhone(Enum):
    """Where an agent's calls ring."""

    TELEPHONE = "telephone"
    BROWSER = "browser"
    """At the agent's open page: no number is dialled."""


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who takes calls."""

    id: str
    """Short name, e.g. `ana`."""
    name: str
    number: str
    """Telephone, E.164. Personal data."""
    queues: tuple[str, ...]
    languages: tuple[str, ...] = ("en",)
    skills: tuple[str, ...] = ()
    state: AgentState = AgentState.OFFLINE
    since: datetime | None = None
    """In this state since."""
    reason: str = ""
    """Of a break, or why the system paused."""
    callback_id: str = ""
    """Reserved for, or talking about."""
    free_at: datetime | None = None
    """When a wrap-up ends, or a call probably does."""
    until: datetime | None = None
    """End of the shift, when known."""
    missed: int = 0
    """Offers missed one after another."""
    wish: AgentState | None = None
    """Break or offline, chosen in the middle of a call or a wrap-up: what follows it."""
    wish_reason: str = ""
    phone: AgentPhone = AgentPhone.TELEPHONE

    @property
    def address(self) -> str:
        """What is dialled to reach the agent: the number, or `client:` and the id. Only agents are ever a client."""
        return f"client:{self.id}" if self.phone is AgentPhone.BROWSER else self.number

    def fits(self, callback: Callback | Place) -> bool:
        """Queue, language and every skill."""
        return (
            callback.queue in self.queues
            and callback.language in self.languages
            and set(callback.skills) <= set(self.skills)
        )
