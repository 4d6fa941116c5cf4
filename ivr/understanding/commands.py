"""What callers can say everywhere – repeat, slower, an agent, another language, goodbye – by phrases.

Precision comes first: a pattern names the whole utterance, or words that can mean nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.core.meaning import Expecting, Kind
from ivr.understanding import phrases_en, phrases_ja
from ivr.understanding.text import plain, without_fillers


@dataclass(frozen=True, slots=True)
class Command:
    """A command that was asked for."""

    name: str
    language: str | None = None
    """With `language`: which one, when it was named, whether or not it can be had (ISO 639-1)."""


_NAMES: dict[str, tuple[str, ...]] = {
    "en": ("english", "英語", "イングリッシュ"),
    "ja": ("japanese", "日本語", "nihongo", "ジャパニーズ"),
    "es": ("spanish", "español", "espanol", "スペイン語"),
    "fr": ("french", "français", "francais", "フランス語"),
    "de": ("german", "deutsch", "ドイツ語"),
    "zh": ("chinese", "mandarin", "中国語", "中文"),
    "ko": ("korean", "韓国語", "한국어"),
    "pt": ("portuguese", "português", "ポルトガル語"),
    "it": ("italian", "italiano", "イタリア語"),
    "ru": ("russian", "ロシア語"),
    "vi": ("vietnamese", "ベトナム語"),
    "ar": ("arabic", "アラビア語"),
    "hi": ("hindi", "ヒンディー語"),
    "th": ("thai", "タイ語"),
    "tl": ("tagalog", "タガログ語"),
}
_WORDY = frozenset({"choice", "name", "text"})


def find(text: str, expecting: Expecting) -> Command | None:
    """The command in an utterance, among those in force."""
    bare = plain(text, expecting.language)
    terse = without_fillers(bare, expecting.language)
    if not bare:
        return None
    if "language" in expecting.commands:
        named = _language(terse or bare, expecting)
        if named is not None:
            return named
    table = phrases_ja.PATTERNS if expecting.language == "ja" else phrases_en.PATTERNS
    for name, patterns in table.items():
        if name == "callback" and _is_callback_time(expecting):
            continue
        if name in expecting.commands and any(
            pattern.fullmatch(terse) or pattern.fullmatch(bare) for pattern in patterns
        ):
            return Command(name)
    if "goodbye" in expecting.commands and not _is_closed_question(expecting) and _is_done(terse, expecting.language):
        return Command("goodbye")
    return None


def _is_closed_question(expecting: Expecting) -> bool:
    """A yes-or-no question is answered by "that's all"; it does not end the call by itself."""
    is_yes_no = expecting.slot is not None and expecting.slot.name == "yes_no"
    return expecting.kind is Kind.CONFIRM or is_yes_no or _is_callback_time(expecting)


def _is_callback_time(expecting: Expecting) -> bool:
    """Where a callback is being arranged, "call me tomorrow" answers the question."""
    return expecting.slot is not None and expecting.slot.name == "callback_time"


def _is_done(terse: str, language: str) -> bool:
    return (phrases_ja if language == "ja" else phrases_en).DONE.fullmatch(terse) is not None


def _language(terse: str, expecting: Expecting) -> Command | None:
    """Callers ask for a language in that language: every pattern is tried in every call."""
    if phrases_en.OTHER_LANGUAGE.fullmatch(terse) or phrases_ja.OTHER_LANGUAGE.fullmatch(terse):
        return Command("language")
    for pattern in (phrases_en.LANGUAGE, phrases_ja.LANGUAGE):
        match = pattern.fullmatch(terse)
        code = _code(match.group("name")) if match else None
        if code is None or (code not in expecting.languages and _may_be_answer(terse, expecting)):
            continue
        return Command("language", code)
    return None


def _may_be_answer(terse: str, expecting: Expecting) -> bool:
    """Where words are asked for, a mere "german" is one of them rather than a wish that cannot be met."""
    return expecting.slot is not None and expecting.slot.name in _WORDY and _code(terse) is not None


def _code(name: str) -> str | None:
    return next((code for code, names in _NAMES.items() if name in names), None)
