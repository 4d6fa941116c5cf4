"""Wires the agents' desk: stores and services in; its parts, and what its sockets are told from, out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from agent_bridge.desk.parts import DeskParts, Suggestion
from ivr.app import House
from ivr.core.queueing.model import Callback
from ivr.flows.suggestions import Shelf
from ivr.ports import Accounts, AgentStore, Done
from ivr.ports.bridge import BridgeService, FollowUps
from ivr.storage import SqlContactStore, SqlDeskPresence, SqlDeskPulse
from ivr.web.live import LiveDesks

SOCKET = "/desk/socket"


def open_desk(house: House, bridge: BridgeService, follow_ups: FollowUps | None) -> DeskParts:
    """What pages and workers do with desks."""

    def promise_again(callback: Callback, agent: str, when: datetime, note: str, now: datetime) -> Done:
        return house.queue.again(callback.id, when, note, agent_id=agent, now=now)

    shelf = Shelf(house.settings.flows.dir)

    def suggestions(callback: Callback, said: str) -> list[Suggestion]:
        flow = house.flows.flows.get(callback.flow)
        names = flow.knowledge if flow is not None else ()
        found = shelf.suggested(names, callback.language, f"{callback.reason} {said}")
        return [Suggestion(entry.question, entry.answer) for entry in found]

    return DeskParts(
        agents=house.agents,
        callbacks=house.callbacks,
        calls=house.calls,
        contacts=SqlContactStore(house.database),
        presence=SqlDeskPresence(house.database),
        pulse=SqlDeskPulse(house.database),
        ledger=house.ledger,
        clock=house.clock,
        bridge=bridge,
        rules=house.promises.rules,
        zones=house.queue.queues,
        follow_ups=follow_ups,
        promise_again=promise_again,
        suggestions=suggestions,
    )


def live_desks(house: House, parts: DeskParts, cookie: str) -> LiveDesks:
    """What the sockets of open desks are told from."""

    def seen(agents: Collection[str]) -> None:
        parts.presence.seen(agents, parts.clock.now())

    return LiveDesks(
        path=SOCKET,
        cookie=cookie,
        who=lambda secret: agent_of(house.accounts, house.agents, secret, parts.clock.now()),
        versions=parts.pulse.versions,
        seen=seen,
        public_url=house.settings.public_url,
    )


def agent_of(accounts: Accounts, agents: AgentStore, secret: str, now: datetime) -> str | None:
    """Who has a desk open, by the session's secret. An open desk is no use of it, but a call is.

    So somebody who talks for an hour without touching the page keeps the buttons of the call.
    """
    person = accounts.person(secret, now, is_use=False)
    if person is None or person.must_change_password:
        return None
    agent = agents.get(person.id)
    if agent is not None and agent.callback_id:
        accounts.person(secret, now)
    return person.id
