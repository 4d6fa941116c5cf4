"""How far two Japanese texts are apart by ear: katakana as single sounds, and the fewest sounds to change. Pure.

A recogniser writes 発送済み as 発想積み and 2 as 見: whole syllables differ, but hardly a sound.
"""

from __future__ import annotations

_ROWS = {
    "": "アイウエオ", "k": "カキクケコ", "g": "ガギグゲゴ", "s": "サシスセソ", "z": "ザジズゼゾ", "t": "タチツテト",
    "d": "ダヂヅデド", "n": "ナニヌネノ", "h": "ハヒフヘホ", "b": "バビブベボ", "p": "パピプペポ", "m": "マミムメモ",
    "r": "ラリルレロ",
}  # fmt: skip
_SOUNDS = {kana: row + vowel for row, line in _ROWS.items() for kana, vowel in zip(line, "aiueo", strict=True)} | {
    "ヤ": "ya", "ユ": "yu", "ヨ": "yo", "ワ": "wa", "ヲ": "o", "ン": "N", "ッ": "Q", "ー": "", "ヴ": "bu",
    "ヅ": "zu", "ヂ": "zi",
}  # fmt: skip
_SMALL = {"ャ": "ya", "ュ": "yu", "ョ": "yo", "ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o"}
_LONG = (("ou", "o"), ("ei", "e"), ("aa", "a"), ("ii", "i"), ("uu", "u"), ("ee", "e"), ("oo", "o"))
_NEAR = {frozenset(pair) for pair in ("kg", "sz", "td", "hb", "hp", "bp", "nm", "nN", "mN", "rd", "tk", "ts")}
"""Consonants that a telephone hardly tells apart: half a change."""


def phonemes(katakana: str) -> str:
    """One letter per sound, long vowels closed up; what is no kana stays as it is."""
    sounds = ""
    for kana in katakana:
        if kana in _SMALL:
            sounds = sounds[:-1] if sounds[-1:] in ("i", "u") else sounds
            sounds += _SMALL[kana]
        else:
            sounds += _SOUNDS.get(kana, kana)
    for long, short in _LONG:
        sounds = sounds.replace(long, short)
    return sounds


def changes(heard: str, wanted: str) -> float:
    """The least change of sounds that turns `wanted` into some part of `heard`; a near consonant counts half."""
    row = [0.0] * (len(heard) + 1)
    for index, sound in enumerate(wanted, 1):
        above, row = row, [float(index)]
        for column, other in enumerate(heard, 1):
            row.append(min(above[column] + 1, row[-1] + 1, above[column - 1] + _apart(sound, other)))
    return min(row)


def _apart(sound: str, other: str) -> float:
    if sound == other:
        return 0.0
    return 0.5 if frozenset((sound, other)) in _NEAR else 1.0
