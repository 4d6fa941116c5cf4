"""One worker of the callback queue: each turn it frees, expires, claims, advances, sends texts. Any number may run.

tick ─▶ in flight: renewed, adopted, advanced ─▶ agents rested ─▶ promises expired ─▶ pairs claimed ─▶ texts sent
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from ivr.core.queueing import claims
from ivr.core.queueing.attempt import advance
from ivr.core.queueing.legs import LegOutcome, LegState
from ivr.core.queueing.model import Callback, CallbackState, Place
from ivr.core.queueing.orders import Advance
from ivr.core.queueing.people import is_free, rested
from ivr.core.queueing.policy import Pair, likely, match, place_key
from ivr.core.queueing.reading import Reading
from ivr.core.queueing.rules import QueueRules
from ivr.core.queueing.steps import Attempt, Step
from ivr.ports import Claim, Decide, StoreFailed
from ivr.runtime.dispatch.hands import Hands
from ivr.runtime.dispatch.leases import FarLeases
from ivr.runtime.dispatch.orders import OrderDesk
from ivr.runtime.dispatch.permission import Answer, Permission, Permits
from ivr.runtime.dispatch.ports import DispatchPorts
from ivr.runtime.dispatch.rows import Rows
from ivr.runtime.dispatch.sending import TextDesk

log = structlog.get_logger(__name__)

TEND_SECS = 1.0
"""Between two looks after a conversation, at least."""
MAX_STEPS = 8
"""Steps of one promise in one turn; a decision that goes on longer waits for the next."""
MAX_READINGS = 3
"""Of one line in one turn: somebody may come to stand in front between reading and claiming."""
LEAST_DEPTH = 8
"""Places read of every group; more when more agents are free, for all of them may be for one group."""


class Dispatcher:
    """`tick` is called about twice a second, by one thread."""

    def __init__(
        self,
        ports: DispatchPorts,
        worker: str,
        clock: Callable[[], datetime],
        *,
        executor: Executor | None = None,
        steady_secs: Callable[[], float] | None = None,
        trusts_intents: bool = True,
    ) -> None:
        """Prepare a worker.

        Args:
            ports: See there.
            worker: Its name; no two alive may have the same.
            clock: The wall clock, for what happens in threads.
            executor: Threads for the carrier; None: everything at once, in `tick`.
            steady_secs: A clock that nobody sets, for what must not be believed too early; None: `clock` will do,
                as it does where time is virtual.
            trusts_intents: False only in the fault bench's control: whoever adopts a promise takes its stored
                intents for calls that were never made, and dials again. It must find people dialled twice.
        """
        self._ports, self._worker, self._clock = ports, worker, clock
        steady = steady_secs if steady_secs is not None else lambda: clock().timestamp()
        self._hands = Hands(executor)
        self._orders = OrderDesk(ports, worker, clock, self._hands, steady)
        self._texts = TextDesk(ports, self._hands)
        self._rows = Rows()
        self._far_leases = FarLeases(steady)
        self._trusts_intents = trusts_intents
        self._withheld: Collection[tuple[str, int]] = ()

    def tick(self, now: datetime) -> None:
        """One turn. What is in flight comes first: its leases must not run out. Raises `StoreFailed`."""
        self._rows.new_turn(now)
        self._go_on(now)
        self._rest(now)
        self._expire(now)
        self._claim(now)
        self._texts.send_due(now)
        self._hands.forget_before(now - timedelta(minutes=30))

    def let_go(self, now: datetime) -> None:
        """Before stopping: claims for which nobody was dialled go back at once; the rest is adopted when leases end."""
        for callback in self._ports.callbacks.in_flight():
            if callback.lease_owner == self._worker:
                self._step(callback.id, lambda attempt: claims.release(attempt, worker=self._worker, now=now))

    # -- agents, and promises that are too old ---------------------------------------------------

    def _rest(self, now: datetime) -> None:
        for agent in self._ports.agents.all():
            if rested(agent, now) is not None:
                self._rows.tried(f"agent {agent.id}", partial(self._wake, agent.id, now))

    def _wake(self, agent_id: str, now: datetime) -> None:
        self._ports.agents.set_state(agent_id, lambda found: rested(found, now))

    def _expire(self, now: datetime) -> None:
        for callback in self._ports.callbacks.due_to_expire(now):
            self._try_step(callback.id, lambda attempt: claims.expire(attempt, now=now, by=f"worker {self._worker}"))

    # -- claiming --------------------------------------------------------------------------------

    def _claim(self, now: datetime) -> None:
        limits = self._ports.limits()
        if not limits.is_enabled:
            return
        permits = Permits(self._ports.callbacks, self._ports.numbers, limits, now)
        for name, rules in self._ports.rules().items():
            for _ in range(MAX_READINGS):
                if self._claim_in(name, rules, permits, now):
                    break

    def _claim_in(self, name: str, rules: QueueRules, permits: Permits, now: datetime) -> bool:
        """One queue: who is next of those that may be dialled now; those that may not are put off or refused.

        False: somebody came in between, and the line must be read again.
        """
        hours = self._ports.hours(rules.hours) if rules.hours else None
        if hours is not None and not hours.is_open(now):
            return True
        free = [agent for agent in self._ports.agents.all() if is_free(agent, now) and name in agent.queues]
        if not free:
            return True
        answers: dict[str, Permission] = {}

        def is_allowed(callback: Callback) -> bool:
            answers[callback.id] = permits.of(callback, rules, hours)
            return answers[callback.id].answer is Answer.DIAL

        each = max(LEAST_DEPTH, len(free))
        places = self._ports.callbacks.line(name, now, each=each)
        at_once = self._ports.callbacks.several([place.id for place in likely(places, free, now)])
        gone: set[str] = set()

        def load(place: Place) -> Callback | None:
            callback = at_once.get(place.id) or self._ports.callbacks.get(place.id)
            if callback is None or not callback.state.is_waiting or callback.eligible_at > now:
                gone.add(place.id)
            return callback

        pairs = match(places, free, now, load, is_allowed=is_allowed)
        self._put_off(answers, now)
        taken = self._claim_pairs(pairs, Reading(name, now, each, places, frozenset(gone)), now)
        for attempt in taken:
            self._rows.tried(attempt.callback.id, partial(self._advance, attempt.callback, rules, now))
        return len(taken) == len(pairs)

    def _put_off(self, answers: Mapping[str, Permission], now: datetime) -> None:
        for callback_id, permission in answers.items():
            if permission.answer in (Answer.RETIME, Answer.REFUSE):
                self._try_step(callback_id, self._putting_off(permission, now))

    def _putting_off(self, permission: Permission, now: datetime) -> Decide:
        by = f"worker {self._worker}"
        if permission.answer is Answer.RETIME and permission.until is not None:
            until = permission.until
            return lambda attempt: claims.retime(attempt, until, now=now, by=by)
        return lambda attempt: claims.refuse(attempt, now=now, by=by, reason=permission.reason)

    def _claim_pairs(self, pairs: list[Pair], reading: Reading, now: datetime) -> list[Attempt]:
        lease_secs = self._ports.limits().lease_secs

        def take(attempt: Attempt) -> Step | None:
            return claims.claim(attempt, worker=self._worker, lease_secs=lease_secs, now=now)

        return self._ports.callbacks.claim([Claim(pair.callback.id, pair.agent.id, take) for pair in pairs], reading)

    # -- what is in flight -----------------------------------------------------------------------

    def _go_on(self, now: datetime) -> None:
        rules = self._ports.rules()
        found = self._ports.callbacks.in_flight()
        bridges = self._ports.bridges
        self._withheld = bridges.withheld() if bridges is not None else ()
        if bridges is not None:
            self._hands.start(("settle", ""), partial(bridges.settle, now), now=now, every_secs=TEND_SECS)
        for callback in sorted(found, key=lambda one: (one.lease_owner != self._worker, place_key(one))):
            of_queue = rules.get(callback.queue) or QueueRules(callback.queue)
            self._rows.tried(callback.id, partial(self._keep_going, callback, of_queue, now))

    def _keep_going(self, callback: Callback, rules: QueueRules, now: datetime) -> None:
        if not self._is_mine(callback, now):
            return
        is_withheld = (callback.id, callback.attempt) in self._withheld
        if self._ports.bridges is not None and (is_withheld or callback.state is CallbackState.CONNECTED):
            tend = partial(self._ports.bridges.tend, callback, now)
            self._hands.start(("tend", callback.id), tend, now=now, every_secs=TEND_SECS)
        if not is_withheld:
            self._advance(callback, rules, now)

    def _is_mine(self, callback: Callback, now: datetime) -> bool:
        """Renews what this worker holds, takes over what nobody holds any more."""
        lease_secs = self._ports.limits().lease_secs
        until = callback.lease_until
        left_alone = self._far_leases.left_alone(callback, lease_secs, now)
        if callback.lease_owner == self._worker and until is not None and until > now:
            is_beyond = claims.is_beyond(callback, lease_secs=lease_secs, now=now)
            if is_beyond or until - now < timedelta(seconds=lease_secs * 2 / 3):
                self._step(
                    callback.id,
                    lambda attempt: claims.renew(attempt, worker=self._worker, lease_secs=lease_secs, now=now),
                )
            return True
        if until is not None and until > now and left_alone is None:
            return False
        adopted = self._step(callback.id, lambda attempt: self._adopt(attempt, lease_secs, now, left_alone))
        if adopted is not None:
            log.warning("promise adopted", callback_id=callback.id)
        return adopted is not None

    def _adopt(self, attempt: Attempt, lease_secs: float, now: datetime, left_alone: datetime | None) -> Step | None:
        step = claims.adopt(attempt, worker=self._worker, lease_secs=lease_secs, now=now, left_alone=left_alone)
        if step is None or self._trusts_intents:
            return step
        legs = tuple(
            replace(leg, state=LegState.OVER, outcome=LegOutcome.NEVER_PLACED, over_at=now)
            if leg.state in (LegState.INTENDED, LegState.PLACED)
            else leg
            for leg in step.attempt.legs
        )
        return replace(step, attempt=replace(step.attempt, legs=legs))

    def _advance(self, callback: Callback, rules: QueueRules, now: datetime) -> None:
        """Steps until nothing follows; the orders of each are carried out once it is stored."""
        for _ in range(MAX_STEPS):
            turns: list[tuple[Advance, Attempt]] = []
            stored = self._step(callback.id, self._deciding(rules, now, turns))
            if not turns:
                return
            turn, attempt = turns[-1]
            if turn.step is not None and stored is None:
                return
            self._orders.carry_out(turn.orders, attempt, rules, now)
            if turn.step is None:
                return

    def _deciding(self, rules: QueueRules, now: datetime, turns: list[tuple[Advance, Attempt]]) -> Decide:
        settle_secs = self._ports.limits().settle_secs

        def decide(attempt: Attempt) -> Step | None:
            turn = advance(attempt, rules, now, worker=self._worker, settle_secs=settle_secs, new_tag=_new_tag)
            turns.append((turn, turn.step.attempt if turn.step is not None else attempt))
            return turn.step

        return decide

    def _try_step(self, callback_id: str, decide: Decide) -> None:
        self._rows.tried(callback_id, lambda: self._step(callback_id, decide))

    def _step(self, callback_id: str, decide: Decide) -> Attempt | None:
        """One transaction; a number that is being dialled for another promise waits for its turn."""
        try:
            return self._ports.callbacks.step(callback_id, decide)
        except StoreFailed as problem:
            if problem.reason != "in_use":
                raise
            return None


def _new_tag() -> str:
    return secrets.token_hex(16)
