"""At what time of day people may be called: by the clock of the called place, which may be one of several. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from ivr.core.queueing.wall_clock import change_between, shown_at

EVERY_DAY = frozenset(range(7))
_DAYS_AROUND = range(-2, 3)
"""Clocks of the earth are up to 26 hours apart."""


@dataclass(frozen=True, slots=True)
class CallingHours:
    """The time of day, local at the called place, in which people are called (trust page, C7 and C8).

    Raises:
        ValueError: The day ends before it starts, or there is no day.
    """

    start: time = time(9)
    end: time = time(20)
    """Not included; 00:00 means midnight at the end of the day."""
    days: frozenset[int] = EVERY_DAY
    """Monday is 0."""

    def __post_init__(self) -> None:
        if not self.days or not self.days <= EVERY_DAY or (self.end <= self.start and self.end != time()):
            raise ValueError("calling hours need days from 0 to 6, and an end after their start")

    def include(self, local: datetime) -> bool:
        """Whether clocks that show `local` allow a call."""
        clock = local.time()
        return local.weekday() in self.days and self.start <= clock and (clock < self.end or self.end == time())


def may_call(now: datetime, zones: Sequence[str], quiet: CallingHours, chosen_by_caller: bool) -> bool:
    """Whether somebody may be called now.

    Args:
        now: Aware.
        zones: IANA zones the place may be in; it must be time in all of them. On a day on which it is never time in
            all of them at once, the first decides.
        quiet: The hours outside which it is quiet.
        chosen_by_caller: The person named this time; that is stronger than any hours.
    """
    places = _places(zones)
    if chosen_by_caller or _is_time(now, places, quiet):
        return True
    return _is_time(now, places[:1], quiet) and not _beginnings(_day(now, places), places, quiet)


def next_allowed(now: datetime, zones: Sequence[str], hours: CallingHours) -> datetime:
    """The first moment from `now` on at which `may_call` allows a call; in the zone of `now`."""
    places = _places(zones)
    if may_call(now, zones, hours, chosen_by_caller=False):
        return now
    today = _day(now, places)
    allowed = (
        moment
        for ahead in count()
        for moment in _allowed_from(today + timedelta(days=ahead), places, hours)
        if moment >= now
    )
    return next(allowed).astimezone(now.tzinfo)


def _places(zones: Sequence[str]) -> tuple[ZoneInfo, ...]:
    return tuple(ZoneInfo(zone) for zone in zones or ("UTC",))


def _day(now: datetime, places: tuple[ZoneInfo, ...]) -> date:
    return now.astimezone(places[0]).date()


def _is_time(moment: datetime, places: Sequence[ZoneInfo], hours: CallingHours) -> bool:
    return all(hours.include(moment.astimezone(place)) for place in places)


def _allowed_from(day: date, places: tuple[ZoneInfo, ...], hours: CallingHours) -> list[datetime]:
    """The moments of a day (of the first place) at which calling becomes allowed, in order."""
    return _beginnings(day, places, hours) or _beginnings(day, places[:1], hours)


def _beginnings(day: date, places: tuple[ZoneInfo, ...], hours: CallingHours) -> list[datetime]:
    """The moments of a day (of the first place) at which it begins to be time in all places, in order."""
    moments = {moment for place in places for moment in _edges(day, place, hours)}
    return sorted(moment for moment in moments if _day(moment, places) == day and _is_time(moment, places, hours))


def _edges(day: date, place: ZoneInfo, hours: CallingHours) -> Iterator[datetime]:
    """Moments around a day at which it may begin to be time in a place."""
    for ahead in _DAYS_AROUND:
        for clock in (hours.start, hours.end):
            first, last = shown_at(datetime.combine(day + timedelta(days=ahead), clock), place)
            yield first
            if first != last:
                # Clocks go back over this hour: what had ended begins anew, or what had begun is not yet time again.
                yield change_between(first, last, place)
                yield last
