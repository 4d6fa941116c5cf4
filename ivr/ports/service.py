"""The queue as webhooks, pages, the JSON interface and commands use it: everything is done by somebody, at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from ivr.core.queueing.leg_events import LegNews
from ivr.core.queueing.legs import Agent, Leg
from ivr.core.queueing.model import Callback, Happened
from ivr.core.queueing.steps import Text, TextState
from ivr.ports.queue import Bucket, Search


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of callbacks, and how many there are in every tab."""

    callbacks: Sequence[Callback]
    total: int
    counts: Mapping[Bucket, int]


@dataclass(frozen=True, slots=True)
class Shown:
    """One callback with all that is known about it."""

    callback: Callback
    why: str
    """One sentence: why it is where it is in the line."""
    history: Sequence[Happened]
    legs: Sequence[Leg]
    texts: Sequence[Text]


class Refusal(Enum):
    """Why a change was not made."""

    UNKNOWN = "unknown"
    """There is no such callback (or agent)."""
    STATE = "state"
    """Its state does not allow it (any more)."""
    NUMBER = "number"
    """This number may not be called."""
    TIME = "time"
    """Not within the queue's hours, or past."""
    STORE = "store"
    """Could not be stored; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an order."""

    callback: Callback | None = None
    refusal: Refusal | None = None
    sentence: str = ""
    """What to tell the person, in English: what happened, or what to do instead."""


class QueueService(Protocol):
    """What people and the carrier do with promises. Raises `StoreFailed` only where it reads."""

    def listing(self, search: Search, now: datetime) -> Listed: ...

    def shown(self, callback_id: str, now: datetime, language: str = "en") -> Shown | None: ...

    def move(self, callback_id: str, start: datetime, end: datetime, *, by: str, now: datetime) -> Done:
        """Another time, aware; the place in the line is kept."""

    def renumber(self, callback_id: str, number: str, *, by: str, now: datetime) -> Done: ...

    def cancel(self, callback_id: str, reason: str, *, by: str, now: datetime) -> Done: ...

    def dial_now(self, callback_id: str, *, by: str, now: datetime) -> Done:
        """As soon as an agent is free, before all others."""

    def assign(self, callback_id: str, agent_id: str, *, by: str, now: datetime) -> Done:
        """From now on this agent's (for the queue's `owner_hours`); an empty id: anybody's."""

    def again(self, callback_id: str, start: datetime, note: str, *, agent_id: str, now: datetime) -> Done:
        """Another call to the same person at a time an agent promised; it is this agent's."""

    def take(self, callback_id: str, *, by: str, now: datetime) -> Done:
        """A recorded message was dealt with."""

    def agents(self) -> list[Agent]: ...

    def queues(self) -> Mapping[str, str]:
        """Name -> IANA zone of its hours (UTC where it has none)."""

    def leg(self, tag: str) -> Leg | None: ...

    def leg_by_sid(self, carrier_sid: str) -> Leg | None: ...

    def leg_answered(self, tag: str, carrier_sid: str, call_id: str, now: datetime) -> Leg | None:
        """The carrier asks what to do with an answered leg; None: nothing, its attempt is void."""

    def leg_progressed(self, tag: str, progress: LegNews, now: datetime) -> None: ...

    def caller_left(self, carrier_sid: str, now: datetime) -> None:
        """A caller who rang us has hung up; nobody is to answer for them."""

    def came_out(self, tag: str, now: datetime) -> bool:
        """A caller who rang us is out of the conference, still on the line. False: there was no conversation in it."""

    def language_of(self, leg: Leg) -> str:
        """What the person at its end speaks."""

    def flow_of(self, leg: Leg) -> str:
        """Name of the built-in flow that the leg runs: `support@customer`, `support@agent`."""

    def room_of(self, leg: Leg) -> str:
        """Name of the conference in which both meet."""

    def waiting_words(self, leg: Leg, round_number: int) -> str:
        """What somebody hears who is alone in the conference: where things stand. Never music."""

    def book_by_key(self, call_id: str, caller: str, dialled: str, language: str, now: datetime) -> str:
        """The caller pressed 1 while no media process had room; what to say. Stored before it is said."""

    def text_came(self, text: Text, now: datetime) -> str:
        """A text from somebody; what to answer, or nothing. Idempotent by its key."""

    def text_progressed(self, carrier_sid: str, state: TextState, now: datetime) -> None: ...
