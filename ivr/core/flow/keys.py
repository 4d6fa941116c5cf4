"""The keypad twin of every slot type: which keys make which value, and when an entry is complete."""

from __future__ import annotations

from datetime import date

from ivr.core.meaning import SlotGuess, SlotType

ONE_KEY = ("yes_no", "choice", "callback_time")
"""Types that are answered by a single key."""
KEYLESS = ("name", "text")
"""Types that no key can answer."""
RETYPED = ("digits", "phone", "number", "money", "date", "time")
"""Types whose value may be keyed once more where it is read back."""
YES_NO = {"1": "yes", "2": "no"}
CALLBACK_TIME = {"1": "asap", "2": "later", "3": "no"}
"""A time itself is keyed with the types `date` and `time`."""


def is_complete(kind: SlotType, keyed: str) -> bool:
    """Whether these keys need no more waiting (`#` ends any entry and is not part of `keyed`)."""
    if kind.name in ONE_KEY:
        return len(keyed) == 1
    if kind.name in ("digits", "letters") and kind.length is not None:
        return len(keyed) >= kind.length
    if kind.name in ("date", "time"):
        return len(keyed) >= 4
    return len(keyed) >= kind.max_length


def value_of(kind: SlotType, keyed: str, today: date) -> SlotGuess | None:
    """The value the keys stand for; None when they stand for nothing of this type."""
    match kind.name:
        case "yes_no" | "callback_time":
            found = (YES_NO if kind.name == "yes_no" else CALLBACK_TIME).get(keyed)
            return SlotGuess(found) if found else None
        case "choice":
            index = int(keyed) - 1 if keyed.isdigit() and keyed.isascii() else -1
            return SlotGuess(kind.choices[index][0]) if 0 <= index < len(kind.choices) else None
        case "date":
            return _date(keyed, today)
        case "time":
            return _time(keyed)
        case "money" | "number":
            return _number(keyed)
        case "name" | "text":
            return SlotGuess("") if not keyed else None
        case _:
            return _digits(kind, keyed)


def _digits(kind: SlotType, keyed: str) -> SlotGuess | None:
    if not keyed.isdigit():
        return None
    fits = len(keyed) == kind.length if kind.length is not None else kind.min_length <= len(keyed) <= kind.max_length
    if fits and kind.checksum == "luhn":
        fits = luhn(keyed)
    return SlotGuess(keyed, is_valid=fits)


def luhn(digits: str) -> bool:
    """The checksum of payment cards and many account numbers (ISO/IEC 7812-1, annex B)."""
    total = 0
    for index, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + index % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def _number(keyed: str) -> SlotGuess | None:
    whole, _, cents = keyed.partition("*")
    if not (whole + cents).isdigit() or "*" in cents:
        return None
    return SlotGuess(f"{int(whole or '0')}.{cents}" if cents else str(int(whole)))


def _date(keyed: str, today: date) -> SlotGuess | None:
    if len(keyed) != 4 or not keyed.isdigit():
        return None
    for year in (today.year, today.year + 1, today.year + 2, today.year + 3, today.year + 4):
        try:
            found = date(year, int(keyed[:2]), int(keyed[2:]))
        except ValueError:
            continue
        if found >= today:
            return SlotGuess(found.isoformat())
    return None


def _time(keyed: str) -> SlotGuess | None:
    if len(keyed) != 4 or not keyed.isdigit() or int(keyed[:2]) > 23 or int(keyed[2:]) > 59:
        return None
    return SlotGuess(f"{keyed[:2]}:{keyed[2:]}")
