"""Small steps with regular expressions that the larger grammars share."""

from __future__ import annotations

import re

Rewrites = tuple[tuple[re.Pattern[str], str], ...]
"""Patterns and what stands in their place, applied in this order."""


def any_of(*alternatives: str) -> re.Pattern[str]:
    """One pattern that finds any of these."""
    return re.compile("|".join(alternatives))


def word_of(*alternatives: str) -> re.Pattern[str]:
    """One pattern that finds any of these as whole words."""
    return re.compile(rf"\b(?:{'|'.join(alternatives)})\b")


def rewrites(*pairs: tuple[str, str]) -> Rewrites:
    """Compiles (pattern, replacement) pairs."""
    return tuple((re.compile(pattern), spelled) for pattern, spelled in pairs)


def rewritten(text: str, rules: Rewrites) -> str:
    """The text after every rule."""
    for pattern, spelled in rules:
        text = pattern.sub(spelled, text)
    return text
