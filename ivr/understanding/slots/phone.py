"""The `phone` slot: a telephone number in E.164 form."""

from __future__ import annotations

import phonenumbers

from ivr.core.meaning import SlotGuess, SlotType
from ivr.understanding.slots import correction
from ivr.understanding.slots.context import SlotContext
from ivr.understanding.slots.digits import candidates
from ivr.understanding.text import fold

_MIN_DIGITS = 5


def parse(text: str, slot: SlotType, context: SlotContext) -> SlotGuess | None:
    """Reads a number by the numbering plan; valid when its length is possible in its country."""
    return read(text, context.language, context.region)


def read(text: str, language: str, region: str) -> SlotGuess | None:
    """The likeliest number of an utterance; None below five digits."""
    spoken = [value for value in candidates(text, language) if len(value) >= _MIN_DIGITS]
    has_plus = any(mark in fold(text) for mark in ("+", "plus ", "プラス"))
    best: SlotGuess | None = None
    for value in spoken:
        guess = _judge(("+" if has_plus else "") + value, language, region)
        if guess.is_valid and guess.score == 1.0:
            return guess
        if best is None or guess.is_valid and not best.is_valid:
            best = guess
    return best


def mend(text: str, old: str, slot: SlotType, context: SlotContext) -> SlotGuess | None:
    """Corrects a part of a number that was read back in its national form."""
    whole = parse(text, slot, context)
    if whole is not None and whole.is_valid:
        return None if whole.value == old else SlotGuess(whole.value, score=whole.score, is_correction=True)
    national = _national(old)
    mended = correction.mend(text, national, SlotType("digits", length=len(national)), context.language)
    if mended is None:
        return None
    country = old.removesuffix(national.lstrip("0")) if old.startswith("+") else ""
    digits = country + mended.value.lstrip("0") if country else mended.value
    guess = _judge(digits, context.language, context.region)
    is_valid = guess.is_valid and mended.is_valid
    return SlotGuess(guess.value, score=mended.score, is_correction=True, is_valid=is_valid)


def _national(value: str) -> str:
    """The digits as they are read back: with the trunk zero where the country uses one."""
    try:
        number = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        return value.lstrip("+")
    shown = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return "".join(sign for sign in shown if sign.isdigit())


def _judge(digits: str, language: str, region: str) -> SlotGuess:
    regions = ["JP", region] if language == "ja" and digits.startswith("0") else [region]
    best = SlotGuess(digits[:20], score=0.3, is_valid=False)
    for place in dict.fromkeys(regions):
        try:
            number = phonenumbers.parse(digits[:20], place)
        except phonenumbers.NumberParseException:
            continue
        value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if phonenumbers.is_valid_number(number):
            return SlotGuess(value)
        if phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE:
            best = SlotGuess(value, score=0.7)
    return best
