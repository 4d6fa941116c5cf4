"""Promises, legs, agents and decisions for the contract suites of the queue's stores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from ivr.core.queueing.legs import Agent, AgentState, Leg, LegOutcome, LegState, Role
from ivr.core.queueing.model import Callback, CallbackState, Cause, Happened
from ivr.core.queueing.steps import Attempt, Step, Text
from ivr.ports import Decide
from tests.contract.conftest import NOW, QueueStores

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def a_promise(ordinal: int = 1, /, **changes: object) -> Callback:
    """Promised `ordinal` seconds after NOW − 1 hour, for as soon as possible."""
    at = NOW - HOUR + timedelta(seconds=ordinal)
    usual = Callback(
        id=f"{ordinal:032x}",
        queue="general",
        number=f"+1202555{ordinal:04d}",
        language="en",
        arrived_at=at,
        promised_from=at + 10 * MINUTE,
        promised_to=NOW + 30 * MINUTE,
        eligible_at=at,
        order_at=at,
        state_at=at,
        caller=f"+1202555{ordinal:04d}",
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def an_agent(name: str = "ana", **changes: object) -> Agent:
    """Takes English calls of the general queue, and is free."""
    usual = Agent(name, name.title(), "+12025559000", ("general",), state=AgentState.AVAILABLE, since=NOW)
    return replace(usual, **changes)  # type: ignore[arg-type]


def a_leg(callback: Callback, tag: str = "a", role: Role = Role.CUSTOMER, **changes: object) -> Leg:
    """An intent to dial for the present attempt."""
    number = callback.number if role is Role.CUSTOMER else "+12025559000"
    usual = Leg(tag * 32, callback.id, callback.attempt, callback.fence, role, number, "+15005550006", NOW)
    return replace(usual, **changes)  # type: ignore[arg-type]


def a_text(key: str = "t1", **changes: object) -> Text:
    """A text to a caller."""
    return replace(Text(key, "+12025550001", "+15005550006", "We call you back.", NOW), **changes)  # type: ignore[arg-type]


def made(queue: QueueStores, *callbacks: Callback) -> None:
    """Promises them, each under its own key."""
    for callback in callbacks:
        assert queue.callbacks.promise(callback, key=f"key {callback.id}").is_new


def changed(**changes: object) -> Decide:
    """Changes fields of the callback, whatever it is."""
    return lambda attempt: Step(
        replace(attempt, callback=replace(attempt.callback, **changes))  # type: ignore[arg-type]
    )


def with_legs(*legs: Leg) -> Decide:
    """Adds or replaces legs."""
    tags = {leg.tag for leg in legs}
    return lambda attempt: Step(replace(attempt, legs=(*(one for one in attempt.legs if one.tag not in tags), *legs)))


def claimed(attempt: Attempt) -> Step | None:
    """Binds a free agent to a waiting promise."""
    callback, agent = attempt.callback, attempt.agent
    if not callback.state.is_waiting or agent is None or agent.state is not AgentState.AVAILABLE:
        return None
    taken = replace(
        callback,
        state=CallbackState.CLAIMED,
        state_at=NOW,
        cause=Cause.CLAIMED,
        agent=agent.id,
        lease_owner="w1",
        lease_until=NOW + timedelta(seconds=15),
        fence=callback.fence + 1,
        attempt=callback.attempt + 1,
    )
    bound = replace(agent, state=AgentState.RESERVED, since=NOW, callback_id=callback.id)
    line = Happened(callback.id, NOW, CallbackState.CLAIMED, Cause.CLAIMED, "worker w1", {"agent": agent.id})
    return Step(Attempt(taken, attempt.legs, bound), (line,))


def released(attempt: Attempt) -> Step:
    """Gives both back."""
    assert attempt.agent is not None
    callback = replace(attempt.callback, state=CallbackState.PENDING, agent="", lease_owner="", lease_until=None)
    return Step(
        replace(attempt, callback=callback, agent=replace(attempt.agent, state=AgentState.BREAK, callback_id=""))
    )


def over(leg: Leg, outcome: LegOutcome = LegOutcome.NO_ANSWER) -> Leg:
    """The leg, ended."""
    return replace(leg, state=LegState.OVER, outcome=outcome, over_at=NOW)


def noted(seen: list[Attempt]) -> Callable[[Attempt], None]:
    """A decision that looks and changes nothing."""
    return seen.append
