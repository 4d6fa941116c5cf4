"""The ports of bridged conversations: the carrier's conferences, the bridge as the desk asks for it, follow-ups.

What the carrier's REST interface can and cannot do for a live leg: mute, hold, announce, coach, kick and end are
updates of participants. Keypad tones are not: they are sent when a leg is dialled (`SendDigits`), or by taking the leg
out of the conference for a moment into a document with `<Play digits>` that brings it back; `send_keys` does that.
A conference cannot be made by itself: its first participant makes it, and a name that was used before makes a new one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from ivr.core.bridging.events import Event
from ivr.core.bridging.followups import CheckBack, FollowUp
from ivr.core.bridging.model import Bridge, Target
from ivr.core.queueing.legs import Leg
from ivr.core.queueing.model import Callback

# -- the carrier -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seen:
    """One participant as the carrier knows it."""

    call_sid: str
    label: str = ""
    is_held: bool = False
    is_muted: bool = False
    coaches: str = ""
    """CallSid of the only one that hears it."""
    ends: bool = False
    """The conference ends when it leaves."""
    is_inside: bool = True
    """False: is still being dialled."""


@dataclass(frozen=True, slots=True)
class BridgeDial:
    """A leg for somebody who is asked in: hears a document of ours first, and joins on a key."""

    bridge_id: str
    tag: str
    to: str
    from_number: str
    ring_secs: int = 25
    send_keys: str = ""
    """An extension, sent after the answer."""


@dataclass(frozen=True, slots=True)
class ListenIn:
    """A leg that joins as soon as it is answered (early media), muted: a supervisor who listens."""

    conference_sid: str
    bridge_id: str
    tag: str
    to: str
    from_number: str
    label: str
    """Unique in the conference."""
    ring_secs: int = 25


class ConferenceCarrier(Protocol):
    """Conferences over the carrier's REST interface. Blocking, with time-outs; thread-safe.

    Orders about a participant return False when it, or its conference, is not there (any more). All raise
    `CarrierSilent`; `dial` and `listen_in` also `DialRefused`.
    """

    def find(self, name: str) -> str | None:
        """Id of the live conference with this name."""

    def participants(self, conference_sid: str) -> list[Seen]:
        """Everybody in it, and those who are being dialled into it; empty when it is over."""

    def mute(self, conference_sid: str, call_sid: str, is_muted: bool) -> bool:
        """Muted: hears all, is heard by nobody."""

    def hold(self, conference_sid: str, call_sid: str, words_url: str) -> bool:
        """Hears only what stands at `words_url` (asked by POST, again and again); is heard by nobody."""

    def resume(self, conference_sid: str, call_sid: str) -> bool:
        """Off hold."""

    def announce(self, conference_sid: str, words_url: str, call_sid: str = "") -> bool:
        """Says something into the conference: to one participant, or to all."""

    def coach(self, conference_sid: str, call_sid: str, coached_sid: str) -> bool:
        """Heard by `coached_sid` alone from now on; empty: by everybody."""

    def set_ends(self, conference_sid: str, call_sid: str, ends: bool) -> bool:
        """Whether the conference ends when this one leaves."""

    def kick(self, conference_sid: str, call_sid: str) -> bool:
        """Out of the conference; the leg goes on with the document behind it."""

    def end(self, conference_sid: str) -> bool:
        """Everybody out; each leg goes on with the document behind it."""

    def dial(self, order: BridgeDial) -> str:
        """The carrier's id of a new leg that hears `/voice/bridge/…` first."""

    def listen_in(self, order: ListenIn) -> str:
        """The carrier's id of a new leg that joins muted."""

    def move(self, call_sid: str, url: str) -> bool:
        """Takes a live leg out of whatever it is in and has it go on with the document at `url`."""

    def hang_up(self, call_sid: str) -> bool:
        """Ends a leg, or takes it back while it rings."""

    def say_and_hang_up(self, call_sid: str, text: str, language: str) -> bool:
        """Takes a live leg out of whatever it is in, tells it something, ends it."""


# -- the desk's side -------------------------------------------------------------------------------


class Answer(Enum):
    """What became of what was asked."""

    DONE = "done"
    REFUSED = "refused"
    """Nothing was changed; `why` says why not."""
    SILENT = "silent"
    """Stored, but the carrier did not answer: it is done, or will be done by a worker within seconds."""


class Why(Enum):
    """Why something was refused."""

    NO_OFFER = "no_offer"
    """Nothing is offered to this agent."""
    STILL_RINGING = "still_ringing"
    """The agent's telephone has to be answered first; then ask again."""
    ALREADY_TAKEN = "already_taken"
    """This agent took it before (by key, by voice, in another tab): nothing is left to do."""
    DECLINED = "declined"
    """This agent passed it on before."""
    MISSED = "missed"
    """The time for the offer was over."""
    CALLED_OFF = "called_off"
    """The customer left, or the callback was cancelled or moved."""
    NO_CALL = "no_call"
    """This agent is in no conversation."""
    NOT_NOW = "not_now"
    """Not in this state of the conversation: nobody to join, nothing to resume, a transfer under way …"""
    NOT_YOURS = "not_yours"
    """Only who has the customer may do that."""
    NOBODY = "nobody"
    """No such agent, or nobody is free there."""
    NUMBER = "number"
    """This number may not be dialled."""
    BUSY = "busy"
    """The colleague is not free."""
    STORE = "store"
    """Could not be stored; nothing was changed."""


@dataclass(frozen=True, slots=True)
class BridgeResult:
    """What became of an order."""

    answer: Answer
    why: Why | None = None
    sentence: str = ""
    """For the person who asked, in English."""
    bridge: Bridge | None = None
    """The conversation as it is now, where there is one."""

    @property
    def is_done(self) -> bool:
        """It happened."""
        return self.answer is Answer.DONE


