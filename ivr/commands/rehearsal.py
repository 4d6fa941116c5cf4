"""A callback queue without wires: the real counter, service and worker over memory, a carrier that only remembers.

It stands behind the stories of text-level call scripts (`ivr.simulator.scripts.queue_world.QueueWorld`).
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ivr.core.queueing.leg_events import LegNews
from ivr.core.queueing.legs import Agent, AgentState, Leg, LegOutcome, LegState, Role
from ivr.core.queueing.model import CallbackState
from ivr.core.queueing.steps import Text, TextState
from ivr.flows.book import FlowBook
from ivr.ports import CallFacts, Connectors, DialOrder, PlacedCall, Search
from ivr.queue_house import QueueStores, open_queue
from ivr.runtime.desk import QueueDoor
from ivr.runtime.dispatch import Dispatcher
from ivr.settings import Dialling
from ivr.simulator.scripts.agent_desk import numbers_of
from ivr.simulator.scripts.later import Answering, GivenAgent
from ivr.simulator.scripts.queue_world import AnsweredLeg, Ring
from ivr.storage.memory import MemoryAgentStore, MemoryCallbackStore, MemoryQueue, MemoryTextStore

CODES = ("4827", "5938", "6049", "7150", "8261", "9372")
"""Of the promises of one story, in their order: scripts can say them."""
OUR_NUMBER = "+15005550006"
_OUTCOMES = {
    Answering.BUSY: LegOutcome.BUSY,
    Answering.NO_ANSWER: LegOutcome.NO_ANSWER,
    Answering.FAILS: LegOutcome.FAILED,
}
_PROMISES = {
    CallbackState.DONE: "called_back",
    CallbackState.CANCELLED: "callback_cancelled",
    CallbackState.FAILED: "callback_failed",
}


class RememberingCarrier:
    """`ivr.ports.Carrier` that rings nobody: it keeps what it was asked."""

    def __init__(self) -> None:
        self.orders: dict[str, DialOrder] = {}
        """Carrier's id -> order."""
        self.texts: list[tuple[str, str]] = []
        """(number, body)"""
        self.callers: set[str] = set()
        """Ids of the legs of callers who rang us."""
        self.ended: list[str] = []
        """Ids of legs that were hung up by order."""
        self.sent_back: list[str] = []
        """Ids of callers who were taken out of a conference."""
        self._ids = (f"CA{number:032x}" for number in itertools.count(1))

    def dial(self, order: DialOrder) -> str:
        """It rings."""
        sid = next(self._ids)
        self.orders[sid] = order
        return sid

    def calls_to(self, to: str, from_number: str, since: datetime) -> list[PlacedCall]:
        """Nothing is ever unclear here."""
        return []

    def call(self, carrier_sid: str) -> PlacedCall | None:
        """Not asked: every end is told."""
        return PlacedCall(carrier_sid, "in-progress") if carrier_sid in self.callers | set(self.orders) else None

    def hang_up(self, carrier_sid: str) -> bool:
        """The leg is over; the world tells the queue."""
        self.ended.append(carrier_sid)
        return True

    def say_and_hang_up(self, carrier_sid: str, text: str, language: str) -> bool:
        """The same, after a sentence."""
        return self.hang_up(carrier_sid)

    def send_back(self, carrier_sid: str, tag: str) -> bool:
        """Kept."""
        self.sent_back.append(carrier_sid)
        return True

    def send_text(self, to: str, from_number: str, body: str, *, tag: str) -> str:
        """Kept."""
        self.texts.append((to, body))
        return f"SM{len(self.texts):032x}"


