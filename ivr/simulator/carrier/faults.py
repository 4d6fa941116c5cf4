"""Faults that a test may order from the carrier (call_states.md section 6). All off unless set."""

from __future__ import annotations

from dataclasses import dataclass, field


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
    """Troubles of status callbacks."""

    delay_ms: dict[str, int] = field(default_factory=dict)
    """Callback event (`ringing`, `answered`, …) -> delay of line time; unequal delays reorder them."""
    duplicate: bool = False
    """Send each callback twice, with the same idempotency token."""
    lose: frozenset[str] = frozenset()
    """Events whose callback is never sent."""


@dataclass(slots=True)
class Faults:
    """All faults of one carrier; fields may be changed between calls."""

    stream: StreamFaults = field(default_factory=StreamFaults)
    callbacks: CallbackFaults = field(default_factory=CallbackFaults)
    late_detection_ms: int = 0
    """Answering-machine results come so much later, in line time; asynchronous ones even after the call."""
    refuse_requests: int = 0
    """So many of the next REST requests are answered 429 (20429)."""
