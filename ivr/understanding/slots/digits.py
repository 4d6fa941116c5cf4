"""The `digits` slot: codes and order numbers, said digit by digit, in groups or as numbers."""

from __future__ import annotations

from ivr.core.meaning import SlotGuess, SlotType
from ivr.understanding.slots import english_numbers, japanese_numbers
from ivr.understanding.slots.context import SlotContext, fits, judged

_ANEW_EN = frozenset(["no", "sorry", "correction", "wait", "rather", "actually", "mean", "oops"])
_ANEW_JA = ("ジャナクテ", "デハナク", "チガッタ", "マチガエ", "スミマセン", "訂正", "イヤ", "失礼")


def parse(text: str, slot: SlotType, context: SlotContext) -> SlotGuess | None:
    """Reads a digit string; prefers readings that fit the slot."""
    spoken = candidates(text, context.language)
    for value in spoken:
        if fits(value, slot):
            return judged(value, slot)
    return judged(spoken[0][: slot.max_length * 2], slot, 0.5) if spoken else None


def candidates(text: str, language: str) -> list[str]:
    """All readings of the digits in an utterance, likeliest first."""
    return _japanese(text) if language == "ja" else _english(text)


def _english(text: str) -> list[str]:
    tokens = english_numbers.words(text)
    found = english_numbers.runs(tokens)
    if not found:
        return _spelled_alone(tokens)
    readings: list[str] = []
    if len(found) > 1 and _ANEW_EN & set(tokens[found[-2].end : found[-1].start]):
        readings += found[-1].spellings()
    if len(found) > 1:
        readings.append("".join(run.text for run in found))
    for run in sorted(found, key=lambda run: -len(run.text)):
        readings += run.spellings()
    return list(dict.fromkeys(reading for reading in readings if reading))


def _spelled_alone(tokens: list[str]) -> list[str]:
    """An utterance of nothing but sound-alikes: "for to ate"."""
    digits = [english_numbers.SOUNDALIKES.get(token) for token in tokens]
    return ["".join(digit for digit in digits if digit)] if tokens and all(digits) else []


def _japanese(text: str) -> list[str]:
    prepared = japanese_numbers.prepared(text)
    found = japanese_numbers.runs(prepared)
    readings: list[str] = []
    if len(found) > 1 and any(word in prepared[found[-2].end : found[-1].start] for word in _ANEW_JA):
        readings.append(found[-1].text)
    if len(found) > 1:
        readings.append("".join(run.text for run in found))
    readings += [run.text for run in sorted(found, key=lambda run: -len(run.text))]
    return list(dict.fromkeys(readings))
