"""The ports of the callback queue: its store, its people, its texts, and the carrier as a dialler wants it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

from ivr.core.queueing.legs import Agent, Leg
from ivr.core.queueing.model import Callback, CallbackState, Happened, Place
from ivr.core.queueing.reading import Reading
from ivr.core.queueing.steps import Attempt, Step, Text, TextState

Decide = Callable[[Attempt], Step | None]
"""A pure decision over an attempt, run inside a transaction that holds its rows; None changes nothing."""


@dataclass(frozen=True, slots=True)
class Promised:
    """What `CallbackStore.promise` did."""

    callback: Callback
    is_new: bool
    """False: this key, or an open promise to this number in this queue, was there already."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One pair to be bound together."""

    callback_id: str
    agent_id: str
    """Empty: no agent is needed."""
    decide: Decide


class Bucket(Enum):
    """The tabs of the callbacks page."""

    OVERDUE = "overdue"
    NOW = "now"
    LATER = "later"
    """Later today."""
    ANOTHER_DAY = "another_day"
    NEEDS_PERSON = "needs_person"
    DONE = "done"
    """Done or cancelled today."""


@dataclass(frozen=True, slots=True)
class Search:
    """What to list. Empty fields mean any."""

    bucket: Bucket | None = None
    states: tuple[CallbackState, ...] = ()
    queue: str = ""
    text: str = ""
    """In number, name, reason, code or id, of those that are open, failed, or ended in the last 30 days. A whole id, or
    a whole number with its plus, finds older ones, too."""
    day_ends_at: datetime | None = None
    """End of "today" (UTC) where the reader is; needed for buckets."""
    limit: int = 50
    offset: int = 0


