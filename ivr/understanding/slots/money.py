"""The `money` slot: an amount as a decimal, without its currency."""

from __future__ import annotations

import re
from decimal import Decimal

from ivr.core.meaning import SlotGuess, SlotType
from ivr.understanding.slots import english_numbers, number
from ivr.understanding.slots.context import SlotContext
from ivr.understanding.text import fold

_WRITTEN = re.compile(r"[$€£¥]?\s?(\d{1,12}(?:\.\d{1,2})?)(?![\d.])")
_MAJOR = frozenset(["dollar", "dollars", "buck", "bucks", "euro", "euros", "pound", "pounds", "quid", "yen"])
_MINOR = frozenset(["cent", "cents", "penny", "pence", "p"])


def parse(text: str, slot: SlotType, context: SlotContext) -> SlotGuess | None:
    """Reads an amount, e.g. `42.50`; whole amounts have no fraction."""
    if context.language == "ja":
        value = number.read(text, "ja")
        return None if value is None else _guess(value, 1.0)
    folded = fold(text).replace(",", "")
    written = _WRITTEN.search(folded)
    if written and ("." in written.group() or written.group()[0] in "$€£¥"):
        return _guess(Decimal(written.group(1)), 1.0)
    return _spoken(_one_unit(english_numbers.words(text)))


def _guess(value: Decimal, score: float) -> SlotGuess:
    shown = f"{value:.2f}" if value % 1 else format(value.to_integral(), "f")
    return SlotGuess(shown, score=score, is_valid=value >= 0)


def _spoken(tokens: list[str]) -> SlotGuess | None:
    values = _amounts(tokens)
    if not values:
        return None
    first, unit, _ = values[0]
    following = values[1] if len(values) > 1 else None
    if unit == "minor":
        return _guess(Decimal(first) / 100, 1.0)
    if unit == "major":
        cents = following[0] if following and following[1] != "major" and following[0] < 100 else 0
        half = Decimal("0.5") if "half" in tokens else Decimal(0)
        return _guess(first + Decimal(cents) / 100 + half, 1.0)
    if following and following[2] and 10 <= following[0] < 100 and following[1] != "major":
        return _guess(first + Decimal(following[0]) / 100, 0.6)
    decimal = number.read(" ".join(tokens), "en")
    return None if decimal is None else _guess(decimal, 0.8)


def _one_unit(tokens: list[str]) -> list[str]:
    """Reads "a dollar fifty" as "one dollar fifty"."""
    return [
        "one" if token in ("a", "an") and following in _MAJOR else token
        for token, following in zip(tokens, [*tokens[1:], ""], strict=False)
    ]


def _amounts(tokens: list[str]) -> list[tuple[int, str, bool]]:
    """(number, unit said after it, whether it follows the one before at once)."""
    found: list[tuple[int, str, bool]] = []
    place, last_end = 0, -1
    while place < len(tokens) and len(found) < 4:
        value, end = english_numbers.cardinal(tokens, place)
        if value is None:
            place += 1
            continue
        after = tokens[end] if end < len(tokens) else ""
        unit = "major" if after in _MAJOR else "minor" if after in _MINOR else ""
        found.append((value, unit, place == last_end))
        place = last_end = end
    return found
