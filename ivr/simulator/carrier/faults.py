"""Faults that a test may order from the carrier (call_states.md section 6). All off unless set.

Chances are thrown with the carrier's seeded dice (`LineSettings.seed`); durations are line time.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from enum import Enum


@dataclass(slots=True)
class Odds:
    """How often one thing goes wrong."""

    rate: float = 0.0
    """Share of all times, 0 to 1."""
    coming: int = 0
    """So many of the next times, whatever the rate."""

    def strike(self, dice: random.Random) -> bool:
        """Whether it goes wrong this time."""
        if self.coming > 0:
            self.coming -= 1
            return True
        return self.rate > 0 and dice.random() < self.rate


@dataclass(slots=True)
class StreamFaults:
    """Troubles of the media socket. Times are milliseconds of line time since the stream began."""

    drop_rate: float = 0.0
    """Share of the caller's frames lost on the radio side: the timestamp jumps, counters do not."""
    lose_rate: float = 0.0
    """Share of messages lost after counting: `sequenceNumber` and `chunk` jump too."""
    duplicate_rate: float = 0.0
    """Share of media messages sent twice, byte for byte."""
    gap_at_ms: int = 0
    """Where a hole in the media begins."""
    gap_ms: int = 0
    """Length of that hole; 0 for none."""
    missing_stop: bool = False
    """Close without a `stop` message."""
    late_stop_ms: int = 0
    """Wait before `stop`."""
    abrupt_close_at_ms: int | None = None
    """Cut the TCP connection, without a close frame."""


@dataclass(slots=True)
class CallbackFaults:
    """Troubles of callbacks that control nothing: of calls, conferences, texts (`queued`, `sent`, …) and `amd`."""

    delay_ms: dict[str, int] = field(default_factory=dict)
    """Callback event (`ringing`, `answered`, …) -> delay; unequal delays reorder them."""
    duplicate: bool = False
    """Send each callback twice, with the same idempotency token."""
    lose: frozenset[str] = frozenset()
    """Events whose callback is never sent."""
    delayed: Odds = field(default_factory=Odds)
    longest_delay_ms: int = 30_000
    """A delayed one comes up to so much later, each moment equally likely."""
    shuffle_ms: int = 0
    """Every callback comes up to so much later: those close together change places."""
    duplicated: Odds = field(default_factory=Odds)
    duplicate_after_ms: int = 0
    """The second copy of a duplicated one comes up to so much after the first."""
    lost: Odds = field(default_factory=Odds)


class RequestKind(Enum):
    """What a REST request is for."""

    CREATE = "create"
    """A call, a message, a participant."""
    CHANGE = "change"
    READ = "read"


@dataclass(slots=True)
class RestFaults:
    """Troubles of the REST interface, for some kinds of requests."""

    kinds: frozenset[RequestKind] = frozenset({RequestKind.CREATE})
    refused: Odds = field(default_factory=Odds)
    """429 with 20429; nothing has happened."""
    failed: Odds = field(default_factory=Odds)
    """500 with 20500; nothing has happened."""
    cut: Odds = field(default_factory=Odds)
    """The connection breaks; nothing has happened."""
    lying: Odds = field(default_factory=Odds)
    """500 with 20500, although everything has been done: the call exists and rings."""
    unanswered: Odds = field(default_factory=Odds)
    """The connection breaks, although everything has been done."""
    slow: Odds = field(default_factory=Odds)
    slow_before_ms: int = 0
    """A slow request is done so much later."""
    slow_after_ms: int = 0
    """A slow request is answered so much after it was done."""


@dataclass(slots=True)
class Faults:
    """All faults of one carrier; fields may be changed between calls."""

    stream: StreamFaults = field(default_factory=StreamFaults)
    callbacks: CallbackFaults = field(default_factory=CallbackFaults)
    rest: RestFaults = field(default_factory=RestFaults)
    late_detection_ms: int = 0
    """Answering-machine results come so much later; asynchronous ones even after the call."""
    list_lag_secs: float | None = None
    """Instead of the setting of that name."""
    refuse_requests: int = 0
    """So many of the next REST requests of any kind are answered 429 (20429)."""
