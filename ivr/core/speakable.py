"""The one filter that text from strangers passes before it reaches TwiML, logs, pages or exports."""

from __future__ import annotations

import re

SPEAKABLE_LIMIT = 3000
"""Characters. The carrier reads at most 4096 in one sentence, and one document may hold 64 kB."""

_WORD = 40
"""A longer run of letters may be cut in the middle."""

_FORBIDDEN = re.compile(
    "["
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # control characters that are not white space (ANSI escapes among them)
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"  # invisible, or turning the writing direction
    "\ud800-\udfff"  # half a surrogate pair is no character
    "\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17))
    + "\U000e0000-\U000e007f"
    "]"
)


def speakable(text: str, limit: int = SPEAKABLE_LIMIT) -> str:
    """Make a text safe to write anywhere.

    Removes what XML 1.0 (section 2.2) forbids or discourages, lone surrogates, invisible and
    direction-changing characters; turns every run of white space, line ends too, into one space.

    Args:
        text: Anything.
        limit: Longest result, characters; a longer text is cut at a word's end where one is near.

    Returns:
        One line without leading or trailing space; empty when nothing was left.
    """
    clean = " ".join(_FORBIDDEN.sub("", text[: limit * 4]).split())
    if len(clean) <= limit:
        return clean
    border = clean.rfind(" ", max(1, limit - _WORD), limit + 1)
    return clean[: border if border > 0 else limit].rstrip()
