"""Anything in any order: nobody is left alone, every leg has one owner, every consult and transfer one ending."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ivr.core.bridging import events as e
from ivr.core.bridging.model import Offer, PartyRole, PassEnding, Target, TargetKind
from tests.unit.agent_bridge.talk import BOSS, CUSTOMER_TAG, OUTSIDE, Talk

pytestmark = pytest.mark.unit

TARGETS = [Target(TargetKind.AGENT, "ben"), Target(TargetKind.NUMBER, OUTSIDE), Target(TargetKind.QUEUE, "billing")]
AGENTS = ["ana", "ben"]
ORDERS = ["hold", "resume", "mute", "unmute", "join", "complete", "cancel_consult", "end"]
REST_TURNS, TURN_SECS = 130, 2.0
"""Longer than anything rings, is asked, or is waited for."""


class Conversation(RuleBasedStateMachine):
    """People act, the carrier is silent at times, its news are late, doubled or lost."""

    def __init__(self) -> None:
        super().__init__()
        self.talk = Talk()
        self.endings: dict[tuple[str, str], PassEnding] = {}

    @initialize()
    def begin(self) -> None:
        self.talk.begin()

    @rule(agent=st.sampled_from(AGENTS), order=st.sampled_from(ORDERS))
    def an_agent_asks(self, agent: str, order: str) -> None:
        getattr(self.talk.service, order)(agent, self.talk.at)

    @rule(agent=st.sampled_from(AGENTS), whom=st.sampled_from(TARGETS), how=st.sampled_from(["consult", "cold"]))
    def an_agent_asks_somebody_in(self, agent: str, whom: Target, how: str) -> None:
        getattr(self.talk.service, how)(agent, whom, self.talk.at)

    @rule(what=st.sampled_from(["listen", "whisper", "barge", "leave"]))
    def a_supervisor_asks(self, what: str) -> None:
        if what == "listen":
            self.talk.service.listen("boss", BOSS, "ana", self.talk.at)
        else:
            getattr(self.talk.service, what)("boss", self.talk.at)

    @rule(data=st.data(), key=st.sampled_from(["1", "1", "2"]))
    def somebody_answers(self, data: st.DataObject, key: str) -> None:
        ringing = [call.tag for call in self.talk.carrier.calls.values() if call.state == "rings"]
        if ringing:
            self.talk.answers(data.draw(st.sampled_from(ringing)), key)

    @rule(data=st.data())
    def somebody_hangs_up(self, data: st.DataObject) -> None:
        tags = [call.tag for call in self.talk.carrier.calls.values() if call.state != "over"]
        if tags:
            self.talk.carrier.hangs_up(data.draw(st.sampled_from(tags)))

    @rule(data=st.data(), fate=st.sampled_from(["comes", "comes", "doubled", "lost"]))
    def news_come(self, data: st.DataObject, fate: str) -> None:
        told = self.talk.carrier.told
        if not told:
            return
        event = told.pop(data.draw(st.integers(0, len(told) - 1)))
        if fate != "lost":
            self.talk.happens(event)
        if fate == "doubled":
            self.talk.happens(event)

    @rule(is_silent=st.booleans())
    def the_carrier(self, is_silent: bool) -> None:
        self.talk.carrier.is_silent = is_silent

    @precondition(lambda self: not self.talk.carrier.is_silent)
    @rule(secs=st.integers(1, 8))
    def time_passes(self, secs: int) -> None:
        for _ in range(secs):
            self.talk.turn()

    @rule(wants_it=st.booleans())
    def the_customer_answers_the_offer(self, wants_it: bool) -> None:
        call = self.talk.carrier.of(CUSTOMER_TAG)
        if call.state == "away" and self.talk.bridge.offer is Offer.MADE:
            self.talk.happens(e.Said(wants_it))
            self.talk.carrier.hangs_up(CUSTOMER_TAG)

    @invariant()
    def every_leg_has_one_owner(self) -> None:
        parties = self.talk.bridge.parties
        assert len({party.tag for party in parties}) == len(parties)
        sids = [party.call_sid for party in parties if party.call_sid]
        assert len(set(sids)) == len(sids)
        assert self.talk.bridge.party(self.talk.bridge.owner) is not None

    @invariant()
    def every_consult_and_transfer_has_one_ending(self) -> None:
        for passing in self.talk.bridge.passings[:-1]:
            assert passing.ending is not None
        for passing in self.talk.bridge.passings:
            key = (passing.tag, passing.kind.value)
            known = self.endings.get(key)
            if passing.ending is not None:
                joined_then_left = known is PassEnding.JOINED and passing.ending is PassEnding.COMPLETED
                assert known in (None, passing.ending) or joined_then_left
                self.endings[key] = passing.ending
            else:
                assert known is None
        assert not self.talk.bridge.is_over or self.talk.bridge.pending is None

    def teardown(self) -> None:
        """Then nobody does anything any more; who rings does not answer."""
        talk = self.talk
        if not talk.bridges.unsettled():
            return
        talk.carrier.is_silent = False
        for _ in range(REST_TURNS):
            while talk.carrier.told:
                talk.happens(talk.carrier.told.pop(0))
            talk.turn(TURN_SECS)
            call = talk.carrier.of(CUSTOMER_TAG)
            if call.state == "away" and talk.bridge.offer is Offer.MADE:
                talk.happens(e.Said(wants_it=False))
                talk.carrier.hangs_up(CUSTOMER_TAG)
        bridge = talk.bridge
        people = [bridge.party(call.tag) for call in talk.carrier.inside()]
        roles = [party.role for party in people if party is not None and party.role is not PartyRole.SUPERVISOR]
        assert len(roles) != 1, (roles, bridge)
        if PartyRole.CUSTOMER not in roles:
            assert bridge.is_over, bridge
        else:
            assert not bridge.is_over, bridge
            assert bridge.pending is None or len(roles) == 3, bridge  # both agents talk about the customer
        if not roles:
            assert all(call.state == "over" for call in talk.carrier.calls.values()), talk.carrier.calls


TestConversation = Conversation.TestCase
TestConversation.settings = settings(
    max_examples=60,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
