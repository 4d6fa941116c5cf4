"""English clock times and what bounds them: "after three", "between two and half past four", "in an hour"."""

from __future__ import annotations

import re

from ivr.understanding.slots.callback_window import Clock, Shape

_NUM = r"\d{1,2}"
_TAIL = r"(?: (?:oclock|am|pm|sharp|ish|hours|exactly|on the dot))*"
CLOCK = (
    rf"(?:(?:half|(?:a )?quarter|{_NUM}(?: minutes?)?) (?:past|after) {_NUM}|"
    rf"(?:(?:a )?quarter|5|10|20|25|{_NUM} minutes?) (?:to|before|till|of) {_NUM}|half {_NUM}|"
    rf"{_NUM} colon {_NUM}|\d{{3,4}}|{_NUM} oclock|{_NUM}(?: (?:oh |o |0 )?{_NUM})?){_TAIL}(?! ?(?:th|\d|minutes?|hours?)\b)"
)
_PARTS_OF_CLOCK = re.compile(
    r"(?:(?P<off>half|(?:a )?quarter|\d{1,2})(?: minutes?)? (?P<way>past|after|to|before|till|of) (?P<base>\d{1,2})|"
    r"half (?P<half>\d{1,2})|(?P<hour>\d{1,2}) colon (?P<minute>\d{1,2})|(?P<figures>\d{3,4})|"
    r"(?P<alone>\d{1,2})(?: oclock)?(?: (?:oh |o |0 )?(?P<rest>\d{1,2}))?)(?P<tail>(?: [a-z ]+)?)"
)
_NEAR = r"(?:(?:about|around|roughly|approximately|say|like|maybe|at|the|hours of|perhaps) ){0,2}"
_NOT_OF_CLOCK = r"(?<!half )(?<!quarter )(?<!\d )(?<!minutes )(?<!minute )"
_TO = r"(?:and|to|till|til|until|through|thru|up to|but before|and before|but not after|and no later than)"
_BETWEEN = re.compile(
    rf"\b(?:between|from|after|starting(?: at| from)?|not before|anytime from|available) {_NEAR}"
    rf"(?P<first>{CLOCK}) {_TO} {_NEAR}(?P<last>{CLOCK})"
)
_BACKWARDS = re.compile(rf"\bbefore (?P<last>{CLOCK}) (?:but|and) (?:not before|after) (?P<first>{CLOCK})")
_PAIR = re.compile(rf"(?P<first>{CLOCK}) (?:to|till|til|until|through|thru) {_NEAR}(?P<last>{CLOCK})")
_EITHER = re.compile(rf"(?P<first>{CLOCK}) or (?:maybe )?{_NEAR}(?P<last>{CLOCK})")
_NOT_BEFORE = re.compile(
    rf"\b(?:not (?:till|until|til|before|earlier than)|no (?:sooner|earlier) than|nothing before) {_NEAR}(?P<first>{CLOCK})"
)
_NOT_AFTER = re.compile(rf"\b(?:not (?:after|later than|past)|no later than|nothing after) {_NEAR}(?P<first>{CLOCK})")
_AFTER = re.compile(
    rf"{_NOT_OF_CLOCK}\b(?:later than|after|past|from|since|as of|starting|beginning|once its|when its past) {_NEAR}(?P<first>{CLOCK})"
)
_ONWARDS = re.compile(
    rf"(?P<first>{CLOCK}) (?:(?:or|and|any ?time) (?:later|after|thereafter|onwards?|beyond|past)|onwards?|on|plus|"
    r"at the earliest|earliest|at earliest)\b(?! (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|the))"
)
_BEFORE = re.compile(
    rf"{_NOT_OF_CLOCK}\b(?:before|by|until|till|til|up to|prior to|earlier than|ahead of|latest) {_NEAR}(?P<first>{CLOCK})"
)
_UP_TO = re.compile(
    rf"(?P<first>{CLOCK}) (?:(?:or|and|any ?time) (?:earlier|before|sooner)|at (?:the )?(?:very )?latest|latest)\b"
)
_AT = re.compile(
    rf"\b(?:at|around|about|approximately|roughly|near|say|exactly|for|make it|its) {_NEAR}(?P<first>{CLOCK})"
)
_STRONG = re.compile(
    rf"(?P<first>(?:half|(?:a )?quarter|{_NUM} minutes?|5|10|20|25) (?:past|to) {_NUM}{_TAIL}|"
    rf"{_NUM} colon {_NUM}{_TAIL}|{_NUM}(?: {_NUM})? (?:oclock|am|pm|ish){_TAIL})"
)
_BARE = re.compile(rf"(?P<first>{CLOCK})")
_CHAFF = re.compile(
    r"\b(?:yes|yeah|yep|ok|okay|alright|please|thanks|thank|um|uh|er|erm|well|so|maybe|perhaps|say|lets|how|what|about|make|it|"
    r"id|i|would|ill|like|prefer|works?|be|is|good|fine|great|best|better|ideal|perfect|for|me|us|call|ring|back|at|on|the|then|can|"
    r"could|you|think|probably|around|and|of|in|no|just|do|want|that|that|if|possible|a|time|suits?|sometime|anytime|"
    r"am|pm|with|my|sure|ideally|there|thereabouts|ish|same|day|hmm|hm|not|negated|actually|mean|sorry|wait|need|us|up)\b|;"
)
_RULES: tuple[tuple[re.Pattern[str], Shape], ...] = (
    (_BACKWARDS, Shape.BETWEEN), (_BETWEEN, Shape.BETWEEN), (_NOT_BEFORE, Shape.AFTER), (_NOT_AFTER, Shape.BEFORE),
    (_EITHER, Shape.EITHER), (_PAIR, Shape.BETWEEN), (_ONWARDS, Shape.AFTER), (_UP_TO, Shape.BEFORE),
    (_AFTER, Shape.AFTER), (_BEFORE, Shape.BEFORE), (_AT, Shape.AT), (_STRONG, Shape.AT),
)  # fmt: skip
_COUNT = r"(?:a couple of|a couple|couple of|couple|a few|few|several|half an|half a|a quarter of an|3 quarters of an|another|the next|an|a|\d{1,3}(?: and a half)?)"
_AMOUNT = rf"(?P<count>{_COUNT})(?: (?:to|or) (?P<upper>\d{{1,2}}))?(?: more)? (?P<unit>hour|minute|min|hr)s?(?: and (?P<extra>a half|a quarter|half|\d{{1,2}} minutes?))?"
_WITHIN = re.compile(
    rf"\b(?:within|in|during|over|inside)(?: the| an?)? (?:next |coming )(?:{_AMOUNT}|(?P<one>hour))\b|\bwithin (?:the )?(?:{_AMOUNT.replace('<', '<w_')}|(?P<w_one>hour))\b"
)
_BUSY_FOR = re.compile(
    rf"\b(?:not|busy|away|out|meeting|driving|tied up|unavailable|occupied|work)\b[a-z ]{{0,40}}\b(?:for|within|in)(?: about| at least| another| the next| the| around)* {_AMOUNT}"
)
_DELAY = re.compile(
    rf"\b(?:in|after|give me|wait|about|around|like|another|maybe|say)(?: (?:about|around|roughly|like|maybe|say|another|at least|approximately|just|over|under))* {_AMOUNT}(?! (?:past|to|before|after|till) \d)"
    rf"|{_AMOUNT.replace('<', '<b_')} (?:from now|later|hence|time|or so)\b"
)
_DELAY_ONLY = re.compile(rf"{_AMOUNT}")


