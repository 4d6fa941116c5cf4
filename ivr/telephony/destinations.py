"""Which telephone numbers may be dialled or texted: home country only, nothing that costs or harms.

The numbering plans are those of the `phonenumbers` package. What must never be dialled is refused before any
setting is looked at. Decides only; how often and when are questions of the queue.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

from ivr.telephony.number_zones import zones_of
from ivr.telephony.special_numbers import SpecialKind, is_emergency, is_fictional, special_kind


class Verdict(Enum):
    """What may be done with a number, or the first reason against it."""

    OK = "ok"
    NOT_A_NUMBER = "not_a_number"
    TOO_SHORT = "too_short"
    """Digits are missing, or the area code is."""
    TOO_LONG = "too_long"
    NOT_IN_USE = "not_in_use"
    """The length is right, but the plan gives the number to nobody."""
    PREMIUM = "premium"
    COUNTRY = "country"
    """A country that is not called from here."""
    SATELLITE = "satellite"
    EMERGENCY = "emergency"
    SHARED_COST = "shared_cost"
    """Shared-cost and international service numbers."""
    OWN_NUMBER = "own_number"
    DENIED = "denied"
    """By a prefix of the rules, or a type that they do not allow."""


class NumberType(Enum):
    """What kind of line the plan gives a number to."""

    FIXED = "fixed"
    MOBILE = "mobile"
    FIXED_OR_MOBILE = "fixed_or_mobile"
    """The plan does not tell them apart (North America)."""
    VOIP = "voip"
    TOLL_FREE = "toll_free"
    COMPANY = "company"
    """One number for all places of a company (GB 03)."""
    PERSONAL = "personal"
    PAGER = "pager"
    PREMIUM = "premium"
    SHARED_COST = "shared_cost"
    VOICEMAIL = "voicemail"
    UNKNOWN = "unknown"


_KIND = phonenumbers.PhoneNumberType
_TYPES = {
    _KIND.FIXED_LINE: NumberType.FIXED,
    _KIND.MOBILE: NumberType.MOBILE,
    _KIND.FIXED_LINE_OR_MOBILE: NumberType.FIXED_OR_MOBILE,
    _KIND.VOIP: NumberType.VOIP,
    _KIND.TOLL_FREE: NumberType.TOLL_FREE,
    _KIND.UAN: NumberType.COMPANY,
    _KIND.PERSONAL_NUMBER: NumberType.PERSONAL,
    _KIND.PAGER: NumberType.PAGER,
    _KIND.PREMIUM_RATE: NumberType.PREMIUM,
    _KIND.SHARED_COST: NumberType.SHARED_COST,
    _KIND.VOICEMAIL: NumberType.VOICEMAIL,
}
USUAL_TYPES = frozenset({NumberType.FIXED, NumberType.MOBILE, NumberType.FIXED_OR_MOBILE, NumberType.VOIP})
_SPECIAL_VERDICTS = {
    SpecialKind.PREMIUM: Verdict.PREMIUM,
    SpecialKind.SATELLITE: Verdict.SATELLITE,
    SpecialKind.SHARED_COST: Verdict.SHARED_COST,
    SpecialKind.NO_COUNTRY: Verdict.COUNTRY,
}
# A personal number forwards anywhere at the caller's cost (GB 070): as dear as premium, so it counts as that.
_TYPE_VERDICTS = {
    NumberType.PREMIUM: Verdict.PREMIUM,
    NumberType.PERSONAL: Verdict.PREMIUM,
    NumberType.SHARED_COST: Verdict.SHARED_COST,
}


@dataclass(frozen=True, slots=True)
class DialRules:
    """What one installation dials. Emergency, premium, satellite and shared-cost numbers cannot be allowed.

    Raises:
        ValueError: A region is unknown, or a number or prefix is not `+` and digits.
    """

    home_region: str
    """ISO 3166, "US"."""
    allowed_countries: tuple[str, ...] = ()
    """ISO 3166 regions; empty: only home."""
    denied_prefixes: tuple[str, ...] = ()
    """Beginnings in E.164: "+1242"."""
    own_numbers: tuple[str, ...] = ()
    """In E.164. Calling ourselves would be a loop that costs."""
    allow_types: frozenset[NumberType] = USUAL_TYPES
    allow_fictional: bool = False
    """For the simulated carrier only: 555-0100 to 555-0199 and the like, and +1 500 555 test numbers."""

    def __post_init__(self) -> None:
        if not {self.home_region, *self.allowed_countries} <= phonenumbers.SUPPORTED_REGIONS:
            raise ValueError("a region is not an ISO 3166 code with telephone numbers")
        if not all(re.fullmatch(r"\+[0-9]{1,15}", text) for text in (*self.denied_prefixes, *self.own_numbers)):
            raise ValueError("own numbers and denied prefixes are + and digits")

    @property
    def countries(self) -> frozenset[str]:
        """The regions that may be called."""
        return frozenset(self.allowed_countries or (self.home_region,))


@dataclass(frozen=True, slots=True)
class Checked:
    """A number as it was understood, and what may be done with it. Personal data."""

    verdict: Verdict
    e164: str = ""
    """Empty when the text could not be read as a number."""
    extension: str = ""
    """Keys to send after the answer."""
    region: str = ""
    """ISO 3166; "001" for numbers of no country; empty when unknown."""
    zones: tuple[str, ...] = ()
    """IANA zones the called place may be in; set for `OK` only, and then never empty."""
    type: NumberType = NumberType.UNKNOWN

    @property
    def is_ok(self) -> bool:
        """Whether it may be dialled."""
        return self.verdict is Verdict.OK

    @property
    def is_textable(self) -> bool:
        """Whether a text message may be sent to it: allowed, and a mobile or perhaps one."""
        return self.is_ok and not self.extension and self.type in (NumberType.MOBILE, NumberType.FIXED_OR_MOBILE)


_MAX_CHARACTERS = 64
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x2010: "-", 0x2212: "-"}
"""Japanese keyboards write these; digits of other scripts are refused."""
_WRITTEN = re.compile(
    r"(?P<number>\+?[0-9 ().\-/]*[0-9][0-9 ().\-/]*)"
    r"(?:[,;]? ?(?:extension|ext\.?|x|#|内線) ?:? ?(?P<extension>[0-9]{1,7}))?",
    re.IGNORECASE,
)
_ABROAD = ("011", "010", "00")
"""What people dial before a country code: North America, Japan, most others."""


def check(number_text: str, rules: DialRules, *, default_region: str) -> Checked:
    """Reads a number and says whether it may be dialled or texted.

    Args:
        number_text: As it was typed, or the digits of what was said; an extension may follow ("ext. 12").
        rules: What this installation dials.
        default_region: Whose national numbers are meant when there is no country code, ISO 3166.
    """
    if len(number_text) > _MAX_CHARACTERS:
        return Checked(Verdict.TOO_LONG)
    written = _WRITTEN.fullmatch(number_text.translate(_FULL_WIDTH).strip())
    if written is None:
        return Checked(Verdict.NOT_A_NUMBER)
    plain = re.sub(r"[^0-9+]", "", written["number"])
    if is_emergency(plain, default_region):
        return Checked(Verdict.EMERGENCY, region=default_region)
    try:
        number = _parsed(plain, default_region)
    except NumberParseException as error:
        return Checked(_PARSE_VERDICTS.get(error.error_type, Verdict.NOT_A_NUMBER))
    return _judged(number, written["extension"] or "", rules)


_PARSE_VERDICTS = {
    # Raised for a single digit as well; that the text has digits is known by then.
    NumberParseException.NOT_A_NUMBER: Verdict.TOO_SHORT,
    NumberParseException.TOO_SHORT_AFTER_IDD: Verdict.TOO_SHORT,
    NumberParseException.TOO_SHORT_NSN: Verdict.TOO_SHORT,
    NumberParseException.TOO_LONG: Verdict.TOO_LONG,
}


def _parsed(plain: str, region: str) -> PhoneNumber:
    """By the plan of the region; failing that, by a prefix for calls abroad that people of other regions use."""
    number = phonenumbers.parse(plain, region)
    prefix = next((text for text in _ABROAD if plain.startswith(text)), None)
    if prefix is None or phonenumbers.is_valid_number(number):
        return number
    try:
        abroad = phonenumbers.parse("+" + plain.removeprefix(prefix), None)
    except NumberParseException:
        return number
    return abroad if phonenumbers.is_valid_number(abroad) else number


def _judged(number: PhoneNumber, extension: str, rules: DialRules) -> Checked:
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    region = phonenumbers.region_code_for_number(number) or _likeliest_region(number, rules)
    kind = _TYPES.get(phonenumbers.number_type(number), NumberType.UNKNOWN)
    if rules.allow_fictional and is_fictional(e164):
        kind = NumberType.FIXED_OR_MOBILE
    verdict = _verdict(number, e164, region, kind, rules)
    zones = zones_of(number, region) if verdict is Verdict.OK else ()
    return Checked(verdict, e164, extension, region, zones, kind)


def _likeliest_region(number: PhoneNumber, rules: DialRules) -> str:
    """Of a number that its plan gives to nobody: one that may be called before the country code's main one."""
    regions = phonenumbers.region_codes_for_country_code(number.country_code or 0)
    return next((region for region in regions if region in rules.countries), regions[0])


