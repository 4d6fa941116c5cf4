"""Whatever happens in whatever order: nobody is dialled twice, nobody is lost, no agent has two customers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ivr.core.queueing import claims, life
from ivr.core.queueing.leg_events import Word, leg_said
from ivr.core.queueing.legs import AgentState, Role
from ivr.core.queueing.model import Cause
from ivr.core.queueing.orders import Dial
from ivr.core.queueing.policy import place_key
from ivr.core.queueing.rules import Mode, QueueRules
from ivr.core.queueing.steps import Attempt, Step
from tests.unit.core.queueing.world import World

pytestmark = pytest.mark.unit

WORKERS = st.sampled_from(["w1", "w2"])
NUMBERS = st.integers(0, 2)
LUCK = st.sampled_from(["ok", "ok", "ok", "lost", "never", "refused", "refused_for_ever"])
STATUSES = st.sampled_from(["ringing", "in-progress", "in-progress", "completed", "busy", "no-answer", "failed"])
ANY = st.integers(0, 1000)


def _by(world: World) -> dict[str, Any]:
    return {"now": world.now, "by": "somebody"}


def _in(world: World, mins: int) -> datetime:
    return world.now + timedelta(minutes=mins)


INTERVENTIONS: dict[str, Callable[[Attempt, World, int], Step | None]] = {
    "cancel": lambda a, w, n: life.cancel(a, cause=Cause.BY_CALLER, **_by(w)) if n < 3 else None,
    "stop": lambda a, w, n: life.stop(a, **_by(w)) if n < 3 else None,
    "move": lambda a, w, n: life.move(a, _in(w, n), _in(w, n + 30), **_by(w)),
    "asap": lambda a, w, n: life.move(a, w.now, _in(w, n), is_time_chosen=False, **_by(w)),
    "renumber": lambda a, w, n: life.renumber(a, f"+1555011{len(w.history[a.callback.id])}", **_by(w)),
    "same number": lambda a, w, n: life.renumber(a, f"+1555010{n % 3}", **_by(w)),
    "note": lambda a, w, n: life.add_note(a, "please hurry", **_by(w)),
    "rang in": lambda a, w, n: life.rang_in(a, **_by(w)),
    "now": lambda a, w, n: life.call_now(a, **_by(w)),
    "priority": lambda a, w, n: life.change_priority(a, n, w.rules, **_by(w)),
    "owner": lambda a, w, n: life.assign_owner(a, "a1", until=_in(w, 5), **_by(w)),
    "nobody's": lambda a, w, n: life.assign_owner(a, "", **_by(w)),
    "put off": lambda a, w, n: claims.retime(a, _in(w, n), now=w.now, by="worker w1"),
    "given back": lambda a, w, n: claims.release(a, worker="w1", now=w.now),
}


class Queue(RuleBasedStateMachine):
    """Three promises, three agents, two workers."""

    world: World

    @initialize(mode=st.sampled_from(Mode))
    def begin(self, mode: Mode) -> None:
        self.world = World.small(QueueRules("support", mode=mode))

    # -- workers -----------------------------------------------------------------------------------

    @rule(worker=WORKERS)
    def claims_what_is_due(self, worker: str) -> None:
        world = self.world
        before = {key: each.state for key, each in world.callbacks.items()}
        due = sorted((each for each in world.callbacks.values() if _is_due(each, world)), key=place_key)
        world.claim(worker)
        taken = [each.id for each in due if world.callbacks[each.id].state is not before[each.id]]
        assert taken == [each.id for each in due][: len(taken)], "out of order"

    @rule(worker=WORKERS, number=NUMBERS, luck=LUCK)
    def works(self, worker: str, number: int, luck: str) -> None:
        """A healthy turn: claims, advances, does what was ordered."""
        self.world.claim(worker)
        while self.world.turn(worker, f"c{number}"):
            pass
        self.carries_out_everything(worker, luck)

    @rule(worker=WORKERS, number=NUMBERS)
    def works_and_is_slow(self, worker: str, number: int) -> None:
        """Its orders lie around; perhaps for long."""
        self.world.turn(worker, f"c{number}")

    @rule(worker=WORKERS, luck=LUCK)
    def carries_out_everything(self, worker: str, luck: str) -> None:
        orders, self.world.orders[worker] = self.world.orders[worker], []
        for order in orders:
            self.world.carry_out(worker, order, luck=luck)

    @rule(worker=WORKERS, luck=LUCK, which=ANY, end=st.sampled_from(["once", "twice", "killed"]))
    def carries_out_one(self, worker: str, luck: str, which: int, end: str) -> None:
        orders = self.world.orders[worker]
        if orders:
            order = orders.pop(which % len(orders))
            self.world.carry_out(worker, order, luck=luck)
            if end == "twice" and not isinstance(order, Dial):
                self.world.carry_out(worker, order, luck=luck)
            if end == "killed":
                orders.clear()

    @rule(secs=st.sampled_from([1, 1, 3, 10, 20, 40, 100, 400, 3600]))
    def time_passes(self, secs: int) -> None:
        self.world.pass_time(secs)

    # -- the carrier and the people on the legs ----------------------------------------------------

    @precondition(lambda self: self.world.calls)
    @rule(which=ANY)
    def somebody_is_there(self, which: int) -> None:
        """The usual case: picks up, and says yes."""
        world = self.world
        call = world.calls[-1 - which % min(3, len(world.calls))]
        if call.is_open:
            world.becomes(call, "in-progress")
            world.tell(*world.news[-1])
            word = Word.ACCEPTED if call.role is Role.AGENT else Word.PRESENT
            world.step_leg(call.tag, lambda a: leg_said(a, call.tag, word, at=world.now))

    @precondition(lambda self: self.world.calls)
    @rule(which=ANY, status=STATUSES, is_told=st.booleans())
    def call_goes_on(self, which: int, status: str, is_told: bool) -> None:
        world = self.world
        call = world.calls[-1 - which % min(3, len(world.calls))]
        known = len(world.news)
        world.becomes(call, status)
        if is_told and len(world.news) > known:
            world.tell(*world.news[-1])

    @precondition(lambda self: self.world.news)
    @rule(which=ANY)
    def news_come_again_or_late(self, which: int) -> None:
        self.world.tell(*self.world.news[which % len(self.world.news)])

    @precondition(lambda self: self.world.calls)
    @rule(which=ANY, word=st.sampled_from(Word))
    def flow_says(self, which: int, word: Word) -> None:
        call = self.world.calls[-1 - which % min(3, len(self.world.calls))]
        if call.status in ("in-progress", "completed"):
            self.world.step_leg(call.tag, lambda a: leg_said(a, call.tag, word, at=self.world.now))

    # -- callers, supervisors, agents --------------------------------------------------------------

    @rule(number=NUMBERS, what=st.sampled_from(sorted(INTERVENTIONS)), value=st.integers(0, 9))
    def somebody_intervenes(self, number: int, what: str, value: int) -> None:
        world, decide = self.world, INTERVENTIONS[what]
        world.step(f"c{number}", lambda attempt: decide(attempt, world, value))

    @rule(number=NUMBERS, state=st.sampled_from([AgentState.AVAILABLE, AgentState.AVAILABLE, AgentState.OFFLINE]))
    def agent_signs_in_or_out(self, number: int, state: AgentState) -> None:
        one = self.world.agents[f"a{number}"]
        if state is AgentState.OFFLINE or not one.callback_id:
            self.world.agents[one.id] = replace(one, state=state, since=self.world.now)

    # -- what always holds -------------------------------------------------------------------------

    @invariant()
    def laws_hold(self) -> None:
        if hasattr(self, "world"):
            self.world.check()

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.settle_down()
            self.world.check()


def _is_due(callback: Any, world: World) -> bool:
    """Due, and not somebody's own."""
    is_owned = callback.owner and callback.owner_until > world.now
    return callback.state.is_waiting and callback.eligible_at <= world.now and not is_owned


Queue.TestCase.settings = settings(max_examples=60, stateful_step_count=60, deadline=None)
TestQueue = Queue.TestCase
