"""A conversation of a customer with people: who is in it, who owns which leg, what is pending. Pure values.

    customer and agent talk ─▶ consult (customer on hold, colleague dialled) ─▶ joined | completed | cancelled | …
                            └▶ cold (customer waits with words, target dialled) ─▶ taken | return to the agent ─▶ offer

What stands in a party is what is wanted; the carrier's list of participants says what is, and the difference is what
has to be ordered (`agent_bridge.reconciling`). So any process of ours may die at any moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class PartyRole(Enum):
    """What somebody is there for."""

    CUSTOMER = "customer"
    AGENT = "agent"
    """Has, or had, the customer."""
    THIRD = "third"
    """Was asked in: a colleague or an outside number."""
    SUPERVISOR = "supervisor"


class Stage(Enum):
    """How far a party's leg has come; it never goes back."""

    INTENDED = "intended"
    """The intent is stored; whether the carrier was asked is unknown."""
    DIALLED = "dialled"
    """The carrier has it: it rings, or hears whom it is about and is asked to take the call."""
    COMING = "coming"
    """Said yes, and is on the way into the conference."""
    INSIDE = "inside"
    GONE = "gone"

    @property
    def rank(self) -> int:
        """Order of the stages."""
        return list(Stage).index(self)


class PartyOutcome(Enum):
    """How a leg that is gone ended."""

    TALKED = "talked"
    """Had been inside."""
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    """We took it back."""


@dataclass(frozen=True, slots=True)
class Party:
    """One leg of a bridge and whose it is. Personal data."""

    tag: str
    """32 lower-case hex characters. Of customer and agent: the tag of their leg; of others: made here."""
    role: PartyRole
    since: datetime
    """In this stage."""
    stage: Stage = Stage.INSIDE
    agent: str = ""
    """Agent's id, where it is one."""
    number: str = ""
    """Dialled number, E.164."""
    name: str = ""
    """As others are told."""
    language: str = "en"
    call_sid: str = ""
    is_held: bool = False
    is_muted: bool = False
    coaches: str = ""
    """Tag of the party that alone hears it; empty: all do."""
    ends: bool = False
    """The conference ends when it leaves."""
    outcome: PartyOutcome | None = None
    """With `GONE`."""
    sequence: tuple[int, int] = (-1, -1)
    """Of the newest event the carrier told of it: which conference, which event in it."""

    @property
    def is_gone(self) -> bool:
        """Nothing more will come of it."""
        return self.stage is Stage.GONE

    @property
    def is_inside(self) -> bool:
        """Is in the conference."""
        return self.stage is Stage.INSIDE


class TargetKind(Enum):
    """To whom a customer is passed."""

    AGENT = "agent"
    NUMBER = "number"
    QUEUE = "queue"


@dataclass(frozen=True, slots=True)
class Target:
    """Whom to ask in, or pass the customer to. Personal data where it is a number."""

    kind: TargetKind
    value: str
    """Agent's id, number or queue's name."""


class PassKind(Enum):
    """Ways to bring somebody else in."""

    CONSULT = "consult"
    """The agent talks with the third first, the customer is on hold."""
    COLD = "cold"
    """The agent leaves; the customer waits with words."""
    RETURN = "return"
    """Nobody took a cold transfer: back to the agent who made it."""


class PassEnding(Enum):
    """What became of it; each has one."""

    JOINED = "joined"
    """Three-way."""
    COMPLETED = "completed"
    """The agent left, the third has the customer."""
    TAKEN = "taken"
    """Cold or returned: somebody has the customer."""
    CANCELLED = "cancelled"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"
    DECLINED = "declined"
    THIRD_LEFT = "third_left"
    CUSTOMER_LEFT = "customer_left"
    AGENT_LEFT = "agent_left"


