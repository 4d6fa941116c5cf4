"""Spoken forms: how digits, numbers, dates, times and money are said in English and Japanese.

What cannot be read comes back as it was. Languages without rules of their own get plain digits
separated by commas, which every voice reads one by one.
"""

from __future__ import annotations

import re
from datetime import date as Date
from decimal import Decimal

_EN_DIGITS = dict(enumerate("zero one two three four five six seven eight nine".split()))
_JA_DIGITS = dict(enumerate("ゼロ イチ ニ サン ヨン ゴ ロク ナナ ハチ キュウ".split()))
_EN_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_EN_TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
_EN_SCALES = ((10**9, "billion"), (10**6, "million"), (1000, "thousand"))
_EN_ORDINALS = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third "
    "twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
).split()
_EN_MONTHS = "January February March April May June July August September October November December".split()
_EN_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_JA_DAYS = "月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日".split()
_EN_CURRENCIES = {"USD": ("dollar", "cent"), "EUR": ("euro", "cent"), "GBP": ("pound", "penny"), "JPY": ("yen", "sen")}
_JA_CURRENCIES = {"USD": "ドル", "EUR": "ユーロ", "GBP": "ポンド", "JPY": "円"}
_DEFAULT_CURRENCY = {"en": "USD", "ja": "JPY"}
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,9})?")
"""What is read as a number. No exponents: a short text must not become a long one."""


def groups(text: str) -> list[str]:
    """Splits digits as people say them: 10 as 3-3-4, 11 as 3-4-4, up to 5 together, else threes and a last four."""
    length = len(text)
    if length <= 5:
        return [text]
    if length == 11:
        return [text[:3], text[3:7], text[7:]]
    cuts = [text[index : index + 3] for index in range(0, length, 3)]
    if len(cuts[-1]) < 3:
        cuts[-2:] = [cuts[-2] + cuts[-1]] if len(cuts[-1]) == 1 else cuts[-2:]
    return cuts


def digits(text: str, language: str) -> str:
    """Digits one by one, in groups: `2025550199` → "two zero two, five five five, zero one nine nine"."""
    kept = "".join(character for character in text if character.isascii() and character.isalnum())
    if not kept:
        return text
    table = {"en": _EN_DIGITS, "ja": _JA_DIGITS}.get(language)
    if table is None:
        return ", ".join(kept)
    pieces = groups(kept) if kept.isdigit() else [kept]
    joined = [
        " ".join(table[int(character)] if character.isdigit() else character for character in piece) for piece in pieces
    ]
    return ("、" if language == "ja" else ", ").join(joined)


HOME_PREFIXES = {"+1": "", "+81": "0"}
"""Country codes that are not spoken, and what stands in their place at home."""


def phone(text: str, language: str) -> str:
    """A number in E.164 as people say it at home: `+12025550199` → "two zero two, five five five, …"."""
    for prefix, trunk in HOME_PREFIXES.items():
        if text.startswith(prefix):
            return digits(trunk + text.removeprefix(prefix), language)
    return digits(text, language)


def _english(value: int) -> str:
    if value < 20:
        return _EN_DIGITS[value] if value < 10 else _EN_TEENS[value - 10]
    if value < 100:
        tens, ones = divmod(value, 10)
        return _EN_TENS[tens] + (f"-{_EN_DIGITS[ones]}" if ones else "")
    if value < 1000:
        hundreds, rest = divmod(value, 100)
        return f"{_EN_DIGITS[hundreds]} hundred" + (f" and {_english(rest)}" if rest else "")
    scale, name = next(pair for pair in _EN_SCALES if value >= pair[0])
    count, rest = divmod(value, scale)
    joint = " and " if 0 < rest < 100 else " "
    return f"{_english(count)} {name}" + (f"{joint}{_english(rest)}" if rest else "")


def _decimal(text: str) -> Decimal | None:
    plain = text.replace(",", "").strip()
    return Decimal(plain) if _NUMBER.fullmatch(plain) else None


def number(text: str, language: str) -> str:
    """`1250` → "one thousand two hundred and fifty" / "1250" (Japanese voices read figures themselves)."""
    value = _decimal(text)
    if value is None:
        return text
    if language != "en":
        return format(value.normalize(), "f")
    whole, _, fraction = format(abs(value), "f").partition(".")
    said = _english(int(whole))
    fraction = fraction.rstrip("0")
    if fraction:
        said += " point " + " ".join(_EN_DIGITS[int(digit)] for digit in fraction)
    return f"minus {said}" if value < 0 else said


def _as_date(text: str) -> Date | None:
    match = re.match(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ].*)?$", text.strip())
    if match is None:
        return None
    try:
        return Date(*(int(part) for part in match.groups()))
    except ValueError:
        return None


def date(text: str, language: str) -> str:
    """`2026-11-25` → "Wednesday, November twenty-fifth" / "11月25日、水曜日"."""
    value = _as_date(text)
    if value is None:
        return text
    if language == "ja":
        return f"{value.month}月{value.day}日、{_JA_DAYS[value.weekday()]}"
    if language != "en":
        return value.isoformat()
    return f"{_EN_DAYS[value.weekday()]}, {_EN_MONTHS[value.month - 1]} {_EN_ORDINALS[value.day]}"


def time(text: str, language: str) -> str:
    """`15:30` (or an ISO date-time) → "three thirty p m" / "午後3時30分"."""
    match = re.search(r"(?:^|[T ])([0-9]{1,2}):([0-9]{2})", text.strip())
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        return text
    hour, minute = int(match[1]), int(match[2])
    if language == "ja":
        half = "午後" if hour >= 12 else "午前"
        return f"{half}{hour % 12}時" + (f"{minute}分" if minute else "")
    if language != "en":
        return f"{hour}:{minute:02d}"
    return " ".join(
        part for part in (_english(hour % 12 or 12), _minutes(minute), "p m" if hour >= 12 else "a m") if part
    )


def _minutes(minute: int) -> str:
    if minute == 0:
        return ""
    return f"oh {_english(minute)}" if minute < 10 else _english(minute)


def money(text: str, language: str, currency: str = "") -> str:
    """`80` → "eighty dollars"; `42.50` → "forty-two dollars and fifty cents"; Japanese "80円"."""
    value = _decimal(text)
    code = (currency or _DEFAULT_CURRENCY.get(language, "USD")).upper()
    if value is None or code not in _EN_CURRENCIES:
        return text
    if language == "ja":
        return f"{format(value.normalize(), 'f')}{_JA_CURRENCIES[code]}"
    if language != "en":
        return f"{format(value, 'f')} {code}"
    whole, cents = divmod(int((abs(value) * 100).to_integral_value()), 100)
    major, minor = _EN_CURRENCIES[code]
    said = f"{_english(whole)} {_plural(major, whole)}"
    if cents and code != "JPY":
        said += f" and {_english(cents)} {_plural(minor, cents)}"
    return f"minus {said}" if value < 0 else said


def _plural(unit: str, count: int) -> str:
    if count == 1 or unit in ("yen", "sen"):
        return unit
    return "pence" if unit == "penny" else unit + "s"
