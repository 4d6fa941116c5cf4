"""`DIGITS` among the phrases: what each engine does with it."""

from __future__ import annotations

from typing import Any

import pytest

from speech.interfaces import DIGITS
from speech.stt.whisper import DIGITS_BEFORE, WhisperRecogniser

pytestmark = pytest.mark.unit


class Words:
    """A tokenizer that knows special tokens by name and makes one token of each word."""

    def token_to_id(self, token: str) -> int:
        return {"<|startoftranscript|>": 1, "<|ja|>": 2, "<|en|>": 3, "<|transcribe|>": 4, "<|startofprev|>": 5}[token]

    def encode(self, text: str, add_special_tokens: bool) -> Any:
        class Encoded:
            ids = [100 + number for number, _ in enumerate(text.split())]

        return Encoded()


def recogniser(*, is_multilingual: bool = True) -> WhisperRecogniser:
    made = object.__new__(WhisperRecogniser)
    made._tokenizer = Words()  # type: ignore[assignment]
    made._is_multilingual = is_multilingual
    return made


def test_japanese_digits_are_expected_by_words_said_before() -> None:
    prompt = recogniser().open("ja", (DIGITS,)).prompt
    assert prompt[0] == 5
    assert prompt[-3:] == [1, 2, 4]
    assert len(prompt) == 4 + len(DIGITS_BEFORE["ja"].split())


def test_other_answers_are_heard_without_words_before() -> None:
    assert recogniser().open("ja").prompt == [1, 2, 4]


def test_english_digits_need_no_words_before() -> None:
    assert recogniser().open("en", (DIGITS,)).prompt == [1, 3, 4]


def test_a_model_of_one_language_takes_no_words_before() -> None:
    assert recogniser(is_multilingual=False).open("ja", (DIGITS,)).prompt == [1]
