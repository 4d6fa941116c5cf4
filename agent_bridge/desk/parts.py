"""What the desk works with, and what it gathers for one look at it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ivr.core.bridging.followups import FollowUp
from ivr.core.bridging.model import Bridge
from ivr.core.queueing.legs import Agent, Leg
from ivr.core.queueing.model import Callback
from ivr.core.queueing.rules import QueueRules
from ivr.ports import (
    AgentStore,
    CallbackStore,
    CallRecord,
    CallStore,
    Clock,
    Contact,
    ContactStore,
    DeskPresence,
    DeskPulse,
    Done,
    TurnRecord,
    WebhookLedger,
)
from ivr.ports.bridge import BridgeService, FollowUps


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An entry of the knowledge base that may help."""

    question: str
    answer: str


PromiseAgain = Callable[[Callback, str, datetime, str, datetime], Done]
"""(the callback it comes from, agent's id, when, note, now): another call of this agent's own, stored."""


@dataclass(frozen=True, slots=True)
class DeskParts:
    """Ports."""

    agents: AgentStore
    callbacks: CallbackStore
    calls: CallStore
    contacts: ContactStore
    presence: DeskPresence
    pulse: DeskPulse
    ledger: WebhookLedger
    """Remembers what was answered to an action, so that the same press counts once."""
    clock: Clock
    bridge: BridgeService
    rules: Callable[[], Mapping[str, QueueRules]]
    zones: Callable[[], Mapping[str, str]]
    """Queue -> zone of its hours."""
    follow_ups: FollowUps | None = None
    promise_again: PromiseAgain | None = None
    """None: a wrap-up cannot promise another call."""
    suggestions: Callable[[Callback, str], Sequence[Suggestion]] = lambda callback, said: ()
    """By reason and the caller's last sentence."""
    new_id: Callable[[], str] = lambda: secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a transcript."""

    at: datetime | None
    side: str
    """`caller`, `us` or `agent`"""
    text: str


@dataclass(frozen=True, slots=True)
class Look:
    """Everything one look at a desk sees."""

    agent: Agent
    now: datetime
    zone: str
    callback: Callback | None = None
    """Offered, talked about, or being noted."""
    legs: tuple[Leg, ...] = ()
    """Of its present attempt."""
    rules: QueueRules | None = None
    bridge: Bridge | None = None
    contact: Contact | None = None
    lines: tuple[Line, ...] = ()
    attested: str = ""
    contacts: tuple[Contact, ...] = ()
    """With this caller, before."""
    callbacks: tuple[Callback, ...] = ()
    """Of this caller, before."""
    calls: tuple[CallRecord, ...] = ()
    """Of this caller, before."""
    suggestions: tuple[Suggestion, ...] = ()
    colleagues: tuple[Agent, ...] = ()
    queues: Mapping[str, str] = field(default_factory=dict)
    """Name -> title."""
    waiting: tuple[Callback, ...] = ()
    """Promises of the agent's queues that wait, by time."""
    follow_ups: tuple[FollowUp, ...] = ()
    last_contact: Contact | None = None


def lines_of(call: CallRecord | None, turns: Sequence[TurnRecord]) -> list[Line]:
    """A call's turns with their times."""
    began = None if call is None else call.answered_at or call.created_at
    lines = []
    for turn in turns:
        at = None if began is None else datetime.fromtimestamp(began.timestamp() + turn.at_ms / 1000, began.tzinfo)
        lines.append(Line(at, "caller" if turn.side == "caller" else "us", turn.text))
    return lines
