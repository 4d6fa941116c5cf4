"""The ports of calls: clock, understanding, connectors, stores of calls, media, ears and mouth."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Protocol

from ivr.core.events import LookUpOutcome
from ivr.core.meaning import Expecting, Meaning


class Clock(Protocol):
    """Where times come from. Everything else takes them as arguments."""

    def now(self) -> datetime:
        """The wall clock: aware, UTC."""

    def monotonic_ms(self) -> int:
        """Milliseconds on a clock that never jumps."""


class Completeness(Enum):
    """How whole an answer sounds; the end-of-turn wait follows it."""

    COMPLETE = "complete"
    UNKNOWN = "unknown"
    INCOMPLETE = "incomplete"
    TRAILING = "trailing"
    """By its last words something may follow; whole if it means something clear: "商品を返したいのですが"."""


class Understanding(Protocol):
    """Turns an utterance into a meaning. Thread-safe; CPU work, so callers keep it off event loops."""

    def interpret(self, text: str, expecting: Expecting, alternatives: Sequence[str] = ()) -> Meaning:
        """Never raises: what cannot be understood is an empty `Meaning`."""

    def completeness(self, text: str, expecting: Expecting) -> Completeness:
        """Whether `text`, heard so far, is a whole answer. Cheap (< 1 ms): called in the middle of turns."""


@dataclass(frozen=True, slots=True)
class LookUpResult:
    """What a connector says."""

    outcome: LookUpOutcome
    record: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


class Connectors(Protocol):
    """All configured connectors behind one door. Blocking; has its own time-outs (never hangs)."""

    def call(self, operation: str, arguments: Mapping[str, Any], key: str = "") -> LookUpResult:
        """`operation` is `connector.operation`. Never raises: failures are outcomes."""

    def operations(self) -> Mapping[str, Sequence[str]]:
        """Every operation name with the argument names it wants; for the flow check."""

    def is_read(self, operation: str) -> bool:
        """Whether asking changes nothing, so that it may be asked on a guess. False when in doubt."""


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One row per call."""

    id: str
    """Our own random id: 32 lower-case hex characters."""
    carrier_sid: str
    """The carrier's id of the caller's leg (CA…)."""
    flow: str
    flow_version: str
    caller: str
    dialled: str
    direction: str = "inbound"
    created_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    status: str = "ringing"
    """ringing, in_progress, ended"""
    outcome: str | None = None
    end_cause: str | None = None
    language: str | None = None
    node_id: str | None = None
    """The media node that owns the call."""
    resumes: int = 0
    snapshot: Mapping[str, Any] | None = None
    """The session's own state, JSON; what a resume starts from."""
    intent: str | None = None
    recorded: bool = False
    attested: str = ""
    """How far the calling number is vouched for: A, B, C, `failed`, or empty where nobody says."""


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """One thing said by one side."""

    call_id: str
    number: int
    """From 1, both sides counted together."""
    at_ms: int
    side: str
    """`caller` or `us`"""
    text: str
    node: str = ""
    how: str = "speech"
    """speech, keys, prompt"""
    confidence: float | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    """intent, score, decode_ms, gap_ms, …"""


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One fact about a call, for the timeline. Append-only."""

    call_id: str
    at_ms: int
    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MediaNode:
    """A media process as the web processes see it."""

    id: str
    url: str
    """Public base of its sockets, e.g. `wss://host/media`; call id and token follow."""
    capacity: int
    live: int
    heartbeat_at: datetime
    draining: bool = False


@dataclass(frozen=True, slots=True)
class StoredReply:
    """What was answered to a webhook, for when it comes again."""

    status: int
    body: str
    content_type: str


class CallStore(Protocol):
    """Calls, legs, turns, events. Every write is on disk when the method returns."""

    def create(self, call: CallRecord) -> CallRecord:
        """Idempotent by `carrier_sid`: the row that is there already wins and is returned."""

    def get(self, call_id: str) -> CallRecord | None: ...

    def by_sid(self, carrier_sid: str) -> CallRecord | None: ...

    def update(self, call_id: str, **changes: Any) -> None:
        """Changes fields of `CallRecord` by name. Unknown call or field: `KeyError`."""

    def end(self, call_id: str, *, ended_at: datetime, outcome: str, cause: str) -> bool:
        """Ends a call once; False when it had ended before (nothing changes then). Unknown call: `KeyError`."""

    def save_snapshot(self, call_id: str, node_id: str, snapshot: Mapping[str, Any]) -> bool:
        """False when the call meanwhile belongs to another node (a fenced owner must stop), or is unknown.

        A call that belongs to no node becomes this node's.
        """

    def add_turns(self, turns: Sequence[TurnRecord]) -> None:
        """A (call, number) written before is replaced. Unknown call: `StoreFailed`."""

    def add_events(self, events: Sequence[EventRecord]) -> None:
        """Appends in this order. Unknown call: `StoreFailed`."""

    def turns(self, call_id: str) -> list[TurnRecord]: ...

    def events(self, call_id: str) -> list[EventRecord]: ...

    def recent(self, limit: int = 50) -> list[CallRecord]: ...

    def of_caller(self, caller: str, *, limit: int = 5) -> list[CallRecord]:
        """Calls from this number, newest first; of an empty number none."""

    def set_leg(self, call_id: str, carrier_sid: str, *, status: str, rank: int, sequence: int, at: datetime) -> bool:
        """Leg status from the carrier, in any order: only a higher (rank, sequence) changes the row."""

    def live_on(self, node_id: str) -> list[CallRecord]:
        """Calls in progress that a node owns."""

    def live_since(self, since: datetime, *, caller: str = "", without_node: bool = False) -> int:
        """How many calls began since then and are not over: of one caller, or only those that no node has."""


class NodeStore(Protocol):
    """Media nodes and the single-use tickets that open a media socket."""

    def register(self, node: MediaNode) -> None:
        """Insert or replace (by id)."""

    def heartbeat(self, node_id: str, *, live: int, draining: bool, at: datetime) -> None:
        """Unknown node: `KeyError` (it has to register again)."""

    def remove(self, node_id: str) -> None: ...

    def nodes(self, *, alive_since: datetime, now: datetime | None = None) -> list[MediaNode]:
        """Those heard of since then, by id. With `now`, not those whose heartbeat lies in the future of it.

        Such a heartbeat was given before the clock was set back, and nobody knows how old it is.
        """

    def pick(self, *, alive_since: datetime, now: datetime | None = None) -> MediaNode | None:
        """The node with most room, not draining, or None when all are full. Counts tickets not yet used as live."""

    def issue_ticket(self, call_id: str, node_id: str, token: str, *, expires_at: datetime) -> None:
        """Stores only a hash of the token. Older unused tickets of the call become worthless."""

    def use_ticket(self, call_id: str, token: str, *, now: datetime) -> bool:
        """True once; False for used, unknown, expired or foreign ones."""


class WebhookLedger(Protocol):
    """Replay protection: the answer to a signed request, kept for a day."""

    def recall(self, key: str) -> StoredReply | None: ...

    def remember(self, key: str, reply: StoredReply, *, at: datetime) -> None:
        """The first reply to a key stays."""

    def forget_before(self, before: datetime) -> int: ...


class Tape(Protocol):
    """The two-channel recording of one call. Frames before `start` and after `stop` are not kept."""

    def start(self, at_ms: int) -> None: ...

    def stop(self, *, discard: bool = False) -> None: ...

    def caller_frame(self, at_ms: int, mulaw: bytes) -> None: ...

    def our_frame(self, at_ms: int, mulaw: bytes) -> None: ...

    def close(self) -> str | None:
        """Finishes the file; its name relative to the recordings folder, or None when nothing was recorded."""


class Messages(Protocol):
    """What a caller leaves for people: the caller's channel, a file for each message; goes on when the tape is off."""

    def caller_frame(self, at_ms: int, mulaw: bytes) -> None: ...

    def start(self, key: str, at_ms: int) -> None:
        """Keeps what is heard from half a second before this moment on."""

    def stop(self, key: str, *, keep: bool) -> None:
        """The message is over; without `keep` its file goes, also when it was over before."""

    def finish(self) -> None:
        """Blocks until what is over is on disk; a message that runs is over."""


