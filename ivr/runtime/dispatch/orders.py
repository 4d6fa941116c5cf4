"""Carries out what a decision ordered: the carrier is asked here, after the commit, and its answers go back as news."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from ivr.core.queueing.claims import may_dial, reserve
from ivr.core.queueing.leg_events import LegNews, leg_progressed, leg_refused, settled
from ivr.core.queueing.legs import Leg, LegOutcome, LegState, Role
from ivr.core.queueing.model import Callback, Kind
from ivr.core.queueing.orders import Dial, FindAgent, HangUp, LookAt, Order, Phrase, SendBack, TellAndEnd
from ivr.core.queueing.policy import another
from ivr.core.queueing.replies import Reply, reply
from ivr.core.queueing.rules import QueueRules
from ivr.core.queueing.steps import Attempt, Step
from ivr.ports import DialOrder, DialRefused, PlacedCall
from ivr.runtime.dispatch.hands import Hands
from ivr.runtime.dispatch.permission import room
from ivr.runtime.dispatch.ports import DispatchPorts

log = structlog.get_logger(__name__)

MAX_LOOKS = 10_000
"""Legs that are remembered as looked for; those that were heard of otherwise stay among them."""
LOOK_BACK = timedelta(hours=25)
"""How wrong our clock may have been at an intent: calls this old are seen, though not taken for ours."""
_SAID = {
    Phrase.NO_CUSTOMER: Reply.NO_CUSTOMER,
    Phrase.CALLED_OFF: Reply.CALLED_OFF,
    Phrase.NO_AGENT: Reply.NO_AGENT,
    Phrase.CALLER_GONE: Reply.CALLER_GONE,
}
LEAST_RING_SECS = 5
"""Carriers ring no shorter."""


class OrderDesk:
    """One per worker."""

    def __init__(
        self,
        ports: DispatchPorts,
        worker: str,
        clock: Callable[[], datetime],
        hands: Hands,
        steady_secs: Callable[[], float],
    ) -> None:
        """`steady_secs`: a clock that nobody sets."""
        self._ports, self._worker, self._clock, self._hands = ports, worker, clock, hands
        self._steady_secs = steady_secs
        self._first_looks: dict[str, float] = {}

    def carry_out(self, orders: Sequence[Order], attempt: Attempt, rules: QueueRules, now: datetime) -> None:
        """Starts each order, unless the same one is under way or was just done."""
        for order in orders:
            match order:
                case Dial(leg):
                    self._hands.start(("dial", leg.tag), partial(self._dial, leg, attempt, rules), now=now)
                case HangUp(tag, sid, every_secs):
                    self._hands.start(
                        ("hang_up", tag), partial(self._hang_up, tag, sid), now=now, every_secs=every_secs
                    )
                case TellAndEnd(tag, every_secs=every_secs):
                    self._hands.start(("tell", tag), partial(self._tell, order), now=now, every_secs=every_secs)
                case SendBack(tag, sid, every_secs):
                    self._hands.start(("back", tag), partial(self._send_back, tag, sid), now=now, every_secs=every_secs)
                case LookAt(leg, every_secs):
                    self._hands.start(("look", leg.tag), partial(self._look, leg), now=now, every_secs=every_secs)
                case FindAgent():
                    self._find_agent(order, attempt, now)

    # -- orders --------------------------------------------------------------------------------

    def _dial(self, leg: Leg, attempt: Attempt, rules: QueueRules) -> None:
        """The intent is on disk. Lease and fence are looked at last of all, then the carrier is asked, once."""
        forbidden = self._forbidden()
        if not self._is_still_ours(leg):
            return
        if forbidden:
            self._not_placed(leg, forbidden, is_final=False)
            return
        is_customer = leg.role is Role.CUSTOMER
        wanted = DialOrder(
            to=leg.number,
            from_number=leg.from_number,
            tag=leg.tag,
            ring_secs=rules.ring_customer_secs if is_customer else self._ring_secs(attempt.callback, rules),
            send_keys=attempt.callback.extension if is_customer else "",
            wants_amd=is_customer and rules.uses_amd,
        )
        try:
            sid = self._ports.carrier.dial(wanted)
        except DialRefused as refused:
            self._not_placed(leg, refused.reason, is_final=refused.is_final)
            return
        self._tell_news(leg.tag, LegNews(LegState.PLACED, None, sid))

    def _ring_secs(self, callback: Callback, rules: QueueRules) -> int:
        """An agent's telephone rings no longer than the caller on the line waits."""
        if callback.kind is not Kind.TRANSFER or callback.expires_at is None:
            return rules.ring_agent_secs
        left = (callback.expires_at - self._clock()).total_seconds()
        return min(rules.ring_agent_secs, max(LEAST_RING_SECS, int(left)))

    def _not_placed(self, leg: Leg, reason: str, *, is_final: bool) -> None:
        log.warning("dial refused", reason=reason, role=leg.role.value)
        at = self._clock()
        self._ports.callbacks.step_leg(leg.tag, lambda a: leg_refused(a, leg.tag, is_final=is_final, at=at))

    def _forbidden(self) -> str:
        """The kill switch and the budgets hold at the last moment, too; a word for logs. Intents count as calls."""
        limits = self._ports.limits()
        if not limits.is_enabled:
            return "switched_off"
        return "budget" if room(self._ports.callbacks, limits, self._clock()) < 0 else ""

    def _is_still_ours(self, leg: Leg) -> bool:
        seen: list[bool] = []

        def look(attempt: Attempt) -> Step | None:
            seen.append(may_dial(attempt, leg.tag, worker=self._worker, now=self._clock()))
            return None

        self._ports.callbacks.step(leg.callback_id, look)
        return bool(seen and seen[-1])

    def _hang_up(self, tag: str, sid: str) -> None:
        if not self._ports.carrier.hang_up(sid):
            self._look_again(tag)

    def _tell(self, order: TellAndEnd) -> None:
        text = reply(_SAID[order.phrase], order.language)
        if not self._ports.carrier.say_and_hang_up(order.sid, text, order.language):
            self._look_again(order.tag)

    def _send_back(self, tag: str, sid: str) -> None:
        if not self._ports.carrier.send_back(sid, tag):
            self._look_again(tag)

    def _look_again(self, tag: str) -> None:
        """It was over already, and we have not heard so."""
        leg = self._ports.callbacks.leg(tag)
        if leg is not None and not leg.is_over:
            self._look(leg)

    def _look(self, leg: Leg) -> None:
        """Asks the carrier what became of a leg; by number and time where it has no id."""
        carrier, asked_at = self._ports.carrier, self._clock()
        looked_for = self._looked_for_secs(leg.tag)
        found: list[PlacedCall]
        if leg.carrier_sid:
            call = carrier.call(leg.carrier_sid)
            found = [call] if call is not None else []
        else:
            found = carrier.calls_to(leg.number, leg.from_number, leg.created_at - LOOK_BACK)
        others = {call.carrier_sid for call in found if self._belongs_to_another(call.carrier_sid, leg.tag)}
        settle_secs = self._ports.limits().settle_secs
        news = settled(leg, found, asked_at, settle_secs=settle_secs, others=others)
        if news is not None and news.outcome is LegOutcome.NEVER_PLACED:
            if looked_for < settle_secs:
                return
            if any(call.carrier_sid not in others for call in found):
                # At another time by our clock, and nobody else's: our clock may have been wrong.
                news = replace(news, outcome=LegOutcome.UNKNOWN)
        if news is not None:
            self._tell_news(leg.tag, news)
            self._first_looks.pop(leg.tag, None)

    def _looked_for_secs(self, tag: str) -> float:
        """For how long this worker has looked for a call; the wall clock may have been set since the intent."""
        now = self._steady_secs()
        if len(self._first_looks) > MAX_LOOKS:
            self._first_looks.clear()
        return now - self._first_looks.setdefault(tag, now)

    def _belongs_to_another(self, sid: str, tag: str) -> bool:
        known = self._ports.callbacks.leg_by_sid(sid)
        return known is not None and known.tag != tag

    def _tell_news(self, tag: str, news: LegNews) -> None:
        at = self._clock()
        self._ports.callbacks.step_leg(tag, lambda attempt: leg_progressed(attempt, tag, news, at=at))

    def _find_agent(self, order: FindAgent, attempt: Attempt, now: datetime) -> None:
        """Another agent for a customer who is on the line: the best of those who are free."""
        callback = attempt.callback
        chosen = another(callback, self._ports.agents.all(), now, order.excluding)
        if chosen is None:
            return
        worker = self._worker
        self._ports.callbacks.step(
            order.callback_id, lambda found: reserve(found, worker=worker, now=now), agent_id=chosen.id
        )
