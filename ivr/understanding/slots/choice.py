"""The `choice` slot: one of a few values, each with its wordings."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from ivr.core.meaning import SlotGuess, SlotType
from ivr.understanding.slots.context import SlotContext
from ivr.understanding.text import plain

_ORDINALS_EN = ("first", "second", "third", "fourth", "fifth", "sixth")
_PLACES_JA = ("一", "二", "三", "四", "五", "六")
_LAST = re.compile(r"\b(the )?(last|latter)( one| option)?\b|最後(の|です)?|後者")
_ALIKE = 0.8


def parse(text: str, slot: SlotType, context: SlotContext) -> SlotGuess | None:
    """Finds the choice: by its words, by its place in the list ("the second one"), or nearly by its words."""
    bare = plain(text, context.language)
    wordings = [(value, plain(wording, context.language)) for value, own in slot.choices for wording in (value, *own)]
    inside = [(value, word) for value, word in wordings if word and _holds(bare, word, context.language)]
    if inside:
        longest = max(len(word) for _, word in inside)
        values = {value for value, word in inside if len(word) == longest}
        return SlotGuess(values.pop()) if len(values) == 1 else None
    placed = _by_place(bare, slot, context.language)
    return placed or _alike(bare, wordings)


def _holds(bare: str, word: str, language: str) -> bool:
    return word in bare if language == "ja" else f" {word} " in f" {bare} "


def _by_place(bare: str, slot: SlotType, language: str) -> SlotGuess | None:
    values = [value for value, _ in slot.choices]
    if values and _LAST.search(bare):
        return SlotGuess(values[-1], score=0.9)
    for place, value in enumerate(values[: len(_ORDINALS_EN)]):
        if language == "ja":
            pattern = rf"({place + 1}|{_PLACES_JA[place]})(番|つ目|個目)" + ("|最初|前者" if place == 0 else "")
        else:
            pattern = rf"\b({_ORDINALS_EN[place]}( one| option)?|(number|option) ({place + 1}|{_WORDS[place]}))\b"
        if re.search(pattern, bare):
            return SlotGuess(value, score=0.9)
    return None


_WORDS = ("one", "two", "three", "four", "five", "six")


def _alike(bare: str, wordings: list[tuple[str, str]]) -> SlotGuess | None:
    """A recogniser's near miss ("jacked" for "jacket")."""
    best: dict[str, float] = {}
    for value, word in wordings:
        pieces = [bare, *_windows(bare, len(word.split()))]
        ratio = max(SequenceMatcher(None, piece, word).ratio() for piece in pieces)
        best[value] = max(best.get(value, 0.0), ratio)
    ranked = sorted(best.items(), key=lambda pair: -pair[1])
    if not ranked or ranked[0][1] < _ALIKE or (len(ranked) > 1 and ranked[0][1] - ranked[1][1] < 0.1):
        return None
    return SlotGuess(ranked[0][0], score=round(ranked[0][1] * 0.8, 3))


def _windows(bare: str, size: int) -> list[str]:
    words = bare.split()[:40]
    return [" ".join(words[start : start + size]) for start in range(len(words) - size + 1)]
