"""When to call back, as English callers say it: the day, the part of the day, the clock times."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

from ivr.understanding.slots import callback_clock_en as clocks
from ivr.understanding.slots import callback_words_en as words
from ivr.understanding.slots.callback_window import CLOSES, OPENS, Shape, Wish, merged
from ivr.understanding.slots.dates_en import located

_DAY = (
    r"(?:(?:this|next|coming) )?(?:today|tomorrow|tonight|this (?:morning|afternoon|evening)|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?)"
)
_BLOCKED = (
    r"(?:busy|meetings?|at work|working|tied up|not (?:available|free|home|here|there)|unavailable|away|out|cant|cannot|asleep|"
    r"sleeping|driving|class|school|appointment|occupied|lunch|lecture|not be)"
)
_DECLINED = re.compile(
    rf"\b(?:not|but not|except)(?: on| for)? {_DAY}\b(?! (?:before|after|until|till))|"
    rf"\b(?:cant|cannot|can not|wont|dont|do not)(?: (?:do|make|call|ring|phone|take|talk|it|me|calls?|speak|manage|on)){{0,3}} {_DAY}\b|"
    rf"\b{_DAY} (?:is|isnt|doesnt|does not|wont|will not|is not|im|i am|i)(?: (?:really|a|so))?"
    r" (?:no good|work|good|bad|not good|no use|busy|possible|suit|ideal|not possible|out|full|not available|cant|impossible|difficult)\b"
)
_PREPARED: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), spelled)
    for pattern, spelled in (
        (rf"\b({_BLOCKED}\b[a-z ]{{0,30}}) (?:until|till|til|before|up to)\b", r"\1 not until"),
        (
            r"\b(?:dont|do not|never|cant|cannot|no|nothing|wont)(?: (?:please|call|ring|phone|me|back|us|you|talk|speak|calls?|answer|be)){0,4}"
            r" (before|after|until|till)\b",
            r"not \1",
        ),
        (r"\b(?:not|cant|no|never|dont)(?: (?:do|in|call|me|the|any|on|at)){0,3} mornings?\b", "; notmorning ;"),
        (r"\b(?:not|cant|no|never|dont)(?: (?:do|in|call|me|the|any|on|at)){0,3} afternoons?\b", "; notafternoon ;"),
        (r"\b(?:not|cant|no|never|dont)(?: (?:do|in|call|me|the|any|on|at)){0,3} evenings?\b", "; notevening ;"),
        (r"\b(finish|off|home|back|done|out|free again)(?: (?:of )?work(?:ing)?)? (?:at|by|around)\b", r"\1 after"),
        (r"\b(?:12 )?(?:noon|midday)\b", "12 pm"),
        (r"\b(?:12 )?midnight\b", "12 am"),
        (r"\b(?:after|following|past) (?:my |the )?(?:lunch|lunchtime|lunch time|lunch break)\b", "after 1 pm"),
        (r"\bbefore (?:my |the )?(?:lunch|lunchtime|lunch time|lunch break)\b", "before 12 pm"),
        (r"\bafter (?:my |the )?(?:work|office hours|business hours)\b", "after 5 pm"),
        (r"\bafter school\b", "after 3 pm"),
        (r"\bafter (?:my )?(?:dinner|supper|tea)\b", "after 7 pm"),
        (r"\bafter (?:my )?breakfast\b", "after 9 am"),
        (r"\bbefore (?:work|i go to work|i leave for work)\b", "before 9 am"),
        (r"\bbefore (?:dinner|supper|tea)\b", "before 6 pm"),
        (r"\b(?:at|around|about|over|during|in|on)? ?(?:my |the )?(?:lunchtime|lunch time|lunch hour|lunch break|lunch)\b",
         " between 12 pm and 2 pm "),
        (r"\b(?:before|by)(?: the)? (?:end|close) of (?:the )?(?:business|play|working day|business day|work day|day)\b|\bby eod\b", "before 6 pm"),
        (r"\b(?:at |towards )?(?:the )?(?:end|close) of (?:the |my )?(?:business|play|working day|business day|work day|day)\b|\beod\b",
         " between 4 pm and 6 pm "),
    )
)  # fmt: skip
_PARTS: tuple[tuple[re.Pattern[str], tuple[int, int]], ...] = tuple(
    (re.compile(pattern), part)
    for pattern, part in (
        (r"\bfirstthing(?: in)?(?: the)?(?: morning)?\b", (480, 600)),
        (r"\b(?:early|earlier) (?:in )?(?:the )?(?:\w+ )?morning\b|\bmorning early\b|\bbright and early\b", (480, 600)),
        (r"\b(?:late|later) (?:in )?(?:the )?(?:\w+ )?morning\b", (600, 720)),
        (r"\b(?:mid|middle of the) ?(?:\w+ )?morning\b", (540, 660)),
        (r"\b(?:early|earlier) (?:in )?(?:the )?(?:\w+ )?afternoon\b", (720, 840)),
        (r"\b(?:late|later) (?:in )?(?:the |this )?(?:\w+ )?afternoon\b", (960, 1080)),
        (r"\b(?:mid|middle of the) ?(?:\w+ )?afternoon\b", (840, 960)),
        (r"\b(?:early|earlier) (?:in )?(?:the |this )?(?:\w+ )?evening\b", (1080, 1200)),
        (r"\b(?:late|later) (?:in )?(?:the |this )?(?:\w+ )?(?:evening|night)\b", (1200, 1320)),
        (r"\bnotmorning\b", (720, 1200)),
        (r"\bnotafternoon\b", (480, 720)),
        (r"\bnotevening\b", (480, 1080)),
        (r"\bmornings?\b|; (?:in the )?am\b", (480, 720)),
        (r"\bafternoons?\b|; (?:in the )?pm\b", (720, 1080)),
        (r"\b(?:evenings?|tonight|nights?|nighttime)\b", (1080, 1260)),
    )
)
_ADJACENT = re.compile(r"\b(\d{1,2}|oclock|past \d{1,2}) (?:in the|at) (morning|afternoon|evening|night)\b")
_CORRECTED = re.compile(
    r"\b(?:no(?! (?:later|earlier|sooner|good|problem|one|rush|hurry|need|use|preference))|sorry|i mean|i meant|rather|wait|"
    r"correction|scratch that|make that|make it|actually|or better|better)\b"
)
_LONG_NUMBER = re.compile(r"(?:\b\d+ ){2,}\d+\b|\b\d{5,}\b")
_TODAY = re.compile(r"\b(?:today|tonight|this (?:\w+ )?(?:morning|afternoon|evening|night)|tonights|later on today)\b")
_VAGUE_DAYS = re.compile(
    r"\b(?:later |sometime |anytime |some time |during |in )?this week\b(?! (?:on )?(?:mon|tue|wed|thu|fri|sat|sun))"
)
_SAME_TIME = re.compile(r"\b(?:the |this |at this |at the )?same time\b|\bthis time\b")
_DAY_AFTER = re.compile(r"\b(?:the )?day after(?: that)?\b(?! tomorrow)|\bthe (?:next|following) day\b")
_HAS_YEAR = re.compile(r"\b20 ?\d\d\b")
_PAST_DAYS = 300
"""A day of the calendar further ahead than this was meant to be the last one, just over."""


def wish(said: str, now: datetime, *, day_first: bool = False) -> Wish | None:
    """What a `prepared` text says about when; None when it names no time.

    Args:
        said: the text as `callback_words_en.prepared` makes it.
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


