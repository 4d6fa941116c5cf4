"""Mending a number that was read back."""

from __future__ import annotations

import pytest

from ivr.core.meaning import SlotType
from ivr.understanding.slots import SlotContext
from ivr.understanding.slots.correction import mend
from ivr.understanding.slots.phone import mend as mend_phone
from tests.unit.understanding.slots.reading import FRIDAY

pytestmark = pytest.mark.unit

FIVE = SlotType("digits", length=5)


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("no, two eight, not two seven", "42819"), ("not two seven but two eight", "42819"),
        ("the last part is 45", "42745"), ("the last two digits are four five", "42745"),
        ("No, the last two or four five.", "42745"),
        ("it ends in 18", "42718"),
        ("no it's 42718", "42718"), ("no four three seven one nine", "43719"), ("it starts with five two", "52719"),
        ("the third digit is a nine", "42919"), ("the first digit is three", "32719"),
        ("no, four three seven", "43719"),
        ("it's 28 instead of 27", "42819"), ("the first three are nine nine nine", "99919"),
    ],
)  # fmt: skip
def test_english_corrections_of_42719(text: str, mended: str) -> None:
    found = mend(text, "42719", FIVE, "en")
    assert found is not None
    assert (found.value, found.is_correction, found.is_valid) == (mended, True, True)


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("いえ、最後は18です", "42718"), ("27じゃなくて28です", "42819"), ("いいえ、42718です", "42718"),
        ("下二桁が45です", "42745"),
        ("最初の二桁は五二です", "52719"), ("三桁目が九です", "42919"), ("二七ではなくて二八です", "42819"),
    ],
)  # fmt: skip
def test_japanese_corrections_of_42719(text: str, mended: str) -> None:
    found = mend(text, "42719", FIVE, "ja")
    assert found is not None
    assert (found.value, found.is_correction, found.is_valid) == (mended, True, True)


@pytest.mark.parametrize("text", ["no", "that's wrong", "yes", "", "no not that one thanks"[:2]])
def test_nothing_to_mend_with_is_no_correction(text: str) -> None:
    assert mend(text, "42719", FIVE, "en") is None


def test_repeating_what_was_read_is_no_correction() -> None:
    assert mend("four two", "42719", FIVE, "en") is None


def test_a_piece_that_fits_nowhere_is_not_valid() -> None:
    found = mend("no eight eight", "42719", FIVE, "en")
    assert found is not None
    assert not found.is_valid


def test_the_end_of_a_phone_number_is_mended() -> None:
    context = SlotContext("en", FRIDAY)
    found = mend_phone("no the last four are one one one one", "+16502530000", SlotType("phone"), context)
    assert found is not None
    assert (found.value, found.is_valid) == ("+16502531111", True)


def test_another_phone_number_replaces_the_one_that_was_read() -> None:
    found = mend_phone("no it's 415 555 2671", "+16502530000", SlotType("phone"), SlotContext("en", FRIDAY))
    assert found is not None
    assert found.value == "+14155552671"


def test_a_japanese_phone_number_keeps_its_country_when_mended() -> None:
    context = SlotContext("ja", FRIDAY, region="JP")
    found = mend_phone("最後は九九です", "+819012345678", SlotType("phone"), context)
    assert found is not None
    assert found.value == "+819012345699"
