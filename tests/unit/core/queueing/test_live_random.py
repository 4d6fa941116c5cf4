"""Callers on the line, agents, workers and a carrier in any order: nobody is forgotten, no agent has two callers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ivr.core.queueing import claims, live
from ivr.core.queueing.leg_events import Word, leg_said
from ivr.core.queueing.legs import Leg, Role
from ivr.core.queueing.model import CallbackState, Cause, Kind
from ivr.core.queueing.orders import Dial, Order, SendBack
from ivr.core.queueing.rules import QueueRules
from ivr.core.queueing.standing import customer_leg, talk_of
from ivr.core.queueing.steps import Attempt, Step
from tests.unit.core.queueing.promises import promise
from tests.unit.core.queueing.world import Call, World

pytestmark = pytest.mark.unit

WORKERS = st.sampled_from(["w1", "w2"])
NUMBERS = st.integers(0, 2)
LUCK = st.sampled_from(["ok", "ok", "ok", "lost", "never", "refused"])
STATUSES = st.sampled_from(["ringing", "in-progress", "in-progress", "completed", "busy", "no-answer", "failed"])
ANY = st.integers(0, 1000)


class Fate(Enum):
    """Where a caller is."""

    IN_THE_FLOW = "in the flow"
    IN_THE_ROOM = "in the room"
    CONNECTED = "connected"
    OTHERWISE = "otherwise"
    LEFT = "left"


@dataclass
class LiveWorld(World):
    """With callers on the line, each in a call of their own."""

    fates: dict[str, Fate] = field(default_factory=dict)

    def rings_in(self, name: str) -> None:
        until = self.now + timedelta(seconds=20)
        row = promise(
            id=name, kind=Kind.TRANSFER, number="", attempt=live.FIRST_ATTEMPT, expires_at=until, eligible_at=self.now,
            order_at=self.now - live.AHEAD, call_id=name, cause=Cause.ASKED,
        )  # fmt: skip
        leg = live.callers_leg(row, f"leg-{name}", f"CA-{name}", self.now)
        self.callbacks[name], self.history[name], self.legs[leg.tag] = row, [], leg
        self.calls.append(Call(leg.carrier_sid, leg.tag, name, Role.CUSTOMER, self.now, "in-progress"))
        self.fates[name] = Fate.IN_THE_FLOW

    def attempt(self, name: str) -> Attempt:
        row = self.callbacks[name]
        return self.attempt_of(row, row.attempt)

    def asks(self, name: str, wish: Cause | None = None) -> None:
        """The flow asks how it stands, or takes the wish back."""
        if self.fates[name] is not Fate.IN_THE_FLOW:
            return

        def decide(attempt: Attempt) -> Step | None:
            if wish is not None:
                return live.withdraw(attempt, wish, now=self.now, by="caller", is_here=True) or live.hand_over(
                    attempt, self.now
                )
            over = live.hand_over(attempt, self.now)
            if over is None and live.is_on_the_line(attempt) and live.is_over_time(attempt, self.now):
                return live.withdraw(attempt, Cause.EXPIRED, now=self.now, by="caller", is_here=True)
            return over

        self.step(name, decide)
        after = self.attempt(name)
        if not live.is_on_the_line(after):
            self.fates[name] = Fate.OTHERWISE
        elif live.taker(after) is not None:
            self.fates[name] = Fate.IN_THE_ROOM

    def hangs_up(self, name: str) -> None:
        if self.fates[name] in (Fate.IN_THE_FLOW, Fate.IN_THE_ROOM):
            self.fates[name] = Fate.LEFT
            self.step(name, lambda attempt: live.left(attempt, now=self.now, by="caller"))

    def comes_out(self, name: str) -> None:
        """The conference is over for a caller who is still on the line."""
        if self.fates[name] is Fate.IN_THE_ROOM:
            self.step(name, lambda attempt: live.came_out(attempt, now=self.now))
            self.fates[name] = Fate.CONNECTED if talk_of(self.attempt(name)) is not None else Fate.OTHERWISE

    def carry_out(self, worker: str, order: Order, *, luck: str = "ok") -> None:
        if isinstance(order, SendBack):
            self.comes_out(self.legs[order.tag].callback_id)
        else:
            super().carry_out(worker, order, luck=luck)

    def end(self, sid: str) -> None:
        """A caller's own line is hung up only when the caller was lost for long."""
        super().end(sid)
        name = sid.removeprefix("CA-")
        if self.fates.get(name) in (Fate.IN_THE_FLOW, Fate.IN_THE_ROOM):
            self.fates[name] = Fate.CONNECTED if talk_of(self.attempt(name)) is not None else Fate.LEFT

    def ends_well(self) -> None:
        """From now on everybody does what they should."""
        for _ in range(60):
            for name in self.fates:
                self.asks(name)
                row = self.callbacks[name]
                agents = [leg for leg in self.legs.values() if leg.callback_id == name and leg.role is Role.AGENT]
                if row.state.is_final or (agents and all(leg.is_over for leg in agents)):
                    self.comes_out(name)
                self.step(name, lambda attempt: claims.expire(attempt, now=self.now, by="worker w1"))
            self.now += timedelta(seconds=1)
        self.settle_down()
        for name in self.fates:
            self.asks(name)
            self.comes_out(name)


