"""An agent and a promise as tests of the desk want them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ivr.core.queueing.legs import Agent, AgentState
from ivr.core.queueing.model import Callback, CallbackState

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PROMISE = "c" * 32


def later(secs: float) -> datetime:
    return NOON + timedelta(seconds=secs)


def ana(state: AgentState = AgentState.AVAILABLE, **fields: object) -> Agent:
    made = Agent("ana", "Ana Ruiz", "+12025550111", ("general",), ("en", "ja"), state=state, since=NOON)
    return replace(made, **fields)  # type: ignore[arg-type]


def talking(**fields: object) -> Agent:
    return ana(AgentState.ON_CALL, **{"callback_id": PROMISE} | fields)


def wrapping_up(**fields: object) -> Agent:
    return ana(AgentState.WRAP_UP, **{"free_at": later(30)} | fields)


def promise(**fields: object) -> Callback:
    made = Callback(
        id=PROMISE,
        queue="general",
        number="+12025550123",
        language="en",
        arrived_at=NOON,
        promised_from=later(300),
        promised_to=later(600),
        eligible_at=NOON,
        order_at=NOON,
        state=CallbackState.CONNECTED,
        name="Jo Ortiz",
        reason="Order status",
        call_id="d" * 32,
        agent="ana",
        attempt=1,
    )
    return replace(made, **fields)  # type: ignore[arg-type]
