"""Where prompts are cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.tts.sentences import LONGEST_PIECE, has_words, speakable_text, split_sentences

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", []),
        (" . ! ", []),
        ("Hello", ["Hello"]),
        ("Hello. How are you? Fine!", ["Hello.", "How are you?", "Fine!"]),
        ("Dr. Smith is in at 9 a.m. today.", ["Dr. Smith is in at 9 a.m. today."]),
        ("It costs 3.50 dollars. Yes.", ["It costs 3.50 dollars.", "Yes."]),
        ("Ask J. Doe. It is I. Go.", ["Ask J. Doe.", "It is I.", "Go."]),
        ("Wait... what?! Really.", ["Wait...", "what?!", "Really."]),
        ('He said "no." Then left.', ['He said "no."', "Then left."]),
        ("See example.com for more.", ["See example.com for more."]),
        ("はい。ありがとうございます。", ["はい。", "ありがとうございます。"]),
        ("本当ですか？はい！「そうです。」次へ", ["本当ですか？", "はい！", "「そうです。」", "次へ"]),
        ("One.\nTwo.\tThree.", ["One.", "Two.", "Three."]),
        ("Is it 4 2? Yes.", ["Is it 4 2?", "Yes."]),
    ],
)
def test_prompts_are_cut_after_sentences(text: str, pieces: list[str]) -> None:
    assert split_sentences(text) == pieces


def test_a_long_first_sentence_is_cut_at_a_comma_so_that_it_starts_soon() -> None:
    text = "Thank you very much for calling our support line today, " + "all calls are answered in turn " * 3

    assert split_sentences(text)[0] == "Thank you very much for calling our support line today,"


def test_a_long_first_sentence_without_a_comma_is_left_whole() -> None:
    text = "word " * 30 + "end."

    assert split_sentences(text) == [text]


def test_a_comma_in_a_number_is_no_place_to_cut() -> None:
    text = "Your balance after all of the payments that we got is 1,234,567 dollars " + "and so on " * 4 + "on."

    assert split_sentences(text) == [text]


@given(st.text(max_size=2000))
def test_any_text_gives_short_pieces_with_words_and_loses_none(text: str) -> None:
    pieces = split_sentences(text)

    assert all(0 < len(piece) <= LONGEST_PIECE and has_words(piece) for piece in pieces)
    said = [c for c in "".join(pieces) if c.isalnum()]
    assert said == [c for c in speakable_text(text) if c.isalnum()]


def test_very_long_text_is_cut_off() -> None:
    assert sum(map(len, split_sentences("a b. " * 5000))) <= 5000


def test_control_characters_and_surrogates_are_gone() -> None:
    assert speakable_text("a\x00b\x08\u2028c\ud800d\r\ne") == "a b cd e"


def test_a_run_of_one_letter_is_shortened_but_a_number_is_not() -> None:
    assert speakable_text("x" * 400 + " 0000000000000") == "x" * 9 + " 0000000000000"
