"""A line as somebody read it, and who has come to stand in front since. Pure.

Between the reading of a line and the claims made on it time passes; a process may even have been frozen. What was
given back meanwhile may stand in front of what is about to be claimed: the claim's transaction looks once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ivr.core.queueing.legs import Agent
from ivr.core.queueing.model import Callback, Place
from ivr.core.queueing.people import can_take
from ivr.core.queueing.policy import place_key

_Key = tuple[datetime, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """The first `each` of every group of equal needs, as they stood."""

    queue: str
    now: datetime
    """For which it was read."""
    each: int
    places: Sequence[Place]
    gone: frozenset[str] = frozenset()
    """Ids of places that were empty when somebody looked closer: whoever stands there again is a newcomer."""


def newcomers(reading: Reading, places: Iterable[Place]) -> list[Place]:
    """Of the line as it is now, those who were not seen, and would have been had they stood there at the reading.

    Behind the last one read of a full group somebody may have stood all the time; they are no newcomers.
    """
    known = {place for place in reading.places if place.id not in reading.gone}
    depths = _depths(reading)
    return [
        place
        for place in places
        if place not in known and (_group(place) not in depths or place_key(place) < depths[_group(place)])
    ]


def is_overtaken(callback: Callback, agent: Agent, came: Iterable[Place], now: datetime) -> bool:
    """Whether this agent, taking this promise, would pass over one of these places."""
    key = place_key(callback)
    return any(place_key(place) < key and can_take(agent, place, now) for place in came)


def _depths(reading: Reading) -> dict[object, _Key]:
    """Of each full group the last place read."""
    keys: dict[object, list[_Key]] = {}
    for place in reading.places:
        keys.setdefault(_group(place), []).append(place_key(place))
    return {group: max(found) for group, found in keys.items() if len(found) >= reading.each}


def _group(place: Place) -> object:
    return place.language, place.skills, place.owner
