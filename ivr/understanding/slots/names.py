"""The `name` and `text` slots: free text with its frame taken off."""

from __future__ import annotations

import re
import unicodedata

from ivr.core.meaning import SlotGuess, SlotType
from ivr.understanding.slots.context import SlotContext
from ivr.understanding.text import MAX_CHARS

_MAX_NAME = 80
_LEAD_EN = re.compile(
    r"^\W*(?:(?:uh+|um+|er+|erm|ah|oh|hi|hello|hey|yes|yeah|ok|okay|sure|well|so|and|please)\b\W*)*"
    r"(?:(?:my (?:full |first |last )?name(?:'s| is|s)|the name(?:'s| is)|name is|this is|i am|i'm|im|it's|it is|its|"
    r"you can call me|call me|they call me|that would be|that's|put it under|under)\b\W*)?"
    r"(?:(?:uh+|um+|er+|erm)\b\W*)*",
    re.IGNORECASE,
)
_TAIL_EN = re.compile(r"\W*\b(?:speaking|here|calling|please|thanks|thank you)\W*$", re.IGNORECASE)
_LEAD_JA = re.compile(
    r"^[、。\s]*(?:(?:えーと|えーっと|ええと|えっと|あの|あのー|はい|もしもし)[、\s]*)*"
    r"(?:(?:私の|わたしの|僕の)?(?:名前は|氏名は|名字は)|(?:私|わたし|わたくし|僕|ぼく)(?:は|[、\s]))?[、\s]*"
)
_TAIL_JA = re.compile(
    r"(?:と申します|ともうします|といいます|と言います|という者です|でございます|になります|ですけど|ですが|です|だ|と呼んでください)?"
    r"[。、\s]*(?:よろしく.*|お願いします)?[。、\s]*$"
)
_LEAD_TEXT = re.compile(r"^\W*(?:(?:uh+|um+|erm?|えーと|えっと|あの|あのー)\b\W*)+", re.IGNORECASE)


def parse_name(text: str, slot: SlotType, context: SlotContext) -> SlotGuess | None:
    """Reads a name: "this is john smith" gives `John Smith`, 「田中と申します」 gives `田中`."""
    heard = tidy(text)
    if context.language == "ja":
        name = _TAIL_JA.sub("", _LEAD_JA.sub("", heard)).replace(" ", "")
    else:
        name = _spelled(_TAIL_EN.sub("", _LEAD_EN.sub("", heard)).strip(" .,!?"))
        name = name if re.search(r"[A-Z]", name) else _capitals(name)
    name = name.strip(" .,!?。、")[:_MAX_NAME]
    has_letter = any(sign.isalpha() for sign in name)
    return SlotGuess(name, score=0.8, is_valid=not any(sign.isdigit() for sign in name)) if has_letter else None


def parse_text(text: str, slot: SlotType, context: SlotContext) -> SlotGuess | None:
    """The whole utterance on one line, without the hesitation at its beginning."""
    heard = tidy(text)
    cleaned = _LEAD_TEXT.sub("", heard).strip() or heard
    return SlotGuess(cleaned) if any(sign.isalnum() for sign in cleaned) else None


def tidy(text: str) -> str:
    """NFKC on one line without control characters, at most `MAX_CHARS`."""
    folded = unicodedata.normalize("NFKC", text[:MAX_CHARS])[:MAX_CHARS]
    return " ".join("".join(sign if sign.isprintable() else " " for sign in folded).split())


def _spelled(name: str) -> str:
    """Makes "smith s m i t h" to "smith": letters at the end spell what was said, and win."""
    words = name.split()
    letters: list[str] = []
    while words and len(words[-1].strip(".-,")) == 1:
        letters.insert(0, words.pop().strip(".-,"))
    if len(letters) < 3:
        return name
    return " ".join([*words[:-1], "".join(letters).lower()])


def _capitals(name: str) -> str:
    return " ".join(part[:1].upper() + part[1:] for part in name.split())
