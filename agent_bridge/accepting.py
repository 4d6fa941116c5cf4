"""The present offer, taken or passed by button: in the database first, then the leg is moved.

The agent's telephone runs a flow that asks the same. Whoever is first in the database has won; the other one is told.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from agent_bridge.parts import BridgeParts
from agent_bridge.sentences import result
from ivr.core.queueing.leg_events import Word, leg_said
from ivr.core.queueing.legs import Leg, LegOutcome, LegState, Role
from ivr.core.queueing.standing import is_live, leg_of
from ivr.core.queueing.steps import Attempt, Step
from ivr.ports import Answer, BridgeResult, CarrierSilent, Offered, StoreFailed, Why

log = structlog.get_logger(__name__)


class Accepting:
    """Everything about the offer of this moment."""

    def __init__(self, parts: BridgeParts) -> None:
        self._parts = parts

    def offer(self, agent_id: str) -> Offered | None:
        """The telephone rings, or is asked for a yes."""
        leg = self._leg(agent_id)
        if leg is None or leg.accepted_at is not None or leg.outcome is not None or leg.is_over or leg.is_redirected:
            return None
        callback = self._parts.callbacks.get(leg.callback_id)
        return Offered(callback, leg) if callback is not None else None

    def accept(self, agent_id: str, now: datetime) -> BridgeResult:
        """The agent's word, given by button."""
        return self._said(agent_id, Word.ACCEPTED, now, self._bring)

    def decline(self, agent_id: str, now: datetime) -> BridgeResult:
        """The same for a no."""
        return self._said(agent_id, Word.DECLINED, now, self._end)

    def _leg(self, agent_id: str) -> Leg | None:
        """The newest leg of the promise this agent is bound to."""
        agent = self._parts.agents.get(agent_id)
        if agent is None or not agent.callback_id:
            return None
        legs = self._parts.callbacks.legs(agent.callback_id)
        mine = [leg for leg in legs if leg.role is Role.AGENT and leg.agent == agent_id]
        return mine[-1] if mine else None

    def _said(self, agent_id: str, word: Word, now: datetime, then: Callable[[Leg], bool]) -> BridgeResult:
        try:
            leg = self._leg(agent_id)
            if leg is None:
                return result(Why.NO_OFFER)
            seen: list[Why | Leg] = []

            def decide(attempt: Attempt) -> Step | None:
                why = _why_not(attempt, leg.tag, word)
                step = leg_said(attempt, leg.tag, word, at=now) if why is None else None
                after = leg_of(step.attempt, leg.tag) if step is not None else None
                seen[:] = [why or after or Why.CALLED_OFF]
                return step

            self._parts.callbacks.step_leg(leg.tag, decide)
        except StoreFailed as problem:
            log.warning("answer to an offer not stored", reason=problem.reason)
            return result(Why.STORE)
        if isinstance(seen[0], Why):
            return result(seen[0])
        log.info("offer answered by button", word=word.value)
        try:
            then(seen[0])
        except CarrierSilent:
            return BridgeResult(Answer.SILENT, None, "The carrier did not answer; you will be connected in a moment.")
        return BridgeResult(Answer.DONE)

    def _bring(self, leg: Leg) -> bool:
        """Out of the flow's stream, into the conference."""
        return self._parts.conferences.move(leg.carrier_sid, f"{self._parts.public_url}/voice/meet/{leg.tag}")

    def _end(self, leg: Leg) -> bool:
        """Asked no more: the leg is ended, or taken back while it rings."""
        return bool(leg.carrier_sid) and self._parts.conferences.hang_up(leg.carrier_sid)


def _why_not(attempt: Attempt, tag: str, word: Word) -> Why | None:
    """Who or what was faster."""
    leg = leg_of(attempt, tag)
    if leg is None:
        return Why.NO_OFFER
    if leg.accepted_at is not None:
        return Why.ALREADY_TAKEN
    if leg.outcome is LegOutcome.DECLINED:
        return Why.DECLINED
    if leg.is_over:
        return Why.MISSED
    if not is_live(attempt, tag):
        return Why.CALLED_OFF
    if word is Word.ACCEPTED and leg.state.rank < LegState.ANSWERED.rank:
        return Why.STILL_RINGING
    return None