def shape(rest: str) -> tuple[Shape, Clock, Clock | None] | None:
    """The clock times of a `prepared` text without its date, and what they bound."""
    for pattern, kind in _RULES:
        for match in pattern.finditer(rest):
            found = _read(match, kind)
            if found is not None:
                return found
    bare = re.sub(r" {2,}", " ", _CHAFF.sub(" ", rest)).strip()
    match = _BARE.fullmatch(bare)
    return _read(match, Shape.AT) if match else None


def _read(match: re.Match[str], kind: Shape) -> tuple[Shape, Clock, Clock | None] | None:
    first = clock(match["first"])
    last = clock(match["last"]) if kind in (Shape.BETWEEN, Shape.EITHER) else None
    if first is None or (last is None and kind in (Shape.BETWEEN, Shape.EITHER)):
        return None
    if match.re is _PAIR and last is not None and _is_minutes_to(match.group(), first, last):
        whole = clock(match.group())
        return (Shape.AT, whole, None) if whole else None
    return kind, first, last


def _is_minutes_to(said: str, first: Clock, last: Clock) -> bool:
    """ "Ten to four" is 3:50, "ten to twelve" a window: more than four hours are not meant."""
    if not re.match(r"(?:5|10|20|25) to \d{1,2}(?: (?:oclock|am|pm))*$", said):
        return False
    return first.minute > 12 * 60 or (last.minute - first.minute) % (12 * 60) > 4 * 60


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


def delay(said: str, *, is_alone: bool) -> tuple[tuple[int, int | None], tuple[int, int]] | None:
    """Minutes from now until begin and end, and the characters that say so.

    Args:
        said: the `prepared` text.
        is_alone: also read a mere "half an hour", as the answer to "when?".
    """
    within = _WITHIN.search(said)
    if within:
        amount = 60 if within["one"] or within["w_one"] else _amounts(within)[1]
        return ((0, amount), within.span()) if amount else None
    busy = _BUSY_FOR.search(said)
    if busy:
        return (_amounts(busy)[0], None), busy.span()
    match = _DELAY.search(said)
    if match is None and is_alone:
        match = _DELAY_ONLY.fullmatch(
            re.sub(r"^(?:yes|ok|okay|um|uh|well|maybe)+ | (?:please|thanks|thank you|maybe)$", "", said)
        )
    if match is None:
        return None
    start, end = _amounts(match)
    is_open = "at least" in match.group()
    return (start, None if is_open else end + 30), match.span()


def _amounts(match: re.Match[str]) -> tuple[int, int]:
    """The least and the greatest number of minutes."""
    groups = match.groupdict()
    mark = "" if groups.get("count") else "b_" if groups.get("b_count") else "w_"
    count, upper, unit, extra = (groups.get(mark + name) for name in ("count", "upper", "unit", "extra"))
    size = 60 if (unit or "").startswith("h") else 1
    least, most = _counted(count or "a", size)
    added = {"a half": size // 2, "half": size // 2, "a quarter": size // 4}.get(extra or "")
    if added is None:
        added = int(re.sub(r"\D", "", extra or "") or 0)
    least, most = least + added, most + added
    return (least, int(upper) * size) if upper and int(upper) * size > least else (least, most)


def _counted(count: str, size: int) -> tuple[int, int]:
    if count.endswith("few") or count == "several":
        return (2 * size, 4 * size) if size == 60 else (5, 15)
    fixed = {"an": size, "a": size, "another": size, "the next": size, "half an": size // 2, "half a": size // 2, "a quarter of an": size // 4,
             "3 quarters of an": size * 3 // 4}  # fmt: skip
    if count in fixed:
        return fixed[count], fixed[count]
    if "couple" in count:
        return 2 * size, 2 * size
    number, _, half = count.partition(" ")
    amount = int(number) * size + (size // 2 if half else 0)
    return amount, amount
