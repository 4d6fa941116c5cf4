"""What a run leaves behind: the carrier's books and the database's. Pure values, read by the judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ivr.core.queueing.legs import Agent, Leg
from ivr.core.queueing.model import Callback, Happened


@dataclass(frozen=True, slots=True)
class Rang:
    """A telephone rang, as the carrier knows it."""

    tag: str
    number: str
    is_agent: bool
    created_at: datetime
    over_at: datetime | None
    talked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Still:
    """A worker did not move between two times."""

    worker: str
    began_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Books:
    """Of one run."""

    accepted: Sequence[Callback]
    """As they were promised."""
    made_at: Mapping[str, datetime]
    """When the promise had been stored."""
    agents: Sequence[Agent]
    """At the end; what they can never changes."""
    callbacks: Mapping[str, Callback]
    """At the end."""
    legs: Mapping[str, Sequence[Leg]]
    history: Mapping[str, Sequence[Happened]]
    rang: Sequence[Rang]
    ended_at: datetime
    written: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """For the lines of a promise's history, their places in the order in which all lines were written."""
    still: Sequence[Still] = ()
    doubles_seen: Sequence[str] = ()
    """Agents who were bound to two promises in one look at the database."""
    mistakes: Sequence[str] = field(default=())
    """Of workers, or of the bench."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not be."""

    kind: str
    """`lost`, `dialled_twice`, `out_of_order`, `double_booked`."""
    text: str
    callback_id: str = ""
    """The promise, where it is about one."""
