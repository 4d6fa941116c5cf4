"""When to call back, as English callers say it: the day, the part of the day, the clock times."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

from ivr.understanding.slots import calendar
from ivr.understanding.slots import callback_clock_en as clocks
from ivr.understanding.slots import callback_delay_en as delays
from ivr.understanding.slots import callback_parts_en as parts
from ivr.understanding.slots.callback_window import Clock, Shape, Wish, merged
from ivr.understanding.slots.callback_words_en import without_now
from ivr.understanding.slots.dates_en import located

_NO_MORE = "later|earlier|sooner|good|problem|one|rush|hurry|need|use|preference|mornings|afternoons|evenings"
_CORRECTED = re.compile(
    rf"\b(?:no(?! (?:{_NO_MORE}))|sorry|i mean|i meant|rather|wait|correction|scratch that|make that|make it|actually|"
    r"or better|better)\b"
)
_LONG_NUMBER = re.compile(r"(?:\b\d+ ){2,}\d+\b|\b\d{5,}\b")
_TODAY = re.compile(r"\b(?:today|tonight|this (?:\w+ )?(?:morning|afternoon|evening|night)|tonights|later on today)\b")
_VAGUE_DAYS = re.compile(
    r"\b(?:later |sometime |anytime |some time |during |in )?this week\b(?! (?:on )?(?:mon|tue|wed|thu|fri|sat|sun))"
)
_SAME_TIME = re.compile(r"\b(?:the |this |at this |at the )?same time\b|\bthis time\b")
_DAY_AFTER = re.compile(r"\b(?:the )?day after(?: that)?\b(?! tomorrow)|\bthe (?:next|following) day\b")
_HAS_YEAR = re.compile(r"\b20 ?\d\d\b|\byears?\b")

_OF_THE_CALENDAR = re.compile(
    r"\b(?:january|february|april|june|july|august|september|october|november|december)\b|"
    r"\b(?:march|may) \d{1,2}(?:th|st|nd|rd)?\b|\b(?:3[2-9]|[4-9]\d)th\b"
)
_BARE_HOUR = 0.9
"""How sure the half of the day is when nobody said it."""


def wish(said: str, now: datetime, day_first: bool = False) -> Wish | None:
    """What a `prepared` text says about when; None when it names no time.

    Args:
        said: the text as `callback_repairs_en.prepared` makes it.
        now: the caller's local time, naive.
        day_first: reads 3/5 as the third of May.
    """
    pieces = [piece for piece in _CORRECTED.split(said)[-4:] if piece.strip()]
    found: Wish | None = None
    for piece in pieces:
        one = _one(piece.strip(), now, day_first)
        if one is not None:
            found = merged(found, one)
    return found


def names_unknown_day(said: str, today: date) -> bool:
    """Whether a day of the calendar was named that does not exist ("February 30th") or was not understood."""
    return _OF_THE_CALENDAR.search(_days(said, today, False)[1]) is not None


def _one(said: str, now: datetime, day_first: bool) -> Wish | None:
    said = parts.plain_times(said)
    delay = delays.delay(said)
    if delay is not None:
        return Wish(shape=Shape.DELAY, delay=delay, score=0.9)
    is_today = _TODAY.search(said) is not None
    part, rest = parts.part_of_day(said)
    day, score, rest = _day(rest, now.date(), day_first)
    if day is None and is_today:
        day, score = now.date(), 1.0
    if part is None:
        part, rest = parts.part_of_day(rest)
    wish = Wish(day=day, part=part, score=score)
    return _timed(wish, _LONG_NUMBER.sub(";", rest), is_same_time=_SAME_TIME.search(said) is not None, now=now)


def _timed(wish: Wish, rest: str, *, is_same_time: bool, now: datetime) -> Wish | None:
    """Adds the clock times, or what stands for them."""
    found = clocks.shape(rest)
    if found is not None:
        shape, first, last = found
        score = wish.score if first.is_sure or wish.part else min(wish.score, _BARE_HOUR)
        return replace(wish, shape=shape, first=first, last=last, score=score)
    if is_same_time and wish.day not in (None, now.date()):
        return replace(wish, shape=Shape.AT, first=Clock(now.hour * 60 + now.minute, is_sure=True))
    bound = parts.bounded(wish.part, rest) if wish.part is not None else None
    if bound is not None:
        return replace(wish, shape=bound[0], first=bound[1], part=None)
    return wish if wish.has_time or wish.day is not None else None


def _day(said: str, today: date, day_first: bool) -> tuple[date | None, float, str]:
    """The day, how sure it is, and the text without any days."""
    if _VAGUE_DAYS.search(said):
        is_later = "later this week" in said
        return today + timedelta(days=1 if is_later else 0), 0.5, _VAGUE_DAYS.sub(";", said)
    found, rest = _days(said, today, day_first)
    if found:
        return *_chosen(found), rest
    if _DAY_AFTER.search(rest):
        return today + timedelta(days=1), 0.7, _DAY_AFTER.sub(";", rest)
    return None, 1.0, rest


def _days(said: str, today: date, day_first: bool) -> tuple[list[tuple[date, float, str]], str]:
    """Up to three days with the words that name them, and the text without those."""
    found: list[tuple[date, float, str]] = []
    rest = without_now(said)
    for _ in range(3):
        one = located(rest, today, day_first=day_first)
        if one is None:
            break
        day, score, (start, end) = one
        day = day if _HAS_YEAR.search(rest[start:end]) else calendar.not_far_ahead(day, today)
        found.append((day, score, rest[start:end]))
        rest = f"{rest[:start]};{rest[end:]}"
    return found, rest


def _chosen(found: list[tuple[date, float, str]]) -> tuple[date, float]:
    """The first day; of "Friday the eleventh" the one both agree on."""
    first, score, _ = found[0]
    for day, other, words_of_day in found[1:]:
        if day.weekday() == first.weekday() and re.search(r"\d", words_of_day):
            return day, other
    is_doubled = len({day for day, _, _ in found}) > 1
    return first, min(score, 0.6) if is_doubled else score
