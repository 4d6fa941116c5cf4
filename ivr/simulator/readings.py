"""Whether two Japanese texts are read alike, whatever they are written with. Pure; the dictionary is lent.

A recogniser writes 五桁 as ごけた and 返品 as 変金: as characters they share little, as sounds nearly all.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ivr.simulator.comparison import digits_fit, nearest_window, tokens
from ivr.simulator.phonemes import changes, phonemes

READ_ALIKE = 0.85
"""Similarity of readings (0..1) from which they count as the same words. Measured on 79 wanted phrases against the
transcripts of 39 prompts: what was above it without being wanted had been alike by its characters already."""
MOST_CHANGED = 0.17
"""Share of single sounds that may differ. Of 130 wanted phrases and the transcripts of their 105 prompts, it finds 10
of the 17 that neither characters nor readings find; of 9,320 pairs that do not belong together it takes 3, and all are
the same words in another sentence (折り返しのお電話)."""
MOST_CHANGED_SHORT = 0.125
"""The same for words of fewer than `SHORT_SOUNDS`."""
SHORT_SOUNDS = 10
STRETCH = 8
MOST_CHANGED_STRETCH = 2.5
"""And in no stretch of so many sounds more than this."""
MOST_CHANGED_NUMBER = 0.5
BEHIND_NUMBER = 4
"""Changes in a number and in so many sounds behind it: one consonant may be another near one."""
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
    sound, target = _sound(all_heard, reading), _sound(all_wanted, reading)
    if not target:
        return False
    if digits == 1 and target in sound:
        return True
    # A single digit may be written in kana: then nothing but its sound shows that it is the right one.
    has_digits = digits != 1 and digits_fit(all_heard, all_wanted)
    all_sounds, sounds = phonemes(sound), phonemes(target)
    if has_digits and nearest_window(list(sound), target) >= READ_ALIKE and _is_everywhere_near(all_sounds, sounds):
        return True
    return _sounds_near(all_sounds, sounds) and _has_numbers(all_sounds, sounds, all_wanted, reading)


def _sounds_near(heard: str, wanted: str) -> bool:
    share = MOST_CHANGED_SHORT if len(wanted) < SHORT_SOUNDS else MOST_CHANGED
    return changes(heard, wanted) <= share * len(wanted) and _is_everywhere_near(heard, wanted)


def _has_numbers(heard: str, wanted: str, words: list[str], reading: Reading) -> bool:
    """Every number is there, with the sounds behind it; a consonant may be another near one, no more."""
    for number in _NUMBER.findall("".join(words)):
        sounds = phonemes(_sound([number], reading))
        start = wanted.find(sounds)
        there = wanted[start : start + len(sounds) + BEHIND_NUMBER] if start >= 0 else wanted
        if changes(heard, there) > MOST_CHANGED_NUMBER:
            return False
    return True


def _is_everywhere_near(heard: str, wanted: str) -> bool:
    """No stretch of the words is another word: ご用件を承ります is mostly, but not, 返品を承ります."""
    starts = range(max(1, len(wanted) - STRETCH + 1))
    return all(changes(heard, wanted[start : start + STRETCH]) <= MOST_CHANGED_STRETCH for start in starts)


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