class CallbackStore(Protocol):
    """Promises, their legs and their history. Every write is on disk when the method returns; nothing deletes a row."""

    def promise(
        self, callback: Callback, *, key: str, texts: Sequence[Text] = (), legs: Sequence[Leg] = ()
    ) -> Promised:
        """Commits a promise once per key, with its first line of history and its texts, in one transaction.

        An open promise to the same number in the same queue is returned instead: there is never a second one.
        `legs`: those that are there already, of a caller on the line.
        """

    def get(self, callback_id: str) -> Callback | None: ...

    def several(self, ids: Collection[str]) -> Mapping[str, Callback]:
        """Those that are there, by id; all in one question."""

    def by_key(self, key: str) -> Callback | None: ...

    def open_for(self, number: str) -> list[Callback]:
        """Promises to this number that are not final, and failed ones not older than their `expires_at`."""

    def step(self, callback_id: str, decide: Decide, *, agent_id: str = "") -> Attempt | None:
        """Reads and locks callback, legs of the present attempt and agent; writes what `decide` returns.

        With `agent_id` that agent is read in place of the callback's own. Locks are taken in the order callback,
        agent. Returns the attempt as it is now, or None for an unknown id or when `decide` returned None.
        A decision that breaks uniqueness (a second open customer leg to a number) raises `StoreFailed("in_use")`.
        """

    def step_leg(self, tag: str, decide: Decide) -> Attempt | None:
        """The same for the attempt that this leg belongs to (with the legs of the leg's own attempt)."""

    def claim(self, claims: Sequence[Claim], reading: Reading | None = None) -> list[Attempt]:
        """Several steps in one transaction; those whose rows somebody else holds, or that decide None, are left out.

        With the `reading` of the line that they were chosen from (all of its queue), the transaction looks at the line
        once more: a claim is left out, too, when somebody whom its agent can take has come to stand in front since.
        """

    def heads(self, queue: str, now: datetime, *, each: int = 8) -> list[Callback]:
        """Waiting and eligible: of every (language, skills, owner) group the first `each` by (`order_at`, id)."""

    def line(self, queue: str, now: datetime, *, each: int = 8) -> list[Place]:
        """The same heads as places, in the order of the line: what a dispatcher looks at."""

    def ahead(self, queue: str, order_at: datetime, now: datetime, *, cap: int = 2000) -> int:
        """How many eligible ones are before this place; counting stops at `cap`."""

    def waiting(self, queue: str, now: datetime, *, cap: int = 2000) -> int:
        """How many are eligible now; counting stops at `cap`."""

    def scheduled(self, queue: str, after: datetime, before: datetime, *, limit: int = 500) -> list[datetime]:
        """`eligible_at` of those waiting for a later time, in order."""

    def in_flight(self, *, limit: int = 500) -> list[Callback]:
        """Claimed, dialling, connected ones; those whose lease ends first come first."""

    def due_to_expire(self, now: datetime, *, limit: int = 100) -> list[Callback]:
        """Waiting ones whose `expires_at` has passed."""

    def search(self, search: Search, now: datetime) -> tuple[list[Callback], int]:
        """A page, by due time, then arrival; and how many there are in all (counting stops at 10,000).

        Of the bucket DONE those come first that were done last.
        """

    def counts(self, now: datetime, day_ends_at: datetime, *, queue: str = "") -> Mapping[Bucket, int]: ...

    def leg(self, tag: str) -> Leg | None: ...

    def leg_by_sid(self, carrier_sid: str) -> Leg | None: ...

    def leg_by_call(self, call_id: str) -> Leg | None: ...

    def legs(self, callback_id: str) -> list[Leg]:
        """All attempts, oldest first."""

    def history(self, callback_id: str) -> list[Happened]: ...

    def handle_secs(self, queue: str, *, limit: int = 200) -> list[float]:
        """Lengths of the newest conversations, newest first."""

    def dials(self, number: str, since: datetime) -> int:
        """Customer legs to this number since then (intents that were never placed do not count)."""

    def all_dials(self, since: datetime) -> int: ...

    def last_dial(self, number: str) -> datetime | None: ...

    def promises(
        self, since: datetime, *, caller: str = "", prefix: str = "", attested: str = "", others_only: bool = False
    ) -> int:
        """How many were made, by calling number, a prefix of `number`, or what is known of the calling number.

        `others_only`: to another number than the calling one.
        """

    def is_stopped(self, number: str, queue: str) -> bool:
        """Whether this number asked never to be called again (by this queue, or by all)."""

    def stop(self, number: str, *, queue: str = "", at: datetime, by: str) -> None:
        """From now on never called again; empty queue: by nobody. Idempotent."""

    def allow_again(self, number: str) -> None:
        """The person asked to be called: takes every stop back."""

    def wrong_codes(self, number: str, since: datetime) -> int: ...

    def take_try(self, number: str, at: datetime, *, since: datetime, most: int) -> int | None:
        """Notes a wrong code before it is looked at, unless `most` were noted since; None: no try is left.

        Count and note are one: of two calls at once only one gets the last try.
        """

    def give_try_back(self, try_id: int) -> None:
        """The code was right."""

    def kept(self, since: datetime, *, queue: str = "") -> tuple[int, int]:
        """Promises first connected within their window, and all that were due since then."""


class AgentStore(Protocol):
    """The people. State changes that belong to a callback go through `CallbackStore.step`."""

    def add(self, agent: Agent) -> None:
        """Inserts or replaces all but the state."""

    def get(self, agent_id: str) -> Agent | None: ...

    def all(self) -> list[Agent]: ...

    def remove(self, agent_id: str) -> None:
        """Unknown: `KeyError`."""

    def set_state(self, agent_id: str, decide: Callable[[Agent], Agent | None]) -> Agent | None:
        """Changes one row under its lock; None when unknown or when nothing was changed."""