def declines_a_day(said: str) -> bool:
    """Whether a day was named only to say that it does not suit."""
    return _DECLINED.search(said) is not None


def _one(said: str, now: datetime, day_first: bool) -> Wish | None:
    said = _DECLINED.sub(" negated ; ", said)
    for pattern, spelled in _PREPARED:
        said = pattern.sub(spelled, said)
    said = re.sub(r" {2,}", " ", said).strip()
    delayed = clocks.delay(said, is_alone=True)
    if delayed is not None:
        return Wish(shape=Shape.DELAY, delay=delayed[0], score=0.9)
    is_today = _TODAY.search(said) is not None
    part, rest = _part(said)
    day, score, rest = _day(rest, now.date(), day_first)
    if day is None and is_today:
        day, score = now.date(), 1.0
    if part is None:
        part, rest = _part(rest)
    return _timed(Wish(day=day, part=part, score=score), _LONG_NUMBER.sub(";", rest), said, now)


def _timed(wish: Wish, rest: str, said: str, now: datetime) -> Wish | None:
    """Adds the clock times, or what stands for them."""
    found = clocks.shape(rest)
    if found is not None:
        shape, first, last = found
        score = wish.score if first.is_sure or wish.part else min(wish.score, 0.9)
        return replace(wish, shape=shape, first=first, last=last, score=score)
    if wish.day is not None and wish.day != now.date() and _SAME_TIME.search(said):
        return replace(wish, shape=Shape.AT, first=clocks.Clock(now.hour * 60 + now.minute, is_sure=True))
    if wish.part is not None and re.search(r"\b(?:after|from|since)(?: the)? ;", rest):
        return replace(wish, part=(wish.part[0], CLOSES) if wish.part[0] < CLOSES else wish.part)
    if wish.part is not None and re.search(r"\b(?:before|until|till|not)(?: the)? ;", rest) and wish.part[0] > OPENS:
        return replace(wish, part=(OPENS, wish.part[0]))
    return wish if wish.has_time or wish.day is not None else None


