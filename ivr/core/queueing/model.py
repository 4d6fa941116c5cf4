"""The callback queue's own words: what was promised, its life and its history. Pure values.

    pending ─▶ claimed ─▶ dialling ─▶ connected ─▶ done
       ▲          │           │           │
       └─ retry_at ◀──────────┴───────────┘            any open state ─▶ cancelled | failed

`failed` is not the end of a promise: a caller who rings in with the code, or a supervisor, puts it back in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


class Kind(Enum):
    """What people are to do."""

    CALLBACK = "callback"
    MESSAGE = "message"
    """A recorded message: work in the same queue, with its words."""
    TRANSFER = "transfer"
    """A caller on the line who waits for a person; never dialled, over within seconds."""


class CallbackState(Enum):
    """Where a promise is in its life."""

    PENDING = "pending"
    """Waiting for its turn (or for the time the caller chose)."""
    CLAIMED = "claimed"
    """An agent is reserved for it and a worker holds its lease; nothing was dialled yet."""
    DIALLING = "dialling"
    """An intent to dial was stored; a leg exists, or may exist."""
    CONNECTED = "connected"
    """Customer and agent talk."""
    DONE = "done"
    RETRY_AT = "retry_at"
    """Tried in vain; waits until `eligible_at`."""
    CANCELLED = "cancelled"
    FAILED = "failed"
    """Needs a person: all tries were in vain, or the promise has expired."""

    @property
    def is_final(self) -> bool:
        """Nothing will be dialled any more."""
        return self in (CallbackState.DONE, CallbackState.CANCELLED, CallbackState.FAILED)

    @property
    def is_waiting(self) -> bool:
        """Free to be claimed once `eligible_at` has come."""
        return self in (CallbackState.PENDING, CallbackState.RETRY_AT)

    @property
    def is_in_flight(self) -> bool:
        """A worker is responsible for it."""
        return self in (CallbackState.CLAIMED, CallbackState.DIALLING, CallbackState.CONNECTED)


class Cause(Enum):
    """Why a promise changed its state; every change has one."""

    PROMISED = "promised"
    ASKED = "asked"
    """A caller on the line asked for a person."""
    CLAIMED = "claimed"
    RELEASED = "released"
    """Given back before anything was dialled."""
    DIALLED = "dialled"
    CONNECTED = "connected"
    TALKED = "talked"
    """The conversation is over."""
    TAKEN = "taken"
    """A message was taken by a person."""
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    """The carrier could not reach the number."""
    VOICEMAIL = "voicemail"
    NOT_PRESENT = "not_present"
    """Somebody or something answered, but nobody proved to be there."""
    CUSTOMER_LEFT = "customer_left"
    """Was there, and hung up before an agent was."""
    AGENT_DECLINED = "agent_declined"
    AGENT_MISSED = "agent_missed"
    AGENT_LEFT = "agent_left"
    NEVER_PLACED = "never_placed"
    """The carrier knows nothing of the attempt."""
    UNKNOWN = "unknown"
    """We cannot know what became of the attempt: a person decides."""
    ADOPTED = "adopted"
    """A worker took over another one's lease."""
    RANG_IN = "rang_in"
    """The caller rang in with the code."""
    MOVED = "moved"
    NUMBER_CHANGED = "number_changed"
    WORD_ADDED = "word_added"
    BY_CALLER = "by_caller"
    BY_TEXT = "by_text"
    BY_SUPERVISOR = "by_supervisor"
    STOPPED = "stopped"
    """The person called asked never to be called again."""
    TOO_MANY = "too_many"
    """No tries left."""
    EXPIRED = "expired"
    REFUSED = "refused"
    """The number may not be dialled (any more)."""
    RETIMED = "retimed"
    """Due, but outside calling hours, caps or budgets: waits until it is allowed."""
    PRIORITY_CHANGED = "priority_changed"
    ASSIGNED = "assigned"
    """Belongs to another agent now, or to anybody."""


@dataclass(frozen=True, slots=True)
class Callback:
    """One promise. Personal data throughout."""

    id: str
    """32 lower-case hex characters."""
    queue: str
    number: str
    """E.164."""
    language: str
    arrived_at: datetime
    """When the call it comes from arrived: the place in the line, for ever."""
    promised_from: datetime
    """The window the caller was told, or the time chosen."""
    promised_to: datetime
    eligible_at: datetime
    """Not dialled before."""
    order_at: datetime
    """What the line is ordered by: the arrival, moved forward for priority (`policy.order_at`)."""
    state: CallbackState = CallbackState.PENDING
    state_at: datetime | None = None
    cause: Cause = Cause.PROMISED
    """Of the last change."""
    kind: Kind = Kind.CALLBACK
    zone: str = "UTC"
    """The caller's IANA zone."""
    is_time_chosen: bool = False
    name: str = ""
    extension: str = ""
    """Keys sent after the answer."""
    reason: str = ""
    """In a few words, what it is about: an intent's title, or the caller's own sentence."""
    brief: Mapping[str, str] = field(default_factory=dict)
    """Label -> value, what the agent sees and hears first."""
    notes: tuple[str, ...] = ()
    """Words the caller added later."""
    flow: str = ""
    dialled: str = ""
    """The number of ours the caller had dialled: caller ID of the call back."""
    call_id: str = ""
    """The call the promise was made in."""
    caller: str = ""
    """The number the caller rang from; `number` may be another one. E.164, or empty when withheld."""
    attested: str = ""
    """The carrier's word on the caller's number (A, B, C), empty when none: a hint (T10)."""
    priority: int = 5
    """0 to 9; 5 is usual, more is sooner."""
    skills: tuple[str, ...] = ()
    owner: str = ""
    """The agent it belongs to, until `owner_until`; then anybody's."""
    owner_until: datetime | None = None
    code: str = ""
    """Digits only the caller was told: proof on ringing in."""
    tries: Mapping[str, int] = field(default_factory=dict)
    """Cause -> how often tried in vain."""
    last_tried_at: datetime | None = None
    expires_at: datetime | None = None
    """The invitation to call ends then (C10)."""
    agent: str = ""
    """Reserved for it, or talking."""
    lease_owner: str = ""
    lease_until: datetime | None = None
    fence: int = 0
    """Grows with every claim and adoption: an order under an older number is void."""
    attempt: int = 0
    """How often it was claimed."""
    ending: Cause | None = None
    """Asked for while in flight (a cancellation, another time): what follows once all legs are over."""
    connected_at: datetime | None = None
    invitation: Mapping[str, str] = field(default_factory=dict)
    """Evidence that the caller wanted it: words said, language, key or audio mark, version of the flow (C10)."""

    @property
    def vain_tries(self) -> int:
        """Times the customer was dialled without talking to an agent."""
        return sum(self.tries.values())


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of a promise's history. Append-only."""

    callback_id: str
    at: datetime
    state: CallbackState
    """After it."""
    cause: Cause
    by: str = ""
    """`caller`, `worker <id>`, `agent <id>`, `supervisor <name>`."""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """As much of a waiting promise as decides who can take it: lines are long, and most of them is only passed over."""

    id: str
    queue: str
    order_at: datetime
    language: str
    skills: tuple[str, ...] = ()
    owner: str = ""
    """Whose it is at this moment; empty: anybody's."""
    owner_until: None = None
    kind: Kind = Kind.CALLBACK
    """Of whatever is connected: callers on the line count as calls here."""
