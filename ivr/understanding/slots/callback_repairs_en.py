"""What a recogniser writes for an English time, brought into one spelling: "to morrow at tree" is "tomorrow at 3"."""

from __future__ import annotations

from difflib import get_close_matches

from ivr.understanding.slots.dates_en import figures
from ivr.understanding.slots.patterns import rewrites, rewritten
from ivr.understanding.text import fold

_APOSTROPHES = str.maketrans("", "", "'’‘`´")
_MISHEARD_HOURS = (
    ("three", "trees?|treat|free|thee"), ("four", "for|fore"), ("two", "to|too"), ("eight", "ate"), ("one", "won"),
    ("nine", "nein|nyne"), ("six", "sicks|sex"), ("five", "fife|hive"), ("ten", "tin|tenn"), ("eleven", "elven|leaven"),
)  # fmt: skip
_LEAD = r"\b(?P<lead>after|at|before|past|between|around|about|until|till|by|and)"
_END = (
    r"(?= (?:oclock|am|pm|thirty|fifteen|forty|twenty|in the|today|tomorrow|on|and|please|or|would|is|this|next)\b|$)"
)
_IN_THE = r"\b(this|the|tomorrow|\w*day|in|late|early)"
_SIGNS = rewrites(
    (r"(?<=\d),(?=\d{3}\b)", ""),
    (r"\b\d{2,}-\d{5,}\b|\b\d{3}-\d{3}-\d{4}\b", " "),
    (r"\b([ap]) ?\.? ?m\b\.?", r"\1m"),
    (r"(?<=\d)(?=[ap]m\b|o ?clock\b)", " "),
    (r"(?<![\d./:])(\d{1,2})[:.](\d{2})(?![\d./:])", r"\1 colon \2"),
    (r"(?<![\d-])(\d{1,2}(?: [ap]m)?) ?[-–—] ?(?=\d{1,2}(?![\d-]))", r"\1 to "),
    (r"(?<=[a-z]) ?[-–—] ?|[-–—] ?(?=[a-z])", " "),
    (r"[^\w/\- ]", " "),
    (r"\b(?:u+h+|u+m+|e+r+m*|h+m+|m{2,}|a+h+|eh)\b", " "),
    (r" {2,}", " "),
)
_DAYS = rewrites(
    (r"\b(?:to|two|too|the) ?morrow\b|\btom+or+ow\b|\btmrw\b", "tomorrow"),
    (r"\bto (day|night)\b", r"to\1"),
    (r"\b(?:choose|chews|twos|tues|two s|shoes|tooth|news) day\b|\btu?esday\b|\bchoosday\b", "tuesday"),
    (r"\b(?:wends|wens|wednes|whens|when s|wed nes|winds) ?day\b", "wednesday"),
    (r"\b(?:thirst|thurs|thirds|furs) ?day\b", "thursday"),
    (r"\b(?:fry|fri|fried|freed) day\b|\bfryday\b", "friday"),
    (r"\b(?:mon|mun|moon|man) day\b|\bmunday\b", "monday"),
    (r"\b(?:satur|satter|saturn) day\b", "saturday"),
    (r"\bsun day\b", "sunday"),
    (rf"{_IN_THE} after noon\b(?! tomorrow)", r"\1 afternoon"),
    (rf"{_IN_THE} (?:mourning|morening|mornin)\b", r"\1 morning"),
    (r"\b(next week|this week|next|this|on) to ?stay\b", r"\1 tuesday"),
    (r"\bfirst thing\b", "firstthing"),
)
_CLOCKS = rewrites(
    (r"\b(?:o|oh|a|the|of) clock\b|\bocklock\b", "oclock"),
    (r"\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|noon|thirty)ish\b", r"\1 ish"),
    (r"\b(?:it )?(?:have|has|halve|harf|calf|hath|off|half) (?:past|passed|pass|bus|bast)\b", "half past"),
    (r"\bquarter (?:passed|pass)\b", "quarter past"),
    (r"\bquarter too\b|\bquarter two(?= \w)", "quarter to"),
    (r"\b(half an|an|two|three|four|few|couple of) (?:ours?|hours)\b", r"\1 hour"),
    (r"\bin our\b", "in an hour"),
    (r"\bmin(?:ute)?s\b", "minutes"),
    (r"\b(half past|quarter past|quarter to) for\b", r"\1 four"),
    (r"\bhalf past (?:you|do)\b", "half past two"),
    (r"\bin (5|10|15|20|25|30|40|45|50)th$", r"in \1 minutes"),
    *((rf"{_LEAD} (?:{heard}){_END}", rf"\g<lead> {hour}") for hour, heard in _MISHEARD_HOURS),
    *((rf"\b(?:{heard}) oclock\b", f"{hour} oclock") for hour, heard in _MISHEARD_HOURS),
)
_SOON = rewrites(
    (r"\bany ?(?:time|thyme)\b", "anytime"),
    (
        r"\b(?:(?:as|a|us|is) )?(?:soon|sun|sue|son|soom|seen|assume) (?:as|is|has|us) (?:possib\w*|you can|u can)\b",
        "asap",
    ),
    (r"\ba ?sap\b|\ba s a p\b|\bay ?sap\b|\bassume as\b", "asap"),
    (r"\bfirst (?:available|possible|free|opportunity|person|agent|operator|one (?:who|that))\b", "asap"),
    (r"\bthis (?:very )?(?:second|sec)\b|\bright the second\b", "asap"),
    (r"\b(?:a|one|1|just a|half a|1/2 a) (?:second|sec)\b", "moment"),
    (r"\b(first|second) (?:one|option|choice)\b", r"\1option"),
    (r"\b(?:may|might|could|would) (work|be|suit|do|also|as well)\b", r"\1"),
)
_CALENDAR = (
    "tomorrow", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "morning", "afternoon",
    "evening", "tonight", "january", "february", "august", "september", "october", "november", "december",
)  # fmt: skip
_SHORTEST = 6
_ALIKE = 0.85


def prepared(text: str) -> str:
    """Lower case, numbers as figures, "3:30" as "3 colon 30", the commonest mishearings mended."""
    said = fold(text).translate(_APOSTROPHES)
    for rules in (_SIGNS, _DAYS, _CLOCKS, _SOON):
        said = rewritten(said, rules)
    return figures(" ".join(_nearest(one) for one in said.split()))


def _nearest(heard: str) -> str:
    """A long word that is nearly one of the calendar's ("wendesday")."""
    if len(heard) < _SHORTEST or heard in _CALENDAR or not heard.isascii():
        return heard
    return next(iter(get_close_matches(heard, _CALENDAR, n=1, cutoff=_ALIKE)), heard)
