"""What becomes of a bridge when something happened: in any order, any number of times, and late. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from agent_bridge.changes import change, gone, moved, passing_ended, with_party
from agent_bridge.settling import settled
from ivr.core.bridging import events as e
from ivr.core.bridging.model import (
    Bridge,
    Offer,
    Party,
    PartyOutcome,
    PassEnding,
    Passing,
    PassKind,
    Stage,
    Target,
    TargetKind,
)

ALONE_SECS = timedelta(seconds=5)
"""Nobody is left alone for longer."""
LIST_LAG = timedelta(seconds=3)
"""The carrier's list is behind what has happened."""


def happened(bridge: Bridge, event: e.Event, now: datetime) -> Bridge:
    """The bridge after it; the same one when nothing was new."""
    after = settled(_told(bridge, event, now), now)
    return bridge if after == bridge else replace(after, changed_at=now)


def _told(bridge: Bridge, event: e.Event, now: datetime) -> Bridge:
    match event:
        case e.Entered():
            return _entered(bridge, event, now)
        case e.Departed():
            return _departed(bridge, event, now)
        case e.Placed():
            return _placed(bridge, event, now)
        case e.Over():
            return gone(bridge, event.tag, _outcome(bridge, event), now)
        case e.Took():
            return _took(bridge, event, now)
        case e.Said():
            return _said(bridge, event)
        case e.Promised():
            return replace(bridge, offer=Offer.KEPT) if bridge.offer is Offer.TAKEN else bridge
        case e.Cleared():
            return replace(bridge, is_cleared=True) if bridge.is_over else bridge
        case e.Here():
            party = bridge.party(event.tag)
            comes_back = party is not None and party.stage is Stage.INSIDE
            return moved(bridge, event.tag, Stage.COMING, now) if comes_back else bridge
        case e.Looked():
            return _looked(bridge, event, now)
        case e.Rescued():
            return _rescued(bridge, event, now)
        case _:
            assert_never(event)


def _newest(bridge: Bridge, event: e.Entered | e.Departed) -> tuple[Bridge, Party | None]:
    """The party the event is of, with the event noted; None when it is a stranger's, or older than what is known."""
    if event.conference_sid not in bridge.conferences:
        bridge = replace(bridge, conferences=(*bridge.conferences, event.conference_sid))
    sequence = (bridge.conferences.index(event.conference_sid), event.sequence)
    party = bridge.by_call(event.call_sid) or (bridge.party(event.label) if event.label else None)
    if party is None or party.is_gone or party.sequence >= sequence:
        return bridge, None
    bridge = change(bridge, party.tag, sequence=sequence, call_sid=event.call_sid)
    return bridge, bridge.party(party.tag)


def _entered(bridge: Bridge, event: e.Entered, now: datetime) -> Bridge:
    bridge, party = _newest(bridge, event)
    if party is None:
        return bridge
    return _taken(moved(bridge, party.tag, Stage.INSIDE, now), party.tag, now)


def _taken(bridge: Bridge, tag: str, now: datetime) -> Bridge:
    """Whoever was to have the customer has, once inside: off hold, the transfer is done."""
    pending = bridge.pending
    if pending is None or pending.tag != tag or pending.kind is PassKind.CONSULT:
        return bridge
    bridge = change(replace(bridge, owner=tag), bridge.customer.tag, is_held=False)
    return passing_ended(bridge, PassEnding.TAKEN, now)


def _departed(bridge: Bridge, event: e.Departed, now: datetime) -> Bridge:
    bridge, party = _newest(bridge, event)
    if party is None:
        return bridge
    if event.how is e.Left.HUNG_UP:
        talked = party.is_inside
        return gone(bridge, party.tag, PartyOutcome.TALKED if talked else PartyOutcome.FAILED, now)
    return moved(bridge, party.tag, Stage.COMING, now) if party.is_inside else bridge


def _placed(bridge: Bridge, event: e.Placed, now: datetime) -> Bridge:
    """The first id counts; whoever is gone by now keeps it too, so that the leg can be ended."""
    party = bridge.party(event.tag)
    if party is None or party.call_sid:
        return bridge
    bridge = change(bridge, event.tag, call_sid=event.call_sid)
    return moved(bridge, event.tag, Stage.DIALLED, now) if party.stage is Stage.INTENDED else bridge


def _outcome(bridge: Bridge, event: e.Over) -> PartyOutcome:
    """What the person did counts more than what the carrier calls it."""
    party = bridge.party(event.tag)
    was_there = party is not None and party.stage in (Stage.COMING, Stage.INSIDE)
    if was_there:
        return PartyOutcome.TALKED
    return PartyOutcome.DECLINED if event.outcome is PartyOutcome.TALKED else event.outcome


def _took(bridge: Bridge, event: e.Took, now: datetime) -> Bridge:
    party = bridge.party(event.tag)
    if party is None or party.stage not in (Stage.INTENDED, Stage.DIALLED):
        return bridge
    bridge = change(bridge, event.tag, call_sid=party.call_sid or event.call_sid)
    return moved(bridge, event.tag, Stage.COMING, now)


def _said(bridge: Bridge, event: e.Said) -> Bridge:
    if bridge.offer is not Offer.MADE:
        return bridge
    if event.wants_it:
        return replace(bridge, offer=Offer.TAKEN, owes_queue=event.queue or bridge.queue)
    return replace(bridge, offer=Offer.REFUSED)


def _looked(bridge: Bridge, event: e.Looked, now: datetime) -> Bridge:
    """What the list says counts for legs of which nothing was heard lately."""
    for party in bridge.parties:
        is_there = party.call_sid in event.inside
        if is_there and party.stage in (Stage.DIALLED, Stage.COMING):
            bridge = _taken(moved(bridge, party.tag, Stage.INSIDE, now), party.tag, now)
        elif not is_there and party.is_inside and now - party.since >= LIST_LAG:
            bridge = moved(bridge, party.tag, Stage.COMING, now)
    return bridge


def needs_rescue(bridge: Bridge, now: datetime) -> bool:
    """Nobody has the customer: passed on and not taken, or left alone for more than `ALONE_SECS`."""
    owner, alone = bridge.party(bridge.owner), bridge.alone_since
    if bridge.is_over or bridge.offer is not Offer.NONE or bridge.pending is not None or bridge.partners:
        return False
    if owner is not None and not owner.is_gone:
        return False
    return bridge.is_stranded or (alone is not None and now - alone > ALONE_SECS)


def returns_to(bridge: Bridge) -> str:
    """The agent a cold transfer goes back to; empty: has been asked already, or there was none."""
    last = bridge.passings[-1] if bridge.passings else None
    return last.by if last is not None and last.kind is PassKind.COLD else ""


def _rescued(bridge: Bridge, event: e.Rescued, now: datetime) -> Bridge:
    if not needs_rescue(bridge, now):
        return bridge
    if event.third is None:
        return change(replace(bridge, offer=Offer.MADE), bridge.customer.tag, is_held=False)
    agent = event.third.agent
    passing = Passing(PassKind.RETURN, Target(TargetKind.AGENT, agent), event.third.tag, agent, now)
    bridge = with_party(replace(bridge, passings=(*bridge.passings, passing)), event.third)
    return change(bridge, bridge.customer.tag, is_held=True)
