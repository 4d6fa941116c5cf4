"""The filters of templates."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from ivr.core.flow.filters import FILTERS

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("name", "value", "argument", "result"),
    [
        ("spoken_digits", 427, None, "four two seven"),
        ("spoken_phone", "+12025550199", None, "two zero two, five five five, zero one nine nine"),
        ("spoken_number", 12, None, "twelve"),
        ("spoken_date", "2026-11-25", None, "Wednesday, November twenty-fifth"),
        ("spoken_time", "15:30", None, "three thirty p m"),
        ("spoken_money", 80, None, "eighty dollars"),
        ("spoken_money", 80, "EUR", "eighty euros"),
        ("lower", "ABC", None, "abc"),
        ("upper", "abc", None, "ABC"),
        ("default", None, "x", "x"),
        ("default", "", "x", "x"),
        ("default", 0, "x", 0),
        ("lower", None, None, ""),
        ("spoken_digits", None, None, ""),
    ],
)
def test_filters(name: str, value: Any, argument: Any, result: Any) -> None:
    assert FILTERS[name](value, "en", argument) == result


@pytest.mark.parametrize(
    ("value", "argument", "result"),
    [
        ("short", Decimal(12), "short"),
        ("one two three four", Decimal(12), "one two"),
        ("averyverylongword", Decimal(12), "averyverylon"),
        ("注文、返品、苦情", Decimal(5), "注文、返品"),
        ("注文、返品、苦情", Decimal(6), "注文、返品"),
        ("a " * 80, None, ("a " * 50).strip()),
        (None, Decimal(5), ""),
    ],
)
def test_long_texts_are_cut_between_words(value: str | None, argument: Decimal | None, result: str) -> None:
    assert FILTERS["shortened"](value, "en", argument) == result
