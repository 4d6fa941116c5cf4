"""Runs of digits inside a longer sentence: finding them, and the sentence without them."""

from __future__ import annotations

import re

from ivr.understanding.slots import english_numbers, japanese_numbers
from ivr.understanding.slots.digits import candidates

_OF_IT = re.compile(r"^番?の")
"""What is left in front of 「42719の荷物…」."""
MOST_READINGS = 4
MIN_DIGITS = 3
"""Shorter runs are ordinary numbers ("two shirts"), not codes."""


def digits_in(text: str, language: str) -> str:
    """The longest run of at least three spoken or written digits, else an empty text."""
    found = [run.text for run in _runs(text, language) if run.said >= MIN_DIGITS <= len(run.text)]
    return max(found, key=len, default="")


def readings_of(text: str, language: str) -> str:
    """All readings of a sentence's code, likeliest first and parted by spaces; empty when it has none.

    "my order for 2719" is 2719, and 42719 where five digits are wanted.
    """
    likeliest = digits_in(text, language)
    others = [one for one in candidates(text, language) if len(one) >= len(likeliest)] if likeliest else []
    return " ".join(dict.fromkeys([likeliest, *others][:MOST_READINGS]))


def without_digits(text: str, language: str) -> str:
    """The sentence with its codes cut out, so that they do not blur the intent."""
    if language == "ja":
        # As it was written: in katakana it would be like no example any more. Offsets are the same in both.
        rest = japanese_numbers.spelled(text)
        for run in reversed(japanese_numbers.runs(japanese_numbers.prepared(text))):
            if run.said >= MIN_DIGITS:
                rest = rest[: run.start] + rest[run.end :]
        return _OF_IT.sub("", rest)
    tokens = english_numbers.words(text)
    for found in reversed(english_numbers.runs(tokens, loose=False)):
        if found.said >= MIN_DIGITS:
            tokens = tokens[: found.start] + tokens[found.end :]
    return " ".join(tokens)


def _runs(text: str, language: str) -> list[english_numbers.Run] | list[japanese_numbers.Run]:
    if language == "ja":
        return japanese_numbers.runs(japanese_numbers.prepared(text))
    return english_numbers.runs(english_numbers.words(text), loose=False)
