"""English times counted from now: "in an hour", "within two hours", "I'm busy for the next half hour"."""

from __future__ import annotations

import re

_COUNT = (
    r"(?:a couple of|a couple|couple of|couple|a few|few|several|half an|half a|a quarter of an|3 quarters of an|"
    r"another|the next|an|a|\d{1,3}(?: and a half)?)"
)
_AMOUNT = (
    rf"(?P<count>{_COUNT})(?: (?:to|or) (?P<upper>\d{{1,2}}))?(?: more)? (?P<unit>hour|minute|min|hr)s?"
    r"(?: or (?P<then>\d{1,2})(?! [ap]m))?(?: and (?P<extra>a half|a quarter|half|\d{1,2} minutes?))?"
)
_ABOUT = r"(?: (?:about|around|roughly|like|maybe|say|another|at least|approximately|just|over|under))*"
_BARE_MINUTES = re.compile(r"\bin (5|10|15|20|25|30|35|40|45|50)(?: or so)?(?: please)?$")
_WITHIN = re.compile(rf"\b(?:within|in|during|over|inside) (?:the )?(?:next |coming )(?:{_AMOUNT}|hour)\b")
_WITHIN_HOURS = re.compile(rf"\bwithin (?:the )?(?:{_AMOUNT}|hour)\b")
_BUSY_FOR = re.compile(
    r"\b(?:not|busy|away|out|meeting|driving|tied up|unavailable|occupied|work)\b[a-z ]{0,40}\b(?:for|within|in)"
    rf"(?: about| at least| another| the next| the| around)* {_AMOUNT}"
)
_DELAY = re.compile(
    rf"\b(?:in|after|give me|wait|about|around|like|another|maybe|say){_ABOUT} {_AMOUNT}"
    r"(?! (?:past|to|before|after|till) \d)"
)
_HENCE = re.compile(rf"{_AMOUNT} (?:from now|later|hence|time|or so)\b")
_ALONE = re.compile(_AMOUNT)
_POLITE = re.compile(r"^(?:(?:yes|ok|okay|well|maybe|just) )+|(?: (?:please|thanks|thank you|maybe|then))+$")
_POINT = 30
_FEW_HOURS, _FEW_MINUTES = (2 * 60, 4 * 60), (5, 15)


def delay(said: str) -> tuple[int, int | None] | None:
    """Minutes from now until begin and end (None when it is open); None when nothing is counted from now.

    Args:
        said: the text as `callback_repairs_en.prepared` makes it.
    """
    said = _BARE_MINUTES.sub(r"in \1 minutes", said)
    within = _WITHIN.search(said) or _WITHIN_HOURS.search(said)
    if within:
        most = _minutes(within)[1] if within["unit"] else 60
        return (0, most) if most else None
    busy = _BUSY_FOR.search(said)
    if busy:
        return _minutes(busy)[0], None
    match = _DELAY.search(said) or _HENCE.search(said) or _ALONE.fullmatch(_POLITE.sub("", said))
    if match is None:
        return None
    start, end = _minutes(match)
    return start, None if "at least" in match.group() else end + _POINT


def _minutes(match: re.Match[str]) -> tuple[int, int]:
    """The least and the greatest number of minutes."""
    size = 60 if match["unit"].startswith("h") else 1
    least, most = _counted(match["count"], size)
    extra = match["extra"] or ""
    added = {"a half": size // 2, "half": size // 2, "a quarter": size // 4}.get(extra)
    if added is None:
        added = int(re.sub(r"\D", "", extra) or 0)
    upper = int(match["upper"] or match["then"] or 0) * size
    return (least, upper) if upper > least else (least + added, most + added)


def _counted(count: str, size: int) -> tuple[int, int]:
    if count.endswith("few") or count == "several":
        return _FEW_HOURS if size == 60 else _FEW_MINUTES
    parts = {"half an": size // 2, "half a": size // 2, "a quarter of an": size // 4, "3 quarters of an": size * 3 // 4}
    number, _, half = count.partition(" ")
    if count in parts:
        amount = parts[count]
    elif "couple" in count:
        amount = 2 * size
    elif number.isdigit():
        amount = int(number) * size + (size // 2 if half else 0)
    else:
        amount = size
    return amount, amount