@dataclass(frozen=True, slots=True)
class Passing:
    """One consult or transfer."""

    kind: PassKind
    target: Target
    tag: str
    """Of the party that is dialled for it."""
    by: str
    """Agent's id."""
    begun_at: datetime
    ended_at: datetime | None = None
    ending: PassEnding | None = None


class Offer(Enum):
    """Whether a customer whom nobody took was offered a call back."""

    NONE = "none"
    MADE = "made"
    TAKEN = "taken"
    """Owed, as soon as the present promise is settled."""
    KEPT = "kept"
    """The promise is stored."""
    REFUSED = "refused"


class BridgeEnding(Enum):
    """Why a bridge is over."""

    CUSTOMER_LEFT = "customer_left"
    ENDED = "ended"
    """By the agent's button."""
    AGENT_LEFT = "agent_left"
    PASSED_ON = "passed_on"
    """Nobody took the customer; an offer was made."""


@dataclass(frozen=True, slots=True)
class Bridge:
    """The conversation of one attempt. Personal data throughout."""

    id: str
    """Name of its conference."""
    callback_id: str
    attempt: int
    parties: tuple[Party, ...]
    owner: str
    """Tag of the party that has the customer."""
    opened_at: datetime
    changed_at: datetime
    queue: str = ""
    language: str = "en"
    """The customer's."""
    from_number: str = ""
    """Caller ID of legs that are dialled for it."""
    about: str = ""
    """Who the customer is and what it is about, in one sentence for whoever is asked in."""
    passings: tuple[Passing, ...] = ()
    """Oldest first; only the last may be pending."""
    conferences: tuple[str, ...] = ()
    """The carrier's ids of the conferences with this name, oldest first: a name may be used again."""
    alone_since: datetime | None = None
    """One person is inside, with nobody on the way, since then."""
    offer: Offer = Offer.NONE
    owes_queue: str = ""
    """With `Offer.TAKEN`: where the call back is owed."""
    ended_at: datetime | None = None
    ending: BridgeEnding | None = None
    is_cleared: bool = False
    """Over, and the carrier was seen to have nobody in the conference any more."""

    @property
    def is_over(self) -> bool:
        """Nobody is to talk in it any more."""
        return self.ended_at is not None

    @property
    def partners(self) -> tuple[Party, ...]:
        """Those besides the customer who talk with it, or are about to."""
        return tuple(
            party
            for party in self.parties
            if party.role in (PartyRole.AGENT, PartyRole.THIRD) and party.stage in (Stage.COMING, Stage.INSIDE)
        )

    @property
    def goes_on(self) -> bool:
        """A customer whose conference is over by mistake is to wait for somebody: it should not have ended."""
        return not self.is_over and (self.pending is not None or len(self.partners) > 1 or self.is_stranded)

    @property
    def is_stranded(self) -> bool:
        """Whoever had the customer passed it on, and nobody took it."""
        last = self.passings[-1] if self.passings else None
        return (
            last is not None
            and last.kind is not PassKind.CONSULT
            and last.ending not in (None, PassEnding.TAKEN)
            and self.offer is Offer.NONE
        )

    @property
    def pending(self) -> Passing | None:
        """The consult or transfer under way."""
        last = self.passings[-1] if self.passings else None
        return last if last is not None and last.ending is None else None

    @property
    def customer(self) -> Party:
        """There is one."""
        return next(party for party in self.parties if party.role is PartyRole.CUSTOMER)

    def party(self, tag: str) -> Party | None:
        """By its tag."""
        return next((party for party in self.parties if party.tag == tag), None)

    def of_agent(self, agent: str) -> Party | None:
        """The agent's leg that is not gone."""
        return next(
            (
                party
                for party in self.parties
                if agent and party.agent == agent and not party.is_gone and party.role is not PartyRole.SUPERVISOR
            ),
            None,
        )

    def by_call(self, call_sid: str) -> Party | None:
        """By the carrier's id of its leg."""
        return next((party for party in self.parties if call_sid and party.call_sid == call_sid), None)
