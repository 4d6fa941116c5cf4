"""Gathers what a desk shows: reads only, from the ports, for one agent at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agent_bridge.desk.parts import DeskParts, Line, Look, lines_of
from agent_bridge.presence import is_wrapping_up
from ivr.core.queueing.legs import Agent, AgentState, Role
from ivr.core.queueing.model import Callback, CallbackState
from ivr.core.queueing.people import BUSY_STATES
from ivr.ports import CallRecord, Contact, Search

SHOWN_BEFORE = 5
"""Earlier dealings with a caller."""
MOST_WAITING = 200
MOST_LINES = 200
RECENT = timedelta(hours=12)


def look(parts: DeskParts, agent_id: str) -> Look | None:
    """None: there is no such agent."""
    agent, now = parts.agents.get(agent_id), parts.clock.now()
    if agent is None:
        return None
    contact = _contact(parts, agent)
    callback = _callback(parts, agent, contact)
    waiting = _waiting(parts, agent, now)
    seen = _seen(parts, agent, callback) if callback is not None else _Seen()
    worked = parts.contacts.of_agent(agent_id, limit=1)
    rules = parts.rules()
    return Look(
        agent=agent,
        now=now,
        zone=_zone(parts, agent),
        callback=callback,
        legs=tuple(parts.callbacks.legs(callback.id)) if callback is not None else (),
        rules=rules.get(callback.queue) if callback is not None else None,
        bridge=parts.bridge.bridge_of(agent_id) if agent.state is AgentState.ON_CALL else None,
        contact=contact,
        lines=seen.lines,
        attested=callback.attested if callback is not None else "",
        contacts=seen.contacts,
        callbacks=seen.callbacks,
        calls=seen.calls,
        suggestions=tuple(parts.suggestions(callback, seen.last_said)) if callback is not None else (),
        colleagues=tuple(one for one in parts.agents.all() if one.id != agent_id),
        queues={name: rule.titles.get("en", name) for name, rule in rules.items()},
        waiting=waiting,
        follow_ups=tuple(parts.follow_ups.for_agent(agent_id)) if parts.follow_ups is not None else (),
        last_contact=worked[0] if worked else None,
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    lines: tuple[Line, ...] = ()
    contacts: tuple[Contact, ...] = ()
    callbacks: tuple[Callback, ...] = ()
    calls: tuple[CallRecord, ...] = field(default_factory=tuple)
    last_said: str = ""


def _contact(parts: DeskParts, agent: Agent) -> Contact | None:
    """The one that is talked about, or being noted."""
    is_at_it = agent.state is AgentState.ON_CALL or is_wrapping_up(agent)
    found = parts.contacts.open_ones(agent=agent.id, limit=1) if is_at_it else []
    return found[0] if found else None


def _callback(parts: DeskParts, agent: Agent, contact: Contact | None) -> Callback | None:
    if agent.state in BUSY_STATES and agent.callback_id:
        return parts.callbacks.get(agent.callback_id)
    if contact is not None and is_wrapping_up(agent):
        return parts.callbacks.get(contact.callback_id)
    return None


def _seen(parts: DeskParts, agent: Agent, callback: Callback) -> _Seen:
    lines = _transcript(parts, callback)
    said = next((line.text for line in reversed(lines) if line.side == "caller"), "")
    contacts = [one for one in parts.contacts.of_number(callback.number) if one.callback_id != callback.id]
    found, _ = parts.callbacks.search(Search(text=callback.number, limit=SHOWN_BEFORE + 1), parts.clock.now())
    known = {one.callback_id for one in contacts}
    callbacks = [one for one in found if one.id != callback.id and one.id not in known]
    calls = parts.calls.of_caller(callback.number, limit=SHOWN_BEFORE + 1)
    return _Seen(
        tuple(lines),
        tuple(contacts[:SHOWN_BEFORE]),
        tuple(callbacks[:SHOWN_BEFORE]),
        tuple(call for call in calls if call.id != callback.call_id)[:SHOWN_BEFORE],
        said,
    )


def _transcript(parts: DeskParts, callback: Callback) -> list[Line]:
    """What was said when it was promised, then what was said on the customer's present leg."""
    legs = [leg for leg in parts.callbacks.legs(callback.id) if leg.role is Role.CUSTOMER and leg.call_id]
    ids = dict.fromkeys([callback.call_id, *(leg.call_id for leg in legs)])
    lines: list[Line] = []
    for call_id in filter(None, ids):
        lines += lines_of(parts.calls.get(call_id), parts.calls.turns(call_id))
    return lines[-MOST_LINES:]


def _waiting(parts: DeskParts, agent: Agent, now: datetime) -> tuple[Callback, ...]:
    states = (CallbackState.PENDING, CallbackState.RETRY_AT)
    found, _ = parts.callbacks.search(Search(states=states, limit=MOST_WAITING), now)
    mine = [one for one in found if agent.fits(one) and one.owner in ("", agent.id)]
    return tuple(mine)


def _zone(parts: DeskParts, agent: Agent) -> str:
    zones = parts.zones()
    return next((zones[name] for name in agent.queues if name in zones), next(iter(zones.values()), "UTC"))
