"""What goes on whether or not a page looks: contacts begin and end with conversations, vanished desks are paused."""

from __future__ import annotations

from datetime import datetime

import structlog

from agent_bridge import work
from agent_bridge.desk.parts import DeskParts
from agent_bridge.presence import LEASE, lapsed
from ivr.core.queueing.legs import Agent, AgentState
from ivr.core.queueing.standing import talk_of
from ivr.core.queueing.steps import Attempt
from ivr.ports import Contact

log = structlog.get_logger(__name__)


def keep_contacts(parts: DeskParts, now: datetime, *, agent_id: str = "") -> int:
    """Opens contacts for those who talk, and follows the open ones; of one agent or of all. How many changed."""
    people = [parts.agents.get(agent_id)] if agent_id else parts.agents.all()
    known = {agent.id: agent for agent in people if agent is not None}
    open_ones = parts.contacts.open_ones(agent=agent_id)
    changed = sum(_begin(parts, agent, open_ones, now) for agent in known.values())
    return changed + sum(_follow(parts, one, known.get(one.agent), now) for one in open_ones)


def pause_vanished(parts: DeskParts, now: datetime) -> int:
    """Agents whose desk has given no sign of life get no calls. How many were paused."""
    paused = 0
    for agent_id in parts.presence.vanished(now - LEASE):
        if parts.agents.set_state(agent_id, lambda agent: lapsed(agent, now)) is not None:
            log.warning("desk vanished, agent paused", agent=agent_id)
            paused += 1
    return paused


def _begin(parts: DeskParts, agent: Agent, open_ones: list[Contact], now: datetime) -> bool:
    if agent.state is not AgentState.ON_CALL or not agent.callback_id:
        return False
    callback = parts.callbacks.get(agent.callback_id)
    if callback is None:
        return False
    wanted = (agent.id, callback.id, callback.attempt)
    if any((one.agent, one.callback_id, one.attempt) == wanted for one in open_ones):
        return False
    new = work.began(agent, callback, parts.new_id(), now)
    return new is not None and parts.contacts.open(new).id == new.id


def _follow(parts: DeskParts, contact: Contact, agent: Agent | None, now: datetime) -> bool:
    if work.followed(contact, agent, now, did_talk=False) is None:
        return False
    did_talk = _did_talk(parts, contact)
    return parts.contacts.change(contact.id, lambda one: work.followed(one, agent, now, did_talk=did_talk)) is not None


def _did_talk(parts: DeskParts, contact: Contact) -> bool:
    callback = parts.callbacks.get(contact.callback_id)
    if callback is None:
        return False
    legs = tuple(leg for leg in parts.callbacks.legs(contact.callback_id) if leg.attempt == contact.attempt)
    return talk_of(Attempt(callback, legs)) is not None
