"""What is masked in logs, and what stays readable."""

from __future__ import annotations

import pytest

from ivr.understanding.redaction import mask

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("my number is 650-253-0000 thanks", "my number is […] thanks"),
        ("card 4111 1111 1111 1111", "card […]"),
        ("four two seven one nine please", "[…] please"),
        ("it's double five, triple zero one", "it's […]"),
        ("write to jane.doe@example.com", "write to […]"),
        ("jane dot doe at example dot com", "[…]"),
        ("DE89 3704 0044 0532 0130 00", "[…]"),
        ("注文番号は四二七一九です", "注文番号は[…]です"),
        ("ゼロきゅうゼロ一二三四五六七八です", "[…]です"),
        ("４２７１９です", "[…]です"),
    ],
)
def test_numbers_and_addresses_are_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    ["where is my order", "two shirts and three hats", "at 9:30", "お電話ありがとうございます", "三日後に届きます", ""],
)
def test_ordinary_sentences_stay(text: str) -> None:
    assert mask(text) == text


def test_long_text_is_cut_and_read_in_good_time() -> None:
    assert len(mask("a1 b. " * 10_000)) <= 20_000
