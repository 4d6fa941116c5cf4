"""The queue's counter over stores in memory, on a clock that tests move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from ivr.core.events import LookUpOutcome
from ivr.core.hours import Hours
from ivr.core.queueing import claims
from ivr.core.queueing.leg_events import LegNews, leg_progressed
from ivr.core.queueing.legs import Agent, AgentState, Leg, LegState, Role
from ivr.core.queueing.model import Callback, CallbackState
from ivr.core.queueing.rules import QueueRules
from ivr.core.queueing.steps import Attempt, Step
from ivr.runtime.desk import CallbackDesk, DeskParts
from ivr.runtime.desk.parts import DeskLimits
from ivr.telephony.destinations import DialRules
from ivr.telephony.numbers import DialNumbers
from tests.fakes.queue_stores import FaultyQueue, MemoryAgentStore, MemoryCallbackStore, MemoryTextStore

AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""A Monday, ten in New York."""
CALLER, OTHER, OURS = "+12025550123", "+12135550177", "+15551230002"
NEW_YORK = "America/New_York"
CALL, LATER_CALL = "c" * 32, "d" * 32
_NINE_TO_FIVE = ((time(9), time(17)),)
SUPPORT_DESK = Hours(
    ZoneInfo(NEW_YORK),
    (*[_NINE_TO_FIVE] * 5, (), ()),
    holidays=frozenset({date(2026, 11, 26)}),
    texts={"en": "nine to five"},
)
RULES = QueueRules("general", hours="support_desk")
RULES_OF_DIALLING = DialRules(
    "US", allowed_countries=("US", "JP"), own_numbers=(OURS,), denied_prefixes=("+1646",), allow_fictional=True
)
BOOKING = {
    "queue": "general",
    "caller": CALLER,
    "when": "asap",
    "zone": NEW_YORK,
    "language": "en",
    "call_id": CALL,
    "flow": "support",
    "dialled": OURS,
}


@dataclass
class Counter:
    """`at` is the time; rules may be exchanged."""

    at: datetime = AT
    rules: dict[str, QueueRules] = field(default_factory=lambda: {"general": RULES})
    limits: DeskLimits = field(default_factory=DeskLimits)
    codes: list[str] = field(default_factory=list)
    sids: dict[str, str] = field(default_factory=lambda: {CALL: "CA1", LATER_CALL: "CA2"})
    """Our calls that are live -> the carrier's ids."""
    """Handed out first; then 5101, 5102, …"""

    def __post_init__(self) -> None:
        self.rows = FaultyQueue()
        self.callbacks = MemoryCallbackStore(self.rows, lambda: self.at)
        self.agents = MemoryAgentStore(self.rows)
        self.texts = MemoryTextStore(self.rows)
        self.numbers = DialNumbers(RULES_OF_DIALLING)
        self.schedules = {"support_desk": SUPPORT_DESK}
        more_codes, self._ids = (f"{number:04d}" for number in count(5101)), count(1)
        self.parts = DeskParts(
            callbacks=self.callbacks,
            agents=self.agents,
            texts=self.texts,
            rules=lambda: self.rules,
            hours_by_name=self.schedules.get,
            numbers=self.numbers,
            now=lambda: self.at,
            company=lambda flow: "Harbour Lights",
            limits=self.limits,
            sid_of=lambda call_id: self.sids.get(call_id, ""),
            new_id=lambda: f"{next(self._ids):032x}",
            random_code=lambda: self.codes.pop(0) if self.codes else next(more_codes),
        )
        self.desk = CallbackDesk(self.parts)

    def with_rules(self, **changes: Any) -> None:
        """Other rules for the queue `general`."""
        self.rules["general"] = replace(self.rules["general"], **changes)

    def ask(self, operation: str, given: Mapping[str, str] = {}, key: str = "", /, **more: str) -> dict[str, str]:  # noqa: B006
        """What the operation answers; it must not fail."""
        result = self.desk.call(f"callbacks.{operation}", {**given, **more}, key)
        assert result.outcome is LookUpOutcome.FOUND
        assert all(isinstance(value, str) for value in result.record.values())
        return {name: str(value) for name, value in result.record.items()}

    def book(self, key: str = "", /, **changes: str) -> dict[str, str]:
        """A caller asks to be called back."""
        return self.ask("book", BOOKING, key, **changes)

    def booked(self, key: str = "", /, **changes: str) -> Callback:
        """The promise that was made."""
        told = self.book(key, **changes)
        assert (told["ok"], told["is_new"]) == ("yes", "yes")
        return self.now_is(told["id"])

    def now_is(self, callback_id: str) -> Callback:
        """The promise as it is stored."""
        found = self.callbacks.get(callback_id)
        assert found is not None
        return found

    def changed(self, callback: Callback, **changes: Any) -> Callback:
        """As if something had happened to it."""
        self.callbacks.step(
            callback.id, lambda found: Step(replace(found, callback=replace(found.callback, **changes)))
        )
        return self.now_is(callback.id)

    def failed(self, callback: Callback) -> Callback:
        """All tries were in vain."""
        return self.changed(callback, state=CallbackState.FAILED, state_at=self.at, tries={"busy": 3})

    def agent(self, name: str = "ana", **changes: Any) -> Agent:
        """Somebody who is signed in."""
        usual = Agent(name, name.title(), "+12025550171", ("general",), state=AgentState.AVAILABLE, since=self.at)
        agent = replace(usual, **changes)
        self.agents.add(agent)
        self.agents.set_state(name, lambda found: agent)
        return agent

    def in_flight(self, callback: Callback, role: Role = Role.CUSTOMER, call_id: str = "e" * 32) -> Leg:
        """An agent is reserved, and somebody has answered; the leg."""
        agent = self.agent()

        def begin(found: Attempt) -> Step | None:
            return claims.claim(found, worker="w1", lease_secs=15, now=self.at)

        self.callbacks.step(callback.id, begin, agent_id=agent.id)
        tag = f"{role.value:0<32}"

        def dial(found: Attempt) -> Step | None:
            return claims.add_leg(found, role, tag, from_number=OURS, worker="w1", now=self.at)

        self.callbacks.step(callback.id, dial)
        news = LegNews(LegState.ANSWERED, None, "CA" + "1" * 32, call_id=call_id)
        self.callbacks.step_leg(tag, lambda found: leg_progressed(found, tag, news, at=self.at))
        leg = self.callbacks.leg(tag)
        assert leg is not None and leg.call_id == call_id
        return leg

    def pass_time(self, **span: float) -> None:
        """The clock goes on."""
        self.at += timedelta(**span)
