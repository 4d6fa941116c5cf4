"""The agents' desk over stores in memory, with a clock that stands still: for tests of its views and for pictures."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from agent_bridge.desk.pages import desk_blueprint
from agent_bridge.desk.parts import DeskParts, Suggestion
from ivr.core.queueing.legs import Agent, AgentState, Leg, LegState, Role
from ivr.core.queueing.model import Callback, CallbackState
from ivr.core.queueing.rules import QueueRules
from ivr.core.queueing.steps import Attempt, Step
from ivr.ports import CallRecord, Done, TurnRecord
from ivr.storage.memory import (
    MemoryAgentStore,
    MemoryCallbackStore,
    MemoryContactStore,
    MemoryDeskPresence,
    MemoryQueue,
)
from tests.fakes.bridge import FakeBridge, FakeFollowUps
from tests.fakes.stores import MemoryCallStore, MemoryWebhookLedger

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WEB = Path(__file__).resolve().parents[2] / "ivr" / "web"
PROMISE, CALL, TAG = "c" * 32, "d" * 32, "b" * 32


@dataclass
class HandClock:
    """`ivr.ports.Clock`, moved by hand or, with `is_real`, the real one."""

    at: datetime = NOON
    is_real: bool = False

    def now(self) -> datetime:
        return datetime.now(UTC) if self.is_real else self.at

    def monotonic_ms(self) -> int:
        return int(self.at.timestamp() * 1000)

    def pass_secs(self, secs: float) -> None:
        self.at += timedelta(seconds=secs)


class MemoryPulse:
    """A word of everything there is: enough for one agent."""

    def __init__(self, house: DeskHouse) -> None:
        self._house = house

    def versions(self, agents: Collection[str]) -> Mapping[str, str]:
        house, found = self._house, {}
        for name in agents:
            agent = house.agents.get(name)
            if agent is not None:
                callback = house.callbacks.get(agent.callback_id)
                legs = house.callbacks.legs(agent.callback_id)
                seen = (agent, callback, legs, house.contacts.open_ones(agent=name), house.calls.turns(CALL))
                seen = (*seen, house.bridge.bridges.get(name), house.follow_ups.rows)
                found[name] = hashlib.sha256(repr(seen).encode()).hexdigest()[:16]
        return found


@dataclass
class DeskHouse:
    """One agent's desk. `person` is who is signed in."""

    person: str | None = "ana"
    clock: HandClock = field(default_factory=HandClock)
    zone: str = "UTC"

    def __post_init__(self) -> None:
        rows = MemoryQueue()
        self.agents = MemoryAgentStore(rows)
        self.callbacks = MemoryCallbackStore(rows, self.clock.now)
        self.calls = MemoryCallStore()
        self.contacts = MemoryContactStore()
        self.presence = MemoryDeskPresence()
        self.ledger = MemoryWebhookLedger()
        self.bridge = FakeBridge()
        self.follow_ups = FakeFollowUps()
        self.promised: list[tuple[str, str, datetime]] = []
        self.suggestions: tuple[Suggestion, ...] = ()
        ids = itertools.count(1)
        self.parts = DeskParts(
            agents=self.agents,
            callbacks=self.callbacks,
            calls=self.calls,
            contacts=self.contacts,
            presence=self.presence,
            pulse=MemoryPulse(self),
            ledger=self.ledger,
            clock=self.clock,
            bridge=self.bridge,
            rules=lambda: {"general": QueueRules("general", {"en": "our support team"})},
            zones=lambda: {"general": self.zone},
            follow_ups=self.follow_ups,
            promise_again=self._promise_again,
            suggestions=lambda callback, said: self.suggestions,
            new_id=lambda: f"{next(ids):032x}",
        )
        self.agents.add(Agent("ana", "Ana Ruiz", "+12025550111", ("general",), ("en", "ja"), since=self.clock.now()))
        self.agents.add(Agent("ken", "Ken Sato", "+12025550112", ("general",), ("en", "ja"), since=self.clock.now()))

    def app(self, *, checks_csrf: bool = False) -> Flask:
        """The desk alone, in the frame of all pages."""
        app = Flask("desk", static_folder=str(WEB / "static"), template_folder=str(WEB / "templates"))
        app.secret_key = "a key for tests"
        app.config["WTF_CSRF_ENABLED"] = checks_csrf
        CSRFProtect(app)
        app.add_url_rule("/callbacks", "callbacks.listing", lambda: "")
        app.add_url_rule("/account", "account.mine", lambda: "")
        app.add_url_rule("/sign-out", "pages.sign_out", lambda: "", methods=["POST"])
        app.register_blueprint(desk_blueprint(self.parts, lambda: self.person))
        return app

    def become(self, state: AgentState, **fields: object) -> Agent:
        """The agent, put into a state."""
        wanted = {"state": state, "since": self.clock.now(), **fields}
        found = self.agents.set_state("ana", lambda agent: replace(agent, **wanted))  # type: ignore[arg-type]
        known = found or self.agents.get("ana")
        assert known is not None
        return known

    def promise(self, **fields: object) -> Callback:
        """Somebody waits for a call."""
        now = self.clock.now()
        made = Callback(
            id=PROMISE,
            queue="general",
            number="+12025550123",
            language="en",
            arrived_at=now - timedelta(minutes=6),
            promised_from=now - timedelta(minutes=1),
            promised_to=now + timedelta(minutes=9),
            eligible_at=now - timedelta(minutes=6),
            order_at=now - timedelta(minutes=6),
            name="Jo Ortiz",
            reason="Order status – could not be answered",
            brief={"order_number": "42719", "look_up": "shipped 25 Nov", "asked": "twice"},
            call_id=CALL,
            flow="support",
            dialled="+15005550006",
            caller="+12025550123",
        )
        made = replace(made, **fields)  # type: ignore[arg-type]
        return self.callbacks.promise(made, key=made.id).callback

    def said(self, *lines: tuple[str, str]) -> None:
        """The call in which it was promised."""
        began = self.clock.now() - timedelta(minutes=7)
        self.calls.create(CallRecord(CALL, "CA1", "support", "1", "+12025550123", "+15005550006", created_at=began))
        turns = [TurnRecord(CALL, place + 1, place * 4000, side, text) for place, (side, text) in enumerate(lines)]
        self.calls.add_turns(turns)

    def offer(self, leg_state: LegState = LegState.RINGING, state: AgentState = AgentState.RINGING) -> None:
        """The promise is offered to the agent."""
        now = self.clock.now()
        answered = now if leg_state.rank >= LegState.ANSWERED.rank else None
        accepted = now if leg_state is LegState.ACCEPTED else None
        leg = Leg(
            TAG, PROMISE, 1, 1, Role.AGENT, "+12025550111", "+15005550006", now, leg_state, now, "ana",
            answered_at=answered, accepted_at=accepted,
        )  # fmt: skip
        is_talk = state is AgentState.ON_CALL
        customer = Leg(
            "a" * 32, PROMISE, 1, 1, Role.CUSTOMER, "+12025550123", "+15005550006", now, LegState.ACCEPTED, now,
            answered_at=now, accepted_at=now,
        )  # fmt: skip

        def decide(attempt: Attempt) -> Step:
            before, agent = attempt.callback, attempt.agent
            assert agent is not None
            wanted = CallbackState.CONNECTED if is_talk else CallbackState.DIALLING
            callback = replace(
                before,
                **{"state": wanted, "state_at": now, "attempt": 1, "fence": 1, "agent": "ana", "lease_owner": "w"},
                lease_until=now + timedelta(minutes=9),
                connected_at=now if is_talk else None,
            )
            legs = (leg, customer) if is_talk else (leg,)
            return Step(Attempt(callback, legs, replace(agent, state=state, since=now, callback_id=PROMISE)))

        self.callbacks.step(PROMISE, decide, agent_id="ana")

    def _promise_again(self, callback: Callback, agent: str, when: datetime, note: str, now: datetime) -> Done:
        self.promised.append((callback.id, agent, when))
        return Done(replace(callback, id="f" * 32), None, "Promised.")
