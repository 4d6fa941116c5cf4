"""Who is next: the order of the line, and which free agent takes whom. Pure.

The line is ordered by (`order_at`, id). `order_at` is the arrival moved forward for priority; because waiting counts
for everybody alike, this constant key is ageing: nobody is overtaken for longer than their priorities differ.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from ivr.core.queueing.legs import Agent
from ivr.core.queueing.model import Callback, Place
from ivr.core.queueing.people import can_take, is_free
from ivr.core.queueing.rules import QueueRules

USUAL_PRIORITY = 5
PRIORITIES = range(10)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


Head = TypeVar("Head", Place, Callback)


def itself(head: Callback) -> Callback:
    """Of a head that is a whole promise already."""
    return head


@dataclass(frozen=True, slots=True)
class Pair:
    """One agent is to be reserved for one promise."""

    callback: Callback
    agent: Agent


def order_at(arrived_at: datetime, priority: int, rules: QueueRules) -> datetime:
    """What the line is ordered by: every step of priority is worth `rules.priority_mins` of waiting."""
    return arrived_at - timedelta(minutes=(priority - USUAL_PRIORITY) * rules.priority_mins)


def place_key(callback: Callback | Place) -> tuple[datetime, str]:
    """Smaller is sooner."""
    return callback.order_at, callback.id


def is_due(callback: Callback, now: datetime) -> bool:
    """Waiting, its time has come, and the invitation to call still stands."""
    return (
        callback.state.is_waiting
        and callback.eligible_at <= now
        and (callback.expires_at is None or callback.expires_at > now)
    )


def match(
    heads: Iterable[Head],
    agents: Sequence[Agent],
    now: datetime,
    load: Callable[[Head], Callback | None],
    *,
    is_allowed: Callable[[Callback], bool] = lambda callback: True,
) -> list[Pair]:
    """Pairs to be claimed, in the order of the line; never more than there are free agents.

    Each promise takes, of the agents who can take it, those with the fewest skills it has no use for, so that rare
    skills stay free; of these the one who has been idle longest. `is_allowed` says whether hours, caps and budgets let
    it be dialled now; whoever may not be is passed over. `load` gives the whole promise of a head that somebody can
    take, as it is by now; None: it is gone.
    """
    floor = _Floor(agents, now)
    pairs: list[Pair] = []
    for head in sorted(heads, key=place_key):
        if not floor.free:
            break
        if not floor.fitting(head):
            continue
        callback = load(head)
        if callback is None or not is_due(callback, now):
            continue
        fitting = floor.fitting(callback)
        if not fitting or not is_allowed(callback):
            continue
        chosen = best_of(fitting, callback)
        floor.take(chosen)
        pairs.append(Pair(callback, chosen))
    return pairs


def likely(heads: Iterable[Head], agents: Sequence[Agent], now: datetime) -> list[Head]:
    """The heads that `match` will pair when all of them are still there and may be dialled: worth loading at once."""
    floor, found = _Floor(agents, now), []
    for head in sorted(heads, key=place_key):
        if not floor.free:
            break
        if fitting := floor.fitting(head):
            floor.take(best_of(fitting, head))
            found.append(head)
    return found


class _Floor:
    """Free agents, and who of them can take whom: asked once for all heads with equal needs, for lines are long."""

    def __init__(self, agents: Sequence[Agent], now: datetime) -> None:
        self._now = now
        self.free = [agent for agent in agents if is_free(agent, now)]
        self._takers: dict[object, list[Agent]] = {}

    def fitting(self, head: Place | Callback) -> list[Agent]:
        group = (head.queue, head.language, head.skills, head.owner, head.owner_until, head.kind)
        if group not in self._takers:
            self._takers[group] = [agent for agent in self.free if can_take(agent, head, self._now)]
        return self._takers[group]

    def take(self, agent: Agent) -> None:
        for each in (self.free, *self._takers.values()):
            if agent in each:
                each.remove(agent)


def another(callback: Callback, agents: Sequence[Agent], now: datetime, excluding: Collection[str]) -> Agent | None:
    """Who takes over a customer that has lost the agent on the line; whose promise it is does not matter then."""
    fitting = [agent for agent in agents if is_free(agent, now) and agent.fits(callback) and agent.id not in excluding]
    return best_of(fitting, callback) if fitting else None


def best_of(fitting: Sequence[Agent], callback: Callback | Place) -> Agent:
    """Of agents who can take it; at least one is given."""
    return min(fitting, key=lambda agent: (unneeded_skills(agent, callback), agent.since or _LONG_AGO, agent.id))


def unneeded_skills(agent: Agent, callback: Callback | Place) -> int:
    """Skills of the agent that this promise has no use for."""
    return len(set(agent.skills) - set(callback.skills))
