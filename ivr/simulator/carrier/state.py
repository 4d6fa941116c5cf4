"""The states of a call and its REST resource: what `GET /Calls/{sid}.json` shows (rest.md section 2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from ivr.simulator.carrier.sids import new_sid


class CallStatus(Enum):
    """States of a call as REST shows them; the last five are final."""

    QUEUED = "queued"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    FAILED = "failed"
    NO_ANSWER = "no-answer"
    CANCELED = "canceled"

    @property
    def is_final(self) -> bool:
        """Whether nothing can follow."""
        return self not in (CallStatus.QUEUED, CallStatus.RINGING, CallStatus.IN_PROGRESS)


class Direction(Enum):
    """Who began the call."""

    INBOUND = "inbound"
    OUTBOUND_API = "outbound-api"
    OUTBOUND_DIAL = "outbound-dial"
    """A child of `<Dial>`."""


SIP_CODES = {
    CallStatus.COMPLETED: 200,
    CallStatus.BUSY: 486,
    CallStatus.NO_ANSWER: 487,
    CallStatus.CANCELED: 487,
    CallStatus.FAILED: 404,
}
"""`SipResponseCode` of each final status (call_states.md section 1)."""


@dataclass(slots=True)
class CallResource:
    """One call as the account sees it. Changed only by its own run."""

    account_sid: str
    from_number: str
    """Personal data."""
    to_number: str
    """Personal data."""
    direction: Direction
    status: CallStatus
    created_at: datetime
    """Aware, UTC, like all dates here."""
    sid: str = field(default_factory=lambda: new_sid("CA"))
    updated_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    answered_by: str | None = None
    queue_ms: int = 0
    parent_sid: str = ""
    """The call whose `<Dial>` made this one."""

    def move(self, status: CallStatus, at: datetime) -> bool:
        """Enter `status`; False when the call has already ended, since a final state stays."""
        if self.status.is_final:
            return False
        self.status = status
        self.updated_at = at
        if status is CallStatus.IN_PROGRESS and self.answered_at is None:
            self.answered_at = at
        if status.is_final:
            self.ended_at = at
        return True

    @property
    def duration_secs(self) -> int | None:
        """Whole seconds from answer to end; None while the call lives, 0 when it was never answered."""
        if self.ended_at is None:
            return None
        if self.answered_at is None:
            return 0
        return max(0, round((self.ended_at - self.answered_at).total_seconds()))