class Line(RuleBasedStateMachine):
    """Three callers on the line, two promises, three agents, two workers."""

    world: LiveWorld

    @initialize()
    def begin(self) -> None:
        made = World.small(QueueRules("support"), callbacks=2)
        self.world = LiveWorld(made.rules, made.now, made.callbacks, made.agents, history=made.history)
        for number in range(3):
            self.world.rings_in(f"live{number}")

    @rule(worker=WORKERS, luck=LUCK)
    def works(self, worker: str, luck: str) -> None:
        self.world.claim(worker)
        for name in list(self.world.callbacks):
            while self.world.turn(worker, name):
                pass
        self.carries_out_everything(worker, luck)

    @rule(worker=WORKERS, number=NUMBERS)
    def works_and_is_slow(self, worker: str, number: int) -> None:
        self.world.claim(worker)
        self.world.turn(worker, f"live{number}")

    @rule(worker=WORKERS, luck=LUCK)
    def carries_out_everything(self, worker: str, luck: str) -> None:
        orders, self.world.orders[worker] = self.world.orders[worker], []
        for order in orders:
            self.world.carry_out(worker, order, luck=luck)

    @rule(worker=WORKERS, which=ANY)
    def carries_out_one_twice(self, worker: str, which: int) -> None:
        orders = self.world.orders[worker]
        if orders:
            order = orders.pop(which % len(orders))
            self.world.carry_out(worker, order)
            if not isinstance(order, Dial):
                self.world.carry_out(worker, order)

    @rule(secs=st.sampled_from([0.5, 1, 1, 1, 2, 5, 16, 400]))
    def time_passes(self, secs: float) -> None:
        self.world.pass_time(secs)

    @rule(which=ANY, word=st.sampled_from([Word.ACCEPTED, Word.ACCEPTED, Word.DECLINED, Word.NOT_PRESENT]))
    def an_agent_answers_and_says(self, which: int, word: Word) -> None:
        world, rung = self.world, self._rung()
        if rung:
            call = rung[which % len(rung)]
            world.becomes(call, "in-progress")
            world.tell(*world.news[-1])
            world.step_leg(call.tag, lambda a: leg_said(a, call.tag, word, at=world.now))

    @rule(which=ANY, status=STATUSES, is_told=st.booleans())
    def a_call_of_an_agent_goes_on(self, which: int, status: str, is_told: bool) -> None:
        world, rung = self.world, self._rung()
        if rung:
            known = len(world.news)
            world.becomes(rung[which % len(rung)], status)
            if is_told and len(world.news) > known:
                world.tell(*world.news[-1])

    @precondition(lambda self: self.world.news)
    @rule(which=ANY)
    def news_come_again_or_late(self, which: int) -> None:
        self.world.tell(*self.world.news[which % len(self.world.news)])

    @rule(number=NUMBERS, wish=st.sampled_from([None, None, None, Cause.BY_CALLER]))
    def the_flow_asks(self, number: int, wish: Cause | None) -> None:
        self.world.asks(f"live{number}", wish)

    @rule(luck=LUCK, secs=st.sampled_from([1, 4, 10]), is_polled=st.booleans())
    def somebody_takes_a_call(self, luck: str, secs: int, is_polled: bool) -> None:
        """The usual case: rung, picked up, taken; the flow hears of it, unless its process is away."""
        self.works("w1", luck)
        rung = self._rung()
        if rung:
            self.an_agent_answers_and_says(0, Word.ACCEPTED)
            self.time_passes(1)
        for name in self.world.fates if is_polled else ():
            self.world.asks(name)
        self.time_passes(secs)

    @rule(number=NUMBERS, luck=ANY)
    def a_caller_hangs_up(self, number: int, luck: int) -> None:
        if luck % 4 == 0:
            self.world.hangs_up(f"live{number}")

    @rule(number=NUMBERS)
    def a_conference_is_over(self, number: int) -> None:
        self.world.comes_out(f"live{number}")

    @invariant()
    def laws_hold(self) -> None:
        if hasattr(self, "world"):
            self.world.check()
            for name in self.world.fates:
                self._nobody_is_rung_by_two(name)

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        self.world.ends_well()
        self.world.check()
        for name, fate in self.world.fates.items():
            row = self.world.callbacks[name]
            assert fate in (Fate.CONNECTED, Fate.OTHERWISE, Fate.LEFT), f"forgotten: {fate}"
            assert row.state in (CallbackState.DONE, CallbackState.CANCELLED)
            assert fate is not Fate.CONNECTED or row.state is CallbackState.DONE
            for leg in self._legs(name):
                assert leg.is_over and leg.outcome is not None, "an offer without an ending"

    def _rung(self) -> list[Call]:
        return [call for call in self.world.calls if call.role is Role.AGENT and call.is_open]

    def _legs(self, name: str) -> list[Leg]:
        return [leg for leg in self.world.legs.values() if leg.callback_id == name]

    def _nobody_is_rung_by_two(self, name: str) -> None:
        asked = [leg for leg in self._legs(name) if leg.role is Role.AGENT]
        assert len({leg.agent for leg in asked}) == len(asked), "an agent was asked twice by one caller"
        ringing = [leg for leg in asked if not leg.is_over and leg.outcome is None and not leg.is_redirected]
        assert len(ringing) <= 1, "two agents are rung for one caller"
        customer = customer_leg(self.world.attempt(name))
        assert customer is not None and customer.attempt == live.FIRST_ATTEMPT


Line.TestCase.settings = settings(max_examples=60, stateful_step_count=50, deadline=None)
TestLine = Line.TestCase
