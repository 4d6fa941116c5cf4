"""What follows by itself from every change: who has the customer, whose leaving ends it, whether it is over. Pure.

Run after each decision, so that no decision has to think of it. In this order: the customer left; the owner left; the
ends of legs; who is alone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from agent_bridge.changes import change, gone, passing_ended
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

_ENDED_BY = {
    PartyOutcome.NO_ANSWER: PassEnding.NO_ANSWER,
    PartyOutcome.BUSY: PassEnding.BUSY,
    PartyOutcome.FAILED: PassEnding.FAILED,
    PartyOutcome.DECLINED: PassEnding.DECLINED,
    PartyOutcome.CANCELLED: PassEnding.CANCELLED,
    PartyOutcome.TALKED: PassEnding.THIRD_LEFT,
}


def settled(bridge: Bridge, now: datetime) -> Bridge:
    """The bridge with everything that follows."""
    if bridge.is_over:
        return bridge
    bridge = _third_left(bridge, now)
    bridge = _customer_left(bridge, now)
    if bridge.is_over:
        return bridge
    bridge = _owner_left(bridge, now)
    if bridge.is_over:
        return bridge
    return _alone(_coaches(_ends(bridge)), now)


def closed(bridge: Bridge, ending: BridgeEnding, now: datetime, outcome: PartyOutcome) -> Bridge:
    """Over; whoever is not gone is let go."""
    for party in bridge.parties:
        late = PartyOutcome.CANCELLED if party.stage.rank < Stage.COMING.rank else outcome
        bridge = gone(bridge, party.tag, late, now)
    return replace(bridge, ended_at=now, ending=ending, alone_since=None)


def _third_left(bridge: Bridge, now: datetime) -> Bridge:
    """Whoever was asked in is gone: the consult or transfer has its ending; an agent gets the customer back."""
    pending = bridge.pending
    third = bridge.party(pending.tag) if pending is not None else None
    if pending is None or third is None or third.outcome is None:
        return bridge
    bridge = passing_ended(bridge, _ENDED_BY[third.outcome], now)
    return change(bridge, bridge.customer.tag, is_held=False) if pending.kind is PassKind.CONSULT else bridge


def _customer_left(bridge: Bridge, now: datetime) -> Bridge:
    if not bridge.customer.is_gone:
        return bridge
    ending = BridgeEnding.CUSTOMER_LEFT if bridge.offer is Offer.NONE else BridgeEnding.PASSED_ON
    bridge = closed(bridge, ending, now, PartyOutcome.TALKED)
    return passing_ended(bridge, PassEnding.CUSTOMER_LEFT, now)


def _owner_left(bridge: Bridge, now: datetime) -> Bridge:
    owner, customer, pending = bridge.party(bridge.owner), bridge.customer, bridge.pending
    if owner is not None and not owner.is_gone:
        return bridge
    if bridge.partners:
        if pending is not None and pending.kind is PassKind.CONSULT:
            bridge = passing_ended(bridge, PassEnding.COMPLETED, now)
        bridge = replace(bridge, owner=bridge.partners[0].tag)
        return change(bridge, customer.tag, is_held=False)
    if pending is not None and pending.kind is PassKind.CONSULT:
        bridge = passing_ended(bridge, PassEnding.AGENT_LEFT, now)
        cold = Passing(PassKind.COLD, pending.target, pending.tag, pending.by, now)
        return replace(bridge, passings=(*bridge.passings, cold))
    if pending is not None or customer.is_inside or bridge.offer is not Offer.NONE or bridge.is_stranded:
        return bridge
    return closed(bridge, BridgeEnding.AGENT_LEFT, now, PartyOutcome.TALKED)


def _ends(bridge: Bridge) -> Bridge:
    """The last partner's leaving ends the conference, and the customer's does always."""
    partners = bridge.partners
    last = partners[0].tag if len(partners) == 1 and bridge.pending is None else ""
    for party in bridge.parties:
        ends = party.role is PartyRole.CUSTOMER or party.tag == last
        if party.ends is not ends and not party.is_gone:
            bridge = change(bridge, party.tag, ends=ends)
    return bridge


def _coaches(bridge: Bridge) -> Bridge:
    """A supervisor whose agent is gone whispers to whoever has the customer now, or listens."""
    owner = bridge.party(bridge.owner)
    for party in bridge.parties:
        coached = bridge.party(party.coaches) if party.coaches else None
        if party.coaches and (coached is None or coached.is_gone):
            has_owner = owner is not None and not owner.is_gone
            fields = {"coaches": bridge.owner} if has_owner else {"coaches": "", "is_muted": True}
            bridge = change(bridge, party.tag, **fields)
    return bridge


def is_alone(bridge: Bridge) -> Party | None:
    """Who is inside with nobody to talk to and nobody on the way; supervisors are company for nobody."""
    others = [party for party in bridge.parties if party.role is not PartyRole.SUPERVISOR and not party.is_gone]
    inside = [party for party in others if party.is_inside]
    if len(inside) != 1 or any(party.stage is Stage.COMING for party in others):
        return None
    is_waiting = bridge.pending is not None and inside[0].role is PartyRole.CUSTOMER
    return None if is_waiting else inside[0]


def _alone(bridge: Bridge, now: datetime) -> Bridge:
    if is_alone(bridge) is None:
        return bridge if bridge.alone_since is None else replace(bridge, alone_since=None)
    return bridge if bridge.alone_since is not None else replace(bridge, alone_since=now)