def _part(said: str) -> tuple[tuple[int, int] | None, str]:
    """The part of the day, and the text without it; "three in the afternoon" becomes "three pm"."""
    said = _ADJACENT.sub(_meridiem, said)
    for pattern, part in _PARTS:
        match = pattern.search(said)
        if match is None:
            continue
        for other, _ in _PARTS:
            said = other.sub(";", said)
        return part, said
    return None, said


def _meridiem(match: re.Match[str]) -> str:
    if match[2] == "morning" and match[1].endswith("12"):
        return f"{match[1]} pm"
    is_midnight = match[2] == "night" and match[1].endswith("12")
    return f"{match[1]} {'am' if match[2] == 'morning' or is_midnight else 'pm'}"


def _day(said: str, today: date, day_first: bool) -> tuple[date | None, float, str]:
    """The day, how sure it is, and the text without any days."""
    if _VAGUE_DAYS.search(said):
        is_later = "later this week" in said
        return today + timedelta(days=1 if is_later else 0), 0.5, _VAGUE_DAYS.sub(";", said)
    found = []
    rest = words.without_now(said)
    for _ in range(3):
        one = located(rest, today, day_first=day_first)
        if one is None:
            break
        day, score, (start, end) = one
        found.append((_near(day, today, rest[start:end]), score, rest[start:end]))
        rest = f"{rest[:start]};{rest[end:]}"
    if found:
        return *_chosen(found), rest
    if _DAY_AFTER.search(rest):
        return today + timedelta(days=1), 0.7, _DAY_AFTER.sub(";", rest)
    return None, 1.0, rest


def _chosen(found: list[tuple[date, float, str]]) -> tuple[date, float]:
    """The first day; of "Friday the eleventh" the one both agree on."""
    first, score, _ = found[0]
    for day, other, words_of_day in found[1:]:
        if day.weekday() == first.weekday() and re.search(r"\d", words_of_day):
            return day, other
    is_doubled = len({day for day, _, _ in found}) > 1
    return first, min(score, 0.6) if is_doubled else score


def _near(day: date, today: date, said: str) -> date:
    if (day - today).days <= _PAST_DAYS or _HAS_YEAR.search(said) or not re.search(r"\d", said) or "year" in said:
        return day
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day
