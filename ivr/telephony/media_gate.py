"""Who may open a media socket, and how much any socket may take: the gate's contract, limits and counters."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Admission:
    """A ticket was good: this is the call it was issued for."""

    call_sid: str
    """The carrier's id of the caller's leg; the stream has to name the same."""


class MediaGate(Protocol):
    """Takes tickets. Called in a thread, so it may ask a database."""

    def admit(self, call_id: str, token: str) -> Admission | None:
        """Use a ticket up; None for used, unknown, expired or foreign ones. An exception refuses too."""


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """What one media process and one socket may take."""

    max_calls: int = 300
    """Sockets at once; the next one is refused with 503."""
    message_bytes: int = 64 * 1024
    """Longer messages are counted and ignored; the call goes on."""
    frame_bytes: int = 256 * 1024
    """A longer frame closes the socket (1009): it would only fill memory."""
    message_burst: int = 2_000
    """Messages a socket may send at once (after a stall a carrier delivers seconds of audio together)."""
    messages_per_sec: int = 200
    """Sustained; a stream needs 50."""
    handshake_timeout_ms: int = 3_000
    """From connecting to a complete upgrade request."""
    open_timeout_ms: int = 2_000
    """From the upgrade to a good ticket and a `start`."""
    early_messages: int = 150
    """Messages kept while the ticket is looked up: 3 s of audio."""
    ping_after_secs: float = 10.0
    """Silence on the socket before it is pinged; a peer that then says nothing for as long is gone."""
    close_timeout_ms: int = 1_000
    """From our close to the end of the connection, whatever the other side does."""
    unsent_bytes: int = 128 * 1024
    """What may wait for a slow reader (about 12 s of audio) before its socket is cut off."""
    waiting_handshakes: int = 512
    """Connections without a complete upgrade request; one more drops the oldest of them."""
    waiting_handshakes_per_address: int = 128
    """The same for one address. Behind a proxy all callers share its address, hence not smaller."""


@dataclass(slots=True)
class MediaCounters:
    """What happened on all sockets since start. Only ever grows; read it with `snapshot`."""

    sockets_opened: int = 0
    calls_started: int = 0
    calls_stopped: int = 0
    calls_lost: int = 0
    refused_path: int = 0
    refused_signature: int = 0
    refused_full: int = 0
    refused_second_socket: int = 0
    refused_ticket: int = 0
    refused_call_sid: int = 0
    refused_format: int = 0
    refused_order: int = 0
    open_timeouts: int = 0
    gate_failures: int = 0
    frames_in: int = 0
    frames_out: int = 0
    malformed: int = 0
    oversized: int = 0
    binary: int = 0
    floods: int = 0
    protocol_errors: int = 0
    sequence_gaps: int = 0
    duplicates: int = 0
    late: int = 0
    impossible_times: int = 0
    slow_readers: int = 0
    marks_missing: int = 0
    marks_unknown: int = 0
    speech_failures: int = 0
    driver_failures: int = 0

    def snapshot(self) -> dict[str, int]:
        """All counters by name."""
        return asdict(self)
