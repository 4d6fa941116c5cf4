"""How a bridge begins: from a promise, the legs of its attempt, and who the agent is. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from agent_bridge.settling import settled
from ivr.core.bridging.model import Bridge, Party, PartyRole, Stage
from ivr.core.bridging.words import about
from ivr.core.queueing.legs import Agent, Leg, LegState, Role
from ivr.core.queueing.model import Callback
from ivr.core.queueing.standing import met_at


def room_of(callback_id: str, attempt: int) -> str:
    """Name of the conference of an attempt."""
    return f"cb-{callback_id}-{attempt}"


def opened(callback: Callback, legs: Sequence[Leg], agent: Agent | None) -> Bridge | None:
    """The bridge of customer and agent who have both said yes and are not gone; None: they have not."""
    there = [leg for leg in legs if leg.attempt == callback.attempt and leg.state is LegState.ACCEPTED]
    customer = next((leg for leg in there if leg.role is Role.CUSTOMER), None)
    owner = next((leg for leg in reversed(there) if leg.role is Role.AGENT), None)
    if customer is None or owner is None or met_at(callback, customer) is None:
        return None
    language = callback.language
    now = max(customer.answered_at or customer.created_at, owner.accepted_at or owner.created_at)
    parties = (
        Party(customer.tag, PartyRole.CUSTOMER, now, Stage.COMING, name=callback.name,
              number=customer.number or callback.number, language=language, call_sid=customer.carrier_sid, ends=True),
        Party(owner.tag, PartyRole.AGENT, now, Stage.COMING, agent=owner.agent, number=owner.number,
              name=agent.name if agent is not None else "", language=language_of(agent, language),
              call_sid=owner.carrier_sid, ends=True),
    )  # fmt: skip
    bridge = Bridge(
        id=room_of(callback.id, callback.attempt),
        callback_id=callback.id,
        attempt=callback.attempt,
        parties=parties,
        owner=owner.tag,
        opened_at=now,
        changed_at=now,
        queue=callback.queue,
        language=language,
        from_number=owner.from_number,
        about=about(callback),
    )
    return settled(bridge, now)


def language_of(agent: Agent | None, customers: str) -> str:
    """An agent is spoken to in the customer's language where they have it, else in their first."""
    if agent is None or not agent.languages or customers in agent.languages:
        return customers
    return agent.languages[0]
