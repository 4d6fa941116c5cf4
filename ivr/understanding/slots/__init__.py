"""One file per slot type, all registered in `PARSERS`."""

from __future__ import annotations

from ivr.core.meaning import SlotGuess, SlotType
from ivr.understanding.slots import (
    callback_time,
    choice,
    dates,
    digits,
    letters,
    money,
    names,
    number,
    phone,
    times,
    yes_no,
)
from ivr.understanding.slots.context import Parse, SlotContext

PARSERS: dict[str, Parse] = {
    "callback_time": callback_time.parse,
    "choice": choice.parse,
    "date": dates.parse,
    "digits": digits.parse,
    "letters": letters.parse,
    "money": money.parse,
    "name": names.parse_name,
    "number": number.parse,
    "phone": phone.parse,
    "text": names.parse_text,
    "time": times.parse,
    "yes_no": yes_no.parse,
}


def parse_slot(text: str, slot: SlotType, context: SlotContext) -> SlotGuess | None:
    """Reads a slot with the grammar of its type; None for an unknown type or when nothing was heard."""
    parse = PARSERS.get(slot.name)
    return parse(text, slot, context) if parse else None


__all__ = ["PARSERS", "SlotContext", "parse_slot"]
