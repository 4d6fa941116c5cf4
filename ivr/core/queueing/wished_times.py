"""A time that a caller wants, against a queue's opening hours: a slot to promise, or what is wrong. Pure.

Callers speak by the clock of their own zone, queues open by theirs; slots are in UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from ivr.core.hours import Hours, Span
from ivr.core.queueing.calling_hours import CallingHours, next_allowed
from ivr.core.queueing.wall_clock import shown_at

AN_HOUR = timedelta(hours=1)
"""The length of a suggestion, and of a wish that has only a beginning."""
LOOK_AHEAD = timedelta(days=14)
"""How far ahead opening hours are searched."""
SHORTEST = timedelta(minutes=10)
"""Less is no promise that people can keep, unless the caller wanted less."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A time in which somebody can be called back."""

    start: datetime
    """UTC."""
    end: datetime
    """UTC, after the start."""


class WrongTime(Enum):
    """Why nobody can be called back then."""

    PAST = "past"
    CLOSED_DAY = "closed_day"
    """Nobody is there on that day."""
    HOLIDAY = "holiday"
    CLOSED_THEN = "closed_then"
    """People are there on that day, at another time."""
    TOO_FAR = "too_far"
    OUTSIDE_CALLING_HOURS = "outside_calling_hours"
    """People are there, but it is too early or too late where the caller is."""


@dataclass(frozen=True, slots=True)
class TimeProblem:
    """What is wrong with a wish, and what could be had instead."""

    reason: WrongTime
    suggestion: Slot | None
    """Up to an hour, as soon after the wish as possible (before it when that was too far); None: nothing is open."""


def time_problem(
    from_local: datetime, to_local: datetime, now_local: datetime, hours: Hours, zone: str, horizon_days: int
) -> TimeProblem | Slot:
    """The part of a wish in which the queue is open, or what is wrong with it.

    Of several parts it is the first of an hour or more, else the longest. Where clocks are changed, a wall time that
    is skipped moves forward, and one that comes twice covers both.

    Args:
        from_local: The wish, by the caller's clock; naive.
        to_local: Its end; not after the beginning: the wish is an hour long.
        now_local: By the caller's clock; naive (`fold` is heeded), or aware.
        hours: Of the queue.
        zone: The caller's, IANA.
        horizon_days: How far ahead promises are made.
    """
    place = ZoneInfo(zone)
    now = (now_local if now_local.tzinfo else now_local.replace(tzinfo=place)).astimezone(UTC)
    limit = now + timedelta(days=horizon_days)
    wish = _meant(from_local, to_local, place)
    if wish.end <= now:
        return TimeProblem(WrongTime.PAST, _next_hour(hours, now, limit))
    if wish.start >= limit:
        return TimeProblem(WrongTime.TOO_FAR, _last_hour(hours, now, limit))
    shortest = min(SHORTEST, wish.end - wish.start)
    found = _best(openings(hours, max(wish.start, now), min(wish.end, limit)), shortest)
    if found is not None:
        return found
    reason = _reason(wish, now, hours, shortest)
    if reason is WrongTime.TOO_FAR:
        return TimeProblem(reason, _last_hour(hours, now, limit))
    return TimeProblem(reason, _next_hour(hours, max(wish.start, now), limit))


def keep_to_calling_hours(
    slot: Slot, hours: Hours, calling: CallingHours, zone: str, horizon_days: int
) -> TimeProblem | Slot:
    """The part of a slot in which people may be called; for wishes without a time of day ("tomorrow").

    A time that the caller named is stronger than calling hours and does not come here.

    Args:
        slot: What `time_problem` found.
        hours: Of the queue, for a suggestion.
        calling: By the clock of `zone`.
        zone: The caller's, IANA.
        horizon_days: How far after the slot a suggestion is looked for.
    """
    awake = _as_hours(calling, ZoneInfo(zone))
    shortest = min(SHORTEST, slot.end - slot.start)
    found = _best(openings(awake, slot.start, slot.end), shortest)
    if found is not None:
        return found
    later = openings(hours, slot.start, slot.start + timedelta(days=horizon_days))
    both = [part for opening in later for part in openings(awake, opening.start, opening.end)]
    return TimeProblem(WrongTime.OUTSIDE_CALLING_HOURS, _first_hour(both))