Observer = Callable[[str, Mapping[str, Any]], None]
"""Somebody who watches calls (the demo, live pages). Must never block or raise."""


class StoreFailed(Exception):
    """A store could not read or write; nothing may be promised. `reason` is a word for logs, never a value.

    `retryable` tells whether the same call may succeed later (lock, lost connection, full disk). After a failed
    write the row may be there all the same: look before writing again.
    """

    def __init__(self, reason: str, *, retryable: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retryable = retryable


@dataclass(frozen=True, slots=True)
class LegRecord:
    """The state of one leg as the carrier last told it."""

    call_id: str
    carrier_sid: str
    status: str
    rank: int
    """Order of the states of a leg: ringing before answered before completed."""
    sequence: int
    """The carrier's own numbering within one rank."""
    changed_at: datetime


class RequestStatus(Enum):
    """What became of a caller's request."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """Something a caller asked people to do. Personal data throughout."""

    reference: str
    """Short number that the caller is told: digits only, not guessable from another one."""
    name: str
    number: str
    reason: str
    language: str
    call_id: str
    created_at: datetime
    status: RequestStatus = RequestStatus.OPEN


class RequestStore(Protocol):
    """Requests callers left for people. A row is on disk before its reference is known to anybody."""

    def add(
        self, *, key: str, name: str, number: str, reason: str, language: str, call_id: str, at: datetime
    ) -> RequestRecord:
        """Idempotent by `key`: the same key again returns the row of the first time. An empty key is never equal."""

    def get(self, reference: str) -> RequestRecord | None: ...

    def recent(self, limit: int = 50, *, status: RequestStatus | None = None) -> list[RequestRecord]:
        """Newest first."""

    def set_status(self, reference: str, status: RequestStatus) -> None:
        """Unknown reference: `KeyError`."""


class MediaLine(Protocol):
    """One live stream of audio, as a driver uses it. All on one event loop."""

    call_id: str
    on_frame: Callable[[int, bytes], None]
    on_digit: Callable[[int, str], None]
    on_closed: Callable[[Any], None]
    our_frame: Callable[[int, bytes], None] | None
    on_planned: Callable[[int, bytes], None] | None

    def at_ms(self) -> int:
        """Stream time now."""

    def play(
        self,
        prompt_id: int,
        chunks: AsyncIterator[bytes],
        on_finished: Callable[[int, bool, int], None],
        on_failed: Callable[[int, BaseException], None] | None = None,
    ) -> None:
        """Plays after what is playing; `on_finished(prompt_id, heard to its end, ms heard)` comes exactly once."""

    def stop(self, prompt_id: int) -> bool:
        """Stops a prompt, playing or waiting."""

    def close(self) -> None:
        """Ends the stream; the carrier goes on with its document."""


class Ears(Protocol):
    """Hears one caller. Called on the event loop; what it hears comes through the callbacks it was made with."""

    def push(self, at_ms: int, mulaw: bytes) -> None:
        """20 ms of the caller's channel."""

    def will_sound(self, at_ms: int, mulaw: bytes) -> None:
        """What the caller will hear of us from `at_ms` on: an echo of it is not the caller."""

    def listen(self, expecting: Expecting) -> None:
        """Hears answers like this from now on."""

    def close(self) -> None:
        """No more callbacks. Idempotent."""


class Mouth(Protocol):
    """Speaks prompts, as audio for the telephone."""

    def render(self, text: str, language: str, rate: float, gain_db: float, cacheable: bool) -> AsyncIterator[bytes]:
        """μ-law at 8 kHz, sentence by sentence. Never raises: what cannot be spoken is a fallback sound."""

    def foresee(self, text: str, language: str, rate: float, gain_db: float, cacheable: bool) -> None:
        """This will probably be asked for in a moment: begin making its first sentence. Forgotten soon."""
