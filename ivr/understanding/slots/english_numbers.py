"""English number words: runs of spoken digits, and cardinal numbers.

A run is read into pieces; a piece may have several spellings ("forty two" is 42, or 40 and 2), likeliest first, so
that an expected length can choose. Words a recogniser writes for digits ("for", "to", "ate") count only next to
digits.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from decimal import Decimal

from ivr.understanding.text import fold

DIGITS = {
    "zero": "0", "oh": "0", "o": "0", "nought": "0", "naught": "0", "nil": "0",
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
SOUNDALIKES = {
    "for": "4", "fore": "4", "to": "2", "too": "2", "tu": "2", "won": "1", "wun": "1", "wan": "1", "ate": "8",
    "tree": "3", "free": "3", "fife": "5", "sex": "6", "sics": "6", "sicks": "6", "niner": "9", "nein": "9",
    "owe": "0", "ow": "0", "seben": "7", "fower": "4", "a": "8", "hate": "8",
}  # fmt: skip
_CLOSE_SOUNDALIKES = frozenset({"a", "hate", "free"})
TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
_REPEATS = {"double": 2, "triple": 3, "treble": 3}
_BETWEEN = frozenset(
    [
        "uh",
        "um",
        "er",
        "erm",
        "ah",
        "hmm",
        "dash",
        "hyphen",
        "then",
        "and",
        "space",
        "minus",
        "the",
        "number",
        "digit",
        "followed",
        "by",
    ]
)
_TOKEN = re.compile(r"\d+|[a-z]+")
_CONTRACTION = re.compile(r"['’](s|m|re|ve|ll|d|t)\b")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_MAX_SPELLINGS = 64


@dataclass(frozen=True, slots=True)
class Run:
    """Digits said in one breath."""

    pieces: tuple[tuple[str, ...], ...]
    """For each piece its spellings, likeliest first."""
    start: int
    """Index of the first word, among `words()` of the utterance."""
    end: int
    """Index after the last word."""
    said: int
    """How much was said: a word counts one, figures count each."""

    def spellings(self) -> list[str]:
        """All readings of the whole run, likeliest first, at most 64."""
        combined = itertools.islice(itertools.product(*self.pieces), _MAX_SPELLINGS)
        return list(dict.fromkeys("".join(spelling) for spelling in combined))

    @property
    def text(self) -> str:
        """The likeliest reading."""
        return "".join(piece[0] for piece in self.pieces)


def words(text: str) -> list[str]:
    """Lower-case words and figures; contractions lose their tail ("it's" = "it")."""
    return _TOKEN.findall(_CONTRACTION.sub("", _THOUSANDS.sub("", fold(text))))


def runs(tokens: list[str], *, loose: bool = True) -> list[Run]:
    """Finds the runs of digits in an utterance.

    Args:
        tokens: `words()` of the utterance.
        loose: also take sound-alikes that stand next to digits.
    """
    found: list[Run] = []
    place = 0
    while place < len(tokens):
        run = _run(tokens, place, loose)
        if run is None:
            place += 1
        else:
            found.append(run)
            place = run.end
    return found


def _run(tokens: list[str], start: int, loose: bool) -> Run | None:
    pieces: list[tuple[str, ...]] = []
    place = end = start
    while place < len(tokens):
        step = _piece(tokens, place)
        if step is None and loose:
            step = _soundalike(tokens, place, has_left=bool(pieces) and end == place)
        if step is None:
            if pieces and tokens[place] in _BETWEEN and place - end < 3:
                place += 1
                continue
            break
        spellings, place = step
        pieces.append(spellings)
        end = place
    said = sum(len(token) if token.isdigit() else 1 for token in tokens[start:end])
    return Run(tuple(pieces), start, end, said) if any(piece[0] for piece in pieces) else None


def _piece(tokens: list[str], place: int) -> tuple[tuple[str, ...], int] | None:
    """One piece at `place`: its spellings and where it ends."""
    word = tokens[place]
    if word.isdigit():
        return _figures(tokens, place)
    if word in _REPEATS:
        return _repeated(tokens, place)
    scaled = _scaled(tokens, place)
    if scaled is not None:
        return scaled
    if word in DIGITS:
        return (DIGITS[word],), place + 1
    return _below_hundred(tokens, place)


def _figures(tokens: list[str], place: int) -> tuple[tuple[str, ...], int]:
    """Figures as the recogniser wrote them; "40 2" may have been "forty two"."""
    word, following = tokens[place], tokens[place + 1] if place + 1 < len(tokens) else ""
    is_ten = len(word) == 2 and word[1] == "0" and word[0] != "0"
    if is_ten and len(following) == 1 and following.isdigit() and following != "0":
        return (word + following, word[0] + following), place + 2
    return (word,), place + 1


def _repeated(tokens: list[str], place: int) -> tuple[tuple[str, ...], int] | None:
    following = tokens[place + 1] if place + 1 < len(tokens) else ""
    digit = DIGITS.get(following) or SOUNDALIKES.get(following) or (following if following.isdigit() else "")
    if len(digit) != 1:
        return None
    return (digit * _REPEATS[tokens[place]],), place + 2


def _below_hundred(tokens: list[str], place: int) -> tuple[tuple[str, ...], int] | None:
    word = tokens[place]
    if word in TEENS:
        return (str(TEENS[word]),), place + 1
    if word not in TENS:
        return None
    unit = DIGITS.get(tokens[place + 1], "0") if place + 1 < len(tokens) else "0"
    if unit == "0":
        return (str(TENS[word]),), place + 1
    return (str(TENS[word] + int(unit)), f"{TENS[word]}{unit}"), place + 2


def _scaled(tokens: list[str], place: int) -> tuple[tuple[str, ...], int] | None:
    """A number with "hundred" or "thousand" in it, e.g. "two thousand and twenty six"."""
    value, end = cardinal(tokens, place)
    said = tokens[place:end]
    if value is None or not {"hundred", "thousand"} & set(said):
        return None
    return (str(value),), end


def _soundalike(tokens: list[str], place: int, *, has_left: bool) -> tuple[tuple[str, ...], int] | None:
    digit = SOUNDALIKES.get(tokens[place])
    if digit is None:
        return None
    following = place + 1
    while following < len(tokens) and tokens[following] in SOUNDALIKES:
        following += 1
    has_right = following < len(tokens) and _is_number_word(tokens[following])
    if tokens[place] in _CLOSE_SOUNDALIKES:
        return (("", digit), place + 1) if has_left and has_right else None
    if not (has_left or has_right):
        return None
    return ((digit, "") if has_left else ("", digit)), place + 1


def _is_number_word(word: str) -> bool:
    return word.isdigit() or word in DIGITS or word in TEENS or word in TENS or word in _REPEATS


def cardinal(tokens: list[str], place: int) -> tuple[int | None, int]:
    """Reads one cardinal number from `place`: its value (None if there is none) and where it ends."""
    total = current = 0
    last = end = place
    used = False
    while last < len(tokens):
        word = tokens[last]
        if word == "and" and used and last + 1 < len(tokens) and _small(tokens[last + 1]) is not None:
            last += 1
            continue
        if (
            word == "a"
            and not used
            and last + 1 < len(tokens)
            and tokens[last + 1] in ("hundred", "thousand", "million")
        ):
            current, last = 1, last + 1
            continue
        small = _small(word)
        if small is not None:
            if not _can_add(current, small):
                break
            current, used = current + small, True
        elif word == "hundred" and 0 < current < 100:
            current, used = current * 100, True
        elif word in ("thousand", "million") and current:
            total, current, used = total + current * (1000 if word == "thousand" else 1_000_000), 0, True
        else:
            break
        last += 1
        end = last
    return (total + current if used else None), end


def _small(word: str) -> int | None:
    if word in TEENS:
        return TEENS[word]
    if word in TENS:
        return TENS[word]
    if word.isdigit() and len(word) <= 9:
        return int(word)
    return int(DIGITS[word]) if word in DIGITS else None


def _can_add(current: int, small: int) -> bool:
    """Twenty takes a unit, hundreds take what is below a hundred; nothing else adds up."""
    if current == 0:
        return True
    if current % 100 == 0:
        return small < 100
    return current % 10 == 0 and current % 100 >= 20 and 0 < small < 10


def decimal_number(tokens: list[str]) -> Decimal | None:
    """The first number of an utterance, with "point five", "and a half", "minus"."""
    for place in range(len(tokens)):
        value, end = cardinal(tokens, place)
        if value is None:
            continue
        result = Decimal(value)
        if tokens[end : end + 1] == ["point"]:
            result += _fraction(tokens[end + 1 :])
        elif tokens[end : end + 3] == ["and", "a", "half"]:
            result += Decimal("0.5")
        return -result if place and tokens[place - 1] in ("minus", "negative") else result
    return None


def _fraction(tokens: list[str]) -> Decimal:
    digits = "".join(itertools.takewhile(bool, (DIGITS.get(word, word if word.isdigit() else "") for word in tokens)))
    return Decimal(f"0.{digits}") if digits and len(digits) <= 12 else Decimal(0)