@dataclass(frozen=True, slots=True)
class Offered:
    """What is offered to an agent at this moment: the telephone rings, or is asked for a yes."""

    callback: Callback
    leg: Leg

    @property
    def can_accept(self) -> bool:
        """The telephone is answered: a button will do."""
        return self.leg.answered_at is not None and self.leg.accepted_at is None


class BridgeService(Protocol):
    """What agents and supervisors do with a conversation, by agent id. Never raises but `StoreFailed` on reading."""

    def offer(self, agent: str) -> Offered | None:
        """Offered to this agent and not yet taken."""

    def bridge_of(self, agent: str) -> Bridge | None:
        """The conversation this agent is in (as owner or asked in); None: in none."""

    def open_bridges(self) -> Sequence[Bridge]:
        """All that go on, for supervisors."""

    def accept(self, agent: str, now: datetime) -> BridgeResult: ...

    def decline(self, agent: str, now: datetime) -> BridgeResult: ...

    def hold(self, agent: str, now: datetime) -> BridgeResult:
        """The customer hears who is looking something up, in words, again and again."""

    def resume(self, agent: str, now: datetime) -> BridgeResult: ...

    def mute(self, agent: str, now: datetime) -> BridgeResult:
        """The agent's own microphone."""

    def unmute(self, agent: str, now: datetime) -> BridgeResult: ...

    def keys(self, agent: str, digits: str, now: datetime) -> BridgeResult:
        """Tones to whoever was asked in (a menu at the other end)."""

    def consult(self, agent: str, target: Target, now: datetime) -> BridgeResult:
        """The customer on hold; a colleague or number is dialled, told what it is about, and joins on a key."""

    def join(self, agent: str, now: datetime) -> BridgeResult:
        """The customer off hold: three-way."""

    def complete(self, agent: str, now: datetime) -> BridgeResult:
        """Warm transfer: I leave, the colleague stays. A follow-up is made for me."""

    def cancel_consult(self, agent: str, now: datetime) -> BridgeResult:
        """The colleague leaves, the customer is off hold."""

    def cold(self, agent: str, target: Target, now: datetime) -> BridgeResult:
        """I leave at once; returns to me when nobody takes it. A follow-up is made for me."""

    def end(self, agent: str, now: datetime) -> BridgeResult:
        """The customer is told goodbye, and the conversation is over."""

    def listen(self, supervisor: str, number: str, agent: str, now: datetime) -> BridgeResult:
        """The supervisor's telephone is dialled and hears the agent's conversation; nobody hears it."""

    def whisper(self, supervisor: str, now: datetime) -> BridgeResult:
        """Heard by the agent alone."""

    def barge(self, supervisor: str, now: datetime) -> BridgeResult:
        """Heard by everybody."""

    def leave(self, supervisor: str, now: datetime) -> BridgeResult:
        """Out; the conversation goes on."""


class BridgeLines(Protocol):
    """Bridges as the carrier's webhooks meet them."""

    def get(self, bridge_id: str) -> Bridge | None: ...

    def happened(self, bridge_id: str, event: Event, now: datetime) -> Bridge | None:
        """Stores what happened and carries out what follows; the bridge as it is now, None where there is none."""


class BridgeTender(Protocol):
    """Bridges as a worker looks after them."""

    def withheld(self) -> Collection[tuple[str, int]]:
        """Promises (id, attempt) whose conversation goes on in other hands than the queue knows."""

    def tend(self, callback: Callback, now: datetime) -> None:
        """One look at the conversation of a promise this worker holds. Raises `CarrierSilent`, `StoreFailed`."""

    def settle(self, now: datetime) -> None:
        """What is left of conversations that are over: legs that came too late, and what is owed to customers."""


class FollowUps(Protocol):
    """Follow-ups as the desk asks for them."""

    def for_agent(self, agent: str) -> Sequence[FollowUp]:
        """Not done, oldest first."""

    def done(self, follow_up_id: str, agent: str, note: str, now: datetime) -> FollowUp | None:
        """None: unknown, another agent's, or done before."""

    def check_back(self, follow_up_id: str, agent: str, how: CheckBack, now: datetime) -> FollowUp | None:
        """Asks the customer by a call through the callback queue, or by text. None: not possible (any more)."""


# -- stores ----------------------------------------------------------------------------------------


class BridgeStore(Protocol):
    """Bridges. Every write is on disk when the method returns."""

    def open(self, bridge: Bridge) -> Bridge:
        """Stores it, or returns the one that is there."""

    def get(self, bridge_id: str) -> Bridge | None: ...

    def step(self, bridge_id: str, decide: Callable[[Bridge], Bridge | None]) -> Bridge | None:
        """One decision over one locked row; the bridge as it is now, or None when nothing was changed."""

    def unsettled(self, *, limit: int = 500) -> list[Bridge]:
        """Not over, or not yet cleared, or with a call back still owed; oldest first."""


class FollowUpStore(Protocol):
    """Follow-ups. Every write is on disk when the method returns."""

    def add(self, follow_up: FollowUp) -> bool:
        """False when the id is there already."""

    def get(self, follow_up_id: str) -> FollowUp | None: ...

    def for_agent(self, agent: str, *, limit: int = 100) -> list[FollowUp]:
        """Not done, oldest first."""

    def change(self, follow_up_id: str, decide: Callable[[FollowUp], FollowUp | None]) -> FollowUp | None:
        """One decision over one locked row; None when unknown or when nothing was changed."""