class Rehearsal:
    """One story's queue."""

    def __init__(self, flows: FlowBook, connectors: Connectors) -> None:
        """`connectors` are asked for everything but `callbacks.*`."""
        self._flows = flows
        self._now = datetime.min.replace(tzinfo=UTC)
        memory = MemoryQueue()
        self.stores = QueueStores(
            MemoryCallbackStore(memory, self._clock), MemoryAgentStore(memory), MemoryTextStore(memory)
        )
        codes = itertools.cycle(CODES)
        self.carrier = RememberingCarrier()
        self._house = open_queue(
            self.stores, Dialling(allow_fictional=True), flows, self._clock, lambda: next(codes), self._sid_of
        )
        self.connectors: Connectors = QueueDoor(self._house.desk, connectors)
        self._worker = Dispatcher(self._house.dispatch_ports(self.carrier), "rehearsal", self._clock)
        self._numbers: dict[str, str] = {}
        self._waking: list[tuple[datetime, str]] = []
        self._calls = itertools.count(1)
        self._told = 0

    def _clock(self) -> datetime:
        return self._now

    def _sid_of(self, call_id: str) -> str:
        sid = f"CB{call_id}"
        self.carrier.callers.add(sid)
        return sid

    # -- people --------------------------------------------------------------------------------

    def begin(self, agents: Sequence[GivenAgent], now: datetime) -> None:
        """Signs everybody in."""
        self._now = now
        self._numbers = numbers_of(agents)
        queues = tuple(self._flows.queues)
        for given in agents:
            self.stores.agents.add(
                Agent(
                    given.id,
                    given.id.title(),
                    self._numbers[given.id],
                    given.queues or queues,
                    given.languages,
                    given.skills,
                )
            )
            free_at = now + timedelta(milliseconds=given.free_after_ms or 0)
            self._set(given.id, AgentState(given.state), free_at if given.state == "on_call" else None)
            if given.state == "on_call" and given.free_after_ms is not None:
                self._waking.append((free_at, given.id))

    def _set(self, agent_id: str, state: AgentState, free_at: datetime | None = None) -> None:
        now = self._now
        self.stores.agents.set_state(agent_id, lambda agent: replace(agent, state=state, since=now, free_at=free_at))

    def number_of(self, agent_id: str) -> str:
        """See `QueueWorld`."""
        return self._numbers[agent_id]

    # -- time ----------------------------------------------------------------------------------

    def set_clock(self, now: datetime) -> None:
        """See `QueueWorld`."""
        self._now = max(self._now, now)

    def work(self, now: datetime) -> None:
        """One turn of the worker; then what the carrier was told to end is over."""
        self.set_clock(now)
        for moment, agent_id in list(self._waking):
            if moment <= now:
                self._waking.remove((moment, agent_id))
                self._set(agent_id, AgentState.AVAILABLE)
        self._worker.tick(self._now)
        for sid in self.carrier.ended[self._told :]:
            self._told += 1
            leg = self.stores.callbacks.leg_by_sid(sid)
            if leg is not None and not leg.is_over:
                self.left(leg.tag, self._now)

    # -- legs ----------------------------------------------------------------------------------

    def ringing(self) -> list[Ring]:
        """See `QueueWorld`."""
        legs = [self.stores.callbacks.leg(order.tag) for order in self.carrier.orders.values()]
        return [
            Ring(leg.tag, leg.number, leg.role is Role.CUSTOMER)
            for leg in legs
            if leg is not None and leg.state in (LegState.PLACED, LegState.RINGING)
        ]

    def not_answered(self, tag: str, how: Answering, now: datetime) -> None:
        """See `QueueWorld`."""
        self._house.service.leg_progressed(tag, LegNews(LegState.OVER, _OUTCOMES[how]), now)

    def answer(self, tag: str, now: datetime) -> AnsweredLeg | None:
        """See `QueueWorld`."""
        self.set_clock(now)
        service = self._house.service
        sid = next(sid for sid, order in self.carrier.orders.items() if order.tag == tag)
        call_id = f"f{next(self._calls):031x}"
        leg = service.leg_answered(tag, sid, call_id, now)
        if leg is None:
            return None
        flow = self._flows.get(service.flow_of(leg), "")
        facts = self._house.desk.facts(call_id, leg.number, leg.from_number, now)
        return AnsweredLeg(flow, call_id, leg.number, leg.from_number, service.language_of(leg), facts.records)

    def left(self, tag: str, now: datetime) -> None:
        """See `QueueWorld`. Who was in the conference takes the other one along (`endConferenceOnExit`)."""
        leg = self.stores.callbacks.leg(tag)
        if leg is None or leg.is_over:
            return
        others = [one for one in self._room(leg) if one.tag != tag and self._is_in_room(one)]
        was_in_room = self._is_in_room(leg)
        self._house.service.leg_progressed(tag, LegNews(LegState.OVER, LegOutcome.COMPLETED), now)
        for other in others if was_in_room else ():
            self._house.service.leg_progressed(other.tag, LegNews(LegState.OVER, LegOutcome.COMPLETED), now)

    def _room(self, leg: Leg) -> list[Leg]:
        return [one for one in self.stores.callbacks.legs(leg.callback_id) if one.attempt == leg.attempt]

    def _is_in_room(self, leg: Leg) -> bool:
        """Who rang us is there once they were sent to the agent."""
        return leg.state is LegState.ACCEPTED and (not leg.is_inbound or leg.answered_at is not None)

    def tag_of(self, call_id: str) -> str | None:
        """See `QueueWorld`."""
        leg = self.stores.callbacks.leg_by_call(call_id)
        return leg.tag if leg is not None else None

    def is_accepted(self, tag: str) -> bool:
        """See `QueueWorld`."""
        leg = self.stores.callbacks.leg(tag)
        return leg is not None and leg.state is LegState.ACCEPTED

    def is_up(self, tag: str) -> bool:
        """See `QueueWorld`."""
        leg = self.stores.callbacks.leg(tag)
        return leg is not None and not leg.is_over

    def together(self, tags: Sequence[str]) -> bool:
        """See `QueueWorld`."""
        legs = [self.stores.callbacks.leg(tag) for tag in tags]
        rooms = {self._house.service.room_of(leg) if leg is not None and self._is_in_room(leg) else "" for leg in legs}
        return len(rooms) == 1 and "" not in rooms

    # -- figures and texts ---------------------------------------------------------------------

    def facts(self, call_id: str, caller: str, dialled: str, now: datetime) -> CallFacts:
        """See `QueueWorld`."""
        self.set_clock(now)
        return self._house.desk.facts(call_id, caller, dialled, now)

    def dials(self) -> Mapping[str, int]:
        """See `QueueWorld`."""
        agents = set(self._numbers.values())
        return Counter(order.to for order in self.carrier.orders.values() if order.to not in agents)

    def outcome(self) -> str | None:
        """See `QueueWorld`."""
        found, _ = self.stores.callbacks.search(Search(limit=100), self._now)
        newest = max(found, key=lambda one: (one.arrived_at, one.id), default=None)
        return _PROMISES.get(newest.state, "callback_promised") if newest is not None else None

    def text_in(self, number: str, body: str, now: datetime) -> str:
        """See `QueueWorld`."""
        self.set_clock(now)
        key = f"SM{next(self._calls):032x}"
        return self._house.service.text_came(Text(key, number, OUR_NUMBER, body, now, state=TextState.RECEIVED), now)

    def texts_to(self, number: str) -> list[str]:
        """See `QueueWorld`."""
        return [body for to, body in self.carrier.texts if to == number]
