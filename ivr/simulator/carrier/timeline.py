"""What happened in one call, in order, with times in milliseconds since the answer: for reports and figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from ivr.simulator.carrier.clock import LineClock


class EventKind(Enum):
    """Kinds of happenings on a call."""

    STATUS = "status"
    """`name` is the new status."""
    WEBHOOK_SENT = "webhook_sent"
    """`name` is the address."""
    WEBHOOK_ANSWERED = "webhook_answered"
    WEBHOOK_FAILED = "webhook_failed"
    """`code` is the carrier's error."""
    CALLBACK_SENT = "callback_sent"
    """`name` is the event told."""
    VERB_STARTED = "verb_started"
    """`name` is the verb."""
    VERB_ENDED = "verb_ended"
    SAY = "say"
    """TwiML speech began; `name` is its text."""
    PLAY = "play"
    """TwiML audio began; `name` is its address."""
    DIGIT = "digit"
    """The far party pressed a key; `name` is what took it: `gather`, `record`, `stream` or `nobody`."""
    KEYS_SENT = "keys_sent"
    """The application sent tones to the far party."""
    CALLER_AUDIO_STARTED = "caller_audio_started"
    CALLER_AUDIO_ENDED = "caller_audio_ended"
    FIRST_SOUND = "first_sound"
    """The far party heard something for the first time."""
    STREAM_CONNECTED = "stream_connected"
    STREAM_STARTED = "stream_started"
    MEDIA_RECEIVED = "media_received"
    """Audio arrived from the server after its buffer had run empty."""
    MARK_RECEIVED = "mark_received"
    MARK_ECHOED = "mark_echoed"
    """`name` is the mark; `details` tells whether it was played or cleared."""
    CLEAR_RECEIVED = "clear_received"
    STREAM_CLOSED = "stream_closed"
    """`name` tells by whom."""
    MACHINE_DETECTION = "machine_detection"
    """`name` is who answered."""
    RECORDED = "recorded"
    CONFERENCE_JOINED = "conference_joined"
    """`name` is its SID."""
    CONFERENCE_LEFT = "conference_left"
    BRIDGED = "bridged"
    """Joined to the other leg of a `<Dial>`, whose SID is `name`."""
    UNBRIDGED = "unbridged"
    WARNING = "warning"
    """`code` as in the carrier's debugger."""
    APPLICATION_ERROR = "application_error"
    """The call ended with the generic message; `code` tells why."""
    ENDED = "ended"
    """`name` is the final status."""


Detail = str | int


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One happening."""

    at_ms: int
    """Milliseconds since the answer (since creation if never answered); negative before it."""
    kind: EventKind
    name: str = ""
    code: int | None = None
    details: Mapping[str, Detail] = field(default_factory=dict)


class Timeline:
    """The ordered happenings of one call."""

    def __init__(self, clock: LineClock) -> None:
        """Time zero is now until `answered` moves it."""
        self._clock = clock
        self._zero_ms = clock.now_ms()
        self._entries: list[tuple[float, TimelineEvent]] = []

    def answered(self) -> None:
        """From here on (and backwards) times count from this moment."""
        self._zero_ms = self._clock.now_ms()

    def now_ms(self) -> int:
        """Milliseconds since the answer."""
        return round(self._clock.now_ms() - self._zero_ms)

    def add(self, kind: EventKind, name: str = "", code: int | None = None, **details: Detail) -> None:
        """Note that something happened now."""
        self._entries.append((self._clock.now_ms(), TimelineEvent(0, kind, name, code, details)))

    def events(self) -> list[TimelineEvent]:
        """All happenings so far, oldest first."""
        return [TimelineEvent(round(at - self._zero_ms), e.kind, e.name, e.code, e.details) for at, e in self._entries]

    def warnings(self) -> list[int]:
        """The codes of all warnings so far, in order."""
        return [e.code for _, e in self._entries if e.kind is EventKind.WARNING and e.code is not None]
