"""What is to be asked of the carrier, and to be done besides, so that what is wanted comes true. Pure.

between(before, after)   at once, by whoever changed the bridge
against(bridge, seen)    again and again, by a worker: what the carrier's list says is not yet so
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent_bridge.settling import is_alone
from ivr.core.bridging.model import (
    Bridge,
    BridgeEnding,
    Offer,
    Party,
    PartyOutcome,
    PartyRole,
    PassEnding,
    Passing,
    PassKind,
    Stage,
)
from ivr.ports.bridge import Seen

COMES_SECS = 10.0
"""On the way for longer than this: it is looked at, and shown the way again."""
LEAVES_SECS = 5.0
"""Gone for longer than this and still in the conference: it is ended. Until then its own document says goodbye."""
PLACED_SECS = 10.0
"""An order to dial is answered by then, or its answer is lost."""
RING_LIMIT_SECS = 75.0
"""Ringing, hearing what it is about, and being asked twice takes no longer."""


@dataclass(frozen=True, slots=True)
class Dial:
    """Ask somebody in."""

    tag: str


@dataclass(frozen=True, slots=True)
class DialListener:
    """A supervisor joins, muted."""

    tag: str


@dataclass(frozen=True, slots=True)
class SetHold:
    """On hold with words, or off it."""

    tag: str
    is_held: bool


@dataclass(frozen=True, slots=True)
class SetMute:
    """Heard by nobody, or again."""

    tag: str
    is_muted: bool


@dataclass(frozen=True, slots=True)
class SetEnds:
    """Whether the conference ends when it leaves."""

    tag: str
    ends: bool


@dataclass(frozen=True, slots=True)
class SetCoach:
    """Heard by one alone; empty: by all."""

    tag: str
    coached: str


@dataclass(frozen=True, slots=True)
class LetGo:
    """Told something and ended, or taken back while it rings."""

    tag: str


@dataclass(frozen=True, slots=True)
class Bring:
    """On the way for too long: is its call over? If not, it is shown the way into the conference again."""

    tag: str


@dataclass(frozen=True, slots=True)
class MakeOffer:
    """The customer hears the offer of a call back."""

    tag: str


@dataclass(frozen=True, slots=True)
class Lost:
    """An order to dial, or a leg, of which nothing more was heard: ask the carrier."""

    tag: str


@dataclass(frozen=True, slots=True)
class SetAgent:
    """A colleague's own state follows their leg."""

    tag: str


@dataclass(frozen=True, slots=True)
class Release:
    """An agent has passed the customer on: time for notes; the promise is not theirs any more."""

    tag: str


@dataclass(frozen=True, slots=True)
class NoteFollowUp:
    """Somebody else has the customer: whoever passed it on sees to it."""

    passing: Passing


Order = (
    Dial
    | DialListener
    | SetHold
    | SetMute
    | SetEnds
    | SetCoach
    | LetGo
    | Bring
    | MakeOffer
    | Lost
    | SetAgent
    | Release
    | NoteFollowUp
)


def between(before: Bridge, after: Bridge) -> tuple[Order, ...]:
    """Flags that keep a conference alive come first, whoever is let go comes last."""
    first: list[Order] = []
    last: list[Order] = []
    for party in after.parties:
        known = before.party(party.tag)
        if known is None:
            first.append(_new(party))
            first += _bond(party)
            continue
        first += _flags(known, party)
        if party.stage is not known.stage:
            if party.is_gone and known.ends and not after.is_over:
                first.append(SetEnds(party.tag, ends=False))
            first += _bond(party)
            last += _leaving(before, after, party)
    first += [NoteFollowUp(each) for each in after.passings if _is_passed_on(each) and each not in before.passings]
    if after.offer is Offer.MADE and before.offer is not Offer.MADE:
        last.append(MakeOffer(after.customer.tag))
    return (*first, *last)


def follow_ups(bridge: Bridge) -> tuple[NoteFollowUp, ...]:
    """All that should have been noted."""
    return tuple(NoteFollowUp(each) for each in bridge.passings if _is_passed_on(each))


