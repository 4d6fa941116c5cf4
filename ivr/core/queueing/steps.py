"""An attempt to keep a promise as one unit: what a transaction reads, and what a decision makes of it. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from ivr.core.queueing.legs import Agent, Leg
from ivr.core.queueing.model import Callback, Happened


@dataclass(frozen=True, slots=True)
class Attempt:
    """A promise with everything that belongs to its present attempt: what one transaction reads and changes."""

    callback: Callback
    legs: tuple[Leg, ...] = ()
    """Of the present attempt, oldest first."""
    agent: Agent | None = None
    """The one reserved for it, or (in a claim) about to be."""


class TextState(Enum):
    """A text message's life."""

    QUEUED = "queued"
    """Stored with the promise it belongs to; not sent yet."""
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    RECEIVED = "received"
    """From a caller."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text message, either way. Personal data."""

    key: str
    """Unique: the same key is never sent twice. For received ones: the carrier's id."""
    number: str
    """The other party's number."""
    our_number: str
    body: str
    at: datetime
    callback_id: str = ""
    state: TextState = TextState.QUEUED
    carrier_sid: str = ""
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """What a decision makes of an attempt; written in one transaction. Legs are added or replaced by their tag."""

    attempt: Attempt
    history: tuple[Happened, ...] = ()
    texts: tuple[Text, ...] = ()
    """Queued with it; a key that is there already is left alone."""