class TextStore(Protocol):
    """Text messages, both ways."""

    def add(self, text: Text) -> bool:
        """False when the key is there already."""

    def unsent(self, *, limit: int = 20) -> list[Text]:
        """Queued ones, oldest first."""

    def take(self, key: str) -> bool:
        """Makes a queued one SENT, before the carrier is asked: of several workers one sends it."""

    def update(self, key: str, *, state: TextState, carrier_sid: str = "", tries: int | None = None) -> None:
        """Never goes back from DELIVERED or FAILED."""

    def by_sid(self, carrier_sid: str) -> Text | None: ...

    def for_callback(self, callback_id: str) -> list[Text]: ...

    def sent_to(self, number: str, since: datetime, *, limit: int = 50) -> list[Text]:
        """Outgoing ones to this number since then, newest first."""

    def sent_since(self, since: datetime, *, number: str = "") -> int:
        """Outgoing texts, for the caps."""


@dataclass(frozen=True, slots=True)
class DialOrder:
    """A call to be made."""

    to: str
    from_number: str
    tag: str
    """Travels in the addresses that the carrier calls back."""
    ring_secs: int
    send_keys: str = ""
    """An extension, sent after the answer."""
    wants_amd: bool = False


@dataclass(frozen=True, slots=True)
class PlacedCall:
    """A call as the carrier knows it."""

    carrier_sid: str
    status: str
    """queued, ringing, in-progress, completed, busy, no-answer, failed, canceled"""
    created_at: datetime | None = None
    answered_by: str = ""
    ended_at: datetime | None = None
    """Cut off to whole seconds; None: not over, or not told."""


class DialRefused(Exception):
    """The carrier said no: nobody was and nobody will be dialled for this order. `reason` is a word for logs."""

    def __init__(self, reason: str, *, is_final: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_final = is_final
        """True: this number will never do. False: later, perhaps (too many requests)."""


class CarrierSilent(Exception):
    """No answer, or none that can be understood: what was asked for may have happened."""


class Carrier(Protocol):
    """What the dispatcher wants of the carrier's REST interface. Blocking, with time-outs; thread-safe."""

    def dial(self, order: DialOrder) -> str:
        """The carrier's id of the new call. Raises `DialRefused`, `CarrierSilent`."""

    def calls_to(self, to: str, from_number: str, since: datetime) -> list[PlacedCall]:
        """Outbound calls made since then, newest first. The list lags behind. Raises `CarrierSilent`."""

    def call(self, carrier_sid: str) -> PlacedCall | None:
        """None: no such call. Raises `CarrierSilent`."""

    def hang_up(self, carrier_sid: str) -> bool:
        """False: was over already. Raises `CarrierSilent`."""

    def say_and_hang_up(self, carrier_sid: str, text: str, language: str) -> bool:
        """Takes a live leg out of whatever it is in, tells it something, ends it. False: was over already."""

    def send_back(self, carrier_sid: str, tag: str) -> bool:
        """Takes a caller who rang us out of the conference, to where the flow goes on. False: was over already.

        Raises `CarrierSilent`.
        """

    def send_text(self, to: str, from_number: str, body: str, *, tag: str) -> str:
        """The carrier's id. Raises `DialRefused`, `CarrierSilent`."""


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What is known of a caller before the first word."""

    records: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Name -> record, as prompts and conditions see them."""
    has_callback: bool = False
    """Something was promised to this number: the call begins with that."""


@dataclass(frozen=True, slots=True)
class NumberCheck:
    """A number as it was understood, and whether it may be dialled or texted. Personal data."""

    e164: str
    """Empty when it could not be read."""
    problem: str = ""
    """A word, such as `premium` or `too_short`; empty: it may be dialled."""
    extension: str = ""
    zones: tuple[str, ...] = ()
    """IANA zones the called place may be in."""
    can_text: bool = True
    """False: it may be dialled, but texts do not get there."""


class Numbers(Protocol):
    """What may be dialled. Pure but for its rules; thread-safe."""

    def check(self, text: str, *, near: str = "") -> NumberCheck:
        """`near`: an E.164 number whose country is meant where the text has no country code; else home."""


class Desk(Protocol):
    """The queue's counter: everything that calls, texts, pages and commands ask of it. See `ivr/runtime/desk`."""

    def facts(self, call_id: str, caller: str, dialled: str, now: datetime) -> CallFacts:
        """Before a call's first word. Never raises: nothing known is nothing known."""