def against(bridge: Bridge, seen: Sequence[Seen], now: datetime) -> tuple[Order, ...]:
    """What the carrier's list of participants does not show yet."""
    by_call = {each.call_sid: each for each in seen}
    orders: list[Order] = []
    for party in bridge.parties:
        there = by_call.get(party.call_sid)
        orders += _late(bridge, party, there, now)
        if there is not None and there.is_inside and not party.is_gone:
            actual = bridge.by_call(there.coaches)
            orders += _unlike(party, there, actual.tag if actual is not None else "")
    customer = bridge.customer
    if bridge.offer is Offer.MADE and customer.call_sid in by_call:
        orders.append(MakeOffer(customer.tag))
    return tuple(orders)


def is_overlong_alone(bridge: Bridge, now: datetime, limit_secs: float) -> Party | None:
    """Who has been alone for too long."""
    if bridge.alone_since is None or now - bridge.alone_since < timedelta(seconds=limit_secs):
        return None
    return is_alone(bridge)


def _new(party: Party) -> Order:
    return DialListener(party.tag) if party.role is PartyRole.SUPERVISOR else Dial(party.tag)


def _bond(party: Party) -> Iterator[Order]:
    if party.role is PartyRole.THIRD and party.agent:
        yield SetAgent(party.tag)


def _flags(was: Party, party: Party) -> Iterator[Order]:
    if party.is_gone:
        return
    if party.ends is not was.ends:
        yield SetEnds(party.tag, party.ends)
    if party.is_held is not was.is_held:
        yield SetHold(party.tag, party.is_held)
    if party.is_muted is not was.is_muted and not party.is_muted:
        yield SetMute(party.tag, is_muted=False)
    if party.coaches != was.coaches:
        yield SetCoach(party.tag, party.coaches)
    if party.is_muted is not was.is_muted and party.is_muted:
        yield SetMute(party.tag, is_muted=True)


def _leaving(before: Bridge, after: Bridge, party: Party) -> Iterator[Order]:
    """Whoever is gone by our own will is told so; whoever left by themselves needs nothing."""
    if not party.is_gone:
        return
    was = before.party(party.tag)
    by_us = party.outcome is PartyOutcome.CANCELLED or after.ending is BridgeEnding.ENDED
    passes_on = was is not None and party.tag == before.owner and len(after.passings) > 0 and not after.is_over
    if by_us or (passes_on and _is_ours(before, after)):
        yield LetGo(party.tag)
    if passes_on and party.role is PartyRole.AGENT:
        yield Release(party.tag)


def _is_ours(before: Bridge, after: Bridge) -> bool:
    """The owner left because of a transfer, not by hanging up."""
    last = after.passings[-1]
    is_new = last not in before.passings
    return is_new and (last.kind is PassKind.COLD or last.ending is PassEnding.COMPLETED)


def _is_passed_on(passing: Passing) -> bool:
    return passing.ending is PassEnding.COMPLETED or (
        passing.ending is PassEnding.TAKEN and passing.kind is not PassKind.RETURN
    )


def _late(bridge: Bridge, party: Party, there: Seen | None, now: datetime) -> Iterator[Order]:
    secs = (now - party.since).total_seconds()
    match party.stage:
        case Stage.GONE:
            if there is not None and secs >= LEAVES_SECS:
                yield LetGo(party.tag)
        case Stage.INTENDED:
            if secs >= PLACED_SECS:
                yield Lost(party.tag)
        case Stage.DIALLED:
            if secs >= RING_LIMIT_SECS:
                yield Lost(party.tag)
        case _:
            if there is None and secs >= COMES_SECS and bridge.offer is not Offer.MADE:
                yield Bring(party.tag)


def _unlike(party: Party, there: Seen, coaches: str) -> Iterator[Order]:
    if party.ends is not there.ends:
        yield SetEnds(party.tag, party.ends)
    if party.is_held is not there.is_held:
        yield SetHold(party.tag, party.is_held)
    if party.is_muted is not there.is_muted:
        yield SetMute(party.tag, party.is_muted)
    if party.coaches != coaches:
        yield SetCoach(party.tag, party.coaches)
