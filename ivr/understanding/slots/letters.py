"""The `letters` slot: letters, or letters mixed with digits, spelled out."""

from __future__ import annotations

import re

from ivr.core.meaning import SlotGuess, SlotType
from ivr.understanding.slots import english_numbers, japanese_numbers
from ivr.understanding.slots.context import SlotContext, judged
from ivr.understanding.text import fold

_NATO = [
    "alpha",
    "bravo",
    "charlie",
    "delta",
    "echo",
    "foxtrot",
    "golf",
    "hotel",
    "india",
    "juliet",
    "kilo",
    "lima",
    "mike",
    "november",
    "oscar",
    "papa",
    "quebec",
    "romeo",
    "sierra",
    "tango",
    "uniform",
    "victor",
    "whiskey",
    "xray",
    "yankee",
    "zulu",
]
_SAID = {
    "alfa": "a", "juliett": "j", "whisky": "w", "ay": "a", "bee": "b", "be": "b", "cee": "c", "see": "c", "sea": "c",
    "dee": "d", "ee": "e", "ef": "f", "eff": "f", "gee": "g", "aitch": "h", "haitch": "h", "eye": "i", "jay": "j",
    "kay": "k", "el": "l", "ell": "l", "em": "m", "en": "n", "pee": "p", "pea": "p", "cue": "q", "queue": "q",
    "ar": "r", "are": "r", "es": "s", "ess": "s", "tee": "t", "tea": "t", "you": "u", "vee": "v", "ex": "x", "why": "y",
    "zed": "z", "zee": "z", "oh": "o", **{word: word[0] for word in _NATO},
}  # fmt: skip
_WEAK = frozenset(["a", "be", "see", "sea", "eye", "are", "you", "why", "i", "el", "en", "em"])
_JA = {
    "エー": "A", "エイ": "A", "ビー": "B", "シー": "C", "ディー": "D", "デー": "D", "イー": "E", "エフ": "F",
    "ジー": "G", "エイチ": "H", "エッチ": "H", "アイ": "I", "ジェー": "J", "ジェイ": "J", "ケー": "K",
    "ケイ": "K", "エル": "L", "エム": "M", "エヌ": "N", "オー": "O", "ピー": "P", "キュー": "Q", "アール": "R",
    "エス": "S", "ティー": "T", "テー": "T", "ユー": "U", "ブイ": "V", "ヴィー": "V", "ダブリュー": "W",
    "ダブル": "W", "エックス": "X", "ワイ": "Y", "ゼット": "Z", "ゼッド": "Z",
}  # fmt: skip
_JA_LETTER = re.compile("|".join(sorted(_JA, key=len, reverse=True)) + "|[a-z]")
_DOUBLE_U = re.compile(r"\bdouble (?:u|you)\b")
_SPELLING = re.compile(r"\b([a-z]+)\s+(?:as in|for|like in|like)\s+([a-z]+)\b")


def parse(text: str, slot: SlotType, context: SlotContext) -> SlotGuess | None:
    """Reads a code of letters and digits, in capitals."""
    value = _japanese(text) if context.language == "ja" else _english(text, slot)
    return judged(value[: slot.max_length * 2], slot) if value else None


def _english(text: str, slot: SlotType) -> str:
    tokens = english_numbers.words(_DOUBLE_U.sub("w", _SPELLING.sub(_spelled, fold(text))))
    signs: list[str] = []
    place = 0
    while place < len(tokens):
        sign, place = _sign(tokens, place, bool(signs))
        signs.append(sign)
    stretches = [stretch for stretch in "".join(sign or " " for sign in signs).split() if stretch]
    joined = "".join(stretches)
    return (
        joined if slot.length in (None, len(joined)) else max([*stretches, joined], key=lambda s: len(s) == slot.length)
    )


def _spelled(match: re.Match[str]) -> str:
    letter, word = match.group(1), match.group(2)
    if len(letter) == 1 or _SAID.get(letter) == word[0]:
        return f" {_NATO[ord(word[0]) - 97]} "
    return match.group()


def _sign(tokens: list[str], place: int, is_running: bool) -> tuple[str, int]:
    word = tokens[place]
    if word == "double" and place + 1 < len(tokens):
        sign, end = _sign(tokens, place + 1, is_running)
        return (sign * 2, end) if len(sign) == 1 else ("", place + 1)
    if word in ("dash", "hyphen", "and", "then"):
        return "", place + 1
    if word in _WEAK and not (is_running or _is_strong(tokens, place + 1)):
        return "", place + 1
    if len(word) == 1 and word.isalpha():
        return word.upper(), place + 1
    if word in _SAID and word not in english_numbers.DIGITS:
        return _SAID[word].upper(), place + 1
    if word in english_numbers.DIGITS or word.isdigit():
        return english_numbers.DIGITS.get(word, word), place + 1
    if is_running and word in ("niner", "fife", "tree", "won", "ate", "for", "to", "too"):
        return english_numbers.SOUNDALIKES[word], place + 1
    value, end = english_numbers.cardinal(tokens, place)
    return (str(value), end) if value is not None else ("", place + 1)


def _is_strong(tokens: list[str], place: int) -> bool:
    if place >= len(tokens):
        return False
    word = tokens[place]
    return (len(word) == 1 or word in _SAID or word in english_numbers.DIGITS or word.isdigit()) and word not in ("i",)


def _japanese(text: str) -> str:
    prepared = japanese_numbers.prepared(text)
    out, place = "", 0
    spans = {run.start: run for run in japanese_numbers.runs(prepared)}
    while place < len(prepared):
        letter = _JA_LETTER.match(prepared, place)
        if letter:
            out += _JA.get(letter.group(), letter.group().upper())
            place = letter.end()
        elif place in spans:
            out += spans[place].text
            place = spans[place].end
        else:
            place += 1
    return out
