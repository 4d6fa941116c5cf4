"""The `callback_time` slot: when a caller wants to be called back.

The value is `asap`, `later` (another time, not said which), `no`, or an interval `FROM/TO` of the caller's local time,
ISO 8601 to the minute. An interval may lie in the past: whether it can be kept is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from ivr.core.meaning import SlotGuess, SlotType
from ivr.understanding.slots import (
    callback_parts_en,
    callback_repairs_en,
    callback_repairs_ja,
    callback_time_en,
    callback_time_ja,
    callback_words_en,
    callback_words_ja,
    yes_no,
)
from ivr.understanding.slots.callback_window import Shape, Wish, interval, merged
from ivr.understanding.slots.context import SlotContext
from ivr.understanding.text import plain


@dataclass(frozen=True, slots=True)
class _Grammar:
    """What one language brings."""

    prepared: Callable[[str], str]
    wish: Callable[[str, datetime, bool], Wish | None]
    names_unknown_day: Callable[[str, date], bool]
    declines_a_day: Callable[[str], bool]
    calls_back_by_themselves: Callable[[str], bool]
    is_now: Callable[[str], bool]
    word: Callable[[str, str, str], str | None]


_ENGLISH = _Grammar(
    callback_repairs_en.prepared,
    callback_time_en.wish,
    callback_time_en.names_unknown_day,
    callback_parts_en.declines_a_day,
    callback_words_en.calls_back_by_themselves,
    callback_words_en.is_now,
    callback_words_en.word,
)
_JAPANESE = _Grammar(
    callback_repairs_ja.prepared,
    callback_time_ja.wish,
    callback_time_ja.names_unknown_day,
    callback_time_ja.declines_a_day,
    callback_words_ja.calls_back_by_themselves,
    callback_words_ja.is_now,
    callback_words_ja.word,
)
_LONG_WORDS, _LONG_CHARS = 8, 16
_UNSURE = 0.6
"""Score of a word in a sentence so long that something else may have been said."""
_OPENINGS = frozenset({"no", "nope", "いいえ", "いえ", "いや"})
"""A better time often follows."""
_GOES_ON = re.compile(r"\bfrom \w+$|から$")
"""Half of "from two to four"."""
_MONTH_FIRST = frozenset({"US", "CA", "PH"})


def parse(text: str, slot: SlotType, context: SlotContext) -> SlotGuess | None:
    """Reads a time for a call; hours without "am" or "pm" come with a lower score."""
    wish, word = _read(text, context)
    if wish is not None:
        return _guess(wish, context.reference)
    return SlotGuess(word, score=_UNSURE if _is_long(text, context.language) else 1.0) if word else None


def is_fuller(other: str, value: str) -> bool:
    """Whether another reading names a shorter time within the same interval: "tomorrow after three" of "tomorrow"."""
    outer, inner = _ends(value), _ends(other)
    return outer is not None and inner is not None and outer != inner and outer[0] <= inner[0] and inner[1] <= outer[1]


def mend(text: str, old: str, context: SlotContext) -> SlotGuess | None:
    """What to put in place of a time that was read back; None when nothing else was named.

    "No, after four" keeps the day that was read, "no, on Friday" the time of day; a bare yes or no mends nothing.
    """
    wish, word = _read(text, context)
    if wish is not None:
        guess = _guess(_mended(_as_wish(old), wish), context.reference)
    elif word == "later" or (word == "asap" and _names_haste(text, context.language)):
        guess = SlotGuess(word)
    else:
        return None
    return replace(guess, is_correction=True) if guess is not None and guess.value != old else None


def is_whole(text: str, context: SlotContext) -> bool:
    """Whether nothing is likely to follow: a clock time of a named day, a delay, a plain "yes" or "no thanks"."""
    wish, word = _read(text, context)
    bare = plain(text, context.language)
    if wish is not None:
        is_timed = wish.shape is not Shape.ALL and wish.day is not None
        return wish.shape is Shape.DELAY or (is_timed and _GOES_ON.search(bare) is None)
    agreed = yes_no.answer(text, context.language, context.question)
    is_said = agreed is not None or _names_haste(text, context.language)
    return is_said and word in ("asap", "no") and bare not in _OPENINGS


def _mended(old: Wish | None, new: Wish) -> Wish:
    return merged(replace(old, part=None) if old is not None and new.has_time else old, new)


def _as_wish(value: str) -> Wish | None:
    """An interval as the wish that it came from; None for the other values."""
    ends = _ends(value)
    if ends is None:
        return None
    start, end = ends
    length = (end - start).total_seconds() // 60
    minute = start.hour * 60 + start.minute
    return Wish(day=start.date(), part=(minute, minute + int(length)))


def _ends(value: str) -> tuple[datetime, datetime] | None:
    try:
        start, end = (datetime.fromisoformat(one) for one in value.split("/"))
    except ValueError:
        return None
    return start, end


def _is_long(text: str, language: str) -> bool:
    bare = plain(text, language)
    return len(bare) > _LONG_CHARS if language == "ja" else len(bare.split()) > _LONG_WORDS


def _grammar(language: str) -> _Grammar:
    return _JAPANESE if language == "ja" else _ENGLISH


def _names_haste(text: str, language: str) -> bool:
    grammar = _grammar(language)
    return grammar.is_now(grammar.prepared(text))


def _read(text: str, context: SlotContext) -> tuple[Wish | None, str | None]:
    """The time that was named, or the word for an answer without one."""
    grammar = _grammar(context.language)
    said, now = grammar.prepared(text), _naive(context.reference)
    if grammar.calls_back_by_themselves(said):
        return None, "no"
    if grammar.names_unknown_day(said, now.date()):
        return None, None
    wish = grammar.wish(said, now, context.region not in _MONTH_FIRST)
    if wish is not None and not (_is_today(wish, now) and grammar.is_now(said)):
        return wish, None
    if wish is None and grammar.declines_a_day(said):
        return None, "later"
    return None, grammar.word(said, text, context.question)


def _is_today(wish: Wish, now: datetime) -> bool:
    """Whether nothing but "today" was said: with "as soon as possible" it adds nothing."""
    return wish.day == now.date() and not wish.has_time


def _naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


def _guess(wish: Wish, reference: datetime) -> SlotGuess | None:
    try:
        start, end = interval(wish, _naive(reference))
    except (OverflowError, ValueError):
        return None
    return SlotGuess(f"{start:%Y-%m-%dT%H:%M}/{end:%Y-%m-%dT%H:%M}", score=wish.score)
