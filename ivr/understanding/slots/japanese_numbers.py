"""Japanese number words: kanji, kana, figures and their mixtures."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ivr.understanding.readings import katakana
from ivr.understanding.text import plain

_DIGITS = {
    "零": 0, "〇": 0, "○": 0, "ゼロ": 0, "レイ": 0, "レー": 0, "マル": 0, "丸": 0, "オー": 0,
    "一": 1, "壱": 1, "イチ": 1, "ワン": 1, "イッ": 1, "位置": 1, "市": 1,
    "二": 2, "弐": 2, "ニイ": 2, "ニー": 2, "ニ": 2, "フタ": 2, "ツー": 2,
    "三": 3, "参": 3, "サン": 3, "スリー": 3,
    "四": 4, "ヨン": 4, "ヨ": 4, "シ": 4, "フォー": 4,
    "五": 5, "ゴオ": 5, "ゴー": 5, "ゴ": 5, "ファイブ": 5,
    "六": 6, "ロク": 6, "ロッ": 6, "シックス": 6,
    "七": 7, "ナナ": 7, "シチ": 7, "セブン": 7,
    "八": 8, "ハチ": 8, "ハッ": 8, "エイト": 8,
    "九": 9, "キュウ": 9, "キュー": 9, "ク": 9, "ナイン": 9,
}  # fmt: skip
_UNITS = {
    "十": 10, "ジュウ": 10, "ジュー": 10, "ジュッ": 10, "百": 100, "ヒャク": 100, "ビャク": 100, "ピャク": 100,
    "千": 1000, "セン": 1000, "ゼン": 1000, "万": 10_000, "マン": 10_000,
}  # fmt: skip
_WEAK = frozenset(
    {
        "千",
        "万",
        "百",
        "ゼン",
        "ビャク",
        "ピャク",
        "ニ",
        "ヨ",
        "シ",
        "ゴ",
        "ク",
        "丸",
        "市",
        "位置",
        "イッ",
        "ロッ",
        "ハッ",
        "オー",
        "マン",
        "セン",
    }
)
"""Short words that are as often something else; they count only among other digits."""
_WORDS = sorted((*_DIGITS, *_UNITS), key=len, reverse=True)
_TOKEN = re.compile("|".join([r"\d+", *map(re.escape, _WORDS)]))
_COUNTED = re.compile(r"$|デス|円|エン|個|コ|本|枚|人|名|番|ダ")
_BETWEEN = re.compile(r"[のノ]|ハイフン|エート|ート|アノ|ソレカラ|トー?|、")


@dataclass(frozen=True, slots=True)
class Run:
    """Digits said in one breath."""

    text: str
    """Digit by digit; parts with 十, 百, 千, 万 as the number they make."""
    start: int
    """Character offsets into `prepared()` text."""
    end: int
    said: int
    """How much was said: a word counts one, figures count each."""


def prepared(text: str) -> str:
    """NFKC, no spaces or punctuation, kana as katakana: what the offsets of a `Run` count in."""
    return katakana(spelled(text))


def spelled(text: str) -> str:
    """The same with hiragana left as it is, character for character."""
    return plain(text.replace("○", "〇"), "ja").replace(" ", "")


def runs(text: str) -> list[Run]:
    """Finds the runs of digits in `prepared()` text."""
    found: list[Run] = []
    place = 0
    while place < len(text):
        run = _run(text, place)
        if run is None:
            place += 1
        else:
            found.append(run)
            place = run.end
    return found


def _run(text: str, start: int) -> Run | None:
    words: list[str] = []
    place = end = start
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match:
            words.append(match.group())
            place = end = match.end()
            continue
        gap = _BETWEEN.match(text, place) if words and place == end else None
        if gap is None or not _TOKEN.match(text, gap.end()):
            break
        place = gap.end()
    while words and _is_lone_tail(words, text, end):
        end -= len(words.pop())
    is_weak = all(word in _WEAK for word in words) and len(words) < 3
    if not words or (is_weak and not (start == 0 and _COUNTED.match(text, end))):
        return None
    said = sum(len(word) if word.isdigit() else 1 for word in words)
    return Run(digits_of(words), start, end, said)


def _is_lone_tail(words: list[str], text: str, end: int) -> bool:
    """A particle at the end of a run: 「7に変更」, 「5万」 is not one."""
    return words[-1] in ("ニ", "シ", "ヨ") and end < len(text) and not text.startswith(("デス", "バン", "ケタ"), end)


def digits_of(words: list[str]) -> str:
    """["四", "十", "二", "七"] -> "427"; plain digits one after another."""
    out: list[str] = []
    place = 0
    while place < len(words):
        value, end, has_unit = _composite(words, place)
        out.append(str(value) if has_unit else _single(words[place]))
        place = end if has_unit else place + 1
    return "".join(out)


def _single(word: str) -> str:
    return word if word.isdigit() else str(_DIGITS[word])


def _composite(words: list[str], start: int) -> tuple[int, int, bool]:
    """A number from `start`: its value, where it ends, and whether a 十, 百, 千 or 万 was in it."""
    value, end, has_unit = _below_ten_thousand(words, start)
    if end < len(words) and _UNITS.get(words[end]) == 10_000:
        low, low_end, has_low = _below_ten_thousand(words, end + 1)
        value = (value if end > start else 1) * 10_000
        return (value + low, low_end, True) if has_low else (value, end + 1, True)
    return value, max(end, start + 1), has_unit


def _below_ten_thousand(words: list[str], start: int) -> tuple[int, int, bool]:
    value, limit, place = 0, 10_000, start
    while place < len(words):
        is_unit = words[place] in _UNITS
        digit = 1 if is_unit else int(_single(words[place])[:9])
        here = place if is_unit else place + 1
        unit = _UNITS.get(words[here], 0) if here < len(words) else 0
        if digit < 10 and 0 < unit < limit:
            value, limit, place = value + digit * unit, unit, here + 1
            continue
        if not is_unit and (place == start or digit < 10):
            value, place = value + digit, here
        break
    return value, place, limit < 10_000


def number(text: str) -> int | None:
    """The first number of `prepared()` text, read as one value: 「四十二」 and 「よんじゅうに」 are 42."""
    found = runs(text)
    return int(found[0].text[:15]) if found else None
