"""Promises, agents and attempts to begin tests with, and a hand to drive one attempt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from ivr.core.queueing import claims
from ivr.core.queueing.attempt import advance
from ivr.core.queueing.leg_events import LegNews, Word, leg_progressed, leg_said
from ivr.core.queueing.legs import Agent, AgentState, Leg, LegOutcome, LegState, Role
from ivr.core.queueing.model import Callback, CallbackState, Happened
from ivr.core.queueing.orders import Order
from ivr.core.queueing.rules import Mode, QueueRules
from ivr.core.queueing.steps import Attempt, Step

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
SETTLE_SECS = 90.0


def at(secs: float) -> datetime:
    return NOON + timedelta(seconds=secs)


def promise(**fields: Any) -> Callback:
    usual: dict[str, Any] = {
        "id": "c1",
        "queue": "support",
        "number": "+15550100",
        "language": "en",
        "arrived_at": at(-600),
        "promised_from": at(-300),
        "promised_to": at(600),
        "eligible_at": at(-600),
        "order_at": at(-600),
        "dialled": "+15550199",
    }
    return Callback(**usual | fields)


def agent(agent_id: str = "ana", **fields: Any) -> Agent:
    usual: dict[str, Any] = {
        "name": agent_id.title(),
        "number": f"+1555020{len(agent_id)}",
        "queues": ("support",),
        "state": AgentState.AVAILABLE,
        "since": at(-60),
    }
    return Agent(agent_id, **usual | fields)


def rules(**fields: Any) -> QueueRules:
    return QueueRules("support", **fields)


def some(value: Attempt | Step | None) -> Attempt:
    """What a decision made; it must not have refused."""
    if isinstance(value, Step):
        return value.attempt
    if value is None:
        raise AssertionError("refused")
    return value


def claimed(callback: Callback | None = None, who: Agent | None = None, *, lease_secs: float = 1e6) -> Attempt:
    attempt = Attempt(callback or promise(), (), who or agent())
    return some(claims.claim(attempt, worker="w1", lease_secs=lease_secs, now=NOON))


@dataclass
class Hand:
    """One attempt, one worker, one clock; every decision is written down at once."""

    rules: QueueRules = field(default_factory=rules)
    attempt: Attempt = field(default_factory=claimed)
    now: datetime = NOON
    history: list[Happened] = field(default_factory=list)
    tags: Iterator[int] = field(default_factory=lambda: count(1))

    def write(self, step: Step | None) -> bool:
        if step is None:
            return False
        self.attempt = step.attempt
        self.history += step.history
        return True

    def wait(self, secs: float) -> None:
        self.now += timedelta(seconds=secs)

    def turn(self, secs: float = 1) -> tuple[Order, ...]:
        """Time passes, and the worker has its turn: its orders, which nobody carries out."""
        self.wait(secs)
        turn = advance(
            self.attempt,
            self.rules,
            self.now,
            worker="w1",
            settle_secs=SETTLE_SECS,
            new_tag=lambda: f"t{next(self.tags)}",
        )
        self.write(turn.step)
        return turn.orders

    def turns_to_rest(self) -> tuple[Order, ...]:
        """Turns until nothing is stored any more."""
        while True:
            before = self.attempt
            orders = self.turn(0)
            if self.attempt == before:
                return orders

    def leg(self, role: Role) -> Leg:
        """The newest one."""
        return [leg for leg in self.attempt.legs if leg.role is role][-1]

    def news(self, role: Role, state: LegState, outcome: LegOutcome | None = None) -> bool:
        leg = self.leg(role)
        news = LegNews(state, outcome, carrier_sid=f"CA-{leg.tag}")
        return self.write(leg_progressed(self.attempt, leg.tag, news, at=self.now))

    def over(self, role: Role, outcome: LegOutcome = LegOutcome.COMPLETED) -> bool:
        return self.news(role, LegState.OVER, outcome)

    def says(self, role: Role, word: Word) -> bool:
        return self.write(leg_said(self.attempt, self.leg(role).tag, word, at=self.now))

    def accepts(self, role: Role) -> None:
        """Answered, and the person is there."""
        self.news(role, LegState.ANSWERED)
        self.says(role, Word.ACCEPTED if role is Role.AGENT else Word.PRESENT)

    @property
    def state(self) -> CallbackState:
        return self.attempt.callback.state

    @property
    def who(self) -> Agent:
        """The agent read with it."""
        if self.attempt.agent is None:
            raise AssertionError("no agent")
        return self.attempt.agent


def agent_first(**fields: Any) -> Hand:
    return Hand(rules(mode=Mode.AGENT_FIRST, **fields))


def customer_first(**fields: Any) -> Hand:
    return Hand(rules(mode=Mode.CUSTOMER_FIRST, **fields))


def customer_is_dialled(**fields: Any) -> Hand:
    """Agent first: the agent has accepted, the customer's leg is at the carrier."""
    hand = agent_first(**fields)
    hand.turn()
    hand.accepts(Role.AGENT)
    hand.turn()
    hand.news(Role.CUSTOMER, LegState.RINGING)
    return hand


def customer_waits(**fields: Any) -> Hand:
    """Customer first: the customer is present, the agent's leg is at the carrier."""
    hand = customer_first(**fields)
    hand.turn()
    hand.accepts(Role.CUSTOMER)
    hand.turn()
    hand.news(Role.AGENT, LegState.RINGING)
    return hand


def they_talk() -> Hand:
    hand = customer_is_dialled()
    hand.wait(10)
    hand.accepts(Role.CUSTOMER)
    hand.turn()
    return hand


def with_callback(attempt: Attempt, /, **fields: Any) -> Attempt:
    return replace(attempt, callback=replace(attempt.callback, **fields))


def bound(decision: Callable[..., Step | None], attempt: Attempt, *values: Any, **named: Any) -> Step:
    """A decision that must not refuse."""
    step = decision(attempt, *values, **named)
    if step is None:
        raise AssertionError("refused")
    return step


def kinds(orders: tuple[object, ...]) -> list[str]:
    """What is ordered, by name."""
    return [type(order).__name__ for order in orders]
