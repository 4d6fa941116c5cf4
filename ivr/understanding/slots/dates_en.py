"""Dates as English callers say them. Words are turned into figures first; then one rule after another is tried."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from ivr.understanding.slots import calendar
from ivr.understanding.slots.english_numbers import TENS, cardinal
from ivr.understanding.text import fold

_UNIT_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_ORDINALS = {
    **{word: place + 1 for place, word in enumerate(_UNIT_ORDINALS)},
    "tenth": 10, "eleventh": 11, "twelfth": 12, "twelveth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15,
    "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH = "(?P<month>" + "|".join(f"{name}|{name[:3]}" for name in _MONTHS) + "|sept)"
_DAY = "(?P<day>" + "|".join(f"{name}|{name[:3]}" for name in _DAYS) + "|tues|weds|thur|thurs)s?"
_YEAR = r"(?:,? (?:of |in )?(?P<year>\d{4}|20 \d\d|19 \d\d))?"
_NUMBER = r"(?P<number>\d{1,2})(?:st|nd|rd|th)?"
_UNIT = r"(?P<unit>day|week|month|year|fortnight)s?"
_TOKEN = re.compile(r"\d+(?:st|nd|rd|th)\b|\d+|[a-z]+|[/.-]")
_PAST = re.compile(r"\b(did|was|were|bought|ordered|born|birth|birthday|happened|last)\b")
_FIXED = {
    "christmas eve": (12, 24), "christmas": (12, 25), "boxing day": (12, 26), "new years eve": (12, 31),
    "new years day": (1, 1), "new years": (1, 1), "new year": (1, 1), "halloween": (10, 31), "valentines day": (2, 14),
    "independence day": (7, 4),
}  # fmt: skip


class _Asked:
    """The reference day and how to read what is ambiguous."""

    def __init__(self, today: date, is_past: bool, day_first: bool) -> None:
        self.today = today
        self.is_past = is_past
        self.day_first = day_first


def resolve(text: str, today: date, question: str = "", *, day_first: bool = False) -> tuple[date, float] | None:
    """The date an utterance names, and how sure the reading is.

    Args:
        text: the utterance.
        today: the day of the call.
        question: what was asked; "when did you order" looks backwards.
        day_first: reads 3/5 as the third of May.
    """
    found = located(figures(text), today, question, day_first=day_first)
    return found[:2] if found else None


def located(
    said: str, today: date, question: str = "", *, day_first: bool = False
) -> tuple[date, float, tuple[int, int]] | None:
    """Like `resolve`, for a text in `figures`; also says which characters name the date."""
    asked = _Asked(today, bool(_PAST.search(fold(question))), day_first)
    for pattern, rule in _RULES:
        match = pattern.search(said)
        if match is None:
            continue
        try:
            found = rule(match, asked)
        except (OverflowError, ValueError):
            found = None
        if found is not None:
            return *found, match.span()
    return None


def figures(text: str) -> str:
    """Makes "the twenty first of may" to "the 21st of may", "two weeks" to "2 weeks"."""
    tokens = _TOKEN.findall(fold(text).replace("'", "").replace("’", ""))
    out: list[str] = []
    place = 0
    while place < len(tokens):
        following = tokens[place + 1] if place + 1 < len(tokens) else ""
        if tokens[place] in TENS and following in _UNIT_ORDINALS:
            out.append(f"{TENS[tokens[place]] + _ORDINALS[following]}th")
            place += 2
            continue
        if tokens[place] in _ORDINALS:
            out.append(f"{_ORDINALS[tokens[place]]}th")
            place += 1
            continue
        value, end = cardinal(tokens, place)
        if value is None or tokens[place] in ("a", "o"):
            out.append(tokens[place])
            place += 1
        else:
            out.append(str(value))
            place = end
    return re.sub(r" ?([/.-]) ?", r"\1", " ".join(out))


def _month(match: re.Match[str]) -> int:
    return next(place + 1 for place, name in enumerate(_MONTHS) if name[:3] == match["month"][:3])


def _day(match: re.Match[str]) -> int:
    return next(place for place, name in enumerate(_DAYS) if name[:3] == match["day"][:3])


def _count(match: re.Match[str]) -> int:
    return {"a": 1, "an": 1, "the": 1, "couple": 2, "a couple of": 2, "a couple": 2}.get(match["count"]) or int(
        match["count"]
    )


def _moved(day: date, count: int, unit: str) -> date:
    if unit in ("month", "year"):
        return calendar.add_months(day, count * (12 if unit == "year" else 1))
    return day + timedelta(days=count * {"day": 1, "week": 7, "fortnight": 14}[unit])


Found = tuple[date, float] | None
_COUNT = r"(?P<count>a couple of|a couple|an|a|\d{1,3})"
_BASE = rf"(?P<base>now|today|tomorrow|yesterday|(?P<lead>this|next|coming)? ?{_DAY})"


def _offset(match: re.Match[str], asked: _Asked) -> Found:
    base = _base(match, asked)
    sign = -1 if match["way"] in ("before",) else 1
    return _moved(base, sign * _count(match), match["unit"]), 1.0


def _base(match: re.Match[str], asked: _Asked) -> date:
    named = {"tomorrow": 1, "yesterday": -1, "now": 0, "today": 0}
    if match["base"] in named:
        return asked.today + timedelta(days=named[match["base"]])
    if match["lead"] == "next":
        return calendar.weekday_of_week(asked.today, _day(match), 1)
    return calendar.weekday_from(asked.today, _day(match))


def _week_on(match: re.Match[str], asked: _Asked) -> Found:
    return _base(match, asked) + timedelta(days=7), 0.9


def _in_week(match: re.Match[str], asked: _Asked) -> Found:
    weeks = {"this week": 0, "next week": 1}.get(match["weeks"], 2)
    return calendar.weekday_of_week(asked.today, _day(match), weeks), 1.0


def _weekday(match: re.Match[str], asked: _Asked) -> Found:
    lead, place = match["lead"] or "", _day(match)
    if lead == "next":
        return calendar.weekday_of_week(asked.today, place, 1), 0.8
    if lead in ("last", "past") or (asked.is_past and lead != "this"):
        return calendar.weekday_from(asked.today, place) - timedelta(days=7), 0.9
    return calendar.weekday_from(asked.today, place, or_today=lead == "this"), 1.0


def _dated(match: re.Match[str], asked: _Asked) -> Found:
    year = int(match["year"].replace(" ", "")) if match["year"] else None
    found = calendar.day_of_year(asked.today, _month(match), int(match["number"]), year, is_past=asked.is_past)
    return (found, 1.0) if found else None


def _numeric(match: re.Match[str], asked: _Asked) -> Found:
    first, second = int(match["first"]), int(match["second"])
    month, number = (second, first) if asked.day_first or first > 12 else (first, second)
    year = int(match["year"]) if match["year"] else None
    year = year + 2000 if year is not None and year < 100 else year
    found = calendar.day_of_year(asked.today, month, number, year, is_past=asked.is_past)
    return (found, 0.9) if found else None


def _edge(match: re.Match[str], asked: _Asked) -> Found:
    months = {"next": 1, "last": -1}.get(match["lead"] or "", 0)
    if match["span"] == "week":
        return calendar.weekday_of_week(asked.today, 4 if match["edge"] == "end" else 0, months), 0.7
    if match["span"] == "year":
        year = asked.today.year + months
        return (date(year, 12, 31) if match["edge"] == "end" else date(year, 1, 1)), 0.7
    last = calendar.month_end(asked.today, months)
    return (last if match["edge"] == "end" else last.replace(day=1)), 0.8


def _span(match: re.Match[str], asked: _Asked) -> Found:
    sign = -1 if match["lead"] in ("last", "past") else 0 if match["lead"] == "this" else 1
    if match["span"] == "weekend":
        weeks = sign if match["lead"] in ("last", "next") else 0
        return calendar.weekday_of_week(asked.today, 5, weeks), 0.7
    if match["span"] == "week":
        return calendar.weekday_of_week(asked.today, 0, sign), 0.5
    return calendar.add_months(asked.today.replace(day=1), sign * (12 if match["span"] == "year" else 1)), 0.5


def _fixed(match: re.Match[str], asked: _Asked) -> Found:
    month, number = _FIXED[match["feast"]]
    found = calendar.day_of_year(asked.today, month, number, None, is_past=asked.is_past)
    return (found, 1.0) if found else None


def _number_only(match: re.Match[str], asked: _Asked) -> Found:
    number = int(match["number"])
    if match["lead"]:
        base = calendar.add_months(asked.today.replace(day=1), {"next": 1, "last": -1}.get(match["lead"], 0))
        return (base.replace(day=number), 1.0) if 1 <= number <= calendar.month_length(base.year, base.month) else None
    found = calendar.day_of_month(asked.today, number)
    if found and asked.is_past and found > asked.today:
        found = calendar.add_months(found, -1)
    return (found, 0.8) if found else None


def _iso(match: re.Match[str], asked: _Asked) -> Found:
    return date(int(match["year"]), int(match["mm"]), int(match["dd"])), 1.0


def _days(count: int) -> Callable[[re.Match[str], _Asked], Found]:
    return lambda _match, asked: (asked.today + timedelta(days=count), 1.0)


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], _Asked], Found]], ...] = tuple(
    (re.compile(pattern), rule)
    for pattern, rule in (
        (r"\b(?P<year>\d{4})-(?P<mm>\d{1,2})-(?P<dd>\d{1,2})\b", _iso),
        (rf"\b{_COUNT} {_UNIT} (?P<way>from|after|before|on) (?:the )?{_BASE}\b", _offset),
        (rf"\b(?P<base>tomorrow|today|(?P<lead>) ?{_DAY}) week\b", _week_on),
        (rf"\b(?P<base>(?P<lead>) ?{_DAY}) (?P<weeks>after next)\b", _in_week),
        (rf"\b(?P<base>(?P<lead>) ?{_DAY})(?: of)? (?P<weeks>next week|the week after next|this week)\b", _in_week),
        (rf"\b(?P<weeks>next week|the week after next|this week)(?: on)? {_DAY}\b", _in_week),
        (rf"\bin {_COUNT} {_UNIT}\b", lambda m, asked: (_moved(asked.today, _count(m), m["unit"]), 1.0)),
        (
            rf"\b{_COUNT} {_UNIT} (?:time|later|hence)\b",
            lambda m, asked: (_moved(asked.today, _count(m), m["unit"]), 1.0),
        ),
        (rf"\b{_COUNT} {_UNIT} ago\b", lambda m, asked: (_moved(asked.today, -_count(m), m["unit"]), 1.0)),
        (r"\bday after tomorrow\b", _days(2)),
        (r"\bday before yesterday\b", _days(-2)),
        (r"\b(?:tomorrow|tomorrows|tmrw)\b", _days(1)),
        (r"\b(?:yesterday|last night)\b", _days(-1)),
        (rf"\b(?P<feast>{'|'.join(sorted(_FIXED, key=len, reverse=True))})\b", _fixed),
        (rf"\b{_NUMBER} (?:day )?(?:of )?{_MONTH}\b{_YEAR}", _dated),
        (rf"\b{_MONTH} (?:the )?{_NUMBER}\b(?! ?(?:pm|am|oclock)){_YEAR}", _dated),
        (r"\b(?P<first>\d{1,2})[/.-](?P<second>\d{1,2})(?:[/.-](?P<year>\d{4}|\d{2}))?\b", _numeric),
        (
            r"\b(?P<edge>end|beginning|start) of (?:the |this )?(?:(?P<lead>next|last) )?(?P<span>week|month|year)\b",
            _edge,
        ),
        (r"\b(?:the )?(?P<number>\d{1,2})(?:st|nd|rd|th)? (?:of )?(?P<lead>next|this|last) month\b", _number_only),
        (r"\b(?P<lead>next|this|last) month (?:on )?(?:the )?(?P<number>\d{1,2})(?:st|nd|rd|th)\b", _number_only),
        (rf"\b(?:(?P<lead>next|this|last|past|coming|on) )?{_DAY}\b", _weekday),
        (r"\b(?:today|tonight|now|right away|as soon as possible|this (?:morning|afternoon|evening))\b", _days(0)),
        (r"\b(?:(?P<lead>next|this|last|coming|the) )(?P<span>weekend|week|month|year)\b", _span),
        (r"\b(?:the |on |by )*(?P<number>\d{1,2})(?P<lead>)(?:st|nd|rd|th)\b", _number_only),
    )
)
