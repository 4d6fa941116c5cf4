"""Numbers outside the usual plans: emergency lines, numbers that cost, satellites, numbers of films and tests.

Written out where the `phonenumbers` package judges by the price list of one country only, or where a wrong length
must not turn "never" into "not in use".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

import phonenumbers
from phonenumbers import shortnumberinfo

NEVER_DIALLED = frozenset({"110", "118", "119", "112", "911", "999", "000"})
"""Emergency lines of many countries: never dialled anywhere (trust page, C31)."""
_HIDES_NUMBER = ("184", "186", "141", "1470")
"""Prefixes that hide or show one's own number in Japan and Britain: 184 110 rings the police as well."""
_TRUNKS = ("0", "1")
_ABROAD = re.compile(r"\+|00|01[01]")
_EMERGENCY_LENGTHS = range(2, 6)


def is_emergency(plain: str, region: str) -> bool:
    """Whether the digits reach an emergency line, however they are dressed.

    Args:
        plain: Digits, with or without a leading `+`.
        region: Whose national numbers are meant, ISO 3166.
    """
    home_code = str(phonenumbers.country_code_for_region(region))
    for digits in {plain, _ABROAD.sub("", plain, count=1) if _ABROAD.match(plain) else plain}:
        for code in ("", home_code, *_codes(digits if digits != plain else "")):
            if not digits.startswith(code):
                continue
            regions = phonenumbers.region_codes_for_country_code(int(code)) if code else (region,)
            if any(_is_line(tail, regions) for tail in _undressed(digits.removeprefix(code))):
                return True
    return False


def _codes(digits: str) -> list[str]:
    """The country codes that digits may begin with."""
    codes = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    return [digits[:length] for length in (1, 2, 3) if digits[:length] and int(digits[:length]) in codes]


def _undressed(digits: str) -> Iterator[str]:
    """The digits, and what is left of them without prefixes that change nothing for an emergency line."""
    for hidden in ("", *_HIDES_NUMBER):
        for trunk in ("", *_TRUNKS):
            if digits.startswith(hidden + trunk):
                yield digits.removeprefix(hidden + trunk)


def _is_line(tail: str, regions: tuple[str, ...]) -> bool:
    if tail in NEVER_DIALLED:
        return True
    return len(tail) in _EMERGENCY_LENGTHS and any(
        shortnumberinfo.is_emergency_number(tail, region) for region in regions
    )


class SpecialKind(Enum):
    """Why a number is not an ordinary one."""

    PREMIUM = "premium"
    SATELLITE = "satellite"
    SHARED_COST = "shared_cost"
    NO_COUNTRY = "no_country"


_SPECIAL = (
    (re.compile(r"\+(?:870|88[123])"), SpecialKind.SATELLITE),
    # 979: international premium rate. 900 and exchange 976: paid per call all over North America; 555-1212: directory.
    # Japan's 0990 (information dial).
    (re.compile(r"\+(?:979|1900|1[0-9]{3}976|1[0-9]{3}5551212|81990)"), SpecialKind.PREMIUM),
    # 800: international freephone, 808: international shared cost. Japan's 0570 (the caller pays by the minute).
    (re.compile(r"\+(?:800|808|81570)"), SpecialKind.SHARED_COST),
    # 878: universal personal numbers; 888: disaster relief.
    (re.compile(r"\+(?:878|888)"), SpecialKind.NO_COUNTRY),
)


def special_kind(e164: str) -> SpecialKind | None:
    """What is special about a number, by its beginning; None for an ordinary one."""
    return next((kind for pattern, kind in _SPECIAL if pattern.match(e164)), None)


_FICTIONAL = re.compile(
    r"\+1[2-9][0-9]{2}55501[0-9]{2}"  # North America, for films
    r"|\+1500555[0-9]{4}"  # a carrier's test numbers
    r"|\+44(?:7700900|2079460|1632960)[0-9]{3}"  # Ofcom, for films
)


def is_fictional(e164: str) -> bool:
    """Whether the number is kept for films and tests, so that nobody has it."""
    return _FICTIONAL.fullmatch(e164) is not None
