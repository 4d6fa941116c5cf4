"""Cuts a prompt into pieces that can be spoken one after another, so that the first plays while the next is made."""

from __future__ import annotations

import re
import unicodedata

LONGEST_TEXT = 5000
"""Characters of one prompt that are spoken; more is cut off."""
LONGEST_PIECE = 280
FIRST_PIECE = 110
"""The first piece is what the caller waits for; a longer one is cut at a comma."""

_ENDERS = ".!?…。！？｡"
_WIDE_ENDERS = "。！？｡"
_CLOSERS = "\"'”’)]」』）】"
_COMMAS = ",;:、，；："
_ABBREVIATIONS = frozenset(
    {"mr", "mrs", "ms", "dr", "prof", "st", "no", "nr", "jr", "sr", "vs", "etc", "e.g", "i.e", "approx", "dept", "ext"}
    | {"inc", "ltd", "co", "a.m", "p.m", "ave", "blvd", "rd", "fig", "tel", "z.b", "bzw"}
)
_LETTER_RUN = re.compile(r"([^\W\d])\1{9,}")
_SPACES = re.compile(r"\s+")
_LAST_WORD = re.compile(r"([^\s]+)\.$")


def speakable_text(text: str) -> str:
    """`text` with control characters and lone surrogates gone, spaces joined, and at most `LONGEST_TEXT` long.

    A letter ten times or more in a row stands nine times: some engines spell it out, minutes long.
    """
    kept = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text[: LONGEST_TEXT * 2])
    kept = "".join(c for c in kept if unicodedata.category(c) not in {"Cs", "Co", "Cn"})
    return _SPACES.sub(" ", _LETTER_RUN.sub(lambda run: run[1] * 9, kept)).strip()[:LONGEST_TEXT]


def has_words(text: str) -> bool:
    """Whether there is anything to pronounce: a letter or a digit of any script."""
    return any(c.isalnum() for c in text)


def split_sentences(text: str) -> list[str]:
    """The pieces of a prompt in order; none has more than `LONGEST_PIECE` characters and each has words in it."""
    pieces: list[str] = []
    for sentence in _sentences(speakable_text(text)):
        limit = LONGEST_PIECE if pieces else FIRST_PIECE
        while len(sentence) > limit:
            cut = _good_cut(sentence, limit) if limit == LONGEST_PIECE else _comma_cut(sentence, limit)
            if not cut:
                limit = LONGEST_PIECE
                continue
            pieces.append(sentence[:cut].strip())
            sentence, limit = sentence[cut:].strip(), LONGEST_PIECE
        pieces.append(sentence)
    return _without_wordless(pieces)


def _sentences(text: str) -> list[str]:
    """Cut after each end of a sentence."""
    found: list[str] = []
    start = index = 0
    while index < len(text):
        if text[index] not in _ENDERS:
            index += 1
            continue
        end = index + 1
        while end < len(text) and text[end] in _ENDERS + _CLOSERS:
            end += 1
        if _ends_sentence(text, start, index, end):
            found.append(text[start:end].strip())
            start = end
        index = end
    found.append(text[start:].strip())
    return [piece for piece in found if piece]


def _ends_sentence(text: str, start: int, index: int, end: int) -> bool:
    """Whether the ender at `index`, with all that closes up to `end`, ends the sentence begun at `start`."""
    if text[index] in _WIDE_ENDERS:
        return True
    if end < len(text) and not text[end].isspace():
        return False
    if text[index] != ".":
        return True
    word = _LAST_WORD.search(text[start : index + 1])
    before = word.group(1).lower() if word else ""
    is_initial = len(before) == 1 and before.isalpha() and before != "i"
    return before not in _ABBREVIATIONS and not is_initial


def _comma_cut(text: str, limit: int) -> int:
    """Where to cut after a comma within `limit`, not nearer than 20 characters to the beginning; 0 for nowhere."""
    commas = (i for i in range(20, min(limit, len(text))) if text[i] in _COMMAS and _is_pause(text, i))
    return max((i + 1 for i in commas), default=0)


def _is_pause(text: str, index: int) -> bool:
    """A comma inside a number or a colon inside a time is no pause."""
    follows = text[index + 1 : index + 2]
    return ord(text[index]) > 0x7F or not follows or follows.isspace()


def _good_cut(text: str, limit: int) -> int:
    """After the last comma, else the last space, else in the middle of a word."""
    return _comma_cut(text, limit) or text.rfind(" ", 20, limit) + 1 or limit


def _without_wordless(pieces: list[str]) -> list[str]:
    """Pieces of mere punctuation are dropped: some engines hang on or refuse them."""
    return [piece for piece in pieces if has_words(piece)]
