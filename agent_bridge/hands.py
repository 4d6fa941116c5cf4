"""Carries out orders: the carrier is asked here, after the commit; what it answers goes back as an event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import assert_never

import structlog

from agent_bridge import orders as o
from agent_bridge.followups import follow_up_of
from agent_bridge.happen import happened
from agent_bridge.orders import between
from agent_bridge.parts import BridgeParts
from ivr.core.bridging import events as e
from ivr.core.bridging.model import Bridge, Party, PartyOutcome, Stage
from ivr.core.bridging.words import last_words
from ivr.core.queueing.handing_on import handed_on
from ivr.core.queueing.legs import Agent, AgentState
from ivr.core.queueing.people import after_talk, at_work, freed, reserved
from ivr.ports import BridgeDial, CarrierSilent, DialRefused, ListenIn, StoreFailed

log = structlog.get_logger(__name__)


class Hands:
    """One per process. Thread-safe as its ports are."""

    def __init__(self, parts: BridgeParts) -> None:
        self._parts = parts

    def get(self, bridge_id: str) -> Bridge | None:
        """As stored."""
        return self._parts.bridges.get(bridge_id)

    def happened(self, bridge_id: str, event: e.Event, now: datetime) -> Bridge | None:
        """Stores what happened and carries out what follows; the bridge as it is now, None where there is none."""
        seen: list[Bridge] = []

        def step(bridge: Bridge) -> Bridge | None:
            after = happened(bridge, event, now)
            seen[:] = [bridge, after]
            return None if after is bridge else after

        self._parts.bridges.step(bridge_id, step)
        if not seen:
            return None
        before, after = seen
        if before is not after:
            self.carry_out(after, between(before, after), now)
        return after

    def carry_out(self, bridge: Bridge, orders: Iterable[o.Order], now: datetime) -> bool:
        """Every order, one after the other; False when the carrier did not answer one of them."""
        is_well = True
        for order in orders:
            try:
                self._do(bridge, order, now)
            except CarrierSilent:
                is_well = False
                log.warning("carrier did not answer", order=type(order).__name__, bridge=bridge.id)
            except StoreFailed as problem:
                is_well = False
                log.warning("outcome of an order not stored", order=type(order).__name__, reason=problem.reason)
        return is_well

    def _do(self, bridge: Bridge, order: o.Order, now: datetime) -> None:
        if isinstance(order, o.NoteFollowUp):
            callback = self._parts.callbacks.get(bridge.callback_id)
            self._parts.follow_ups.add(follow_up_of(bridge, order.passing, callback, now))
            return
        party = bridge.party(order.tag)
        if party is None:
            return
        match order:
            case o.Dial() | o.DialListener():
                self._dial(bridge, party, order, now)
            case o.SetAgent():
                self._set_agent(bridge, party, now)
            case o.Release():
                self._release(bridge, party, now)
            case o.SetHold() | o.SetMute() | o.SetEnds() | o.SetCoach():
                self._set_flag(bridge, party, order)
            case o.LetGo():
                self._let_go(bridge, party)
            case o.Bring():
                self._parts.conferences.move(party.call_sid, self._parts.back_url(bridge.id, party.tag))
            case o.MakeOffer():
                self._parts.conferences.move(party.call_sid, self._parts.offer_url(bridge.id))
            case o.Lost():
                self._lost(bridge, party, now)
            case _:
                assert_never(order)

    # -- legs ------------------------------------------------------------------------------------

    def _dial(self, bridge: Bridge, party: Party, order: o.Dial | o.DialListener, now: datetime) -> None:
        try:
            sid = self._asked_for(bridge, party, order)
        except DialRefused as refused:
            log.warning("dial refused", reason=refused.reason, role=party.role.value)
            self.happened(bridge.id, e.Over(party.tag, PartyOutcome.FAILED), now)
            return
        after = self.happened(bridge.id, e.Placed(party.tag, sid), now)
        placed = after.party(party.tag) if after is not None else None
        if after is not None and placed is not None and placed.is_gone:
            self._let_go(after, placed)

    def _asked_for(self, bridge: Bridge, party: Party, order: o.Dial | o.DialListener) -> str:
        if isinstance(order, o.Dial):
            wanted = BridgeDial(bridge.id, party.tag, party.number, bridge.from_number)
            return self._parts.conferences.dial(wanted)
        conference = self.conference_of(bridge)
        if conference is None:
            raise DialRefused("no conference", is_final=True)
        listening = ListenIn(conference, bridge.id, party.tag, party.number, bridge.from_number, party.tag)
        return self._parts.conferences.listen_in(listening)

    def _let_go(self, bridge: Bridge, party: Party) -> None:
        """Told first, where somebody listens; taken back, where it rings."""
        if not party.call_sid:
            return
        words = last_words(bridge, party)
        if not self._parts.conferences.say_and_hang_up(party.call_sid, words, party.language):
            self._parts.conferences.hang_up(party.call_sid)

    def _lost(self, bridge: Bridge, party: Party, now: datetime) -> None:
        """It rings, or is being asked, for too long: taken back."""
        self._let_go(bridge, party)
        outcome = PartyOutcome.FAILED if party.stage is Stage.INTENDED else PartyOutcome.NO_ANSWER
        self.happened(bridge.id, e.Over(party.tag, outcome), now)

    # -- flags -----------------------------------------------------------------------------------

    def conference_of(self, bridge: Bridge) -> str | None:
        """The live conference: the newest that was heard of, or by its name."""
        return bridge.conferences[-1] if bridge.conferences else self._parts.conferences.find(bridge.id)

    def _set_flag(self, bridge: Bridge, party: Party, order: o.SetHold | o.SetMute | o.SetEnds | o.SetCoach) -> None:
        """Whoever is not in the conference (yet) gets it by their own document, or at the next look."""
        conference = self.conference_of(bridge)
        if conference is None or not party.call_sid:
            return
        carrier, sid = self._parts.conferences, party.call_sid
        match order:
            case o.SetHold(_, True):
                carrier.hold(conference, sid, self._parts.hold_url(bridge.id))
            case o.SetHold():
                carrier.resume(conference, sid)
            case o.SetMute(_, is_muted):
                carrier.mute(conference, sid, is_muted)
            case o.SetEnds(_, ends):
                carrier.set_ends(conference, sid, ends)
            case _:
                coached = bridge.party(order.coached) if order.coached else None
                if party.is_muted is False:
                    carrier.mute(conference, sid, False)
                carrier.coach(conference, sid, coached.call_sid if coached is not None else "")

    # -- agents ----------------------------------------------------------------------------------

    def _set_agent(self, bridge: Bridge, party: Party, now: datetime) -> None:
        """A colleague is bound to their own leg, not to the promise: a promise has one agent."""
        rules = self._parts.rules_of(bridge.queue)

        def decide(agent: Agent) -> Agent | None:
            match party.stage:
                case Stage.INTENDED:
                    return None
                case Stage.DIALLED:
                    return at_work(agent, party.tag, AgentState.RINGING, now)
                case Stage.COMING | Stage.INSIDE:
                    return at_work(agent, party.tag, AgentState.ON_CALL, now)
                case _:
                    talked = party.outcome is PartyOutcome.TALKED or agent.state is AgentState.ON_CALL
                    return after_talk(agent, party.tag, rules, now) if talked else freed(agent, party.tag, now)

        self._parts.agents.set_state(party.agent, decide)

    def reserve(self, agent_id: str, tag: str, now: datetime, *, returns: bool = False) -> bool:
        """Binds a free agent to a leg; `returns`: also one who is still noting down the call that comes back."""
        states = {AgentState.AVAILABLE} | ({AgentState.WRAP_UP} if returns else set())

        def decide(agent: Agent) -> Agent | None:
            is_over = agent.until is not None and agent.until <= now
            return None if agent.state not in states or agent.callback_id or is_over else reserved(agent, tag, now)

        return self._parts.agents.set_state(agent_id, decide) is not None

    def unreserve(self, agent_id: str, tag: str, now: datetime) -> None:
        """The leg was not asked for after all."""
        self._parts.agents.set_state(agent_id, lambda agent: freed(agent, tag, now))

    def _release(self, bridge: Bridge, party: Party, now: datetime) -> None:
        """Time for notes. The promise goes on without the agent, and ends as one that was kept."""
        rules = self._parts.rules_of(bridge.queue)
        owner = bridge.party(bridge.owner)
        to = owner.agent if owner is not None and owner.tag != party.tag else ""
        self._parts.callbacks.step(
            bridge.callback_id,
            lambda attempt: handed_on(attempt, party.agent, bridge.attempt, rules, now=now, to=to),
        )
