"""One attempt to keep a promise: what is to be stored and done next, from what is known of its legs. Pure.

    agent first:     claim ─▶ dial agent ─▶ accepted ─▶ dial customer ─▶ present ─▶ CONNECTED ─▶ DONE
    customer first:  claim ─▶ dial customer ─▶ present ─▶ dial agent ─▶ accepted ─▶ CONNECTED ─▶ DONE

A worker that holds the lease calls `advance` in every turn, inside the transaction; it stores the step, and then
carries out the orders. An attempt ends only when all of its legs are over: until then the promise stays in flight, so
that whoever adopts it goes on ending them. The customer is dialled once per attempt at the most. A customer who is
on the line when the agent drops out is given another agent, within the hold budget.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.core.queueing import live, outcome
from ivr.core.queueing.change import by_worker, changed, with_leg
from ivr.core.queueing.claims import add_leg
from ivr.core.queueing.legs import Leg, LegOutcome, LegState, Role
from ivr.core.queueing.model import CallbackState, Cause, Kind
from ivr.core.queueing.orders import Advance, Dial, FindAgent, LookAt, Order
from ivr.core.queueing.people import is_bound
from ivr.core.queueing.rules import Mode, QueueRules
from ivr.core.queueing.standing import Talk, agent_leg, agent_legs, customer_leg, has_open_leg, holds, talk_of
from ivr.core.queueing.steps import Attempt, Step
from ivr.core.queueing.watching import RING_GRACE_SECS, ended, overdue, watched

MAX_AGENTS = 3
"""Who are tried one after another while a customer waits."""
SEARCH_SECS = 3
"""At least so long another agent is looked for after one dropped out."""
NOTHING = Advance()


@dataclass(frozen=True, slots=True)
class Turn:
    """Of whom, and when."""

    rules: QueueRules
    now: datetime
    worker: str
    settle_secs: float
    new_tag: Callable[[], str]


def advance(
    attempt: Attempt, rules: QueueRules, now: datetime, *, worker: str, settle_secs: float, new_tag: Callable[[], str]
) -> Advance:
    """The next turn; empty without a valid lease.

    Args:
        attempt: As the transaction has read it.
        rules: Of its queue; `from_number` empty means the number the caller had dialled.
        now: Aware.
        worker: Must hold the lease.
        settle_secs: See `leg_events.settled`.
        new_tag: Makes the tag of a leg: 32 random lower-case hex characters.
    """
    if not holds(attempt.callback, worker, now):
        return NOTHING
    turn = Turn(rules, now, worker, settle_secs, new_tag)
    late = overdue(attempt, rules, now, settle_secs)
    if late is not None:
        return Advance(Step(with_leg(attempt, late)))
    talk = talk_of(attempt)
    if talk is not None:
        return _talking(attempt, talk, turn)
    if attempt.callback.state is CallbackState.CONNECTED:
        return _not_after_all(attempt, turn)
    cause = hopeless(attempt, rules, now)
    if cause is None:
        return _go_on(attempt, turn)
    if has_open_leg(attempt):
        return _wind_down(attempt, cause, turn)
    return Advance(outcome.in_vain(attempt, cause, rules, now=now, worker=worker))


def hopeless(attempt: Attempt, rules: QueueRules, now: datetime) -> Cause | None:
    """Why this attempt cannot lead to a conversation any more; None: it still can."""
    callback, customer = attempt.callback, customer_leg(attempt)
    if callback.kind is Kind.TRANSFER:
        return live.hopeless(attempt, now)
    if callback.ending is not None:
        return _asked_for(callback.ending, customer)
    if customer is None:
        return _agent_dropped_out(attempt)
    if customer.outcome is not None:
        return outcome.customers_cause(customer, attempt)
    if customer.is_redirected:
        return outcome.want_of_agents(attempt)
    if _agent_dropped_out(attempt) is None:
        return Cause.AGENT_MISSED if _waits_too_long(attempt, customer, rules, now) else None
    if len(agent_legs(attempt)) >= MAX_AGENTS:
        return outcome.want_of_agents(attempt)
    until = search_ends(attempt, rules)
    return outcome.want_of_agents(attempt) if until is not None and now >= until else None


def search_ends(attempt: Attempt, rules: QueueRules) -> datetime | None:
    """How long another agent is looked for; None: the customer has not shown to be there yet, there is time."""
    customer = customer_leg(attempt)
    if attempt.callback.kind is Kind.TRANSFER:
        return attempt.callback.expires_at
    if customer is None or customer.accepted_at is None:
        return None
    budget_ends = customer.accepted_at + timedelta(seconds=rules.hold_budget_secs)
    dropped_out = [leg.over_at + timedelta(seconds=SEARCH_SECS) for leg in agent_legs(attempt) if leg.over_at]
    return max([budget_ends, *dropped_out])


def _asked_for(ending: Cause, customer: Leg | None) -> Cause:
    """Another time is nothing to be dialled at, while we cannot know what became of the last call."""
    is_unknown = customer is not None and customer.outcome is LegOutcome.UNKNOWN
    return Cause.UNKNOWN if ending is Cause.MOVED and is_unknown else ending


def _waits_too_long(attempt: Attempt, customer: Leg, rules: QueueRules, now: datetime) -> bool:
    """The customer is there, and the agent's leg comes to nothing (nor to an end)."""
    leg = agent_leg(attempt)
    if customer.accepted_at is None or (leg is not None and leg.accepted_at is not None):
        return False
    begun_at = max(customer.accepted_at, leg.created_at) if leg is not None else customer.accepted_at
    return now >= begun_at + timedelta(seconds=rules.hold_budget_secs + rules.ring_agent_secs + RING_GRACE_SECS)


