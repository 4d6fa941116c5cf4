"""Small changes of a bridge, and what its decisions return. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ivr.core.bridging.model import Bridge, Party, PartyOutcome, PassEnding, Stage
from ivr.ports.bridge import Why


@dataclass(frozen=True, slots=True)
class Decision:
    """What a decision makes of a bridge. With `why` nothing is changed."""

    bridge: Bridge
    why: Why | None = None


def with_party(bridge: Bridge, party: Party) -> Bridge:
    """With this party in the place of the one with its tag, or added."""
    if bridge.party(party.tag) is None:
        return replace(bridge, parties=(*bridge.parties, party))
    return replace(bridge, parties=tuple(party if each.tag == party.tag else each for each in bridge.parties))


def change(bridge: Bridge, tag: str, **fields: Any) -> Bridge:
    """With other fields in one party; an unknown tag changes nothing."""
    party = bridge.party(tag)
    return bridge if party is None else with_party(bridge, replace(party, **fields))


def moved(bridge: Bridge, tag: str, stage: Stage, now: datetime) -> Bridge:
    """One party is in another stage since now."""
    return change(bridge, tag, stage=stage, since=now)


def gone(bridge: Bridge, tag: str, outcome: PartyOutcome, now: datetime) -> Bridge:
    """One party is gone; whoever is gone stays so, and coaches nobody."""
    party = bridge.party(tag)
    if party is None or party.is_gone:
        return bridge
    return change(bridge, tag, stage=Stage.GONE, since=now, outcome=outcome, coaches="")


def passing_ended(bridge: Bridge, ending: PassEnding, now: datetime) -> Bridge:
    """The pending consult or transfer has its ending; without one nothing changes."""
    pending = bridge.pending
    if pending is None:
        return bridge
    return replace(bridge, passings=(*bridge.passings[:-1], replace(pending, ended_at=now, ending=ending)))
