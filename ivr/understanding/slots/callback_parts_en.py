"""English wordings of times brought to plain clock times, and the parts of the day."""

from __future__ import annotations

import re

from ivr.understanding.slots.callback_window import OPENS, Clock, Shape
from ivr.understanding.slots.patterns import any_of, rewrites, rewritten

_DAY = (
    r"(?:(?:this|next|coming) )?(?:today|tomorrow|tonight|this (?:morning|afternoon|evening)|"
    r"(?:this|next) (?:week|weekend)|(?:mon|tues|wednes|thurs|fri|satur|sun)days?)"
)
_BLOCKED = (
    r"(?:busy|meetings?|at work|working|tied up|not (?:available|free|home|here|there|be)|unavailable|away|out|cant|"
    r"cannot|asleep|sleeping|driving|class|school|appointment|occupied|lunch|lecture)"
)
_DECLINED = any_of(
    r"\b(?:not|except|(?:anything|anytime|days?) but|other than)(?: on| for)?"
    rf" {_DAY}\b(?! (?:before|after|until|till))",
    r"\b(?:cant|cannot|can not|wont|dont|do not)"
    rf"(?: (?:do|make|call|ring|phone|take|talk|it|me|calls?|speak|manage|on)){{0,3}} {_DAY}\b",
    rf"\b{_DAY} (?:is|are|isnt|arent|doesnt|does not|wont|will not|is not|im|i am|i)(?: (?:really|a|so|not))?"
    r" (?:no good|work|good|bad|no use|busy|possible|suit|ideal|out|full|available|cant|impossible|difficult)\b",
)
_REALLY_SUITS = re.compile(rf"{_DAY} (?:is|are) (?:really |so )?(?:good|ideal|possible|available)\b")
_NOT_IN = r"\b(?:not|cant|no|never|dont)(?: (?:do|in|call|me|the|any|on|at)){0,3}"
_LUNCH = r"(?:my |the )?(?:lunch ?time|lunch hour|lunch break|lunch)\b"
_CLOSE = r"(?:end|close) of (?:the |my )?(?:business day|business|play|working day|work day|day)\b"
_PLAIN = rewrites(
    (
        r"\b(?:until|till|til) ([\w ]{1,24}?) (?:(?:so|then|and|but) )?(?:any ?time )?"
        r"(?:after (?:that|then|it)|afterwards|from then)\b",
        r"after \1",
    ),
    (rf"\b({_BLOCKED}\b[a-z ]{{0,30}}) (?:until|till|til|before|up to)\b", r"\1 not until"),
    (
        r"\b(?:dont|do not|never|cant|cannot|no|nothing|wont)"
        r"(?: (?:please|call|ring|phone|me|back|us|you|talk|speak|calls?|answer|be)){0,4} (before|after|until|till)\b",
        r"not \1",
    ),
    (rf"{_NOT_IN} mornings?\b", "; notmorning ;"),
    (rf"{_NOT_IN} afternoons?\b", "; notafternoon ;"),
    (rf"{_NOT_IN} evenings?\b", "; notevening ;"),
    (
        r"\b(finish|get off|(?:get|be|im|am|come|arrive|got) (?:back )?(?:home|back|off)|be done|free again)"
        r"(?: (?:of )?work(?:ing)?)? (?:at|by|around)\b",
        r"\1 after",
    ),
    (r"\b(?:12 )?(?:noon|midday)\b", "12 pm"),
    (r"\b(?:12 )?midnight\b", "12 am"),
    (rf"\b(?:after|following|past) {_LUNCH}", "after 1 pm"),
    (rf"\bbefore {_LUNCH}", "before 12 pm"),
    (r"\bafter (?:my |the )?(?:work|office hours|business hours)\b", "after 5 pm"),
    (r"\bafter school\b", "after 3 pm"),
    (r"\bafter (?:my )?(?:dinner|supper|tea)\b", "after 7 pm"),
    (r"\bafter (?:my )?breakfast\b", "after 9 am"),
    (r"\bbefore (?:work|i go to work|i leave for work)\b", "before 9 am"),
    (r"\bbefore (?:dinner|supper|tea)\b", "before 6 pm"),
    (
        rf"\b(?:(?:at|around|about|over|during|in|on) )?{_LUNCH}(?! (?:hour|break|time|from|between|is|at|starts)\b)",
        " between 12 pm and 2 pm ",
    ),
    (rf"\b(?:before|by)(?: the)? {_CLOSE}|\bby eod\b", "before 6 pm"),
    (rf"\b(?:(?:at|towards) )?(?:the )?{_CLOSE}|\beod\b", " between 4 pm and 6 pm "),
    (r" {2,}", " "),
)
_EARLY, _LATE = r"\b(?:early|earlier)", r"\b(?:late|later)"
_MID = r"\b(?:mid|middle of the)"
_IN = r" (?:in )?(?:the |this )?(?:\w+ )?"
_PARTS: tuple[tuple[re.Pattern[str], tuple[int, int]], ...] = tuple(
    (re.compile(pattern), part)
    for pattern, part in (
        (r"\bfirstthing(?: in)?(?: the)?(?: morning)?\b", (480, 600)),
        (rf"{_EARLY}{_IN}morning\b|\bmorning early\b|\bbright and early\b", (480, 600)),
        (rf"{_LATE}{_IN}morning\b", (600, 720)),
        (rf"{_MID} ?(?:\w+ )?morning\b", (540, 660)),
        (rf"{_EARLY}{_IN}afternoon\b", (720, 840)),
        (rf"{_LATE}{_IN}afternoon\b", (960, 1080)),
        (rf"{_MID} ?(?:\w+ )?afternoon\b", (840, 960)),
        (rf"{_EARLY}{_IN}evening\b", (1080, 1200)),
        (rf"{_LATE}{_IN}(?:evening|night|tonight)\b", (1200, 1320)),
        (r"\bnotmorning\b", (720, 1200)),
        (r"\bnotafternoon\b", (480, 720)),
        (r"\bnotevening\b", (480, 1080)),
        (r"\bmornings?\b|; (?:in the )?am\b", (480, 720)),
        (r"\bafternoons?\b|; (?:in the )?pm\b", (720, 1080)),
        (r"\b(?:evenings?|tonight|nights?|nighttime)\b", (1080, 1260)),
    )
)
_ADJACENT = re.compile(r"\b(\d{1,2}|oclock) (?:in the|at) (morning|afternoon|evening|night)\b")
_FROM_PART = re.compile(r"\b(?P<way>after|from|since)(?: the)? ;")
_UNTIL_PART = re.compile(r"\b(?:before|until|till|not)(?: the)? ;")


