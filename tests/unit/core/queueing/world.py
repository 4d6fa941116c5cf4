"""A small world for random tests: a store, a carrier with its own truth, workers that may be late, and people.

The store is told of the carrier's doings only through news and answers, which may be late, doubled or missing. A
worker's orders lie around until they are carried out; only the last look at lease and fence goes together with a dial.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

from ivr.core.queueing import claims
from ivr.core.queueing.attempt import advance
from ivr.core.queueing.leg_events import LegNews, leg_progressed, leg_refused, settled
from ivr.core.queueing.legs import Agent, Leg, LegOutcome, LegState, Role
from ivr.core.queueing.model import Callback, CallbackState, Happened, Kind
from ivr.core.queueing.orders import Dial, FindAgent, HangUp, LookAt, Order, TellAndEnd
from ivr.core.queueing.people import rested
from ivr.core.queueing.policy import another, itself, match
from ivr.core.queueing.rules import QueueRules
from ivr.core.queueing.steps import Attempt, Step
from tests.unit.core.queueing.promises import NOON, SETTLE_SECS, agent, promise

LEASE_SECS = 15.0
LIST_LAG_SECS = 30.0
Decide = Callable[[Attempt], Step | None]


@dataclass
class Call:
    """As the carrier knows it."""

    carrier_sid: str
    tag: str
    number: str
    role: Role
    created_at: datetime
    status: str = "queued"
    answered_by: str = ""
    ended_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.status in ("queued", "ringing", "in-progress")


NEWS = {
    "queued": LegNews(LegState.PLACED),
    "ringing": LegNews(LegState.RINGING),
    "in-progress": LegNews(LegState.ANSWERED),
    "completed": LegNews(LegState.OVER, LegOutcome.COMPLETED),
    "busy": LegNews(LegState.OVER, LegOutcome.BUSY),
    "no-answer": LegNews(LegState.OVER, LegOutcome.NO_ANSWER),
    "failed": LegNews(LegState.OVER, LegOutcome.FAILED),
    "canceled": LegNews(LegState.OVER, LegOutcome.CANCELLED),
}


@dataclass
class World:
    """Everything there is."""

    rules: QueueRules
    now: datetime = NOON
    callbacks: dict[str, Callback] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    legs: dict[str, Leg] = field(default_factory=dict)
    history: dict[str, list[Happened]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    news: list[tuple[str, LegNews]] = field(default_factory=list)
    orders: dict[str, list[Order]] = field(default_factory=lambda: {"w1": [], "w2": []})
    tags: count[int] = field(default_factory=count)
    changes: list[tuple[Callback, Callback]] = field(default_factory=list)

    @classmethod
    def small(cls, rules: QueueRules, callbacks: int = 3, agents: int = 3) -> World:
        world = cls(rules)
        for index in range(callbacks):
            made = promise(id=f"c{index}", number=f"+1555010{index}", order_at=NOON - timedelta(minutes=9 - index))
            world.callbacks[made.id] = made
            world.history[made.id] = []
        for index in range(agents):
            one = agent(f"a{index}", number=f"+1555020{index}")
            world.agents[one.id] = one
        return world

    # -- the store ---------------------------------------------------------------------------------

    def attempt_of(self, callback: Callback, number: int, agent_id: str = "") -> Attempt:
        legs = tuple(leg for leg in self.legs.values() if (leg.callback_id, leg.attempt) == (callback.id, number))
        return Attempt(callback, legs, self.agents.get(agent_id or callback.agent))

    def step(self, callback_id: str, decide: Decide, agent_id: str = "") -> bool:
        callback = self.callbacks[callback_id]
        return self._write(callback, decide(self.attempt_of(callback, callback.attempt, agent_id)))

    def step_leg(self, tag: str, decide: Decide) -> bool:
        leg = self.legs.get(tag)
        if leg is None:
            return False
        callback = self.callbacks[leg.callback_id]
        return self._write(callback, decide(self.attempt_of(callback, leg.attempt)))

    def _write(self, before: Callback, step: Step | None) -> bool:
        if step is None or self._is_double(step):
            return False
        after = step.attempt.callback
        self.callbacks[after.id] = after
        self.history[after.id] += step.history
        self.changes.append((before, after))
        for leg in step.attempt.legs:
            self.legs[leg.tag] = leg
        if step.attempt.agent is not None:
            self.agents[step.attempt.agent.id] = step.attempt.agent
        return True

    def _is_double(self, step: Step) -> bool:
        """What unique columns refuse: one open promise to a number, one open customer leg to a number."""
        after = step.attempt.callback
        others = [each for each in self.callbacks.values() if each.id != after.id and not each.state.is_final]
        is_promise = after.kind is Kind.CALLBACK and not after.state.is_final
        if is_promise and any(each.number == after.number for each in others):
            return True
        known = self.legs | {leg.tag: leg for leg in step.attempt.legs}
        open_numbers = [leg.number for leg in known.values() if leg.role is Role.CUSTOMER and not leg.is_over]
        open_numbers = [number for number in open_numbers if number]
        return len(open_numbers) != len(set(open_numbers))

    # -- workers -----------------------------------------------------------------------------------

    def claim(self, worker: str) -> None:
        heads = [each for each in self.callbacks.values() if each.state.is_waiting]
        for pair in match(heads, list(self.agents.values()), self.now, itself):
            self.step(
                pair.callback.id,
                lambda attempt: claims.claim(attempt, worker=worker, lease_secs=LEASE_SECS, now=self.now),
                pair.agent.id,
            )

    def turn(self, worker: str, callback_id: str) -> bool:
        """Renewed, or adopted; one turn. True: something was stored."""
        lease = {"worker": worker, "lease_secs": LEASE_SECS, "now": self.now}
        self.step(callback_id, lambda attempt: claims.renew(attempt, **lease))  # type: ignore[arg-type]
        self.step(callback_id, lambda attempt: claims.adopt(attempt, **lease))  # type: ignore[arg-type]
        orders: list[Order] = []

        def decide(attempt: Attempt) -> Step | None:
            turn = advance(
                attempt,
                self.rules,
                self.now,
                worker=worker,
                settle_secs=SETTLE_SECS,
                new_tag=lambda: f"t{next(self.tags)}",
            )
            orders.extend(turn.orders)
            return turn.step

        is_stored = self.step(callback_id, decide)
        self.orders[worker] += [order for order in orders if is_stored or not isinstance(order, Dial)]
        return is_stored

    def carry_out(self, worker: str, order: Order, *, luck: str = "ok") -> None:
        match order:
            case Dial(leg):
                self.dial(worker, leg, luck)
            case HangUp(_, sid) | TellAndEnd(_, sid):
                self.end(sid)
            case LookAt(leg):
                self.look(leg)
            case FindAgent():
                self.find(worker, order)

    def dial(self, worker: str, leg: Leg, luck: str) -> None:
        """`luck`: ok, refused, refused_for_ever, lost (placed, and the answer lost), never (the order lost)."""
        attempt = self.attempt_of(self.callbacks[leg.callback_id], leg.attempt)
        if not claims.may_dial(attempt, leg.tag, worker=worker, now=self.now):
            return
        if luck.startswith("refused"):
            is_final = luck == "refused_for_ever"
            self.step_leg(leg.tag, lambda found: leg_refused(found, leg.tag, is_final=is_final, at=self.now))
        elif luck != "never":
            call = Call(f"CA{len(self.calls)}", leg.tag, leg.number, leg.role, self.now)
            self.calls.append(call)
            self.news.append((leg.tag, replace(NEWS["queued"], carrier_sid=call.carrier_sid)))
            if luck == "ok":
                self.tell(leg.tag, self.news[-1][1])

    def look(self, leg: Leg) -> None:
        leg = self.legs[leg.tag]
        if leg.carrier_sid:
            found = [call for call in self.calls if call.carrier_sid == leg.carrier_sid]
        else:
            listed = self.now - timedelta(seconds=LIST_LAG_SECS)
            since = leg.created_at - timedelta(seconds=60)
            found = [call for call in self.calls if call.number == leg.number and since <= call.created_at <= listed]
        others = {each.carrier_sid for each in self.legs.values() if each.tag != leg.tag}
        news = settled(leg, found, self.now, settle_secs=SETTLE_SECS, others=others)
        if news is not None:
            self.tell(leg.tag, news)

    def find(self, worker: str, order: FindAgent) -> None:
        chosen = another(self.callbacks[order.callback_id], list(self.agents.values()), self.now, order.excluding)
        if chosen is not None:
            self.step(
                order.callback_id, lambda attempt: claims.reserve(attempt, worker=worker, now=self.now), chosen.id
            )

    # -- the carrier -------------------------------------------------------------------------------

    def tell(self, tag: str, news: LegNews) -> None:
        self.step_leg(tag, lambda attempt: leg_progressed(attempt, tag, news, at=self.now))

    def becomes(self, call: Call, status: str) -> None:
        """The call goes on; the news of it lie ready, and are delivered or not."""
        order = ["queued", "ringing", "in-progress"]
        if not call.is_open or (status in order and order.index(status) <= order.index(call.status)):
            return
        if status == "completed" and call.status != "in-progress":
            status = "no-answer"
        elif status in ("busy", "no-answer", "failed", "canceled") and call.status == "in-progress":
            status = "completed"
        call.status = status
        call.ended_at = None if call.is_open else self.now
        self.news.append((call.tag, replace(NEWS[status], carrier_sid=call.carrier_sid, ended_at=call.ended_at)))

    def pass_time(self, secs: float) -> None:
        """Nothing rings for ever."""
        self.now += timedelta(seconds=secs)
        for call in self.calls:
            if call.status in ("queued", "ringing") and self.now > call.created_at + timedelta(seconds=60):
                self.becomes(call, "no-answer")
        for one in list(self.agents.values()):
            self.agents[one.id] = rested(one, self.now) or one

    def end(self, sid: str) -> None:
        for call in self.calls:
            if call.carrier_sid == sid:
                self.becomes(call, "completed" if call.status == "in-progress" else "canceled")

    # -- what must hold ----------------------------------------------------------------------------

    def in_flight(self) -> list[Callback]:
        return [each for each in self.callbacks.values() if each.state.is_in_flight]

    def settle_down(self, *, turns: int = 400) -> None:
        """From now on everybody does what they should: nobody may stay in flight."""
        for _ in range(turns):
            if not self.in_flight():
                return
            self.now += timedelta(seconds=5)
            for call in self.calls:
                age = (self.now - call.created_at).total_seconds()
                if call.is_open and age > (60 if call.status == "in-progress" else 35):
                    self.becomes(call, "completed")
            for callback in self.in_flight():
                while self.turn("w1", callback.id):
                    pass
            orders, self.orders["w1"] = self.orders["w1"], []
            for order in dict.fromkeys(orders):
                self.carry_out("w1", order)
        stuck = [(each.state, each.cause, each.ending) for each in self.in_flight()]
        raise AssertionError(f"still in flight: {stuck}")

    def check(self) -> None:
        self._nobody_is_dialled_twice()
        self._bonds_are_mutual()
        for before, after in self.changes:
            _changes_are_lawful(before, after)
        self.changes.clear()
        for callback in self.callbacks.values():
            lines = self.history[callback.id]
            assert not lines or lines[-1].state is callback.state

    def _nobody_is_dialled_twice(self) -> None:
        # Of some legs nothing could be learned; a person who has them dialled again has decided so.
        given_up = {leg.number for leg in self.legs.values() if leg.outcome is LegOutcome.UNKNOWN}
        at_carrier = [call.number for call in self.calls if call.role is Role.CUSTOMER and call.is_open]
        at_carrier = [number for number in at_carrier if number not in given_up]
        assert len(at_carrier) == len(set(at_carrier)), "two open calls to one number"
        of_intents = [call.tag for call in self.calls]
        assert len(of_intents) == len(set(of_intents)), "an intent was dialled twice"
        for callback in self.callbacks.values():
            legs = [leg for leg in self.legs.values() if leg.callback_id == callback.id and leg.role is Role.CUSTOMER]
            attempts = [leg.attempt for leg in legs]
            assert len(attempts) == len(set(attempts)), "two customer legs in one attempt"
            is_waited_for = callback.kind is Kind.TRANSFER and callback.state.is_waiting
            is_open = callback.state.is_in_flight or is_waited_for
            assert is_open or all(leg.is_over for leg in legs), "an open leg is forgotten"

    def _bonds_are_mutual(self) -> None:
        bound = [callback.agent for callback in self.in_flight() if callback.agent]
        assert len(bound) == len(set(bound)), "an agent has two promises"
        for one in self.agents.values():
            if one.state.value in ("reserved", "ringing", "on_call"):
                assert self.callbacks[one.callback_id].agent == one.id, "an agent waits for nothing"
        for callback in self.callbacks.values():
            if not callback.state.is_in_flight:
                assert callback.agent == "" and callback.lease_owner == "" and callback.ending is None


def _changes_are_lawful(before: Callback, after: Callback) -> None:
    assert after.attempt >= before.attempt and after.fence >= before.fence
    assert after.arrived_at == before.arrived_at
    assert len(after.notes) >= len(before.notes)
    if before.state in (CallbackState.DONE, CallbackState.CANCELLED):
        assert after == before
    is_asked_anew = after.cause.value in ("rang_in", "moved", "by_supervisor")
    if before.state is CallbackState.FAILED and after.state is not CallbackState.FAILED:
        assert is_asked_anew or after.state is CallbackState.CANCELLED
    if not is_asked_anew:
        assert all(after.tries.get(cause, 0) >= number for cause, number in before.tries.items())
