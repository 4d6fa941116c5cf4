"""The `number` slot: one number, whole or with a fraction."""

from __future__ import annotations

import re
from decimal import Decimal

from ivr.core.meaning import SlotGuess, SlotType
from ivr.understanding.slots import english_numbers, japanese_numbers
from ivr.understanding.slots.context import SlotContext
from ivr.understanding.text import fold

_DECIMAL = re.compile(r"-?\d{1,12}\.\d{1,6}")
_JA_POINT = re.compile(r"(点|テン)")
_VAGUE = {"a couple": 2, "couple": 2, "a dozen": 12, "half a dozen": 6, "dozen": 12, "a pair": 2, "just the one": 1}
_COUNTED_JA = {"ヒトツ": 1, "フタツ": 2, "ミッツ": 3, "ヨッツ": 4, "イツツ": 5, "ムッツ": 6, "ナナツ": 7, "ヤッツ": 8,
               "ココノツ": 9, "一ツ": 1, "二ツ": 2, "三ツ": 3, "四ツ": 4, "五ツ": 5, "一人": 1, "ヒトリ": 1, "二人": 2,
               "フタリ": 2}  # fmt: skip


def parse(text: str, slot: SlotType, context: SlotContext) -> SlotGuess | None:
    """Reads a number; canonical form without leading zeros or trailing zeros of the fraction."""
    value = read(text, context.language)
    return None if value is None else SlotGuess(format(value.normalize() if value % 1 else value.to_integral(), "f"))


def read(text: str, language: str) -> Decimal | None:
    """The first number of an utterance."""
    written = _DECIMAL.search(fold(text).replace(",", ""))
    if written:
        return Decimal(written.group())
    return _japanese(text) if language == "ja" else _english(text)


def _english(text: str) -> Decimal | None:
    folded = " ".join(english_numbers.words(text))
    for phrase in sorted(_VAGUE, key=len, reverse=True):
        if re.search(rf"\b{phrase}\b", folded):
            return Decimal(_VAGUE[phrase])
    tokens = folded.split()
    spelled = _digit_by_digit(tokens)
    if spelled is not None:
        return spelled
    value = english_numbers.decimal_number(tokens)
    if value is None and len(tokens) == 1 and tokens[0] in english_numbers.SOUNDALIKES:
        return Decimal(english_numbers.SOUNDALIKES[tokens[0]])
    return value


def _digit_by_digit(tokens: list[str]) -> Decimal | None:
    """Takes "four two" as the number 42."""
    found = english_numbers.runs(tokens, loose=False)
    if not found:
        return None
    said = tokens[found[0].start : found[0].end]
    is_spelled = len(said) > 1 and all(word in english_numbers.DIGITS for word in said)
    return Decimal(found[0].text[:12]) if is_spelled else None


def _japanese(text: str) -> Decimal | None:
    prepared = japanese_numbers.prepared(text)
    for word, value in _COUNTED_JA.items():
        if word in prepared:
            return Decimal(value)
    found = japanese_numbers.runs(prepared)
    if not found:
        return None
    point = _JA_POINT.match(prepared, found[0].end)
    if point and len(found) > 1 and found[1].start == point.end():
        return Decimal(f"{found[0].text[:12]}.{found[1].text[:6]}")
    return Decimal(found[0].text[:15])
