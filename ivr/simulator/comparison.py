"""Whether what was said contains what a script wants to hear. Pure.

Texts are compared as tokens: words for languages with spaces, single characters for Japanese, single digits for
numbers however they are written ("42719", "four two seven one nine", "四二七一九", "イチ ニ").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher

SURE_ENOUGH = 0.62
"""Similarity (0..1) at which words that were transcribed by ear count as those that were wanted."""
SHORT = 8
"""Fewer characters than this need `SURE_ENOUGH_SHORT`."""
SURE_ENOUGH_SHORT = 0.75
MAX_HEARD = 4000
"""Longest text that is searched, characters."""

_DIGIT_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_UNITS = {word: value for value, word in enumerate(_DIGIT_WORDS)}
_TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13,
    "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19,
    "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
}  # fmt: skip
_ONES = {**_UNITS, **_ORDINALS}
_KANJI = {mark: value for value, mark in enumerate("零一二三四五六七八九")} | {"〇": 0}
_KANJI_SCALES = {"十": 10, "百": 100, "千": 1000}
_KANA = {
    "ゼロ": "0", "レイ": "0", "イチ": "1", "ニ": "2", "サン": "3", "ヨン": "4", "シ": "4", "ゴ": "5", "ロク": "6",
    "ナナ": "7", "シチ": "7", "ハチ": "8", "キュウ": "9", "ク": "9",
}  # fmt: skip
_KANA_WORD = "|".join(sorted(_KANA, key=len, reverse=True))
_KANA_RUN = re.compile(rf"(?<![ァ-ヺー])(?:{_KANA_WORD})+(?![ァ-ヺー])")
_KANJI_RUN = re.compile(r"[〇零一二三四五六七八九十百千万]+")
_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_DIGITS = re.compile(r"[0-9]+")
_TOKEN = re.compile(r"[0-9]|[\u3005-\u30ff\u3400-\u9fff]|[^\W\d_\u3005-\u30ff\u3400-\u9fff]+")


class InvalidPattern(ValueError):
    """Words or a regular expression that can never be heard."""


def check_pattern(wanted: str) -> None:
    """Raises `InvalidPattern` for a broken expression or for words without a letter or digit."""
    expression = _expression(wanted)
    if expression is not None:
        try:
            re.compile(expression)
        except (re.error, OverflowError, RecursionError) as error:
            raise InvalidPattern(f"this is no regular expression ({error}); mend it or remove the slashes") from error
        if not expression:
            raise InvalidPattern("there is nothing between the slashes; write an expression")
    elif wanted and not tokens(wanted):
        raise InvalidPattern("there is no word in it; write words that the line says")


def contains(said: str, wanted: str) -> bool:
    """Whether `said`, known to the letter, has the words of `wanted` side by side, or matches its expression."""
    expression = _expression(wanted)
    if expression is not None:
        return _search(expression, said)
    return _find(tokens(said), tokens(wanted))


def similarity(heard: str, wanted: str) -> float:
    """How much a transcript (with a recogniser's mistakes) sounds as if `wanted` was said, 0..1.

    Digits are no matter of taste: with more than one wrong in five the result is 0.
    """
    if contains(heard, wanted):
        return 1.0
    if _expression(wanted) is not None:
        return 0.0
    all_heard, all_wanted = tokens(heard), tokens(wanted)
    if not all_heard or not all_wanted or not digits_fit(all_heard, all_wanted):
        return 0.0
    return nearest_window(all_heard, "".join(all_wanted))


def nearest_window(heard: list[str], target: str) -> float:
    """How alike the most similar stretch of `heard`, of about the same length, is to `target`, 0..1."""
    windows = _windows(heard, len(target)) if heard and target else ()
    return max((SequenceMatcher(None, window, target, autojunk=False).ratio() for window in windows), default=0.0)


def sounds_like(heard: str, wanted: str) -> bool:
    """Whether a transcript is close enough to what was wanted."""
    length = len("".join(tokens(wanted)))
    return similarity(heard, wanted) >= (SURE_ENOUGH if length >= SHORT else SURE_ENOUGH_SHORT)


def tokens(text: str) -> list[str]:
    """The words, characters and digits of a text in one normal form."""
    folded = unicodedata.normalize("NFKC", text[:MAX_HEARD]).casefold()
    folded = re.sub(r"['’‘`´]", "", folded)
    folded = re.sub(r"(?<=\d)[,.](?=\d{3}(?!\d))", "", folded)
    folded = re.sub(r"\$\s*([0-9]+)(?:\.00)?", r"\1 dollars ", folded)
    folded = re.sub(r"[¥¥]\s*([0-9]+)", r"\1円", folded)
    folded = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", folded)
    folded = _KANA_RUN.sub(_kana_digits, folded)
    folded = _KANJI_RUN.sub(_kanji_number, folded)
    return list(_english_numbers(_TOKEN.findall(folded.translate(_HIRAGANA))))


def last_digits(said: str) -> str:
    """The last digits that stand side by side, as they would be keyed in: of "your code is four 8 二 7", "4827"."""
    runs = "".join(token if token.isdigit() else " " for token in tokens(said)).split()
    return runs[-1] if runs else ""


def is_expression(wanted: str) -> bool:
    """Whether a text is a regular expression between slashes rather than words."""
    return len(wanted) >= 2 and wanted.startswith("/") and wanted.endswith("/")


def _expression(wanted: str) -> str | None:
    return wanted[1:-1] if is_expression(wanted) else None


def _search(expression: str, said: str) -> bool:
    plain = unicodedata.normalize("NFKC", said[:MAX_HEARD])
    forms = (said[:MAX_HEARD], plain, _DIGITS.sub(_spelled, plain), " ".join(tokens(said)))
    return any(re.search(expression, form, re.IGNORECASE) for form in forms)


def _spelled(found: re.Match[str]) -> str:
    """Figures as the line says codes: digit by digit."""
    return " ".join(_DIGIT_WORDS[int(digit)] for digit in found[0])


def _find(all_said: list[str], wanted: list[str]) -> bool:
    size = len(wanted)
    return any(all_said[start : start + size] == wanted for start in range(len(all_said) - size + 1))


def _windows(heard: list[str], length: int) -> Iterator[str]:
    """Stretches of about `length` characters, one from each token on."""
    for start in range(len(heard)):
        stretch = ""
        for token in heard[start:]:
            stretch += token
            if len(stretch) >= length * 0.75:
                yield stretch
            if len(stretch) > length * 1.3:
                break
    yield "".join(heard[-length:])


def digits_fit(heard: list[str], wanted: list[str]) -> bool:
    """Whether the digits among the wanted tokens were heard, one in five wrong at most."""
    needed = "".join(token for token in wanted if token.isdigit())
    found = "".join(token for token in heard if token.isdigit())
    return not needed or _nearest(found, needed) <= len(needed) // 5


def _nearest(found: str, needed: str) -> int:
    """Fewest edits that turn `needed` into some part of `found`."""
    row = [0] * (len(found) + 1)
    for index, wanted in enumerate(needed, 1):
        previous, row = row, [index]
        for column, digit in enumerate(found, 1):
            row.append(min(previous[column] + 1, row[-1] + 1, previous[column - 1] + (digit != wanted)))
    return min(row)


def _kana_digits(found: re.Match[str]) -> str:
    return "".join(_KANA[word] for word in re.findall(_KANA_WORD, found[0]))


def _kanji_number(found: re.Match[str]) -> str:
    text = found[0]
    if not set(text) & {"十", "百", "千", "万"}:
        return "".join(str(_KANJI[mark]) for mark in text)
    total = section = digit = 0
    for mark in text:
        if mark in _KANJI:
            digit = digit * 10 + _KANJI[mark]
        elif mark == "万":
            total, section, digit = total + (section + digit or 1) * 10_000, 0, 0
        else:
            section, digit = section + (digit or 1) * _KANJI_SCALES[mark], 0
    return str(total + section + digit)


def _english_numbers(words: list[str]) -> Iterator[str]:
    """Number words as single digits; "oh" among digits is a zero."""
    index, after_digit = 0, False
    while index < len(words):
        word = words[index]
        value, used = _number_at(words, index)
        if used:
            yield from str(value)
            index, after_digit = index + used, True
            continue
        is_zero = word in ("oh", "o") and (after_digit or (index + 1 < len(words) and _is_digit(words[index + 1])))
        yield "0" if is_zero else word
        index, after_digit = index + 1, is_zero or word.isdigit()


def _is_digit(word: str) -> bool:
    return word in _UNITS or word.isdigit()


def _number_at(words: list[str], start: int) -> tuple[int, int]:
    """A number said from `start` on, and how many words it takes (0: none)."""
    value, used = _below_hundred(words, start)
    if not used:
        return 0, 0
    for scale, name in ((100, "hundred"), (1000, "thousand")):
        if start + used < len(words) and words[start + used] == name:
            value, used = value * scale, used + 1
            joint = 1 if start + used < len(words) and words[start + used] == "and" else 0
            reader = _below_hundred if scale == 100 else _number_at
            rest, more = reader(words, start + used + joint)
            if more and rest < scale:
                value, used = value + rest, used + joint + more
    return value, used


def _below_hundred(words: list[str], start: int) -> tuple[int, int]:
    word = words[start] if start < len(words) else ""
    if word in _TENS:
        following = words[start + 1] if start + 1 < len(words) else ""
        if _ONES.get(following):
            return _TENS[word] + _ONES[following], 2
        return _TENS[word], 1
    value = _ONES.get(word, _TEENS.get(word))
    return (0, 0) if value is None else (value, 1)
