"""Masks personal data in text for logs and transcripts: numbers in figures or words, e-mail addresses, cards."""

from __future__ import annotations

import re

MASK = "[…]"
_MAX_CHARS = 20_000

_EMAIL = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"
    r"|\b[a-z0-9]{1,40}(?:[ .](?:dot|underscore|dash)?[ .]?[a-z0-9]{1,40}){0,3}"
    r" at [a-z0-9-]{1,40}(?: dot [a-z]{2,12}){1,3}\b"
    r"|[\w.]{1,64}(?:アットマーク|アット)[\w]{1,64}(?:ドット[\w]{1,20}){1,3}",
    re.IGNORECASE,
)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")
_FIGURES = re.compile(r"\+?\d(?:[\d\s().\-/\u2010-\u2015\u2212\uff0d]{0,3}\d){3,}")
_WORD = (
    r"(?:zero|oh|o|nought|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|"
    r"double|triple|niner|for|to|too|won|ate|\d)"
)
_SPOKEN_EN = re.compile(
    rf"\b{_WORD}(?:[\s,.-]{{1,3}}(?:(?:uh|um|and|dash)[\s,]{{1,2}})?{_WORD}){{3,}}\b", re.IGNORECASE
)
_SIGN_JA = (
    r"(?:[〇零一二三四五六七八九十百千万0-9０-９]|ゼロ|ぜろ|れい|まる|いち|イチ|さん|サン|よん|ヨン|ろく|ロク|なな|ナナ|しち|シチ|"
    r"はち|ハチ|きゅう|キュウ|に(?=\s?[いさよごろなしはきぜ〇-九])|ニ|ご|ゴ)"
)
_SPOKEN_JA = re.compile(rf"{_SIGN_JA}(?:[\sの、ー-]?{_SIGN_JA}){{3,}}(?:に(?=です|$))?")


def mask(text: str) -> str:
    """Replaces what could identify a person by `[…]`: e-mail addresses, account numbers, runs of four or more digits.

    Names and addresses are not found. At most 20,000 characters come back.
    """
    masked = text[:_MAX_CHARS]
    for pattern in (_EMAIL, _IBAN, _FIGURES, _SPOKEN_EN, _SPOKEN_JA):
        masked = pattern.sub(MASK, masked)
    return masked
