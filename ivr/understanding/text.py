"""Text as the understanding reads it: one normal form, bounded in size, and the words that carry nothing."""

from __future__ import annotations

import re
import unicodedata

MAX_CHARS = 500
"""Longest utterance that is read; the rest is dropped (a caller's sentence is under 300)."""

_APOSTROPHES = str.maketrans("", "", "'’‘`´")
_NOT_WORD = re.compile(r"[^\w\s]|_")
_SPACES = re.compile(r"\s+")
_WIDE = r"[\u3005-\u30ff\u3400-\u9fff\uff66-\uff9f]"
_SPACE_BESIDE_WIDE = re.compile(rf"(?<={_WIDE})\s+|\s+(?={_WIDE})")

FILLERS_EN = frozenset(
    [
        "uh",
        "um",
        "er",
        "erm",
        "hmm",
        "hm",
        "mm",
        "ah",
        "eh",
        "well",
        "like",
        "so",
        "please",
        "okay",
        "ok",
        "alright",
        "actually",
        "just",
    ]
)
_FILLERS_JA = re.compile(
    r"(えーっと|えーと|ええと|えっと|えと|ええっと|あのー|あのう|そのー|うーんと|うーん|んーと|えー|あー|まあ|ちょっと)"
)
_HESITATION_EN = re.compile(r"(?:(?:u+h+|u+h*m+|e+r+m*|e+h+|e+h*m+|a+h+|h+m+|m{2,}|well|like|so|let me see)(?: |$))+")
_HESITATION_JA = re.compile(
    r"(?:え[えーっ]*と[ーお]*|えー+|あの[ーうお]*|その[ーう]+|うー+ん*と?|んー*とー*|んー+|あー+|まあ|とー+)+"
)


def fold(text: str) -> str:
    """NFKC, lower case, one line, at most `MAX_CHARS`; punctuation stays."""
    folded = unicodedata.normalize("NFKC", text[:MAX_CHARS])[:MAX_CHARS].casefold()
    return _SPACES.sub(" ", folded).strip()


def plain(text: str, language: str) -> str:
    """Words only: no punctuation, apostrophes closed up ("don't" = "dont"); Japanese without spaces."""
    folded = fold(text).translate(_APOSTROPHES)
    bare = _SPACES.sub(" ", _NOT_WORD.sub(" ", folded)).strip()
    return _SPACE_BESIDE_WIDE.sub("", bare) if language == "ja" else bare


def without_fillers(text: str, language: str) -> str:
    """`plain` text without hesitation sounds. All fillers gone may leave an empty text."""
    if language == "ja":
        return _FILLERS_JA.sub("", text)
    return " ".join(word for word in text.split() if word not in FILLERS_EN)


def is_hesitation(text: str, language: str) -> bool:
    """Whether a `plain` text is nothing but "uh" and "えーと": the caller is about to speak."""
    return (_HESITATION_JA if language == "ja" else _HESITATION_EN).fullmatch(text) is not None
