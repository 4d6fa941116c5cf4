"""Spoken forms in English and Japanese; other languages get what every voice can read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.flow import spoken

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [""]),
        ("42719", ["42719"]),
        ("427190", ["427", "190"]),
        ("4271905", ["427", "1905"]),
        ("42719056", ["427", "190", "56"]),
        ("2025550199", ["202", "555", "0199"]),
        ("09012345678", ["090", "1234", "5678"]),
    ],
)
def test_digits_are_grouped_as_people_say_them(text: str, expected: list[str]) -> None:
    assert spoken.groups(text) == expected


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("42719", "en", "four two seven one nine"),
        ("42719", "ja", "ヨン ニ ナナ イチ キュウ"),
        ("42719", "de", "4, 2, 7, 1, 9"),
        ("2025550199", "en", "two zero two, five five five, zero one nine nine"),
        ("AB-12", "en", "A B one two"),
        ("---", "en", "---"),
        ("", "en", ""),
    ],
)
def test_digits(text: str, language: str, said: str) -> None:
    assert spoken.digits(text, language) == said


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("+12025550199", "en", "two zero two, five five five, zero one nine nine"),
        ("+819012345678", "ja", "ゼロ キュウ ゼロ、イチ ニ サン ヨン、ゴ ロク ナナ ハチ"),
        ("+4930123456", "en", "four nine three, zero one two, three four five six"),
    ],
)
def test_telephone_numbers_are_said_as_at_home(text: str, language: str, said: str) -> None:
    assert spoken.phone(text, language) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0", "zero"),
        ("7", "seven"),
        ("13", "thirteen"),
        ("20", "twenty"),
        ("42", "forty-two"),
        ("100", "one hundred"),
        ("118", "one hundred and eighteen"),
        ("1000", "one thousand"),
        ("1250", "one thousand two hundred and fifty"),
        ("2005", "two thousand and five"),
        ("1000000", "one million"),
        ("3000000000", "three billion"),
        ("1,250", "one thousand two hundred and fifty"),
        ("-3", "minus three"),
        ("+3", "three"),
        ("3.50", "three point five"),
        ("3.05", "three point zero five"),
        ("3.00", "three"),
        ("many", "many"),
        ("nan", "nan"),
        ("1e5", "1e5"),
        ("1000000000000000", "1000000000000000"),
    ],
)
def test_english_numbers(text: str, said: str) -> None:
    assert spoken.number(text, "en") == said


@pytest.mark.parametrize(("text", "said"), [("1250", "1250"), ("3.50", "3.5"), ("100", "100"), ("x", "x")])
def test_numbers_of_other_languages_stay_figures(text: str, said: str) -> None:
    assert spoken.number(text, "ja") == said


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("2026-11-25", "en", "Wednesday, November twenty-fifth"),
        ("2026-11-25", "ja", "11月25日、水曜日"),
        ("2026-11-25", "de", "2026-11-25"),
        ("2026-11-25T08:30:00", "en", "Wednesday, November twenty-fifth"),
        ("2026-02-30", "en", "2026-02-30"),
        ("tomorrow", "en", "tomorrow"),
    ],
)
def test_dates(text: str, language: str, said: str) -> None:
    assert spoken.date(text, language) == said


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("15:30", "en", "three thirty p m"),
        ("00:00", "en", "twelve a m"),
        ("12:00", "en", "twelve p m"),
        ("09:05", "en", "nine oh five a m"),
        ("2026-11-25T08:30:00", "en", "eight thirty a m"),
        ("15:30", "ja", "午後3時30分"),
        ("09:00", "ja", "午前9時"),
        ("15:30", "de", "15:30"),
        ("25:00", "en", "25:00"),
        ("12:75", "en", "12:75"),
        ("soon", "en", "soon"),
    ],
)
def test_times(text: str, language: str, said: str) -> None:
    assert spoken.time(text, language) == said


@pytest.mark.parametrize(
    ("text", "language", "currency", "said"),
    [
        ("80", "en", "", "eighty dollars"),
        ("1", "en", "", "one dollar"),
        ("42.50", "en", "", "forty-two dollars and fifty cents"),
        ("0.01", "en", "gbp", "zero pounds and one penny"),
        ("0.02", "en", "GBP", "zero pounds and two pence"),
        ("500", "en", "JPY", "five hundred yen"),
        ("500.50", "en", "JPY", "five hundred yen"),
        ("-3", "en", "", "minus three dollars"),
        ("80", "ja", "", "80円"),
        ("80.50", "ja", "USD", "80.5ドル"),
        ("80.50", "de", "EUR", "80.50 EUR"),
        ("80", "en", "XYZ", "80"),
        ("much", "en", "", "much"),
    ],
)
def test_money(text: str, language: str, currency: str, said: str) -> None:
    assert spoken.money(text, language, currency) == said


@given(st.text(max_size=40), st.sampled_from(["en", "ja", "de"]))
def test_no_text_makes_a_spoken_form_raise(text: str, language: str) -> None:
    for form in (spoken.digits, spoken.phone, spoken.number, spoken.date, spoken.time, spoken.money):
        assert isinstance(form(text, language), str)
