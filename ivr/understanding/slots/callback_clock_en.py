"""English clock times and what bounds them: "after three", "between two and half past four"."""

from __future__ import annotations

import re

from ivr.understanding.slots.callback_window import Clock, Shape

_NUM = r"\d{1,2}"
_TAIL = r"(?: (?:oclock|am|pm|sharp|ish|hours|exactly|on the dot))*"
_CLOCK = (
    rf"(?:(?:half|(?:a )?quarter|{_NUM}(?: minutes?)?) (?:past|after) {_NUM}|"
    rf"(?:(?:a )?quarter|5|10|20|25|{_NUM} minutes?) (?:to|before|till|of) {_NUM}|half {_NUM}|"
    rf"{_NUM} colon {_NUM}|\d{{3,4}}|{_NUM} oclock|{_NUM}(?: (?:oh |o |0 )?{_NUM})?){_TAIL}"
    r"(?! ?(?:th|\d|minutes?|hours?)\b)"
)
_PARTS_OF_CLOCK = re.compile(
    r"(?:(?P<off>half|(?:a )?quarter|\d{1,2})(?: minutes?)? (?P<way>past|after|to|before|till|of) (?P<base>\d{1,2})|"
    r"half (?P<half>\d{1,2})|(?P<hour>\d{1,2}) colon (?P<minute>\d{1,2})|(?P<figures>\d{3,4})|"
    r"(?P<alone>\d{1,2})(?: oclock)?(?: (?:oh |o |0 )?(?P<rest>\d{1,2}))?)(?P<tail>(?: [a-z ]+)?)"
)
_NEAR = r"(?:(?:about|around|roughly|approximately|say|like|maybe|at|the|hours of|perhaps) ){0,2}"
_FIRST, _LAST = rf"(?P<first>{_CLOCK})", rf"(?P<last>{_CLOCK})"
_NOT_OF_CLOCK = r"(?<!half )(?<!quarter )(?<!\d )(?<!minutes )(?<!minute )"
_UNTIL = r"(?:and|to|till|til|until|through|thru|up to|but before|and before|but not after|and no later than)"
_PAIR = re.compile(rf"{_FIRST} (?:to|till|til|until|through|thru) {_NEAR}{_LAST}")
_A_DAY = r"(?! (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|the))"
_RULES: tuple[tuple[re.Pattern[str], Shape], ...] = (
    (
        re.compile(rf"\bbefore {_LAST} (?:but|and) (?:not before|after) {_FIRST}"),
        Shape.BETWEEN,
    ),
    (
        re.compile(
            r"\b(?:between|from|after|starting(?: at| from)?|not before|anytime from|available)"
            rf" {_NEAR}{_FIRST} {_UNTIL} {_NEAR}{_LAST}"
        ),
        Shape.BETWEEN,
    ),
    (
        re.compile(
            r"\b(?:not (?:till|until|til|before|earlier than)|no (?:sooner|earlier) than|nothing before)"
            rf" {_NEAR}{_FIRST}"
        ),
        Shape.AFTER,
    ),
    (
        re.compile(rf"\b(?:not (?:after|later than|past)|no later than|nothing after) {_NEAR}{_FIRST}"),
        Shape.BEFORE,
    ),
    (re.compile(rf"{_FIRST} or (?:maybe )?{_NEAR}{_LAST}"), Shape.EITHER),
    (_PAIR, Shape.BETWEEN),
    (
        re.compile(
            rf"{_FIRST} (?:(?:or|and|any ?time) (?:later|after|thereafter|onwards?|beyond|past)|onwards?|on|plus|"
            rf"at the earliest|earliest|at earliest)\b{_A_DAY}"
        ),
        Shape.AFTER,
    ),
    (
        re.compile(
            rf"{_FIRST} (?:(?:or|and|any ?time) (?:earlier|before|sooner)|at (?:the )?(?:very )?latest|latest)\b"
        ),
        Shape.BEFORE,
    ),
    (
        re.compile(
            rf"{_NOT_OF_CLOCK}\b(?:later than|after|past|from|since|as of|starting|beginning|once its|when its past)"
            rf" {_NEAR}{_FIRST}"
        ),
        Shape.AFTER,
    ),
    (
        re.compile(
            rf"{_NOT_OF_CLOCK}\b(?:before|by|until|till|til|up to|prior to|earlier than|ahead of|latest)"
            rf" {_NEAR}{_FIRST}"
        ),
        Shape.BEFORE,
    ),
    (
        re.compile(rf"\b(?:at|around|about|approximately|roughly|near|say|exactly|for|make it|its) {_NEAR}{_FIRST}"),
        Shape.AT,
    ),
    (
        re.compile(
            rf"(?P<first>(?:half|(?:a )?quarter|{_NUM} minutes?|5|10|20|25) (?:past|to) {_NUM}{_TAIL}|"
            rf"{_NUM} colon {_NUM}{_TAIL}|{_NUM}(?: {_NUM})? (?:oclock|am|pm|ish){_TAIL})"
        ),
        Shape.AT,
    ),
)
_BARE = re.compile(_FIRST)
_CHAFF = re.compile(
    r"\b(?:yes|yeah|yep|ok|okay|alright|please|thanks|thank|well|so|maybe|perhaps|say|lets|how|what|about|make|it|id|i|"
    r"would|ill|like|prefer|works?|be|is|good|fine|great|best|better|ideal|perfect|for|me|us|call|ring|back|at|on|the|then|"
    r"can|could|you|think|probably|around|and|of|in|no|just|do|want|that|if|possible|a|time|suits?|sometime|anytime|am|pm|"
    r"with|my|sure|ideally|there|thereabouts|ish|same|day|not|negated|actually|mean|sorry|wait|need|up)\b|;"
)
_NOON = 12 * 60
_LONGEST_SPOKEN_WINDOW = 4 * 60
_MINUTES_TO = re.compile(r"(?:5|10|20|25) to \d{1,2}(?: (?:oclock|am|pm))*$")


