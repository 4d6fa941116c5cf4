"""A registry with everything around it in memory, and callers that speak by a script."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ivr.core.flow.model import Flow
from ivr.core.meaning import Answer, Decision, IntentGuess, Meaning
from ivr.ports import CallFacts, CallRecord
from ivr.runtime.driver import CallDriver, Equipment, HeardSpeech
from ivr.runtime.registry import Outfit, Registry, StreamEnd
from tests.fakes.connectors import FakeConnectors
from tests.fakes.live_call import ANSWERED_AT, FakeEars, FakeLine, FakeMouth, FakeTape, LoopClock
from tests.fakes.stores import MemoryCallStore, MemoryNodeStore
from tests.fakes.understanding import ScriptedUnderstanding
from tests.fakes.virtual_loop import InlineExecutor
from tests.unit.core.flows import CONSENT, shop_flow

CALL = "c" * 32
MEANINGS = {
    "where is my order": Meaning(Decision.ACCEPT, (IntentGuess("order_status", 0.9),)),
    "when are you open": Meaning(Decision.ACCEPT, (IntentGuess("opening_hours", 0.9),)),
    "how much is shipping": Meaning(answer=Answer("retail/shipping", "Shipping is free.", 0.9)),
    "yes": Meaning(Decision.ACCEPT, yes_no=True),
    "no": Meaning(Decision.ACCEPT, yes_no=False),
    "japanese please": Meaning(command="language", language="ja"),
}
ENDS = {"hung_up": StreamEnd.HUNG_UP, "completed": StreamEnd.COMPLETED, "broken": StreamEnd.BROKEN}


class OneFlow:
    """A flow source with one flow."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def get(self, name: str, version: str) -> Flow:
        return self.flow

    def opening(self, flow: Flow, at: datetime) -> tuple[bool, Mapping[str, str]]:
        return True, {"en": "nine to five"}


@dataclass
class House:
    """One database and any number of registries over it. Make it inside a running loop."""

    flow: Flow = field(default_factory=lambda: shop_flow(consent=CONSENT))
    calls: MemoryCallStore = field(default_factory=MemoryCallStore)
    nodes: MemoryNodeStore = field(default_factory=MemoryNodeStore)
    connectors: Any = field(
        default_factory=lambda: FakeConnectors({"orders.find": [{"number": "42719", "status": "shipped", "total": 80}]})
    )
    understanding: Any = field(default_factory=lambda: ScriptedUnderstanding(MEANINGS))
    mouth: FakeMouth = field(default_factory=FakeMouth)
    tape: FakeTape = field(default_factory=FakeTape)
    seen: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    recorded: list[str] = field(default_factory=list)
    facts: Callable[[CallRecord], CallFacts] = lambda record: CallFacts()
    database: Executor = field(default_factory=InlineExecutor)
    tickets: int = 0

    def registry(self, node_id: str = "n1") -> Registry:
        equipment = Equipment(
            understanding=self.understanding,
            connectors=self.connectors,
            mouth=self.mouth,
            executor=InlineExecutor(),
            observer=lambda kind, values: self.seen.append((kind, dict(values))),
            is_cacheable=lambda text: True,
        )
        registry = Registry(node_id, self.calls, self.nodes, OneFlow(self.flow), LoopClock(), equipment, self.database)
        registry.outfit = Outfit(
            make_ears=lambda driver: FakeEars(),
            make_tape=lambda record: self.tape,
            on_recorded=lambda record, name: self.recorded.append(name),
            facts=self.facts,
        )
        return registry

    def ring(self) -> None:
        """A call arrives."""
        self.calls.create(CallRecord(CALL, "CA1", "test", "1", "+12025550123", "+15005550006"))

    def admit(self, registry: Registry) -> str | None:
        """A stream with a fresh ticket."""
        self.tickets += 1
        token = f"t{self.tickets}"
        expires = ANSWERED_AT + timedelta(days=1)
        self.nodes.issue_ticket(CALL, registry.node_id, token, expires_at=expires)
        return registry.admit(CALL, token)

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.seen]


@dataclass
class Caller:
    """One stream being served."""

    house: House
    registry: Registry
    line: FakeLine
    serving: asyncio.Task[None]

    @classmethod
    async def on(cls, house: House, registry: Registry) -> Caller:
        """Connects a stream; returns once the driver lives."""
        assert house.admit(registry) == "CA1"
        line = FakeLine(CALL)
        caller = cls(house, registry, line, asyncio.ensure_future(registry.serve(line, lambda reason: ENDS[reason])))
        await asyncio.sleep(0.001)
        return caller

    @property
    def driver(self) -> CallDriver:
        return self.registry.live[CALL]

    async def quiet(self, at_most_secs: float = 30.0) -> None:
        """Waits until everything was said and the line listens."""
        for _ in range(int(at_most_secs * 10)):
            await asyncio.sleep(0.1)
            if CALL not in self.registry.live or not self.driver.session.state.playing:
                return
        raise AssertionError("the line speaks on and on")

    async def say(self, text: str) -> None:
        at = self.line.at_ms()
        self.driver.speech_began(at)
        await asyncio.sleep(0.5)
        self.driver.heard(HeardSpeech(text, 0.95, (), at, at + 500))
        await asyncio.sleep(0.01)

    async def press(self, digits: str) -> None:
        for digit in digits:
            self.line.on_digit(self.line.at_ms(), digit)
            await asyncio.sleep(0.1)

    async def over(self) -> None:
        """Waits until the call is served."""
        await asyncio.wait_for(self.serving, 120)
