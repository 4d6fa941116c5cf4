"""A conversation in memory: Ana and a customer in their conference, a colleague, a worker who looks after it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from agent_bridge.followups import FollowUpParts, StoredFollowUps
from agent_bridge.hands import Hands
from agent_bridge.parts import BridgeParts
from agent_bridge.service import Bridges
from agent_bridge.tending import BridgeTending
from ivr.core.bridging import events as e
from ivr.core.bridging.model import Bridge, Party, PartyOutcome, PartyRole, Stage
from ivr.core.queueing.legs import Agent, AgentState, Leg, LegState, Role
from ivr.core.queueing.model import Callback, CallbackState
from ivr.core.queueing.rules import QueueRules
from ivr.core.queueing.steps import Attempt, Step
from ivr.ports import NumberCheck
from ivr.storage.memory import (
    MemoryAgentStore,
    MemoryBridgeStore,
    MemoryCallbackStore,
    MemoryFollowUpStore,
    MemoryQueue,
    MemoryTextStore,
)
from tests.fakes.conferences import FakeConferences

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
CUSTOMER, ANA, BEN, BOSS, OUTSIDE = (f"+1202555017{number}" for number in range(5))
ID = "1" * 32
CUSTOMER_TAG, ANA_TAG = "c" * 32, "a" * 32


class Numbers:
    """Everything may be dialled but what begins with +1900."""

    def check(self, text: str, *, near: str = "") -> NumberCheck:
        return NumberCheck(text, "premium" if text.startswith("+1900") or not text else "")


def a_leg(tag: str, role: Role, number: str) -> Leg:
    """Accepted."""
    leg = Leg(tag, ID, 1, 1, role, number, "+15550001", NOON, LegState.ACCEPTED, accepted_at=NOON)
    return replace(leg, carrier_sid=f"CA-{tag[0]}")


class Talk:
    """Starts with both legs accepted; `begin` brings them in."""

    def __init__(self) -> None:
        self.at = NOON
        self.queue = MemoryQueue()
        self.callbacks, self.agents = MemoryCallbackStore(self.queue, lambda: self.at), MemoryAgentStore(self.queue)
        self.texts, self.bridges = MemoryTextStore(self.queue), MemoryBridgeStore()
        self.follow_up_store, self.carrier = MemoryFollowUpStore(), FakeConferences()
        tags = (f"{number:032x}" for number in count(0xD0))
        self.parts = BridgeParts(
            self.bridges,
            self.follow_up_store,
            self.callbacks,
            self.agents,
            self.carrier,
            Numbers(),
            lambda: {"general": QueueRules("general"), "billing": QueueRules("billing")},
            "https://us",
            lambda: next(tags),
        )
        self.hands = Hands(self.parts)
        self.service = Bridges(self.parts, self.hands)
        self.tending = BridgeTending(self.parts, self.hands, self.carrier.call, lambda: "4711")
        self.follow_ups = StoredFollowUps(
            FollowUpParts(self.follow_up_store, self.callbacks, self.texts, Numbers(), lambda _: "Northwind")
        )
        self._people()
        self._legs()

    def _people(self) -> None:
        for name, number in (("ana", ANA), ("ben", BEN)):
            agent = Agent(name, name.title(), number, ("general", "billing"), state=AgentState.AVAILABLE, since=NOON)
            self.agents.add(agent)
            self.set_agent(name, state=AgentState.AVAILABLE)
        self.set_agent("ana", state=AgentState.ON_CALL, callback_id=ID)

    def _legs(self) -> None:
        callback = Callback(ID, "general", CUSTOMER, "en", NOON, NOON, NOON, NOON, NOON, name="Grace", dialled=OUTSIDE)
        self.callbacks.promise(callback, key=ID)
        customer, ana = a_leg(CUSTOMER_TAG, Role.CUSTOMER, CUSTOMER), a_leg(ANA_TAG, Role.AGENT, ANA)
        legs = (customer, replace(ana, agent="ana"))
        flight = replace(callback, state=CallbackState.CONNECTED, agent="ana", attempt=1, connected_at=NOON)
        self.callbacks.step(ID, lambda attempt: Step(Attempt(flight, legs, None)), agent_id="ana")
        self.carrier.add("CA-c", CUSTOMER_TAG, CUSTOMER)
        self.carrier.add("CA-a", ANA_TAG, ANA)

    def set_agent(self, name: str, **fields: object) -> None:
        self.agents.set_state(name, lambda found: replace(found, **fields))  # type: ignore[arg-type]

    def begin(self) -> Talk:
        """Both are inside, and that was told."""
        assert self.service.bridge_of("ana") is not None
        for tag in (CUSTOMER_TAG, ANA_TAG):
            self.carrier.enters(tag, ends=True)
        self.deliver()
        return self

    # -- what is ---------------------------------------------------------------------------------

    @property
    def bridge(self) -> Bridge:
        found = self.bridges.get(f"cb-{ID}-1")
        assert found is not None
        return found

    @property
    def callback(self) -> Callback:
        found = self.callbacks.get(ID)
        assert found is not None
        return found

    def agent(self, name: str) -> AgentState:
        found = self.agents.get(name)
        assert found is not None
        return found.state

    def third(self) -> Party:
        """Whoever was asked in last."""
        return [party for party in self.bridge.parties if party.role is PartyRole.THIRD][-1]

    # -- what happens ----------------------------------------------------------------------------

    def deliver(self) -> None:
        """All that was told arrives, in order, with what follows from it."""
        while self.carrier.told:
            self.happens(self.carrier.told.pop(0))

    def happens(self, event: e.Event) -> None:
        self.hands.happened(self.bridge.id, event, self.at)
        self.documents()

    def documents(self) -> None:
        """Legs that are with a document of ours get on: as the web process would answer."""
        for call in list(self.carrier.calls.values()):
            party = self.bridge.party(call.tag)
            if call.state != "away" or party is None:
                continue
            if call.urls and call.urls[-1].endswith("/offer"):
                continue
            was_moved_back = bool(call.urls) and "/back" in call.urls.pop()
            is_customer = party.role is PartyRole.CUSTOMER
            if not party.is_gone and (was_moved_back or (is_customer and self.bridge.goes_on)):
                self.hands.happened(self.bridge.id, e.Here(party.tag), self.at)
                self.carrier.enters(party.tag, ends=party.ends)
            elif party.stage is not Stage.COMING or not was_moved_back:
                call.said.append("goodbye")
                self.carrier.hangs_up(call.tag)

    def answers(self, tag: str, key: str = "1") -> None:
        """Whoever was asked in picks up and presses a key."""
        call, party = self.carrier.of(tag), self.bridge.party(tag)
        if call.state != "rings" or party is None:
            return
        call.status, call.state = "in-progress", "away"
        if party.role is PartyRole.SUPERVISOR:
            self.carrier.enters(tag, ends=False, is_muted=True)
            return
        is_wanted = not party.is_gone and not self.bridge.is_over
        if key == "1" and is_wanted:
            after = self.hands.happened(self.bridge.id, e.Took(tag, call.sid), self.at)
            joining = after.party(tag) if after is not None else None
            if joining is not None and not joining.is_gone:
                self.carrier.enters(tag, ends=joining.ends)
            return
        call.said.append("goodbye")
        call.state, call.status = "over", "completed"
        if is_wanted:
            self.hands.happened(self.bridge.id, e.Over(tag, PartyOutcome.DECLINED), self.at)

    def turn(self, secs: float = 1.0) -> None:
        """Time passes, and the worker looks."""
        self.at += timedelta(seconds=secs)
        self.tending.tend(self.callback, self.at)
        self.tending.settle(self.at)
        self.documents()

    def turns(self, secs: int) -> None:
        """So many turns of a second; what is told arrives at once."""
        for _ in range(secs):
            self.deliver()
            self.turn()
        self.deliver()
