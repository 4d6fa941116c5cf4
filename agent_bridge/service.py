"""`ivr.ports.BridgeService`: what agents and supervisors do with a conversation. Stored first, then asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from agent_bridge import commands as c
from agent_bridge.accepting import Accepting
from agent_bridge.changes import Decision
from agent_bridge.decide import decide
from agent_bridge.hands import Hands
from agent_bridge.openings import language_of, opened, room_of
from agent_bridge.orders import between
from agent_bridge.parts import BridgeParts
from agent_bridge.sentences import result
from ivr.core.bridging.model import Bridge, Party, PartyRole, PassKind, Stage, Target, TargetKind
from ivr.core.queueing.legs import Agent
from ivr.core.queueing.people import is_free
from ivr.core.queueing.policy import another
from ivr.ports import Answer, BridgeResult, CarrierSilent, Offered, StoreFailed, Why

log = structlog.get_logger(__name__)

_DIGITS = re.compile(r"[0-9*#]{1,32}")
Asking = Callable[[str], c.Command]
Supervising = Callable[[Bridge, str], c.Command]


class Bridges:
    """One per process. Thread-safe as its ports are."""

    def __init__(self, parts: BridgeParts, hands: Hands) -> None:
        self._parts, self._hands = parts, hands
        self._accepting = Accepting(parts)

    # -- reading ---------------------------------------------------------------------------------

    def offer(self, agent: str) -> Offered | None:
        """See the port."""
        return self._accepting.offer(agent)

    def bridge_of(self, agent: str) -> Bridge | None:
        """Made, where customer and agent have both said yes and nobody has asked for it before."""
        found = next((one for one in self._live() if one.of_agent(agent) is not None), None)
        return found or self._open(agent)

    def open_bridges(self) -> Sequence[Bridge]:
        """Oldest first."""
        return self._live()

    def _live(self) -> list[Bridge]:
        return [bridge for bridge in self._parts.bridges.unsettled() if not bridge.is_over]

    def _open(self, agent_id: str) -> Bridge | None:
        agent = self._parts.agents.get(agent_id)
        callback = self._parts.callbacks.get(agent.callback_id) if agent is not None and agent.callback_id else None
        if agent is None or callback is None or callback.agent != agent_id:
            return None
        known = self._parts.bridges.get(room_of(callback.id, callback.attempt))
        if known is not None:
            return known if known.of_agent(agent_id) is not None else None
        made = opened(callback, self._parts.callbacks.legs(callback.id), agent)
        return self._parts.bridges.open(made) if made is not None else None

    # -- the present offer -----------------------------------------------------------------------

    def accept(self, agent: str, now: datetime) -> BridgeResult:
        """See the port."""
        return self._accepting.accept(agent, now)

    def decline(self, agent: str, now: datetime) -> BridgeResult:
        """See the port."""
        return self._accepting.decline(agent, now)

    # -- the conversation ------------------------------------------------------------------------

    def hold(self, agent: str, now: datetime) -> BridgeResult:
        """See the port."""
        return self._ask(agent, c.Hold, now)

    def resume(self, agent: str, now: datetime) -> BridgeResult:
        """See the port."""
        return self._ask(agent, c.Resume, now)

    def mute(self, agent: str, now: datetime) -> BridgeResult:
        """See the port."""
        return self._ask(agent, lambda tag: c.Mute(tag, is_muted=True), now)

    def unmute(self, agent: str, now: datetime) -> BridgeResult:
        """See the port."""
        return self._ask(agent, lambda tag: c.Mute(tag, is_muted=False), now)

    def join(self, agent: str, now: datetime) -> BridgeResult:
        """See the port."""
        return self._ask(agent, c.Join, now)

    def complete(self, agent: str, now: datetime) -> BridgeResult:
        """See the port."""
        return self._ask(agent, c.Complete, now)

    def cancel_consult(self, agent: str, now: datetime) -> BridgeResult:
        """See the port."""
        return self._ask(agent, c.CancelConsult, now)

    def end(self, agent: str, now: datetime) -> BridgeResult:
        """See the port."""
        return self._ask(agent, c.End, now)

    def keys(self, agent: str, digits: str, now: datetime) -> BridgeResult:
        """The leg is out of the conference for as long as the tones take."""
        if _DIGITS.fullmatch(digits) is None:
            return result(Why.NOT_NOW)
        done = self._ask(agent, c.SendKeys, now)
        if not done.is_done or done.bridge is None:
            return done
        bridge = done.bridge
        third = next(party for party in bridge.partners if party.tag != bridge.owner)
        try:
            url = self._parts.keys_url(bridge.id, third.tag, digits)
            is_there = self._parts.conferences.move(third.call_sid, url)
        except CarrierSilent:
            return BridgeResult(Answer.SILENT, None, "The carrier did not answer; try again.", bridge)
        return done if is_there else result(Why.NOT_NOW, bridge)

    def consult(self, agent: str, target: Target, now: datetime) -> BridgeResult:
        """See the port."""
        return self._ask_in(agent, target, PassKind.CONSULT, now)

    def cold(self, agent: str, target: Target, now: datetime) -> BridgeResult:
        """See the port."""
        return self._ask_in(agent, target, PassKind.COLD, now)

    # -- supervisors -----------------------------------------------------------------------------

    def listen(self, supervisor: str, number: str, agent: str, now: datetime) -> BridgeResult:
        """See the port."""
        bridge = self._found(agent)
        if bridge is None:
            return result(Why.NO_CALL)
        checked = self._parts.numbers.check(number)
        if checked.problem:
            return result(Why.NUMBER, bridge)
        party = Party(
            self._parts.new_tag(),
            PartyRole.SUPERVISOR,
            now,
            Stage.INTENDED,
            agent=supervisor,
            number=checked.e164,
            is_muted=True,
        )
        return self._done(bridge, c.Listen(party), now)

    def whisper(self, supervisor: str, now: datetime) -> BridgeResult:
        """See the port."""
        return self._supervise(supervisor, lambda bridge, tag: c.Whisper(tag, bridge.owner), now)

    def barge(self, supervisor: str, now: datetime) -> BridgeResult:
        """See the port."""
        return self._supervise(supervisor, lambda _, tag: c.Barge(tag), now)

    def leave(self, supervisor: str, now: datetime) -> BridgeResult:
        """See the port."""
        return self._supervise(supervisor, lambda _, tag: c.Leave(tag), now)

    def _supervise(self, supervisor: str, command: Supervising, now: datetime) -> BridgeResult:
        for bridge in self._live():
            for party in bridge.parties:
                if party.role is PartyRole.SUPERVISOR and party.agent == supervisor and not party.is_gone:
                    return self._done(bridge, command(bridge, party.tag), now)
        return result(Why.NO_CALL)

    # -- how it is done --------------------------------------------------------------------------

    def _found(self, agent: str) -> Bridge | None:
        try:
            return self.bridge_of(agent)
        except StoreFailed:
            return None

    def _ask(self, agent: str, command: Asking, now: datetime) -> BridgeResult:
        bridge = self._found(agent)
        party = bridge.of_agent(agent) if bridge is not None else None
        if bridge is None or party is None:
            return result(Why.NO_CALL)
        return self._done(bridge, command(party.tag), now)

    def _done(self, bridge: Bridge, command: c.Command, now: datetime) -> BridgeResult:
        """One transaction, then the carrier."""
        seen: list[tuple[Bridge, Decision]] = []

        def step(found: Bridge) -> Bridge | None:
            decision = decide(found, command, now)
            seen[:] = [(found, decision)]
            return None if decision.why is not None else decision.bridge

        try:
            self._parts.bridges.step(bridge.id, step)
        except StoreFailed as problem:
            log.warning("bridge not changed", reason=problem.reason)
            return result(Why.STORE, bridge)
        if not seen:
            return result(Why.NO_CALL)
        before, decision = seen[0]
        if decision.why is not None:
            return result(decision.why, before)
        log.info("bridge changed", bridge=bridge.id, command=type(command).__name__)
        is_well = self._hands.carry_out(decision.bridge, between(before, decision.bridge), now)
        after = self._parts.bridges.get(bridge.id) or decision.bridge
        return BridgeResult(Answer.DONE if is_well else Answer.SILENT, None, "", after)

    def _ask_in(self, agent: str, target: Target, kind: PassKind, now: datetime) -> BridgeResult:
        bridge = self._found(agent)
        asking = bridge.of_agent(agent) if bridge is not None else None
        if bridge is None or asking is None:
            return result(Why.NO_CALL)
        third = self._third(bridge, target, agent, now)
        if isinstance(third, Why):
            return result(third, bridge)
        if third.agent and not self._hands.reserve(third.agent, third.tag, now):
            return result(Why.BUSY, bridge)
        done = self._done(bridge, c.AskIn(asking.tag, kind, target, third), now)
        if done.answer is Answer.REFUSED and third.agent:
            self._hands.unreserve(third.agent, third.tag, now)
        return done

    def _third(self, bridge: Bridge, target: Target, asking: str, now: datetime) -> Party | Why:
        """Whom to dial; a queue's best free agent stands for the queue."""
        if target.kind is TargetKind.NUMBER:
            checked = self._parts.numbers.check(target.value, near=bridge.customer.number)
            if checked.problem or checked.e164 == bridge.customer.number:
                return Why.NUMBER
            tag = self._parts.new_tag()
            language = bridge.language
            return Party(
                tag, PartyRole.THIRD, now, Stage.INTENDED, number=checked.e164, name=checked.e164, language=language
            )
        agent = self._agent_for(bridge, target, asking, now)
        if isinstance(agent, Why):
            return agent
        return third_of(agent, self._parts.new_tag(), bridge.language, now)

    def _agent_for(self, bridge: Bridge, target: Target, asking: str, now: datetime) -> Agent | Why:
        agents = self._parts.agents
        if target.kind is TargetKind.AGENT:
            agent = agents.get(target.value)
            if agent is None or agent.id == asking:
                return Why.NOBODY
            return agent if is_free(agent, now) else Why.BUSY
        callback = self._parts.callbacks.get(bridge.callback_id)
        if callback is None or target.value not in self._parts.rules():
            return Why.NOBODY
        wanted = replace(callback, queue=target.value, skills=())
        return another(wanted, agents.all(), now, (asking,)) or Why.NOBODY


def third_of(agent: Agent, tag: str, language: str, now: datetime) -> Party:
    """A colleague who is about to be dialled."""
    return Party(
        tag,
        PartyRole.THIRD,
        now,
        Stage.INTENDED,
        agent=agent.id,
        number=agent.address,
        name=agent.name,
        language=language_of(agent, language),
    )