def _verdict(number: PhoneNumber, e164: str, region: str, kind: NumberType, rules: DialRules) -> Verdict:
    """The first reason against a number; what costs comes before what is merely wrong."""
    special = special_kind(e164)
    if special is not None:
        return _SPECIAL_VERDICTS[special]
    if kind in _TYPE_VERDICTS:
        return _TYPE_VERDICTS[kind]
    if e164 in rules.own_numbers:
        return Verdict.OWN_NUMBER
    if e164.startswith(rules.denied_prefixes):
        return Verdict.DENIED
    if region not in rules.countries:
        return Verdict.COUNTRY
    wrong = _wrong(number, e164, rules.allow_fictional)
    if wrong is not None:
        return wrong
    return Verdict.OK if kind in rules.allow_types else Verdict.DENIED


def _wrong(number: PhoneNumber, e164: str, allow_fictional: bool) -> Verdict | None:
    """Whether nobody has such a number: by its length, or by the plan."""
    match phonenumbers.is_possible_number_with_reason(number):
        case ValidationResult.TOO_LONG:
            return Verdict.TOO_LONG
        case ValidationResult.IS_POSSIBLE:
            pass
        case _:
            return Verdict.TOO_SHORT
    if is_fictional(e164):
        return None if allow_fictional else Verdict.NOT_IN_USE
    return None if phonenumbers.is_valid_number(number) else Verdict.NOT_IN_USE
