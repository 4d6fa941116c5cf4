"""Whether two Japanese texts are read alike, whatever they are written with. Pure; the dictionary is lent.

A recogniser writes 五桁 as ごけた and 返品 as 変金: as characters they share little, as sounds nearly all.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ivr.simulator.comparison import digits_fit, nearest_window, tokens

READ_ALIKE = 0.85
"""Similarity of readings (0..1) from which they count as the same words. Measured on 79 wanted phrases against the
transcripts of 39 prompts: what was above it without being wanted had been alike by its characters already."""
_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_SAME = str.maketrans({"ヲ": "オ", "ヅ": "ズ", "ヂ": "ジ", "ー": None})
_FIGURES = "〇一二三四五六七八九"
_NUMBER = re.compile(r"[0-9]+")

Reading = Callable[[str], str]
"""The katakana of a text; what it cannot read stays as it is."""


def reads_alike(heard: str, wanted: str, reading: Reading) -> bool:
    """Whether somewhere in `heard` something was said that is read like `wanted`."""
    all_heard, all_wanted = tokens(heard), tokens(wanted)
    digits = sum(token.isdigit() for token in all_wanted)
    if not all_wanted or (digits > 1 and not digits_fit(all_heard, all_wanted)):
        return False
    sound, target = _sound(all_heard, reading), _sound(all_wanted, reading)
    if digits == 1:  # it may be written in kana: then nothing but its sound shows that it is the right one
        return target in sound
    return nearest_window(list(sound), target) >= READ_ALIKE


def _sound(words: list[str], reading: Reading) -> str:
    """Katakana of tokens, numbers read out, long vowels closed up."""
    text = _NUMBER.sub(lambda found: _kanji(found[0]), "".join(words))
    return reading(text).translate(_TO_KATAKANA).translate(_SAME)


def _kanji(number: str) -> str:
    """Numbers up to 99 as numbers, longer ones digit by digit."""
    if len(number) != 2 or number[0] == "0":
        return "".join(_FIGURES[int(digit)] for digit in number)
    tens, ones = int(number[0]), int(number[1])
    return ("" if tens == 1 else _FIGURES[tens]) + "十" + ("" if ones == 0 else _FIGURES[ones])
