"""What callers say for a `digits` slot, and the value it stands for."""

from __future__ import annotations

import pytest

from ivr.core.meaning import SlotType
from ivr.understanding.slots import SlotContext, parse_slot
from tests.unit.understanding.slots.reading import FRIDAY, value

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("four oh seven double nine", "40799"),
        ("forty seven oh nine", "4709"),
        ("nine one one", "911"),
        ("seventy two", "72"),
        ("fifteen twenty", "1520"),
        ("yeah it's nine nine oh one two", "99012"),
        ("the number is sixty three eleven five", "63115"),
        ("I think it's three triple one two", "31112"),
        ("eight zero double zero four", "80004"),
        ("number 5 5 1 2 7 thanks", "55127"),
        ("ok so that would be one oh oh four seven", "10047"),
        ("twenty two thousand one hundred and nine", "22109"),
        ("six sixteen sixty", "61660"),
        ("to five ate nine won", "25891"),
        ("order 3-0-0-1-9", "30019"),
        ("it is seven um seven er six five two", "77652"),
        ("five oh five oh five", "50505"),
        ("three forty five sixty seven", "34567"),
        ("it starts with seven then four four nine one", "74491"),
        ("zero nine three three", "0933"),
        ("code is four four four four", "4444"),
        ("pin nineteen eighty four", "1984"),
        ("two thousand and five", "2005"),
        ("it's one, two, three, four", "1234"),
        ("eleven twelve", "1112"),
        ("my pin's double oh seven nine", "0079"),
    ],
)
def test_english_digits_of_known_length(text: str, digits: str) -> None:
    assert value(text, "digits", length=len(digits)) == digits


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("いちさんごななきゅう", "13579"),
        ("番号は三三〇一八になります", "33018"),
        ("えっと、さんさんゼロいちはちです", "33018"),
        ("1 2 3 4 5 です", "12345"),
        ("二万三千四百五十六番です", "23456"),
        ("ごーごーろくにーいち", "55621"),
        ("きゅうはちななろくごでお願いします", "98765"),
        ("注文番号は、０１２３４です", "01234"),
        ("一二 三四 五", "12345"),
        ("まるまるいちにさん", "00123"),
        ("よんよんよんななしち", "44477"),
        ("八〇〇二五だと思います", "80025"),
    ],
)
def test_japanese_digits_of_known_length(text: str, digits: str) -> None:
    assert value(text, "digits", "ja", length=len(digits)) == digits


def test_digits_of_the_wrong_length_are_heard_but_not_valid() -> None:
    guess = parse_slot("four two seven", SlotType("digits", length=5), SlotContext("en", FRIDAY))
    assert guess is not None
    assert (guess.value, guess.is_valid) == ("427", False)


def test_a_card_number_with_a_wrong_check_digit_is_not_valid() -> None:
    slot = SlotType("digits", length=16, checksum="luhn")
    right = parse_slot("4111 1111 1111 1111", slot, SlotContext("en", FRIDAY))
    wrong = parse_slot("4111 1111 1111 1112", slot, SlotContext("en", FRIDAY))
    assert right is not None and right.is_valid
    assert wrong is not None and not wrong.is_valid
