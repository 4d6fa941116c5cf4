from __future__ import annotations

import pytest

from ivr.simulator.comparison import (
    InvalidPattern,
    check_pattern,
    contains,
    last_digits,
    similarity,
    sounds_like,
    tokens,
)

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("Thanks for calling Acme. How can I help?", "how can i help"),
        ("I have 42719. Is that right?", "four two seven one nine"),
        ("I have four two seven one nine.", "42719"),
        ("two zero two, five five five, zero one nine nine", "202-555-0199"),
        ("That's oh nine", "0 9"),
        ("The total is $80.00.", "eighty dollars"),
        ("It arrives on November twenty-fifth", "November 25th"),
        ("one thousand two hundred and five", "1,205"),
        ("ご注文番号ヨン ニ ナナ イチ キュウは、発送済みです。", "４２７１９"),
        ("番号は四二七一九です", "42719"),
        ("二十五日にお届けします", "25日"),
        ("アクメの自動応答です", "あくめの自動応答"),
        ("I don't know", "i don’t know"),
        ("Order 42719 is shipped", "/order .* shipped/"),
        ("Is that right?", "/RIGHT\\?$/"),
    ],
)
def test_the_same_words_are_found_however_they_are_written(said: str, wanted: str) -> None:
    assert contains(said, wanted)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("Order 42718 is shipped", "42719"),
        ("helping hands", "help"),
        ("help, how can I", "how can i help"),
        ("", "shipped"),
        ("Order 42719 is shipped", "/shipped.*order/"),
    ],
)
def test_other_words_are_not_found(said: str, wanted: str) -> None:
    assert not contains(said, wanted)


def test_one_misheard_word_still_sounds_like_it() -> None:
    assert sounds_like("thanks for coming acne how can I held", "how can i help")


def test_unrelated_words_do_not_sound_like_it() -> None:
    assert not sounds_like("is there anything else I can do for you today", "order number")


def test_a_wrong_number_never_sounds_like_the_right_one() -> None:
    assert similarity("I have 98655, is that right", "i have 42719 is that right") == 0.0


def test_one_wrong_digit_in_ten_is_forgiven_to_the_recogniser() -> None:
    assert sounds_like("2025550198", "two zero two five five five zero one nine nine")


def test_short_words_need_more_likeness_than_long_ones() -> None:
    assert not sounds_like("slipper", "shipped")
    assert sounds_like("chipped", "shipped")


def test_nothing_heard_sounds_like_nothing() -> None:
    assert similarity("", "shipped") == 0.0


def test_an_expression_is_never_matched_by_likeness() -> None:
    assert similarity("Order is chipped", "/shipped/") == 0.0


def test_large_numbers_in_words_become_digits() -> None:
    assert tokens("nineteen thousand and ninety two") == list("19092")
    assert tokens("一万二千三百四十五円") == [*"12345", "円"]


@pytest.mark.parametrize(
    ("wanted", "says"), [("/(/", "no regular expression"), ("//", "nothing between"), ("…?!", "no word")]
)
def test_a_pattern_that_can_never_be_heard_is_refused(wanted: str, says: str) -> None:
    with pytest.raises(InvalidPattern, match=says):
        check_pattern(wanted)


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("at three. Your code is four eight, two seven. Goodbye", "4827"),
        ("Your code is 4-8-2-7.", "4827"),
        ("確認番号は、四、八、二、7です。", "4827"),
        ("nothing at all", ""),
    ],
)
def test_the_last_digits_are_those_that_stand_side_by_side(said: str, digits: str) -> None:
    assert last_digits(said) == digits


def test_an_expression_finds_a_code_that_was_written_in_figures() -> None:
    assert sounds_like("Thank you. I have 42719. Is that right?", "/^Thank you. I have four two seven one nine. Is/")
    assert not sounds_like("Sorry. Thank you. I have 42719.", "/^Thank you. I have four two seven one nine/")
