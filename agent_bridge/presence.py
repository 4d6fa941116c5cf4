"""What an agent's own choices, and a vanished browser, make of the agent's state. Pure; calls change it in `ivr.core`.

The last wish of the person wins. In the middle of a call or of a wrap-up, "break" and "offline" are wishes: they come
true when that is over (`ivr/core/queueing/people.py`), and "available" takes them back.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ivr.core.queueing.legs import Agent, AgentState
from ivr.core.queueing.people import BUSY_STATES, rested

LEASE = timedelta(seconds=30)
"""An open desk gives a sign of life at least this often."""
MORE = timedelta(minutes=1)
"""What one press adds to a wrap-up."""
PASSED = "passed"
"""Reason of the short rest after "not now"; it is no wrap-up, and nothing is to be noted."""
LINE_LOST = "line lost"
"""Reason of the pause of an agent whose desk has vanished."""
BY_CHOICE = frozenset({AgentState.AVAILABLE, AgentState.BREAK, AgentState.OFFLINE})
"""What a person may choose; the other states follow from calls."""


def is_wrapping_up(agent: Agent) -> bool:
    """Time for notes about a conversation, as against the rest after "not now"."""
    return agent.state is AgentState.WRAP_UP and agent.reason != PASSED


def choose(agent: Agent, wanted: AgentState, reason: str, now: datetime) -> Agent | None:
    """The person wants to be in this state; None: nothing changes. Another state than those of choice: `ValueError`."""
    if wanted not in BY_CHOICE:
        raise ValueError(f"{wanted.value} cannot be chosen")
    if agent.state in BUSY_STATES or is_wrapping_up(agent):
        wish = None if wanted is AgentState.AVAILABLE else wanted
        return _changed(agent, replace(agent, wish=wish, wish_reason=reason if wish is not None else ""))
    if agent.state is AgentState.WRAP_UP and wanted is AgentState.AVAILABLE:
        return _changed(agent, replace(agent, wish=None, wish_reason=""))
    if agent.state is wanted and agent.reason == reason:
        return None
    return replace(agent, state=wanted, reason=reason, since=now, missed=0, free_at=None, wish=None, wish_reason="")


def more_time(agent: Agent) -> Agent | None:
    """A minute more for the notes; None: there is no wrap-up that ends by itself."""
    if not is_wrapping_up(agent) or agent.free_at is None:
        return None
    return replace(agent, free_at=agent.free_at + MORE)


def finish(agent: Agent, now: datetime, *, stay_away: bool) -> Agent | None:
    """The notes are done: what was wished for, else a break or the next call. None: there is no wrap-up."""
    if not is_wrapping_up(agent):
        return None
    if stay_away and agent.wish is None:
        agent = replace(agent, wish=AgentState.BREAK)
    return rested(replace(agent, free_at=None), now)


def lapsed(agent: Agent, now: datetime) -> Agent | None:
    """The desk has vanished: nobody is offered to an empty chair. A call goes on: it runs over the telephone."""
    if agent.state is AgentState.AVAILABLE:
        return replace(agent, state=AgentState.BREAK, reason=LINE_LOST, since=now)
    if agent.state is AgentState.WRAP_UP and agent.wish is None:
        return replace(agent, wish=AgentState.BREAK, wish_reason=LINE_LOST)
    return None


def _changed(before: Agent, after: Agent) -> Agent | None:
    return None if before == after else after