def first_meeting(hours: Hours, zones: Sequence[str], calling: CallingHours, start: datetime) -> datetime | None:
    """The first moment from `start` on at which people are there and it is time to call where those zones are.

    None: within `LOOK_AHEAD` it never is.
    """
    found = start
    for opening in openings(hours, start, start + LOOK_AHEAD):
        found = next_allowed(max(found, opening.start), zones, calling)
        if found < opening.end:
            return found
    return None


def openings(hours: Hours, since: datetime, until: datetime) -> list[Slot]:
    """When people are there between two moments, in order; times that touch are one.

    On nights when clocks go back, an edge in the doubled hour is taken so that people are surely there.
    """
    merged: list[Slot] = []
    day, last = since.astimezone(hours.zone).date() - timedelta(days=1), until.astimezone(hours.zone).date()
    while day <= last:
        for span in sorted(hours.spans(day)):
            opens, closes = _bounds(day, span, hours.zone)
            start, end = max(opens, since), min(closes, until)
            if merged and start <= merged[-1].end < end:
                merged[-1] = Slot(merged[-1].start, end)
            elif start < end and not (merged and end <= merged[-1].end):
                merged.append(Slot(start, end))
        day += timedelta(days=1)
    return merged


def _bounds(day: date, span: Span, zone: ZoneInfo) -> tuple[datetime, datetime]:
    start, end = span
    closing_day = day + timedelta(days=1) if end == time() else day
    opens, closes = datetime.combine(day, start), datetime.combine(closing_day, end)
    return shown_at(opens, zone)[1], shown_at(closes, zone)[0]


def _meant(from_local: datetime, to_local: datetime, place: ZoneInfo) -> Slot:
    length = to_local - from_local if to_local > from_local else AN_HOUR
    start, end = shown_at(from_local, place)[0], shown_at(from_local + length, place)[1]
    return Slot(start, end if end > start else start + length)


def _best(found: list[Slot], shortest: timedelta) -> Slot | None:
    fit = [slot for slot in found if slot.end - slot.start >= shortest]
    # max() keeps the first of equals.
    return max(fit, key=lambda slot: min(slot.end - slot.start, AN_HOUR), default=None)


def _reason(wish: Slot, now: datetime, hours: Hours, shortest: timedelta) -> WrongTime:
    if _best(openings(hours, wish.start, wish.end), shortest) is not None:
        return WrongTime.PAST if wish.start < now else WrongTime.TOO_FAR
    # A day of the caller may touch two of the queue: its middle says which one is meant.
    day = (wish.start + (wish.end - wish.start) / 2).astimezone(hours.zone).date()
    if hours.spans(day):
        return WrongTime.CLOSED_THEN
    return WrongTime.HOLIDAY if day in hours.holidays and day not in hours.changes else WrongTime.CLOSED_DAY


def _first_hour(found: list[Slot]) -> Slot | None:
    slot = next((slot for slot in found if slot.end - slot.start >= SHORTEST), None)
    return slot and Slot(slot.start, min(slot.end, slot.start + AN_HOUR))


def _next_hour(hours: Hours, since: datetime, limit: datetime) -> Slot | None:
    return _first_hour(openings(hours, since, limit))


def _last_hour(hours: Hours, now: datetime, limit: datetime) -> Slot | None:
    slot = next((slot for slot in reversed(openings(hours, now, limit)) if slot.end - slot.start >= SHORTEST), None)
    return slot and Slot(max(slot.start, slot.end - AN_HOUR), slot.end)


def _as_hours(calling: CallingHours, zone: ZoneInfo) -> Hours:
    spans: tuple[Span, ...] = ((calling.start, calling.end),)
    return Hours(zone, tuple(spans if day in calling.days else () for day in range(7)))