def shape(rest: str) -> tuple[Shape, Clock, Clock | None] | None:
    """The clock times of a `prepared` text without its date, and what they bound."""
    for pattern, kind in _RULES:
        for match in pattern.finditer(rest):
            found = _read(match, kind)
            if found is not None:
                return found
    bare = re.sub(r" {2,}", " ", _CHAFF.sub(" ", rest)).strip()
    alone = _BARE.fullmatch(bare)
    return _read(alone, Shape.AT) if alone else None


def _read(match: re.Match[str], kind: Shape) -> tuple[Shape, Clock, Clock | None] | None:
    first = clock(match["first"])
    if first is None:
        return None
    if kind not in (Shape.BETWEEN, Shape.EITHER):
        return kind, first, None
    last = clock(match["last"])
    if last is None:
        return None
    if match.re is _PAIR and _is_minutes_to(match.group(), first, last):
        whole = clock(match.group())
        return (Shape.AT, whole, None) if whole else None
    return kind, first, last


def _is_minutes_to(said: str, first: Clock, last: Clock) -> bool:
    """Of "ten to four" (3:50) and "ten to twelve" (a window): more than four hours are not meant."""
    if _MINUTES_TO.match(said) is None:
        return False
    return first.minute > _NOON or (last.minute - first.minute) % _NOON > _LONGEST_SPOKEN_WINDOW


def clock(said: str) -> Clock | None:
    """Reads one clock time; None when there is no such time."""
    match = _PARTS_OF_CLOCK.match(said)
    if match is None:
        return None
    hour, minute = _hour_and_minute(match)
    if not 0 <= hour <= 24 or not 0 <= minute < 60 or hour * 60 + minute > 24 * 60:
        return None
    meridiem = re.search(r"\b[ap]m\b", match["tail"])
    if meridiem and hour <= 12:
        return Clock((hour % 12 + (12 if meridiem.group() == "pm" else 0)) * 60 + minute, is_sure=True)
    is_military = match["figures"] is not None and (match["figures"][0] == "0" or "hours" in match["tail"])
    return Clock(hour * 60 + minute, is_sure=hour > 12 or hour == 0 or is_military)


def _hour_and_minute(match: re.Match[str]) -> tuple[int, int]:
    if match["off"]:
        word = match["off"]
        minutes = 30 if word == "half" else 15 if word.endswith("quarter") else int(word)
        hour = int(match["base"])
        return (hour, minutes) if match["way"] in ("past", "after") else ((hour - 1) or 12, 60 - minutes)
    if match["half"]:
        return int(match["half"]), 30
    if match["hour"]:
        return int(match["hour"]), int(match["minute"])
    if match["figures"]:
        return divmod(int(match["figures"]), 100)
    return int(match["alone"]), int(match["rest"] or 0)
