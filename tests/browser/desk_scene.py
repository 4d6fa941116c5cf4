"""What a desk is to show, put into the database of a site: promises, offers, conversations, as workers leave them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ivr.app import House
from ivr.core.queueing.legs import Agent, AgentState, Leg, LegState, Role
from ivr.core.queueing.model import Callback, CallbackState
from ivr.core.queueing.people import after_talk, freed
from ivr.core.queueing.rules import QueueRules
from ivr.core.queueing.steps import Attempt, Step
from ivr.ports import CallRecord, TurnRecord
from ivr.storage import SqlContactStore

SAID = (
    ("us", "Acme support. How can I help you?"),
    ("caller", "where is my order"),
    ("us", "What is the order number? It has five digits."),
    ("caller", "four two seven one nine"),
    ("us", "I found order 42719, shipped on 25 November. Does that answer it?"),
    ("caller", "no, it should have been here last week, can I talk to somebody"),
)


@dataclass
class DeskScene:
    """One customer and one agent."""

    house: House
    agent: str = "ana"
    promise_id: str = ""
    call_id: str = ""

    @property
    def now(self) -> datetime:
        return self.house.clock.now()

    def become(self, state: AgentState, **fields: object) -> Agent:
        """As if it had happened; nothing binds the agent."""
        wanted = {"state": state, "since": self.now, "callback_id": "", "reason": "", "missed": 0, **fields}
        wanted = {"wish": None, "wish_reason": "", "free_at": None, **wanted}
        self.house.agents.set_state(self.agent, lambda one: replace(one, **wanted))  # type: ignore[arg-type]
        found = self.house.agents.get(self.agent)
        assert found is not None
        return found

    def clear(self) -> None:
        """The end of a test: nothing is left open."""
        if self.promise_id:
            self.called_off()
        for contact in SqlContactStore(self.house.database).open_ones(agent=self.agent):
            done = replace(contact, done_at=self.now, outcome="other")
            SqlContactStore(self.house.database).change(contact.id, lambda _, made=done: made)  # type: ignore[misc]
        self.become(AgentState.OFFLINE)

    def promised(self, **fields: object) -> Callback:
        """Somebody called, and waits for a call."""
        self.promise_id, self.call_id = secrets.token_hex(16), secrets.token_hex(16)
        number = f"+1202555{secrets.randbelow(10_000):04d}"
        began = self.now - timedelta(minutes=7)
        self.house.calls.create(
            CallRecord(self.call_id, f"CA{self.call_id}", "support", "1", number, "+15005550006", created_at=began)
        )
        self.said(*SAID)
        made = Callback(
            id=self.promise_id,
            queue="general",
            number=number,
            language="en",
            arrived_at=self.now - timedelta(minutes=6),
            promised_from=self.now - timedelta(minutes=1),
            promised_to=self.now + timedelta(minutes=9),
            eligible_at=self.now - timedelta(minutes=6),
            order_at=self.now - timedelta(minutes=6),
            name="Jo Ortiz",
            reason="Order status – could not be answered",
            brief={"order_number": "42719", "look_up": "shipped 25 Nov", "asked": "twice"},
            call_id=self.call_id,
            flow="support",
            dialled="+15005550006",
            caller=number,
            code=f"{secrets.randbelow(10_000):04d}",
        )
        made = replace(made, **fields)  # type: ignore[arg-type]
        return self.house.callbacks.promise(made, key=made.id).callback

    def said(self, *lines: tuple[str, str]) -> None:
        """More lines of the call."""
        before = len(self.house.calls.turns(self.call_id))
        turns = [
            TurnRecord(self.call_id, before + place, (before + place) * 4000, side, text)
            for place, (side, text) in enumerate(lines, start=1)
        ]
        self.house.calls.add_turns(turns)

    def offered(self, leg_state: LegState = LegState.RINGING, state: AgentState = AgentState.RINGING) -> None:
        """The telephone rings, or was answered, or both talk."""
        now, is_talk = self.now, state is AgentState.ON_CALL

        def decide(attempt: Attempt) -> Step:
            before, agent = attempt.callback, attempt.agent
            assert agent is not None
            known = {leg.role: leg for leg in attempt.legs}
            own = known.get(Role.AGENT) or self._leg(before, Role.AGENT, agent.number)
            own = replace(own, state=leg_state, changed_at=now, agent=self.agent)
            if leg_state.rank >= LegState.ANSWERED.rank:
                own = replace(own, answered_at=own.answered_at or now)
            if leg_state is LegState.ACCEPTED:
                own = replace(own, accepted_at=own.accepted_at or now)
            customer = self._leg(before, Role.CUSTOMER, before.number)
            customer = replace(customer, state=LegState.ACCEPTED, answered_at=now, accepted_at=now)
            lasting = {"lease_owner": "test", "lease_until": now + timedelta(hours=1)}
            callback = replace(
                before,
                state=CallbackState.CONNECTED if is_talk else CallbackState.DIALLING,
                state_at=now,
                attempt=1,
                fence=1,
                agent=self.agent,
                connected_at=now if is_talk else None,
                **lasting,
            )
            bound = replace(agent, state=state, since=now, callback_id=before.id)
            return Step(Attempt(callback, (own, customer) if is_talk else (own,), bound))

        self.house.callbacks.step(self.promise_id, decide, agent_id=self.agent)

    def talking(self) -> None:
        """Customer and agent talk."""
        self.offered(LegState.ACCEPTED, AgentState.ON_CALL)

    def ended(self, wrap_up_secs: int = 30) -> None:
        """The conversation is over; time for notes."""
        rules = QueueRules("general", wrap_up_secs=wrap_up_secs)
        self._end(lambda agent: after_talk(agent, self.promise_id, rules, self.now))

    def called_off(self) -> None:
        """The offer is over, and the agent is free."""
        self._end(lambda agent: freed(agent, self.promise_id, self.now))

    def _end(self, agent_after: object) -> None:
        assert callable(agent_after)

        def decide(attempt: Attempt) -> Step:
            over = tuple(replace(leg, state=LegState.OVER, over_at=self.now) for leg in attempt.legs)
            callback = replace(attempt.callback, state=CallbackState.DONE, state_at=self.now, lease_owner="", agent="")
            return Step(Attempt(callback, over, agent_after(attempt.agent)))

        self.house.callbacks.step(self.promise_id, decide, agent_id=self.agent)

    def _leg(self, callback: Callback, role: Role, number: str) -> Leg:
        return Leg(secrets.token_hex(16), callback.id, 1, 1, role, number, "+15005550006", self.now)
