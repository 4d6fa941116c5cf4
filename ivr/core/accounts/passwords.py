"""Which passwords are refused. Length and being guessable count; no rule wants a digit or a sign.

There is no list of a million passwords: of the commonest ones hardly any has twelve characters, and those that have are
made of a few words, rows of keys and repetitions, which are recognised as such.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import Enum

SHORTEST, LONGEST = 12, 256
_OWN_LEFT = 8
"""Characters that must be left when a person's own names are taken out."""
_KINDS = 5
"""Different characters there must be."""

_COMMON = (
    "password passwort passwd passw pass admin administrator root user login welcome willkommen hello letmein changeme "
    "change secret secure access master test testing guest default qwerty qwertz azerty qazwsx asdf zxcv yxcv iloveyou "
    "iloveu love baby angel princess sunshine monkey dragon shadow superman batman football baseball soccer michael "
    "jordan charlie daniel jessica ashley summer winter spring autumn monday friday starwars pokemon computer internet "
    "trustno one two three my the me is it your company callcenter callcentre call center centre support agent "
    "supervisor phone telephone denwaban denwa sakura nippon arigato konnichiwa konnichi tokyo "
    "correcthorsebatterystaple abc xyz aaa zaq xsw cde vfr bgt nhy mju ok please new old temp temporary work "
    "office japan london"
).split()
_ROWS = (
    *("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop", "yxcvbnm"),
    "abcdefghijklmnopqrstuvwxyz",
)
_LEET = str.maketrans("013457@$!", "oieastasi")


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))


def _stretches(row: str) -> set[str]:
    return {row[start:end] for start in range(len(row)) for end in range(start + 4, len(row) + 1)}


_WORDS = _any_of(_COMMON)
_STRETCHES = _any_of(set().union(*map(_stretches, (*_ROWS, *(row[::-1] for row in _ROWS)))))
"""Four and more that lie side by side on a keyboard or in the alphabet."""


class PasswordProblem(Enum):
    """Why a password is refused, as a sentence for whoever chose it."""

    SHORT = f"Take at least {SHORTEST} characters; several words with spaces are easy to remember."
    LONG = f"Take at most {LONGEST} characters."
    NAME = "Take something that is not made of your name."
    COMMON = "That is among the first things that are tried; take several words that do not belong together."


def normal(password: str) -> str:
    """The same characters however a keyboard made them (NFKC), as hashed and compared."""
    return unicodedata.normalize("NFKC", password)


def password_problem(password: str, account_id: str, name: str) -> PasswordProblem | None:
    """Why this person may not have this password; None when they may."""
    given = normal(password)
    if len(given) < SHORTEST:
        return PasswordProblem.SHORT
    if len(given) > LONGEST:
        return PasswordProblem.LONG
    small = given.casefold()
    if _is_own(small, (account_id, *re.split(r"\W+", name))):
        return PasswordProblem.NAME
    if len(set(small)) < _KINDS or _is_common(small):
        return PasswordProblem.COMMON
    return None


def _is_own(small: str, names: tuple[str, ...]) -> bool:
    rest = small
    for name in sorted(map(str.casefold, names), key=len, reverse=True):
        if len(name) >= 2:
            rest = rest.replace(name, "")
    return rest != small and len(_letters(rest)) < _OWN_LEFT


def _is_common(small: str) -> bool:
    """Whether little is left when words, rows of keys and repetitions are taken out."""
    return min(_left(small), _left(small.translate(_LEET))) < 4


def _left(text: str) -> int:
    letters = _letters(_WORDS.sub("", _STRETCHES.sub("", text)))
    return len(re.sub(r"(.{1,6}?)\1+|[0-9]", "", letters))


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)
