"""Carries out what a decision ordered: the carrier is asked here, after the commit, and its answers go back as news."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from datetime import datetime, timedelta
from functools import partial
from threading import Lock

import structlog

from ivr.core.queueing.claims import may_dial, reserve
from ivr.core.queueing.leg_events import EARLIER_SECS, LegNews, leg_progressed, leg_refused, settled
from ivr.core.queueing.legs import Leg, LegState, Role
from ivr.core.queueing.orders import Dial, FindAgent, HangUp, LookAt, Order, Phrase, TellAndEnd
from ivr.core.queueing.people import can_take
from ivr.core.queueing.policy import best_of
from ivr.core.queueing.replies import Reply, reply
from ivr.core.queueing.rules import QueueRules
from ivr.core.queueing.steps import Attempt, Step
from ivr.ports import CarrierSilent, DialOrder, DialRefused, PlacedCall, StoreFailed
from ivr.runtime.dispatch.ports import DispatchPorts

log = structlog.get_logger(__name__)

_SAID = {Phrase.NO_CUSTOMER: Reply.NO_CUSTOMER, Phrase.CALLED_OFF: Reply.CALLED_OFF, Phrase.NO_AGENT: Reply.NO_AGENT}


class OrderDesk:
    """One per worker. Orders to the carrier run in threads, so that a slow answer stops nobody else."""

    def __init__(
        self, ports: DispatchPorts, worker: str, clock: Callable[[], datetime], executor: Executor | None
    ) -> None:
        """Without an executor everything is done at once, where it is ordered."""
        self._ports, self._worker, self._clock, self._executor = ports, worker, clock, executor
        self._lock = Lock()
        self._running: set[tuple[str, str]] = set()
        self._not_before: dict[tuple[str, str], datetime] = {}

    def carry_out(self, orders: Sequence[Order], attempt: Attempt, rules: QueueRules, now: datetime) -> None:
        """Starts each order, unless the same one is under way or was just done."""
        for order in orders:
            match order:
                case Dial(leg):
                    self._start("dial", leg.tag, 0.0, now, partial(self._dial, leg, attempt, rules))
                case HangUp(tag, sid, every_secs):
                    self._start("hang_up", tag, every_secs, now, partial(self._hang_up, tag, sid))
                case TellAndEnd():
                    self._start("tell", order.tag, order.every_secs, now, partial(self._tell, order))
                case LookAt(leg, every_secs):
                    self._start("look", leg.tag, every_secs, now, partial(self._look, leg))
                case FindAgent():
                    self._find_agent(order, attempt, now)

    def _start(self, kind: str, tag: str, every_secs: float, now: datetime, work: Callable[[], None]) -> None:
        key = (kind, tag)
        with self._lock:
            if key in self._running or self._not_before.get(key, now) > now:
                return
            self._running.add(key)
            self._not_before[key] = now + timedelta(seconds=every_secs)
        if self._executor is None:
            self._guarded(key, work)
        else:
            self._executor.submit(self._guarded, key, work)

    def _guarded(self, key: tuple[str, str], work: Callable[[], None]) -> None:
        try:
            work()
        except CarrierSilent:
            log.warning("carrier did not answer", order=key[0])
        except StoreFailed as problem:
            log.warning("news not stored", order=key[0], reason=problem.reason)
        finally:
            with self._lock:
                self._running.discard(key)

    def forget_before(self, before: datetime) -> None:
        """Old marks of orders are not kept for ever."""
        with self._lock:
            self._not_before = {key: at for key, at in self._not_before.items() if at >= before}

    # -- orders --------------------------------------------------------------------------------

    def _dial(self, leg: Leg, attempt: Attempt, rules: QueueRules) -> None:
        """The intent is on disk. Lease and fence are looked at once more, then the carrier is asked, once."""
        if not self._is_still_ours(leg):
            return
        is_customer = leg.role is Role.CUSTOMER
        wanted = DialOrder(
            to=leg.number,
            from_number=leg.from_number,
            tag=leg.tag,
            ring_secs=rules.ring_customer_secs if is_customer else rules.ring_agent_secs,
            send_keys=attempt.callback.extension if is_customer else "",
            wants_amd=is_customer and rules.uses_amd,
        )
        try:
            sid = self._ports.carrier.dial(wanted)
        except DialRefused as refused:
            log.warning("dial refused", reason=refused.reason, role=leg.role.value)
            at, is_final = self._clock(), refused.is_final
            self._ports.callbacks.step_leg(leg.tag, lambda a: leg_refused(a, leg.tag, is_final=is_final, at=at))
            return
        self._tell_news(leg.tag, LegNews(LegState.PLACED, None, sid))

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

    def _look_again(self, tag: str) -> None:
        """It was over already, and we have not heard so."""
        leg = self._ports.callbacks.leg(tag)
        if leg is not None and not leg.is_over:
            self._look(leg)

    def _look(self, leg: Leg) -> None:
        """Asks the carrier what became of a leg; by number and time where it has no id."""
        carrier, asked_at = self._ports.carrier, self._clock()
        found: list[PlacedCall]
        if leg.carrier_sid:
            call = carrier.call(leg.carrier_sid)
            found = [call] if call is not None else []
        else:
            since = leg.created_at - timedelta(seconds=EARLIER_SECS)
            found = carrier.calls_to(leg.number, leg.from_number, since)
        others = {call.carrier_sid for call in found if self._belongs_to_another(call.carrier_sid, leg.tag)}
        news = settled(leg, found, asked_at, settle_secs=self._ports.limits().settle_secs, others=others)
        if news is not None:
            self._tell_news(leg.tag, news)

    def _belongs_to_another(self, sid: str, tag: str) -> bool:
        known = self._ports.callbacks.leg_by_sid(sid)
        return known is not None and known.tag != tag

    def _tell_news(self, tag: str, news: LegNews) -> None:
        at = self._clock()
        self._ports.callbacks.step_leg(tag, lambda attempt: leg_progressed(attempt, tag, news, at=at))

    def _find_agent(self, order: FindAgent, attempt: Attempt, now: datetime) -> None:
        """Another agent for a customer who is on the line: the best of those who are free."""
        callback = attempt.callback
        fitting = [
            agent
            for agent in self._ports.agents.all()
            if agent.id not in order.excluding and can_take(agent, callback, now)
        ]
        if not fitting:
            return
        chosen = best_of(fitting, callback)
        worker = self._worker
        self._ports.callbacks.step(
            order.callback_id, lambda found: reserve(found, worker=worker, now=now), agent_id=chosen.id
        )
