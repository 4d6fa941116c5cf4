"""The `date` slot: a day, ISO 8601, resolved against the day of the call."""

from __future__ import annotations

from ivr.core.meaning import SlotGuess, SlotType
from ivr.understanding.slots import dates_en, dates_ja
from ivr.understanding.slots.context import SlotContext

_MONTH_FIRST = frozenset({"US", "CA", "PH"})


def parse(text: str, slot: SlotType, context: SlotContext) -> SlotGuess | None:
    """Reads a date; a vague one ("next week") comes with a low score."""
    today = context.reference.date()
    if context.language == "ja":
        found = dates_ja.resolve(text, today, context.question)
    else:
        found = dates_en.resolve(text, today, context.question, day_first=context.region not in _MONTH_FIRST)
    return SlotGuess(found[0].isoformat(), score=found[1]) if found else None
