"""The keypad twin of every slot type."""

from __future__ import annotations

from datetime import date

import pytest

from ivr.core.flow.keys import is_complete, luhn, value_of
from ivr.core.meaning import SlotGuess, SlotType

pytestmark = pytest.mark.unit

TODAY = date(2026, 11, 23)
COLOURS = SlotType("choice", choices=(("red", ("red",)), ("blue", ("blue",))))


@pytest.mark.parametrize(
    ("kind", "keyed", "whole"),
    [
        (SlotType("yes_no"), "1", True),
        (SlotType("callback_time"), "", False),
        (SlotType("callback_time"), "2", True),
        (COLOURS, "", False),
        (SlotType("digits", length=5), "4271", False),
        (SlotType("digits", length=5), "42719", True),
        (SlotType("letters", length=2), "22", True),
        (SlotType("digits", max_length=3), "12", False),
        (SlotType("digits", max_length=3), "123", True),
        (SlotType("date"), "112", False),
        (SlotType("date"), "1125", True),
        (SlotType("time"), "1530", True),
        (SlotType("phone"), "2025550123", False),
    ],
)
def test_an_entry_is_whole_when_no_key_can_follow(kind: SlotType, keyed: str, whole: bool) -> None:
    assert is_complete(kind, keyed) is whole


@pytest.mark.parametrize(
    ("kind", "keyed", "value"),
    [
        (SlotType("yes_no"), "1", "yes"),
        (SlotType("yes_no"), "2", "no"),
        (SlotType("yes_no"), "3", None),
        (SlotType("callback_time"), "1", "asap"),
        (SlotType("callback_time"), "2", "later"),
        (SlotType("callback_time"), "3", "no"),
        (SlotType("callback_time"), "4", None),
        (COLOURS, "1", "red"),
        (COLOURS, "2", "blue"),
        (COLOURS, "0", None),
        (COLOURS, "3", None),
        (COLOURS, "A", None),
        (COLOURS, "²", None),
        (SlotType("date"), "1123", "2026-11-23"),
        (SlotType("date"), "1122", "2027-11-22"),
        (SlotType("date"), "0229", "2028-02-29"),
        (SlotType("date"), "0230", None),
        (SlotType("date"), "112", None),
        (SlotType("date"), "11A5", None),
        (SlotType("time"), "0905", "09:05"),
        (SlotType("time"), "2400", None),
        (SlotType("time"), "1260", None),
        (SlotType("time"), "905", None),
        (SlotType("time"), "09A5", None),
        (SlotType("money"), "12*5", "12.5"),
        (SlotType("money"), "*50", "0.50"),
        (SlotType("money"), "12*", "12"),
        (SlotType("money"), "1*2*3", None),
        (SlotType("money"), "*", None),
        (SlotType("number"), "0012", "12"),
        (SlotType("number"), "1A", None),
        (SlotType("name"), "", ""),
        (SlotType("name"), "5", None),
        (SlotType("text"), "", ""),
        (SlotType("digits"), "", None),
        (SlotType("digits"), "1A", None),
        (SlotType("digits"), "12", "12"),
    ],
)
def test_keys_stand_for_values(kind: SlotType, keyed: str, value: str | None) -> None:
    guess = value_of(kind, keyed, TODAY)
    assert (None if guess is None else guess.value) == value


@pytest.mark.parametrize(
    ("kind", "keyed", "valid"),
    [
        (SlotType("digits", length=5), "1234", False),
        (SlotType("digits", length=5), "12345", True),
        (SlotType("digits", min_length=3), "12", False),
        (SlotType("digits", max_length=3), "1234", False),
        (SlotType("digits", checksum="luhn"), "79927398713", True),
        (SlotType("digits", checksum="luhn"), "79927398710", False),
    ],
)
def test_digits_that_do_not_fit_are_heard_but_not_valid(kind: SlotType, keyed: str, valid: bool) -> None:
    assert value_of(kind, keyed, TODAY) == SlotGuess(keyed, is_valid=valid)


@pytest.mark.parametrize(
    ("digits", "good"), [("79927398713", True), ("4111111111111111", True), ("4111111111111112", False), ("0", True)]
)
def test_luhn(digits: str, good: bool) -> None:
    assert luhn(digits) is good
