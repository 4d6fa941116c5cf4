"""Whether what was heard so far is a whole answer; decides how long the end of a turn is waited for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from ivr.core.meaning import Expecting, Kind, SlotType
from ivr.ports import Completeness
from ivr.understanding.slots import SlotContext, callback_time, phone, yes_no
from ivr.understanding.slots.digits import candidates
from ivr.understanding.text import is_hesitation, plain

_TRAILING_EN = re.compile(
    r"(?:^|.* )(and|or|but|the|a|an|my|to|for|with|of|because|so|if|that|is|its|are|was|about|on|in|at|from|i|im|"
    r"uh|um|er|erm|ah|hmm|like|well|let me see|let me check|hold on|wait|double|triple|number|starting|then|"
    r"one moment|just a (second|moment|minute)|you know|need|want|would like|id like)"
)
_ASKS_EN = re.compile(
    r"(?:^|.* )(what|which|who|whose|where|when|why|how|do|does|did|is|are|was|can|could|will|would)( .*)? "
    r"(for|with|of|to|about|on|in|at|from|is|are|was|like|need|want)"
)
"""Questions may end in what elsewhere is the middle of a sentence: "which bulb does the lamp need"."""
_SOFTENED_JA = re.compile(r".*[ぁ-ん一-龯](です|ます|した|ません|たい|ない|ん|の)(です|だ)?(が|けど|けれど|けれども)")
"""A polite sentence that stops before what is plain anyway: "商品を返したいのですが"."""
_TRAILING_JA = re.compile(
    r".*(えーと|ええと|えっと|えと|あの|あのー|その|うーん|んー|ので|けど|けれど|けれども|ですが|が|で|て|と|は|を|に|の|から|"
    r"まして|ちょっと待って(ください)?|少々お待ちください|番号は|えー)"
)
_TRAILING_JA_DIGITS = re.compile(
    r".*(えーと|ええと|えっと|えと|あの|あのー|うーん|んー|待って(ください)?|番号は|は|の|えー)"
)

_TIME_FOLLOWS_EN = re.compile(
    rf"{_TRAILING_EN.pattern}|(?:^|.* )(after|before|between|until|till|by|past|around|half|quarter|next|this|not|any|"
    r"than|starting|coming|every|say|maybe|how|what|early|late|sometime|"
    r"january|february|march|april|june|july|august|september|october|november|december|between (the )?\w+)"
)
_TIME_FOLLOWS_JA = re.compile(
    r".*(えーと|ええと|えっと|えと|あの|あのー|その|うーん|んー|えー|の|は|と|か|とか|なら|今度|ので|けど|けれど|けれども|ですが|"
    r"\d月|[一二三四五六七八九十]月|待って(ください)?)"
)
_ANY_DAY = datetime(2000, 1, 1, 12)
"""Whether an answer is whole does not depend on the day."""


def completeness(
    text: str, expecting: Expecting, is_example: Callable[[str], bool], region: str = "US"
) -> Completeness:
    """Judges `text` by what is expected.

    Args:
        text: what was heard so far.
        expecting: what the step waits for.
        is_example: whether a text is word for word an example of an intent.
        region: of telephone numbers without a country code.
    """
    bare = plain(text, expecting.language)
    if not bare:
        return Completeness.UNKNOWN
    if is_hesitation(bare, expecting.language):
        return Completeness.INCOMPLETE
    slot = expecting.slot
    if slot is not None and slot.name == "callback_time" and expecting.kind is not Kind.CONFIRM:
        return _callback_time(bare, text, expecting)
    if _is_closed(expecting):
        return _closed(bare, text, expecting)
    if slot is not None and slot.name == "digits":
        return _digits(bare, text, slot, expecting.language)
    if slot is not None and slot.name == "phone":
        return _phone(bare, text, expecting.language, region)
    if is_example(text):
        return Completeness.COMPLETE
    if not _trails(bare, expecting.language):
        return Completeness.UNKNOWN
    softened = _SOFTENED_JA if expecting.language == "ja" else _ASKS_EN
    is_open = expecting.kind is Kind.OPEN
    return Completeness.TRAILING if is_open and softened.fullmatch(bare) else Completeness.INCOMPLETE


def _is_closed(expecting: Expecting) -> bool:
    is_yes_no = expecting.slot is not None and expecting.slot.name == "yes_no"
    return expecting.kind is Kind.CONFIRM or (expecting.kind is Kind.SLOT and is_yes_no)


def _closed(bare: str, text: str, expecting: Expecting) -> Completeness:
    answer = yes_no.answer(text, expecting.language, expecting.question)
    if answer is not None:
        is_short = len(bare) <= 8 if expecting.language == "ja" else len(bare.split()) <= 3
        may_mend = answer is False and expecting.correcting is not None
        if is_short and not may_mend:
            return Completeness.COMPLETE
    return Completeness.INCOMPLETE if _trails(bare, expecting.language) else Completeness.UNKNOWN


def _digits(bare: str, text: str, slot: SlotType, language: str) -> Completeness:
    pattern = _TRAILING_JA_DIGITS if language == "ja" else _TRAILING_EN
    found = candidates(text, language)
    longest = max((len(value) for value in found), default=0)
    if slot.length is not None:
        if longest >= slot.length and any(len(value) == slot.length for value in found[:1]):
            return Completeness.COMPLETE
        if longest:
            return Completeness.INCOMPLETE if longest < slot.length else Completeness.UNKNOWN
    elif longest and longest < slot.min_length:
        return Completeness.INCOMPLETE
    if slot.length is None and longest >= slot.max_length:
        return Completeness.COMPLETE
    return Completeness.INCOMPLETE if pattern.fullmatch(bare) else Completeness.UNKNOWN


def _phone(bare: str, text: str, language: str, region: str) -> Completeness:
    guess = phone.read(text, language, region)
    if guess is not None and guess.is_valid:
        return Completeness.COMPLETE if guess.score == 1.0 else Completeness.UNKNOWN
    is_begun = bool(candidates(text, language)) or _TRAILING_JA_DIGITS.fullmatch(bare) or _trails(bare, language)
    return Completeness.INCOMPLETE if is_begun else Completeness.UNKNOWN


def _callback_time(bare: str, text: str, expecting: Expecting) -> Completeness:
    pattern = _TIME_FOLLOWS_JA if expecting.language == "ja" else _TIME_FOLLOWS_EN
    if pattern.fullmatch(bare):
        return Completeness.INCOMPLETE
    context = SlotContext(expecting.language, expecting.now or _ANY_DAY, expecting.question)
    return Completeness.COMPLETE if callback_time.is_whole(text, context) else Completeness.UNKNOWN


def _trails(bare: str, language: str) -> bool:
    pattern = _TRAILING_JA if language == "ja" else _TRAILING_EN
    return pattern.fullmatch(bare) is not None
