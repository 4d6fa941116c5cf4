"""Reads a time for a call on a known Wednesday, for the tests of its grammars."""

from __future__ import annotations

from datetime import datetime

from ivr.core.meaning import SlotType
from ivr.understanding.slots import SlotContext, parse_slot

WEDNESDAY = datetime(2026, 11, 25, 10, 15)
SLOT = SlotType("callback_time")


def heard(text: str, language: str = "en", now: datetime = WEDNESDAY, question: str = "") -> str | None:
    """The value, or None when nothing was heard."""
    guess = parse_slot(text, SLOT, SlotContext(language, now, question))
    return guess.value if guess else None