def _agent_dropped_out(attempt: Attempt) -> Cause | None:
    """Why the bound agent will not do; None: still may."""
    callback, leg = attempt.callback, agent_leg(attempt)
    if leg is not None and leg.outcome is not None:
        return outcome.agents_cause(leg)
    if not callback.agent or not is_bound(attempt.agent, callback.id):
        return None if leg is not None and customer_leg(attempt) is not None else outcome.want_of_agents(attempt)
    return None


def _talking(attempt: Attempt, talk: Talk, turn: Turn) -> Advance:
    callback = attempt.callback
    if callback.state is not CallbackState.CONNECTED:
        step = changed(
            attempt,
            Cause.CONNECTED,
            now=turn.now,
            by=by_worker(turn.worker),
            values={"agent": talk.agent.agent},
            state=CallbackState.CONNECTED,
            connected_at=callback.connected_at or talk.began_at,
            ending=None,
        )
        # Who was there first may have left meanwhile, unheard: then they do not talk.
        return Advance(step, (LookAt(min((talk.customer, talk.agent), key=_there_since)),))
    if not has_open_leg(attempt):
        return Advance(outcome.talked(attempt, talk, turn.rules, now=turn.now, by=by_worker(turn.worker)))
    if talk.customer.is_over or talk.agent.is_over:
        return ended(attempt, Cause.TALKED, turn.now)
    return Advance(orders=watched(attempt, turn.rules, turn.now))


def _not_after_all(attempt: Attempt, turn: Turn) -> Advance:
    """It is heard late that one of them had left before the other one came: nobody talked."""
    customer = customer_leg(attempt)
    has_left = customer is not None and customer.is_over
    cause = Cause.CUSTOMER_LEFT if has_left else Cause.AGENT_LEFT
    step = changed(
        attempt,
        cause,
        now=turn.now,
        by=by_worker(turn.worker),
        values={"agent": attempt.callback.agent},
        state=CallbackState.DIALLING,
        connected_at=None,
    )
    return Advance(step)


def _there_since(leg: Leg) -> datetime:
    return leg.accepted_at or leg.created_at


def _go_on(attempt: Attempt, turn: Turn) -> Advance:
    customer, agent = customer_leg(attempt), agent_leg(attempt)
    orders = watched(attempt, turn.rules, turn.now)
    if customer is not None and _agent_dropped_out(attempt) is not None:
        return _without_agent(attempt, agent, turn, orders)
    role = _next_role(attempt, customer, agent, turn.rules)
    if role is None:
        return Advance(orders=orders)
    from_number = turn.rules.from_number or attempt.callback.dialled
    tag = turn.new_tag()
    step = add_leg(attempt, role, tag, from_number=from_number, worker=turn.worker, now=turn.now)
    if step is None:
        return Advance(orders=orders)
    return Advance(step, (Dial(step.attempt.legs[-1]), *orders))


def _next_role(attempt: Attempt, customer: Leg | None, agent: Leg | None, rules: QueueRules) -> Role | None:
    """Who is to be dialled now."""
    is_agent_first = rules.mode is Mode.AGENT_FIRST
    if customer is None:
        if agent is None:
            return Role.AGENT if is_agent_first else Role.CUSTOMER
        return Role.CUSTOMER if agent.state is LegState.ACCEPTED else None
    if agent is None and (is_agent_first or customer.state is LegState.ACCEPTED):
        return Role.AGENT
    return None


def _without_agent(attempt: Attempt, leg: Leg | None, turn: Turn, orders: tuple[Order, ...]) -> Advance:
    """The customer is on the line: let go of the agent who will not do, and look for another one."""
    callback, step = attempt.callback, None
    if callback.agent:
        cause = outcome.agents_cause(leg) if leg is not None else Cause.AGENT_LEFT
        step = outcome.let_go(attempt, cause, turn.rules, now=turn.now, worker=turn.worker)
    tried = tuple(each.agent for each in agent_legs(attempt))
    find = FindAgent(callback.id, tried, search_ends(attempt, turn.rules))
    return Advance(step, (find, *orders))


def _wind_down(attempt: Attempt, cause: Cause, turn: Turn) -> Advance:
    """Legs are ended; an agent whose own leg is over does not wait for the customer's."""
    leg = agent_leg(attempt)
    if attempt.callback.kind is Kind.TRANSFER:
        parted = live.withdraw(attempt, cause, now=turn.now, by=by_worker(turn.worker))
        if parted is not None:
            return Advance(parted)
    if attempt.callback.agent and (leg is None or leg.is_over):
        return Advance(outcome.let_go(attempt, cause, turn.rules, now=turn.now, worker=turn.worker))
    return ended(attempt, cause, turn.now)
