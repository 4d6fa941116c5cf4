"""When to call back, as Japanese callers say it: the day, the part of the day, the clock times."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime

from ivr.understanding.slots import calendar
from ivr.understanding.slots import callback_clock_ja as clocks
from ivr.understanding.slots.callback_window import Clock, Shape, Wish, merged
from ivr.understanding.slots.dates_ja import located

_DECLINED = re.compile(
    r"(?:@-?\d@|(?:来週|今週)の?[月火水木金土日]曜日?|[月火水木金土日]曜日?|来週|今週|週末)"
    rf"(?:(?:は|だと|じゃ|では|も|には|が)?{clocks.NEGATED}|(?:は|も)(?:ちょっと)?$)"
    r"(?:[^@、]{0,12}?(?:ので|から|けど|ですが|くて|、))?"
)
_CORRECTED = re.compile(
    r"い?いえ|いや(?!で)|じゃなくて?|ではなくて?|でなくて|やっぱり?|やはり|間違え(?:ました|た)|まちがえ(?:ました|た)|"
    r"訂正|すみません|すいません|ごめんなさい|もとい"
)
_SAME_TIME = re.compile(r"(?:同じ|おなじ|この|今と同じ)時(?:間|刻)")
_VAGUE_DAYS = re.compile(r"今週(?:中|のうち|いっぱい)?(?!の?[月火水木金土日]曜|の?週末|の?末)")
_HAS_YEAR = re.compile(r"年")
_OF_THE_CALENDAR = re.compile(r"(?<!か)\d{1,2}月(?!末)|(?<!\d)(?:3[2-9]|[4-9]\d)日")
_BARE_HOUR = 0.9
"""How sure the half of the day is when nobody said it."""


def wish(said: str, now: datetime, day_first: bool = False) -> Wish | None:
    """What a `prepared` text says about when; None when it names no time.

    Args:
        said: the text as `callback_repairs_ja.prepared` makes it.
        now: the caller's local time, naive.
        day_first: of no account in Japanese.
    """
    said = _DECLINED.sub("、", said)
    found: Wish | None = None
    for piece in [piece for piece in _CORRECTED.split(said)[-4:] if piece]:
        one = _one(piece, now)
        if one is not None:
            found = merged(found, one)
    return found


def declines_a_day(said: str) -> bool:
    """Whether a day was named only to say that it does not suit."""
    return _DECLINED.search(said) is not None


def names_unknown_day(said: str, today: date) -> bool:
    """Whether a day of the calendar was named that does not exist (「2月30日」)."""
    return _OF_THE_CALENDAR.search(_days(said, today)[1]) is not None


def _one(said: str, now: datetime) -> Wish | None:
    delay = clocks.delay(said)
    if delay is not None:
        return Wish(shape=Shape.DELAY, delay=delay, score=0.9)
    day, score, rest = _day(said, now.date())
    kind, part = clocks.part_of_day(rest) or (Shape.ALL, None)
    found = clocks.shape(rest)
    if found is not None:
        shape, first, last = found
        return Wish(day, shape, first, last, part, score=score if first.is_sure or part else min(score, _BARE_HOUR))
    named = Wish(day=day, part=part, score=score)
    if day not in (None, now.date()) and _SAME_TIME.search(said):
        return replace(named, shape=Shape.AT, first=Clock(now.hour * 60 + now.minute, is_sure=True))
    if part is not None and kind is not Shape.ALL:
        bound = part[0] if kind is Shape.AFTER else part[1]
        return replace(named, shape=kind, first=Clock(bound, is_sure=True), part=None)
    return named if named.has_time or day is not None else None


def _day(said: str, today: date) -> tuple[date | None, float, str]:
    """The day, how sure it is, and the text without any days."""
    if _VAGUE_DAYS.search(said):
        return today, 0.5, _VAGUE_DAYS.sub("、", said)
    found, rest = _days(said, today)
    if not found:
        return None, 1.0, rest
    is_doubled = len({day for day, _ in found}) > 1
    return found[0][0], min(found[0][1], 0.6) if is_doubled else found[0][1], rest


def _days(said: str, today: date) -> tuple[list[tuple[date, float]], str]:
    """Up to three days, and the text without them."""
    found: list[tuple[date, float]] = []
    rest = said
    for _ in range(3):
        one = located(rest, today)
        if one is None:
            break
        day, score, (start, end) = one
        day = day if _HAS_YEAR.search(rest[start:end]) else calendar.not_far_ahead(day, today)
        found.append((day, score))
        rest = f"{rest[:start]}、{rest[end:]}"
    return found, rest
