"""`ivr users …`: the people who take calls, and their state. Who may sign in is in `people.py`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table

from ivr.app import House, open_house
from ivr.commands.common import say, settings, tell
from ivr.core.accounts.model import Account
from ivr.core.queueing.legs import Agent, AgentState
from ivr.core.shown import masked
from ivr.storage import SqlDeskPresence

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
BY_HAND = {
    "available": AgentState.AVAILABLE,
    "busy": AgentState.WRAP_UP,
    "break": AgentState.BREAK,
    "offline": AgentState.OFFLINE,
}
"""Words a person may choose; the other states follow from calls. Busy ends by itself."""


def _with_house(work: Callable[[House], int]) -> int:
    house = open_house(settings(), process="command", guarded=False)
    try:
        return work(house)
    finally:
        house.close()


def put_agent(house: House, agent: Agent) -> int:
    """Adds somebody who takes calls, or changes everything but the state."""
    if _ID.fullmatch(agent.id) is None:
        tell("A user's id is 1 to 32 small letters, digits, dots or hyphens, such as `ana`.")
        return 2
    if _NUMBER.fullmatch(agent.number) is None:
        tell("Give the telephone number in full, with its country code, such as +12025550111.")
        return 2
    unknown = sorted(set(agent.queues) - set(house.queue.queues()))
    if unknown:
        known = ", ".join(sorted(house.queue.queues()))
        tell(f"There is no queue {', '.join(unknown)}; config/queues.yaml has {known}.")
        return 2
    house.agents.add(agent)
    say(f"{agent.name} is in; `ivr users state {agent.id} available` lets calls come.")
    return 0


def list_users(*, as_json: bool) -> int:
    """Everybody: who takes calls, with state, and who may sign in."""

    def work(house: House) -> int:
        now, agents, accounts = house.clock.now(), house.agents.all(), house.accounts.all()
        if as_json:
            signs_in = [
                {"id": one.id, "name": one.name, "role": one.role.value, "disabled": one.is_disabled}
                for one in accounts
            ]
            say(json.dumps({"users": [_plain(agent) for agent in agents], "accounts": signs_in}))
            return 0
        known = {one.id: one for one in accounts}
        table = Table(box=None, pad_edge=False)
        for heading in ("id", "name", "signs in as", "telephone", "queues", "languages", "skills", "state", "for"):
            table.add_column(heading)
        for agent in agents:
            lists = [", ".join(part) for part in (agent.queues, agent.languages, agent.skills)]
            state = f"{agent.state.value.replace('_', ' ')} {agent.reason}".strip()
            role = _role(known.pop(agent.id, None))
            table.add_row(agent.id, agent.name, role, masked(agent.number), *lists, state, _since(agent, now))
        for account in known.values():
            table.add_row(account.id, account.name, _role(account))
        nobody = "Nobody yet; `ivr users add ana --name 'Ana Ruiz' --role agent --number +12025550111`."
        Console().print(table if table.row_count else nobody)
        return 0

    return _with_house(work)


def set_user_state(agent_id: str, state: str, reason: str, mins: float) -> int:
    """Available, busy for a while, on a break, or offline."""
    wanted = BY_HAND.get(state)
    if wanted is None:
        tell(f"The state is {', '.join(BY_HAND)}; the others follow from calls.")
        return 2
    lasts = timedelta(minutes=mins) if wanted is AgentState.WRAP_UP else None

    def work(house: House) -> int:
        now = house.clock.now()
        changed = house.agents.set_state(agent_id, lambda agent: chosen(agent, wanted, reason, now, lasts))
        if changed is None:
            known = house.agents.get(agent_id)
            tell(
                f"{known.name} is {known.state.value.replace('_', ' ')}."
                if known
                else f"There is no user {agent_id!r}."
            )
            return 1
        # Whoever sets a state here works by telephone: no desk has to be open for it.
        SqlDeskPresence(house.database).watch(agent_id, is_watched=False, at=now)
        say(f"{changed.name} is {changed.state.value.replace('_', ' ')}.")
        return 0

    return _with_house(work)


def remove_user(agent_id: str) -> int:
    """Takes somebody out."""

    def work(house: House) -> int:
        agent, account = house.agents.get(agent_id), house.accounts.get(agent_id)
        if agent is None and account is None:
            tell(f"There is no user {agent_id!r}; `ivr users list` shows them.")
            return 1
        if agent is not None and agent.callback_id:
            tell(f"{agent.name} has a call; try again when it is over.")
            return 1
        if account is not None and (problem := house.accounts.remove(agent_id, house.clock.now(), by="command line")):
            tell(problem)
            return 1
        if agent is not None:
            house.agents.remove(agent_id)
        say(f"{agent.name if agent is not None else agent_id} is out.")
        return 0

    return _with_house(work)


def chosen(agent: Agent, state: AgentState, reason: str, now: datetime, lasts: timedelta | None = None) -> Agent | None:
    """The agent in the state a person chose; None while a call binds the agent."""
    if agent.callback_id:
        return None
    free_at = now + lasts if lasts is not None else None
    return replace(agent, state=state, since=now, reason=reason, missed=0, free_at=free_at)


def _role(account: Account | None) -> str:
    if account is None:
        return "–"
    return f"{account.role.value} (disabled)" if account.is_disabled else account.role.value


def _since(agent: Agent, now: datetime) -> str:
    if agent.since is None:
        return ""
    minutes = int((now - agent.since).total_seconds() // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


def _plain(agent: Agent) -> dict[str, object]:
    return {
        "id": agent.id,
        "name": agent.name,
        "queues": list(agent.queues),
        "languages": list(agent.languages),
        "skills": list(agent.skills),
        "state": agent.state.value,
        "since": agent.since.isoformat() if agent.since is not None else None,
        "reason": agent.reason,
        "callback_id": agent.callback_id,
    }
