"""Legs as the carrier's webhooks meet them: answered, moving on, waiting for the other party."""

from __future__ import annotations

from datetime import datetime

import structlog

from ivr.core.queueing import live
from ivr.core.queueing.leg_events import LegNews, leg_progressed
from ivr.core.queueing.legs import Leg, LegState, Role
from ivr.core.queueing.replies import Reply, reply
from ivr.core.queueing.standing import is_live, leg_of, talk_of
from ivr.core.queueing.steps import Attempt, Step
from ivr.ports import AgentStore, CallbackStore

log = structlog.get_logger(__name__)

CALLER = "caller"
"""Who did it, for the history."""
AGENT_LANGUAGE = "en"
"""Where an agent's own languages are unknown."""


class LegBook:
    """Everything about single legs."""

    def __init__(self, callbacks: CallbackStore, agents: AgentStore) -> None:
        self._callbacks, self._agents = callbacks, agents

    def answered(self, tag: str, carrier_sid: str, call_id: str, now: datetime) -> Leg | None:
        """Stores that somebody answered; the leg, or None when its attempt is void and it must be hung up."""
        news = LegNews(LegState.ANSWERED, None, carrier_sid, call_id=call_id)
        seen: list[tuple[bool, Leg | None]] = []

        def decide(attempt: Attempt) -> Step | None:
            step = leg_progressed(attempt, tag, news, at=now)
            after = step.attempt if step is not None else attempt
            seen[:] = [(is_live(after, tag), leg_of(after, tag))]
            return step

        self._callbacks.step_leg(tag, decide)
        if not seen:
            return None
        live, leg = seen[0]
        # Another call under the same tag is one too many: whoever took it must not be kept on the line.
        is_it = leg is not None and leg.carrier_sid == carrier_sid
        return leg if live and is_it else None

    def progressed(self, tag: str, news: LegNews, now: datetime) -> None:
        """How far a leg has come. An unknown tag is noted and changes nothing."""
        known = self._callbacks.step_leg(tag, lambda attempt: leg_progressed(attempt, tag, news, at=now))
        if known is None and self._callbacks.leg(tag) is None:
            log.warning("news of an unknown leg", state=news.state.value)

    def caller_left(self, carrier_sid: str, now: datetime) -> None:
        """Only of callers who were to be connected."""
        leg = self._callbacks.leg_by_sid(carrier_sid)
        if leg is not None and leg.is_inbound and not leg.is_over:
            self._callbacks.step_leg(leg.tag, lambda attempt: live.left(attempt, now=now, by=CALLER))

    def came_out(self, tag: str, now: datetime) -> bool:
        """Whether caller and agent have talked."""
        seen: list[Attempt] = []

        def decide(attempt: Attempt) -> Step | None:
            step = live.came_out(attempt, now=now)
            seen[:] = [step.attempt if step is not None else attempt]
            return step

        self._callbacks.step_leg(tag, decide)
        return bool(seen) and talk_of(seen[0]) is not None

    def language_of(self, leg: Leg) -> str:
        """The customer's; an agent is spoken to in the customer's where the agent has it, else in the agent's first."""
        callback = self._callbacks.get(leg.callback_id)
        language = callback.language if callback is not None else AGENT_LANGUAGE
        if leg.role is Role.CUSTOMER:
            return language
        agent = self._agents.get(leg.agent)
        if agent is None or not agent.languages or language in agent.languages:
            return language
        return agent.languages[0]

    def flow_of(self, leg: Leg) -> str:
        """Name of the built-in flow of the leg."""
        callback = self._callbacks.get(leg.callback_id)
        return f"{callback.flow if callback is not None else ''}@{leg.role.value}"

    def waiting_words(self, leg: Leg, round_number: int) -> str:
        """Where things stand, for whoever is alone in the conference."""
        language = self.language_of(leg)
        other = Role.CUSTOMER if leg.role is Role.AGENT else Role.AGENT
        others = [
            one
            for one in self._callbacks.legs(leg.callback_id)
            if one.role is other and one.attempt == leg.attempt and not one.is_over
        ]
        if any(one.state is LegState.ACCEPTED for one in others):
            return reply(Reply.CONNECTING, language)
        names = {
            Role.AGENT: (Reply.CALLING_CUSTOMER, Reply.STILL_CALLING_CUSTOMER),
            Role.CUSTOMER: (Reply.CALLING_AGENT, Reply.STILL_CALLING_AGENT),
        }
        return reply(names[leg.role][0 if round_number == 0 else 1], language)
