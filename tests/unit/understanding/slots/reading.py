"""Reads one slot on a known Friday, for the tests of the grammars."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ivr.core.meaning import SlotGuess, SlotType
from ivr.understanding.slots import SlotContext, parse_slot

FRIDAY = datetime(2026, 11, 20, 10, 0)
SIZES = (("small", ("little one",)), ("medium", ("middle",)), ("large", ("big", "big one")))


def value(text: str, kind: str, language: str = "en", question: str = "", **limits: Any) -> str | None:
    """The canonical value, or None when nothing was heard."""
    found = guess(text, kind, language, question, **limits)
    return found.value if found else None


def guess(text: str, kind: str, language: str = "en", question: str = "", **limits: Any) -> SlotGuess | None:
    """The whole guess."""
    return parse_slot(text, SlotType(kind, **limits), SlotContext(language, FRIDAY, question))
