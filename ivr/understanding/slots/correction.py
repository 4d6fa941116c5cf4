"""Mends a value that was read back: "no, four seven, not five seven", "the last part is 45", "no, it's 42718"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ivr.core.meaning import SlotGuess, SlotType
from ivr.understanding.slots.context import fits
from ivr.understanding.slots.digits import candidates
from ivr.understanding.text import fold, plain

_NOT_EN = re.compile(r"\b(?:not|instead of|rather than)\b")
_NOT_JA = re.compile(r"じゃなくて|ではなくて?|じゃなく|でなく|やなくて")
_LAST = re.compile(r"\b(last|ends?|ending|end)\b|最後|末尾|下[一二三四五六1-6]?桁|終わり|おわり|うしろ|後ろ")
_FIRST = re.compile(r"\b(first|starts?|starting|begins?|beginning)\b|最初|先頭|上[一二三四五六1-6]?桁|始まり|はじめ|頭")
_COUNT = re.compile(
    r"\b(last|first|final)\s+(?:(?:one|two|three|four|five|six|\d)\s+)?(?:digits?|numbers?|figures?|ones?|parts?|bit)\b"
    r"|\b(last|first|final)\s+(?:two|three|four|five|six)\s+(?:is|are|or|should)\b"
)
_COUNT_JA = re.compile(
    r"(最後|末尾|下|最初|先頭|上)の?([一二三四五六七八九\d]桁|いち桁|に桁|さん桁|よん桁|部分|番号|数字)?"
)
_ORDINAL = re.compile(r"\b(second|third|fourth|fifth|sixth|seventh|eighth|ninth)\s+(?:digit|number|figure|one)\b")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_ORDINAL_JA = re.compile(r"([二三四五六七八九2-9])(?:番目|つ目|桁目|文字目)")
_KANJI = "〇一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class _Mended:
    value: str
    score: float


def mend(text: str, old: str, slot: SlotType, language: str) -> SlotGuess | None:
    """The corrected value, or None when the utterance holds nothing to mend with.

    A result that does not fit the slot, or whose place is a guess between several, comes back as not valid.
    """
    mended = _mend(text, old, slot, language)
    if mended is None or (mended.value == old and mended.score < 1):
        return None
    is_valid = fits(mended.value, slot) and mended.score >= 0.5
    return SlotGuess(mended.value, score=mended.score, is_correction=True, is_valid=is_valid)


def _mend(text: str, old: str, slot: SlotType, language: str) -> _Mended | None:
    swapped = _swap(text, old, language)
    if swapped is not None:
        return swapped
    placed = _by_ordinal(text, old, language) or _at_an_end(text, old, language)
    if placed is not None:
        return placed
    spoken = candidates(text, language)
    for value in spoken:
        if fits(value, slot) and (slot.length is not None or len(value) >= max(2, len(old) - 1)):
            return _Mended(value, 1.0)
    return _align(spoken[0], old) if spoken else None


def _swap(text: str, old: str, language: str) -> _Mended | None:
    """Reads "X, not Y", "not Y but X", 「YじゃなくてX」."""
    split = _halves(text, language)
    if split is None:
        return None
    right, wrong = split
    if not right or not wrong:
        return None
    if wrong in old:
        return _Mended(old.replace(wrong, right, 1), 1.0 if old.count(wrong) == 1 else 0.6)
    return _align(right, old)


def _halves(text: str, language: str) -> tuple[str, str] | None:
    """(right, wrong) digits of a contrast."""
    pattern = _NOT_JA if language == "ja" else _NOT_EN
    source = plain(text, "ja") if language == "ja" else fold(text)
    match = pattern.search(source)
    if match is None:
        return None
    before, after = source[: match.start()], source[match.end() :]
    if language == "ja":
        return _best(after, language), _best(before, language)
    right = _best(before, language)
    if right:
        return right, _best(after, language)
    parts = re.split(r"\b(?:but|its|it's|it is|,|should be)\b|,", after, maxsplit=1)
    return (_best(parts[1], language), _best(parts[0], language)) if len(parts) == 2 else None


def _best(text: str, language: str) -> str:
    spoken = candidates(text, language)
    return spoken[0] if spoken else ""


def _at_an_end(text: str, old: str, language: str) -> _Mended | None:
    """Reads "the last part is 45", "it begins with 43"."""
    folded = fold(text)
    is_last, is_first = _LAST.search(folded) is not None, _FIRST.search(folded) is not None
    if is_last == is_first:
        return None
    rest = _COUNT_JA.sub(" ", folded) if language == "ja" else _COUNT.sub(" ", folded)
    piece = _best(rest, language)
    if not piece or len(piece) >= len(old):
        return None
    return _Mended(old[: -len(piece)] + piece if is_last else piece + old[len(piece) :], 1.0)


def _by_ordinal(text: str, old: str, language: str) -> _Mended | None:
    """Reads "the third digit is a nine"."""
    folded = fold(text)
    match = _ORDINAL_JA.search(folded) if language == "ja" else _ORDINAL.search(folded)
    if match is None:
        return None
    match.group(1)
    place = _place(match.group(1))
    piece = _best(folded[: match.start()] + " " + folded[match.end() :], language)
    if len(piece) != 1 or place > len(old):
        return None
    return _Mended(old[: place - 1] + piece + old[place:], 1.0)


def _align(piece: str, old: str) -> _Mended | None:
    """Lays a shorter piece where it differs least from what was read."""
    if len(piece) >= len(old):
        return _Mended(piece, 1.0 if len(piece) == len(old) else 0.4)
    distances = [
        sum(a != b for a, b in zip(piece, old[place:], strict=False)) for place in range(len(old) - len(piece) + 1)
    ]
    least = min(distances)
    if least == 0 and len(piece) < len(old):
        return None
    place = distances.index(least)
    is_clear = distances.count(least) == 1 and least < len(piece)
    return _Mended(old[:place] + piece + old[place + len(piece) :], 0.7 if is_clear else 0.3)


def _place(word: str) -> int:
    """Of "third" it is 3, 「三」 is 3."""
    if word in _ORDINALS:
        return _ORDINALS.index(word) + 1
    return _KANJI.index(word) if word in _KANJI else int(word)
