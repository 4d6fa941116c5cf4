"""From what a caller said about a time ("tomorrow", "after three") to an interval of the caller's local clock.

The languages share this part; it knows no words. Clock times are minutes after midnight.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum

_HALF_DAY = 12 * 60
_MIDNIGHT = 24 * 60
OPENS = 8 * 60
"""Where "before three" begins, and the first hour meant by a bare number."""
CLOSES = 20 * 60
"""Where "after three" ends."""
_LATEST = 21 * 60
_POINT = 30
"""A point in time ("at three") is a half-hour."""
_SHORTEST_OPEN = 60


class Shape(Enum):
    """How the clock times bound the interval."""

    ALL = "all"
    """No clock time: the part of the day, or all of it."""
    AT = "at"
    AFTER = "after"
    BEFORE = "before"
    BETWEEN = "between"
    EITHER = "either"
    """One of two points: "three or four"."""
    DELAY = "delay"
    """Counted from now; `Wish.delay` says how far."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as it was said."""

    minute: int
    """Minutes after midnight, 0 to 1440."""
    is_sure: bool = False
    """Whether morning or afternoon was said, or follows from the hour."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Everything that was said about when."""

    day: date | None = None
    shape: Shape = Shape.ALL
    first: Clock | None = None
    """The time, or the first of two."""
    last: Clock | None = None
    part: tuple[int, int] | None = None
    """The part of the day ("in the morning")."""
    delay: tuple[int, int | None] | None = None
    """Minutes from now until the interval begins and ends; an end of None is an open one."""
    score: float = 1.0

    @property
    def has_time(self) -> bool:
        """Whether more than the day was said."""
        return self.shape is not Shape.ALL or self.part is not None


def merged(earlier: Wish | None, later: Wish) -> Wish:
    """What holds after "tomorrow at three, no, at four": the later words, completed by the earlier ones."""
    if earlier is None or later.shape is Shape.DELAY or earlier.shape is Shape.DELAY:
        return later
    timed = later if later.has_time else earlier
    score = min(earlier.score, later.score)
    part = later.part or (earlier.part if later.day is None or timed is earlier else None)
    return Wish(later.day or earlier.day, timed.shape, timed.first, timed.last, part, score=score)


def interval(wish: Wish, now: datetime) -> tuple[datetime, datetime]:
    """The interval meant; may lie in the past when the words name a past day or "this morning".

    Args:
        wish: what was said.
        now: the caller's local time, naive.

    Raises:
        OverflowError: beyond the calendar.
    """
    now = now.replace(second=0, microsecond=0)
    if wish.delay is not None:
        return _delayed(wish.delay, now)
    today = now.date()
    start, end = _span(wish, now if wish.day in (None, today) else None)
    day = wish.day or today
    if wish.day is None and _is_over(wish, start, end, _minutes(now)):
        start, end = _span(wish, None)
        day = today + timedelta(days=1)
    midnight = datetime.combine(day, time.min)
    return midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)


def _minutes(now: datetime) -> int:
    return now.hour * 60 + now.minute


def _is_over(wish: Wish, start: int, end: int, now: int) -> bool:
    return start < now if wish.shape is Shape.AT else end <= now


def _delayed(delay: tuple[int, int | None], now: datetime) -> tuple[datetime, datetime]:
    start = now + timedelta(minutes=delay[0])
    if delay[1] is not None:
        return start, now + timedelta(minutes=delay[1])
    closes = datetime.combine(start.date(), time(CLOSES // 60))
    return start, max(closes, start + timedelta(minutes=_SHORTEST_OPEN))


def _span(wish: Wish, now: datetime | None) -> tuple[int, int]:
    """Start and end in minutes of the day; `now` is given when that day is today."""
    moment = _minutes(now) if now is not None else None
    if wish.first is None:
        return wish.part or _whole(moment)
    match wish.shape:
        case Shape.AFTER:
            return _after(wish.first, wish.part, moment)
        case Shape.BEFORE:
            return _before(wish.first, wish.part, moment)
        case Shape.BETWEEN | Shape.EITHER:
            start, end = _between(wish.first, wish.last or wish.first, wish.part)
            return start, end + (_POINT if wish.shape is Shape.EITHER else 0)
        case _:
            start = _placed(wish.first, wish.part)
            return start, start + _POINT


def _whole(moment: int | None) -> tuple[int, int]:
    return (max(OPENS, moment) if moment is not None and moment < CLOSES else OPENS), CLOSES


def _placed(clock: Clock, part: tuple[int, int] | None) -> int:
    """A bare hour is the one in the part of the day, else the one between 8 and 20."""
    if clock.is_sure:
        return clock.minute
    base = clock.minute % _HALF_DAY
    if part is not None and part[1] <= _HALF_DAY:
        return base or _HALF_DAY
    if part is not None and part[0] >= _HALF_DAY:
        is_midnight = base == 0 and part[0] >= 18 * 60
        return _MIDNIGHT if is_midnight else base + _HALF_DAY
    return base if base >= OPENS else base + _HALF_DAY


def _after(clock: Clock, part: tuple[int, int] | None, moment: int | None) -> tuple[int, int]:
    start = _placed(clock, part)
    is_over = moment is not None and start < moment and not clock.is_sure and part is None
    if is_over and start + _HALF_DAY <= _LATEST:
        start += _HALF_DAY
    if part is not None and start < part[1]:
        return start, part[1]
    return start, max(CLOSES, start + _SHORTEST_OPEN)


def _before(clock: Clock, part: tuple[int, int] | None, moment: int | None) -> tuple[int, int]:
    end = _placed(clock, part)
    if end == OPENS and not clock.is_sure and part is None:
        end = CLOSES
    end = end or _MIDNIGHT
    start = part[0] if part is not None and part[0] < end else OPENS
    if moment is not None and start < moment < end:
        start = moment
    return (start if start < end else max(0, end - _SHORTEST_OPEN)), end


def _between(first: Clock, last: Clock, part: tuple[int, int] | None) -> tuple[int, int]:
    if last.is_sure and not first.is_sure and part is None:
        end = last.minute or _MIDNIGHT
        base = first.minute % _HALF_DAY
        below = [one for one in (base + _HALF_DAY, base) if one < end]
        return (below[0] if below else max(0, end - _SHORTEST_OPEN)), end
    start, end = _placed(first, part), last.minute
    if not last.is_sure:
        end %= _HALF_DAY
        while end <= start:
            end += _HALF_DAY
        return start, end
    if end > start:
        return start, end
    wrapped = end + _MIDNIGHT
    if wrapped - start <= _HALF_DAY:
        return start, wrapped
    return (end, start) if end < start else (start, start + _POINT)