def plain_times(said: str) -> str:
    """Noon, lunch and the end of the day as clock times; days and parts that do not suit are marked."""
    return rewritten(_DECLINED.sub(_declined, said), _PLAIN).strip()


def declines_a_day(said: str) -> bool:
    """Whether a day was named only to say that it does not suit."""
    return "negated" in _DECLINED.sub(_declined, said)


def _declined(match: re.Match[str]) -> str:
    return match.group() if _REALLY_SUITS.fullmatch(match.group()) else " negated ; "


def part_of_day(said: str) -> tuple[tuple[int, int] | None, str]:
    """The part of the day, and the text without it; "three in the afternoon" becomes "three pm"."""
    said = _ADJACENT.sub(_meridiem, said)
    for pattern, part in _PARTS:
        if pattern.search(said) is None:
            continue
        for other, _ in _PARTS:
            said = other.sub(";", said)
        return part, said
    return None, said


def bounded(part: tuple[int, int], rest: str) -> tuple[Shape, Clock] | None:
    """For "after the morning", "until the evening": what the part bounds, and where.

    Args:
        part: as `part_of_day` gives it.
        rest: the text without it.
    """
    following = _FROM_PART.search(rest)
    if following:
        return Shape.AFTER, Clock(part[1] if following["way"] == "after" else part[0], is_sure=True)
    if _UNTIL_PART.search(rest) and part[0] > OPENS:
        return Shape.BEFORE, Clock(part[0], is_sure=True)
    return None


def _meridiem(match: re.Match[str]) -> str:
    if match[2] == "morning":
        return f"{match[1]} {'pm' if match[1] == '12' else 'am'}"
    return f"{match[1]} {'am' if match[2] == 'night' and match[1] == '12' else 'pm'}"
