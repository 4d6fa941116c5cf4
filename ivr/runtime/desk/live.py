"""Callers on the line who want a person: stored before anybody is rung, asked after, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from ivr.core.queueing import live
from ivr.core.queueing.legs import Leg, LegState
from ivr.core.queueing.model import Callback, Cause, Kind
from ivr.core.queueing.policy import order_at, place_key
from ivr.core.queueing.standing import agent_legs, customer_leg
from ivr.core.queueing.steps import Attempt, Step
from ivr.ports import Decide
from ivr.runtime.desk.booking import REASON_CHARS
from ivr.runtime.desk.offering import skills_of
from ivr.runtime.desk.parts import Arguments, DeskParts, Record, yes

WAITING, RINGING, PICKED_UP, THROUGH, OVER = "waiting", "ringing", "picked_up", "through", "over"
"""How it stands with a caller."""
MAX_WAIT_SECS = 300
BY = "caller"


class Live:
    """Operations `transfer`, `transfer_stands`, `transfer_withdraw`, and `transfer_number`."""

    def __init__(self, parts: DeskParts) -> None:
        self._parts = parts

    def ask(self, given: Arguments, key: str) -> Record:
        """Puts the caller into the line, once per key; `ok` no: nobody can be had in time, and nobody is rung."""
        store, now = self._parts.callbacks, self._parts.now()
        known = store.by_key(key) if key else None
        if known is None:
            sid = self._parts.sid_of(given.needed("call_id", 32))
            callback = self._callback(given, now)
            if not sid or not self._can_be_had(callback, now):
                return _told("no")
            leg = live.callers_leg(callback, self._parts.new_id(), sid, now)
            known = store.promise(callback, key=key or callback.id, legs=(leg,)).callback
        return _told("yes", known.id)

    def stands(self, given: Arguments) -> Record:
        """How it stands by now. Whoever is told `through` is on the way to the agent; `over` is for ever."""
        now, seen = self._parts.now(), list[Attempt]()

        def decide(attempt: Attempt) -> Step | None:
            step = self._next(attempt, now) if self._is_of(attempt, given) else None
            seen[:] = [step.attempt if step is not None else attempt]
            return step

        return self._step(given, decide, seen)

    def withdraw(self, given: Arguments) -> Record:
        """The caller hung up (`left` yes), or wants something else; `through`: an agent has just taken the call."""
        now, seen = self._parts.now(), list[Attempt]()
        cause = Cause.CUSTOMER_LEFT if given.text("left") == "yes" else Cause.BY_CALLER

        def decide(attempt: Attempt) -> Step | None:
            if not self._is_of(attempt, given):
                return None
            step = live.withdraw(attempt, cause, now=now, by=BY, is_here=True) or live.hand_over(attempt, now)
            seen[:] = [step.attempt if step is not None else attempt]
            return step

        return self._step(given, decide, seen)

    def number(self, given: Arguments) -> Record:
        """Whether a number may be dialled for the caller, as one writes it; looked at when it is about to be."""
        checked = self._parts.numbers.check(given.text("to", 60), near=given.text("dialled", 40))
        is_fine = self._parts.limits.may_dial and bool(checked.e164) and not checked.problem
        return {"ok": yes(is_fine), "number": checked.e164 if is_fine else ""}

    def _step(self, given: Arguments, decide: Decide, seen: list[Attempt]) -> Record:
        callback_id = given.needed("id", 32)
        self._parts.callbacks.step(callback_id, decide)
        if not seen or not self._is_of(seen[0], given):
            return _told("no", callback_id, OVER)
        taken = live.taker(seen[0])
        agent = self._parts.agents.get(taken.agent) if taken is not None else None
        return _told("yes", callback_id, stage_of(seen[0]), agent.name if agent is not None else "")

    def _is_of(self, attempt: Attempt, given: Arguments) -> bool:
        callback = attempt.callback
        return callback.kind is Kind.TRANSFER and callback.call_id == given.text("call_id", 32)

    def _next(self, attempt: Attempt, now: datetime) -> Step | None:
        """To the agent who took the call; else no longer than agreed, and not without hope."""
        over = live.hand_over(attempt, now)
        if over is not None or not live.is_on_the_line(attempt):
            return over
        if live.is_over_time(attempt, now):
            return live.withdraw(attempt, Cause.EXPIRED, now=now, by=BY, is_here=True)
        tried = [leg.agent for leg in agent_legs(attempt)]
        if not attempt.callback.agent and not self._can_be_had(attempt.callback, now, tried):
            return live.withdraw(attempt, live.last_cause(attempt), now=now, by=BY, is_here=True)
        return None

    def _can_be_had(self, callback: Callback, now: datetime, tried: Sequence[str] | None = None) -> bool:
        """A new caller comes in where more people can be had than are owed to others; later only to callers before."""
        parts, rules = self._parts, self._parts.queue(callback.queue)
        if not parts.limits.may_dial or not parts.hours(rules).is_open(now):
            return False
        owed = parts.callbacks.line(callback.queue, now)
        if tried is not None:
            owed = [place for place in owed if place_key(place) < place_key(callback)]
        return live.can_be_had(callback, parts.agents.all(), owed, now, tried or ())

    def _callback(self, given: Arguments, now: datetime) -> Callback:
        rules = self._parts.queue(given.needed("queue"))
        arrived, priority = min(given.moment("arrived_at", now), now), given.whole("priority", 5, 0, 9)
        until = now + timedelta(seconds=given.whole("max_wait_secs", 20, 1, MAX_WAIT_SECS))
        words = given.text("words", REASON_CHARS)
        return Callback(
            id=self._parts.new_id(),
            queue=rules.name,
            number=given.text("caller", 40),
            language=given.language(),
            arrived_at=arrived,
            promised_from=now,
            promised_to=until,
            eligible_at=now,
            order_at=order_at(arrived, priority, rules) - live.AHEAD,
            state_at=now,
            cause=Cause.ASKED,
            kind=Kind.TRANSFER,
            name=given.text("name", 80),
            reason=given.text("reason", REASON_CHARS) or given.text("topic", REASON_CHARS),
            brief=given.brief(),
            notes=(words,) if words else (),
            flow=given.text("flow", 64),
            dialled=given.text("dialled", 40),
            call_id=given.text("call_id", 32),
            caller=given.text("caller", 40),
            attested=given.text("attested", 8),
            priority=priority,
            skills=skills_of(given),
            expires_at=until,
            attempt=live.FIRST_ATTEMPT,
        )


def stage_of(attempt: Attempt) -> str:
    """How it stands."""
    caller = customer_leg(attempt)
    if caller is None or not live.is_on_the_line(attempt):
        return OVER
    if live.taker(attempt) is not None:
        return THROUGH
    bound = attempt.callback.agent
    rung = next((leg for leg in agent_legs(attempt) if leg.agent == bound and leg.outcome is None), None)
    return WAITING if rung is None else _stage_of_leg(rung)


def _stage_of_leg(leg: Leg) -> str:
    return PICKED_UP if leg.state is LegState.ANSWERED else RINGING


def _told(ok: str, callback_id: str = "", stands: str = WAITING, agent: str = "") -> Record:
    return {"ok": ok, "id": callback_id, "stands": stands, "agent": agent}
