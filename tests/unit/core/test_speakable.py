"""The filter for text from strangers."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.speakable import speakable

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("two  words\n\there", "two words here"),
        ("bell\x07 and backspace\x08", "bell and backspace"),
        ("\x1b[31mred", "[31mred"),
        ("half \ud800 a pair", "half a pair"),
        ("no\ufffe \uffff \U0001ffff character", "no character"),
        ("\u202egnirts\u202c", "gnirts"),
        ("日本\u3000語", "日本 語"),
        ("a\u2028b\x85c", "a b c"),
        ("👋 <b>&amp;</b>", "👋 <b>&amp;</b>"),
        ("\x00\ud800", ""),
    ],
)
def test_what_no_listener_can_hear_is_removed(text: str, clean: str) -> None:
    assert speakable(text) == clean


def test_a_long_text_is_cut_between_words() -> None:
    assert speakable("one two three four", limit=12) == "one two"


def test_a_long_text_without_words_is_cut_anywhere() -> None:
    assert speakable("x" * 100, limit=10) == "x" * 10


@given(st.text(st.characters()), st.integers(1, 50))
def test_the_result_is_one_line_within_its_limit_and_stays_as_it_is(text: str, limit: int) -> None:
    clean = speakable(text, limit)
    assert len(clean) <= limit
    assert clean == clean.strip()
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in clean)
    assert speakable(clean, limit) == clean
