"""Codes inside sentences."""

from __future__ import annotations

import pytest

from ivr.understanding.spans import digits_in, readings_of, without_digits

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "language", "digits", "rest"),
    [
        ("where is my order four two seven one nine", "en", "42719", "where is my order"),
        ("order 42719 hasn't come", "en", "42719", "order hasn come"),
        ("i bought two shirts for three people", "en", "", "i bought two shirts for three people"),
        ("it cost one hundred dollars", "en", "", "it cost one hundred dollars"),
        ("注文番号四二七一九の件です", "ja", "42719", "注文番号の件です"),
        ("四二七一九の荷物がまだ届きません", "ja", "42719", "荷物がまだ届きません"),
        ("プレゼントなので包んで", "ja", "", "プレゼントなので包んで"),
    ],
)
def test_codes_are_found_and_cut_out(text: str, language: str, digits: str, rest: str) -> None:
    assert digits_in(text, language) == digits
    assert without_digits(text, language) == rest


@pytest.mark.parametrize(
    ("text", "language", "readings"),
    [
        ("Where's my order for 2 719?", "en", "2719 42719"),
        ("where is my order 42719", "en", "42719"),
        ("i bought two shirts", "en", ""),
        ("四二七一九の荷物", "ja", "42719"),
    ],
)
def test_words_like_digits_beside_a_code_make_further_readings(text: str, language: str, readings: str) -> None:
    assert readings_of(text, language) == readings
