"""What can be read off a bridge."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ivr.core.bridging.model import (
    Bridge,
    Offer,
    Party,
    PartyRole,
    PassEnding,
    Passing,
    PassKind,
    Stage,
    Target,
    TargetKind,
)

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
CUSTOMER = Party("c" * 32, PartyRole.CUSTOMER, NOW, call_sid="CA1")
ANA = Party("a" * 32, PartyRole.AGENT, NOW, agent="ana", call_sid="CA2")
BOSS = Party("b" * 32, PartyRole.SUPERVISOR, NOW, agent="ana")
BRIDGE = Bridge("cb-1-1", "1", 1, (CUSTOMER, BOSS, ANA), ANA.tag, NOW, NOW)
CONSULT = Passing(PassKind.CONSULT, Target(TargetKind.AGENT, "ben"), "d" * 32, "ana", NOW)


def test_a_party_is_found_by_tag_call_and_agent() -> None:
    assert BRIDGE.party(ANA.tag) is ANA and BRIDGE.party("x") is None
    assert BRIDGE.by_call("CA1") is CUSTOMER and BRIDGE.by_call("") is None
    assert BRIDGE.customer is CUSTOMER
    assert BRIDGE.of_agent("ana") is ANA
    assert BRIDGE.of_agent("") is None and BRIDGE.of_agent("ben") is None


def test_a_leg_that_is_gone_is_nobodys() -> None:
    gone = replace(ANA, stage=Stage.GONE)
    assert gone.is_gone and not gone.is_inside and ANA.is_inside
    assert replace(BRIDGE, parties=(CUSTOMER, gone)).of_agent("ana") is None


def test_only_the_last_passing_may_be_pending() -> None:
    assert BRIDGE.pending is None
    assert replace(BRIDGE, passings=(CONSULT,)).pending is CONSULT
    assert replace(BRIDGE, passings=(replace(CONSULT, ending=PassEnding.JOINED),)).pending is None


def test_a_bridge_is_over_once_it_has_ended() -> None:
    assert not BRIDGE.is_over
    assert replace(BRIDGE, ended_at=NOW).is_over


def test_partners_are_those_who_talk_with_the_customer_or_are_about_to() -> None:
    third = replace(ANA, tag="d" * 32, role=PartyRole.THIRD, stage=Stage.COMING)
    rings = replace(third, tag="e" * 32, stage=Stage.DIALLED)
    assert replace(BRIDGE, parties=(CUSTOMER, BOSS, ANA, third, rings)).partners == (ANA, third)


def test_a_customer_is_stranded_when_nobody_took_the_transfer() -> None:
    cold = replace(CONSULT, kind=PassKind.COLD)
    assert not BRIDGE.is_stranded and not BRIDGE.goes_on
    assert replace(BRIDGE, passings=(cold,)).goes_on
    assert not replace(BRIDGE, passings=(replace(cold, ending=PassEnding.TAKEN),)).is_stranded
    assert not replace(BRIDGE, passings=(replace(CONSULT, ending=PassEnding.BUSY),)).is_stranded
    busy = replace(BRIDGE, passings=(replace(cold, ending=PassEnding.BUSY),))
    assert busy.is_stranded and busy.goes_on
    assert not replace(busy, offer=Offer.MADE).is_stranded
    assert not replace(busy, ended_at=NOW).goes_on


def test_stages_go_forward() -> None:
    assert [stage.rank for stage in Stage] == [0, 1, 2, 3, 4]
