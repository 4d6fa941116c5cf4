"""What every slot reader is given besides the words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ivr.core.meaning import SlotGuess, SlotType


@dataclass(frozen=True, slots=True)
class SlotContext:
    """The circumstances of an answer."""

    language: str
    reference: datetime
    """Now, in the caller's time zone when it is known, else the company's; resolves "tomorrow"."""
    question: str = ""
    """What was asked."""
    region: str = "US"
    """Default region of telephone numbers (ISO 3166, two letters)."""


Parse = Callable[[str, SlotType, SlotContext], SlotGuess | None]
"""Reads one slot from an utterance; None when nothing of the type was heard."""


def judged(value: str, slot: SlotType, score: float = 1.0) -> SlotGuess:
    """A guess whose validity follows from the slot's length and checksum."""
    return SlotGuess(value, score=score, is_valid=fits(value, slot))


def fits(value: str, slot: SlotType) -> bool:
    """Whether the length and the checksum are those of the slot."""
    if slot.length is not None and len(value) != slot.length:
        return False
    if slot.length is None and not slot.min_length <= len(value) <= slot.max_length:
        return False
    return slot.checksum != "luhn" or is_luhn(value)


def is_luhn(digits: str) -> bool:
    """The check digit of payment cards (ISO/IEC 7812-1, annex B)."""
    if not (digits.isascii() and digits.isdigit()):
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (1 + place % 2)
        total += number - 9 if number > 9 else number
    return total % 10 == 0
