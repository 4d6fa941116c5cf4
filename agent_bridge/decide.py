"""What becomes of a bridge when an agent or a supervisor asks for something. Pure.

Only wishes change here (who is to be held, muted, dialled, gone); `orders.between` tells what is to be asked for.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from agent_bridge import commands as c
from agent_bridge.changes import Decision, change, gone, passing_ended, with_party
from agent_bridge.settling import closed, settled
from ivr.core.bridging.model import (
    Bridge,
    BridgeEnding,
    Party,
    PartyOutcome,
    PartyRole,
    PassEnding,
    Passing,
    PassKind,
    Stage,
)
from ivr.ports.bridge import Why


def decide(bridge: Bridge, command: c.Command, now: datetime) -> Decision:
    """The bridge with the wish in it, or why not."""
    if bridge.is_over:
        return Decision(bridge, Why.NO_CALL)
    found = _asked(bridge, command, now)
    if isinstance(found, Why):
        return Decision(bridge, found)
    return Decision(replace(settled(found, now), changed_at=now))


def _asked(bridge: Bridge, command: c.Command, now: datetime) -> Bridge | Why:
    match command:
        case c.Listen():
            return _listen(bridge, command)
        case c.Whisper() | c.Barge() | c.Leave():
            return _supervisor(bridge, command, now)
        case _:
            return _agent(bridge, command, now)


def _agent(
    bridge: Bridge,
    command: c.Hold | c.Resume | c.Mute | c.SendKeys | c.AskIn | c.Join | c.Complete | c.CancelConsult | c.End,
    now: datetime,
) -> Bridge | Why:
    asking = bridge.party(command.tag)
    if asking is None or asking.is_gone:
        return Why.NO_CALL
    if isinstance(command, c.Mute):
        return change(bridge, asking.tag, is_muted=command.is_muted)
    if command.tag != bridge.owner:
        return Why.NOT_YOURS
    match command:
        case c.Hold() | c.Resume():
            return _hold(bridge, is_held=isinstance(command, c.Hold))
        case c.SendKeys():
            third = _third(bridge)
            return bridge if third is not None and third.is_inside else Why.NOT_NOW
        case c.AskIn():
            return _ask_in(bridge, command, now)
        case c.Join():
            return _join(bridge, now)
        case c.Complete():
            return _complete(bridge, now)
        case c.CancelConsult():
            return _cancel(bridge, now)
        case c.End():
            ended = closed(bridge, BridgeEnding.ENDED, now, PartyOutcome.TALKED)
            return passing_ended(ended, PassEnding.CANCELLED, now)
        case _:
            assert_never(command)


def _hold(bridge: Bridge, *, is_held: bool) -> Bridge | Why:
    """The customer may be held or not as often as wanted, but not while a transfer decides that."""
    if bridge.pending is not None or bridge.customer.is_held is is_held:
        return Why.NOT_NOW
    return change(bridge, bridge.customer.tag, is_held=is_held)


def _third(bridge: Bridge) -> Party | None:
    """Whoever talks with the owner and the customer, and is not gone."""
    return next((party for party in bridge.partners if party.tag != bridge.owner), None)


def _ask_in(bridge: Bridge, command: c.AskIn, now: datetime) -> Bridge | Why:
    """A consult keeps who asks; a cold transfer lets them go. Three people are enough."""
    if bridge.pending is not None or _third(bridge) is not None:
        return Why.NOT_NOW
    passing = Passing(command.kind, command.target, command.third.tag, _agent_of(bridge), now)
    bridge = with_party(replace(bridge, passings=(*bridge.passings, passing)), command.third)
    bridge = change(bridge, bridge.customer.tag, is_held=True)
    return gone(bridge, command.tag, PartyOutcome.TALKED, now) if command.kind is PassKind.COLD else bridge


def _agent_of(bridge: Bridge) -> str:
    owner = bridge.party(bridge.owner)
    return owner.agent if owner is not None else ""


def _consulted(bridge: Bridge) -> Party | None:
    """The colleague of a consult, once there."""
    pending = bridge.pending
    if pending is None or pending.kind is not PassKind.CONSULT:
        return None
    third = bridge.party(pending.tag)
    return third if third is not None and third.stage in (Stage.COMING, Stage.INSIDE) else None


def _join(bridge: Bridge, now: datetime) -> Bridge | Why:
    if _consulted(bridge) is None:
        return Why.NOT_NOW
    return passing_ended(change(bridge, bridge.customer.tag, is_held=False), PassEnding.JOINED, now)


def _complete(bridge: Bridge, now: datetime) -> Bridge | Why:
    """Out of a consult, or out of a conference of three."""
    third = _consulted(bridge) or (_third(bridge) if bridge.pending is None else None)
    if third is None:
        return Why.NOT_NOW
    if bridge.pending is None:
        last = bridge.passings[-1]
        done = replace(last, ended_at=now, ending=PassEnding.COMPLETED)
        bridge = replace(bridge, passings=(*bridge.passings[:-1], done))
    bridge = passing_ended(bridge, PassEnding.COMPLETED, now)
    bridge = change(bridge, bridge.customer.tag, is_held=False)
    return gone(replace(bridge, owner=third.tag), bridge.owner, PartyOutcome.TALKED, now)


def _cancel(bridge: Bridge, now: datetime) -> Bridge | Why:
    """Whoever was asked in is out again: rings, listens to the brief, or talks already."""
    pending, third = bridge.pending, _third(bridge)
    if pending is None and third is None:
        return Why.NOT_NOW
    tag = pending.tag if pending is not None else third.tag if third is not None else ""
    bridge = passing_ended(bridge, PassEnding.CANCELLED, now)
    bridge = change(bridge, bridge.customer.tag, is_held=False)
    return gone(bridge, tag, PartyOutcome.CANCELLED, now)


def _listen(bridge: Bridge, command: c.Listen) -> Bridge | Why:
    if any(party.role is PartyRole.SUPERVISOR and not party.is_gone for party in bridge.parties):
        return Why.NOT_NOW
    return with_party(bridge, command.supervisor)


def _supervisor(bridge: Bridge, command: c.Whisper | c.Barge | c.Leave, now: datetime) -> Bridge | Why:
    party = bridge.party(command.tag)
    if party is None or party.is_gone or party.role is not PartyRole.SUPERVISOR:
        return Why.NO_CALL
    match command:
        case c.Leave():
            return gone(bridge, party.tag, PartyOutcome.CANCELLED, now)
        case c.Barge():
            return change(bridge, party.tag, is_muted=False, coaches="")
        case _:
            coached = bridge.party(command.coached)
            if coached is None or coached.is_held or not coached.is_inside or not party.is_inside:
                return Why.NOT_NOW
            return change(bridge, party.tag, is_muted=False, coaches=coached.tag)
