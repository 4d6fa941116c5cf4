"""A worker of the queue on a clock that tests move, with a carrier that does what they say."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from ivr.core.hours import Hours
from ivr.core.queueing.leg_events import LegNews, Word, leg_progressed, leg_said
from ivr.core.queueing.legs import Agent, AgentState, Leg, LegState, Role
from ivr.core.queueing.limits import DialLimits
from ivr.core.queueing.model import Callback
from ivr.core.queueing.rules import QueueRules
from ivr.ports import NumberCheck
from ivr.runtime.dispatch import Dispatcher, DispatchPorts
from tests.fakes.carrier_port import ScriptedCarrier
from tests.fakes.queue_stores import FaultyQueue, MemoryAgentStore, MemoryCallbackStore, MemoryTextStore

AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""A Monday, ten in New York."""
CUSTOMER, AGENT, OURS = "+12025550123", "+12025550171", "+15551230002"
NEW_YORK = "America/New_York"


class AllowedNumbers:
    """Everything may be dialled but what is in `problems`."""

    def __init__(self) -> None:
        self.problems: dict[str, str] = {}
        self.zones: tuple[str, ...] = (NEW_YORK,)

    def check(self, text: str, *, near: str = "") -> NumberCheck:
        """As written."""
        problem = self.problems.get(text, "")
        return NumberCheck(text, problem, zones=() if problem else self.zones)


@dataclass
class Floor:
    """Everything around workers; `at` is the time."""

    at: datetime = AT
    rules: dict[str, QueueRules] = field(default_factory=lambda: {"general": QueueRules("general")})
    limits: DialLimits = field(default_factory=DialLimits)
    schedules: dict[str, Hours] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rows = FaultyQueue()
        self.callbacks = MemoryCallbackStore(self.rows, lambda: self.at)
        self.agents = MemoryAgentStore(self.rows)
        self.texts = MemoryTextStore(self.rows)
        self.carrier = ScriptedCarrier(lambda: self.at)
        self.numbers = AllowedNumbers()
        self.steady = 0.0
        self._made = 0

    def worker(self, name: str = "w1", *, trusts_intents: bool = True) -> Dispatcher:
        """A worker that does everything within its turn."""
        ports = DispatchPorts(
            self.callbacks,
            self.agents,
            self.texts,
            self.carrier,
            self.numbers,
            lambda: self.rules,
            self.schedules.get,
            lambda: self.limits,
        )
        return Dispatcher(ports, name, lambda: self.at, steady_secs=lambda: self.steady, trusts_intents=trusts_intents)

    def pass_secs(self, secs: float) -> datetime:
        """Both clocks go on; the new time."""
        self.steady += secs
        self.at += timedelta(seconds=secs)
        return self.at

    def work(self, *workers: Dispatcher, secs: float, turn_secs: float = 1.0) -> None:
        """The workers' turns for so long."""
        for _ in range(round(secs / turn_secs)):
            self.pass_secs(turn_secs)
            for worker in workers:
                worker.tick(self.at)

    def set_clock(self, by: timedelta) -> None:
        """The wall clock is set; no time passes."""
        self.at += by

    def agent(self, name: str = "ana", **changes: object) -> Agent:
        """Somebody who is signed in."""
        number = changes.pop("number", AGENT)
        agent = Agent(name, name.title(), str(number), ("general",), state=AgentState.AVAILABLE, since=self.at)
        agent = replace(agent, **changes)  # type: ignore[arg-type]
        self.agents.add(agent)
        self.agents.set_state(name, lambda found: agent)
        return agent

    def promise(self, number: str = CUSTOMER, **changes: object) -> Callback:
        """Somebody who waits."""
        self._made += 1
        usual = Callback(
            id=f"{self._made:032x}",
            queue="general",
            number=number,
            language="en",
            arrived_at=self.at,
            promised_from=self.at,
            promised_to=self.at + timedelta(minutes=20),
            eligible_at=self.at,
            order_at=self.at + timedelta(seconds=self._made),
            state_at=self.at,
            zone=NEW_YORK,
            dialled=OURS,
            expires_at=self.at + timedelta(days=7),
        )
        callback = replace(usual, **changes)  # type: ignore[arg-type]
        return self.callbacks.promise(callback, key=callback.id).callback

    def now_is(self, callback: Callback) -> Callback:
        """The promise as it is stored."""
        found = self.callbacks.get(callback.id)
        assert found is not None
        return found

    def leg(self, callback: Callback, role: Role) -> Leg:
        """Its newest leg of this role."""
        return [leg for leg in self.callbacks.legs(callback.id) if leg.role is role][-1]

    def answers(self, callback: Callback, role: Role, word: Word | None = None) -> Leg:
        """Somebody picks up, and says a word."""
        leg = self.leg(callback, role)
        self.carrier.becomes(leg.carrier_sid, "in-progress")
        self.news(leg, LegNews(LegState.ANSWERED))
        if word is not None:
            self.callbacks.step_leg(leg.tag, lambda attempt: leg_said(attempt, leg.tag, word, at=self.at))
        return self.leg(callback, role)

    def news(self, leg: Leg, news: LegNews) -> None:
        """A webhook of the carrier."""
        self.callbacks.step_leg(leg.tag, lambda attempt: leg_progressed(attempt, leg.tag, news, at=self.at))

    def dialled(self) -> list[str]:
        """Numbers in the order in which the carrier was asked for them."""
        return [order.to for order in self.carrier.orders]
