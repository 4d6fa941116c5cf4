"""A promise of good service: whoever passed a call on sees to it that it was solved. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class FollowUpState(Enum):
    """What became of it."""

    OPEN = "open"
    CHECKING = "checking"
    """The customer was asked, by a call that waits its turn or by text."""
    DONE = "done"


class CheckBack(Enum):
    """How the customer is asked whether it was solved."""

    CALL = "call"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One call that was passed on, for the agent who had it first. Personal data."""

    id: str
    """32 lower-case hex characters."""
    agent: str
    """Who sees to it."""
    callback_id: str
    """The promise it comes from."""
    passed_to: str
    """As shown: a colleague's name, a queue, or a number."""
    created_at: datetime
    name: str = ""
    number: str = ""
    """The customer's, E.164."""
    reason: str = ""
    language: str = "en"
    state: FollowUpState = FollowUpState.OPEN
    how: CheckBack | None = None
    """With `CHECKING`."""
    check_id: str = ""
    """The promise of the check-back call, or the key of the text."""
    note: str = ""
    """With `DONE`: what the agent wrote."""
    done_at: datetime | None = None
