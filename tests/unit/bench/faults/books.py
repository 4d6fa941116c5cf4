"""Books of a run in which nothing went wrong, to be spoilt one thing at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ivr.bench.faults.books import Books, Rang
from ivr.core.queueing.legs import Agent, AgentState, Leg, LegOutcome, LegState, Role
from ivr.core.queueing.model import Callback, CallbackState, Cause, Happened

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TOLERANCE = timedelta(seconds=10)
FIRST, SECOND = "1" * 32, "2" * 32


def at(secs: float) -> datetime:
    return NOON + timedelta(seconds=secs)


def promise(callback_id: str = FIRST, **fields: Any) -> Callback:
    usual = Callback(
        id=callback_id,
        queue="q",
        number=f"+1202555{callback_id[:4]}",
        language="en",
        arrived_at=NOON,
        promised_from=NOON,
        promised_to=at(900),
        eligible_at=NOON,
        order_at=NOON,
    )
    return replace(usual, **fields)


def agent(name: str = "ana", **fields: Any) -> Agent:
    return replace(Agent(name, name, "+13035552000", ("q",), state=AgentState.AVAILABLE), **fields)


def leg(tag: str, role: Role, callback_id: str = FIRST, **fields: Any) -> Leg:
    number = "+13035552000" if role is Role.AGENT else f"+1202555{callback_id[:4]}"
    usual = Leg(tag, callback_id, 1, 1, role, number, "+15005550006", at(10), LegState.OVER)
    return replace(usual, outcome=LegOutcome.COMPLETED, **fields)


def rang(tag: str, start: float, end: float | None, *, talked: float | None = None, is_agent: bool = False) -> Rang:
    number = "+13035552000" if is_agent else "+12025551111"
    times = (None if secs is None else at(secs) for secs in (end, talked))
    return Rang(tag, number, is_agent, at(start), *times)


def line(secs: float, state: CallbackState, cause: Cause, callback_id: str = FIRST, **values: str) -> Happened:
    return Happened(callback_id, at(secs), state, cause, "worker w1", values)


def good(**fields: Any) -> Books:
    """One promise, dialled once, talked, done."""
    usual = Books(
        accepted=[promise()],
        made_at={FIRST: NOON, SECOND: NOON},
        agents=[agent()],
        callbacks={FIRST: promise(state=CallbackState.DONE, cause=Cause.TALKED)},
        legs={FIRST: [leg("a", Role.AGENT), leg("c", Role.CUSTOMER)]},
        history={
            FIRST: [
                line(0, CallbackState.PENDING, Cause.PROMISED),
                line(5, CallbackState.CLAIMED, Cause.CLAIMED, agent="ana"),
                line(60, CallbackState.DONE, Cause.TALKED),
            ]
        },
        rang=[rang("a", 10, 60, talked=30, is_agent=True), rang("c", 20, 60, talked=30)],
        ended_at=at(300),
    )
    return replace(usual, **fields)


def two(claims: dict[str, float]) -> Books:
    """Two promises, the first one before the second; claimed by ana at these times."""
    history = {
        callback_id: [
            line(0, CallbackState.PENDING, Cause.PROMISED, callback_id),
            line(secs, CallbackState.CLAIMED, Cause.CLAIMED, callback_id, agent="ana"),
            line(secs + 5, CallbackState.CANCELLED, Cause.BY_CALLER, callback_id),
        ]
        for callback_id, secs in claims.items()
    }
    accepted = [promise(FIRST, order_at=at(-60)), promise(SECOND, order_at=at(-30))]
    ends = {one.id: replace(one, state=CallbackState.CANCELLED) for one in accepted}
    return good(accepted=accepted, callbacks=ends, legs={FIRST: [], SECOND: []}, history=history, rang=[])
