"""Lexical features and readings."""

from __future__ import annotations

import numpy as np
import pytest

from ivr.understanding.features import Lexicon, dense
from ivr.understanding.readings import Reader, katakana

pytestmark = pytest.mark.unit


def alike(language: str, first: str, second: str, reader: Reader | None = None) -> float:
    lexicon = Lexicon(language, reader)
    one, two = dense(lexicon.learn([first, second]), lexicon.size)
    return float(one @ two)


def test_each_block_of_a_vector_has_unit_length() -> None:
    lexicon = Lexicon("en")
    (row,) = dense(lexicon.learn(["where is my order"]), lexicon.size)
    assert float(row @ row) == pytest.approx(2.0, abs=1e-5)


def test_case_and_punctuation_do_not_count() -> None:
    assert alike("en", "Where's my ORDER?", "wheres my order") == pytest.approx(2.0, abs=1e-5)


def test_words_never_learned_give_an_empty_vector() -> None:
    lexicon = Lexicon("en")
    lexicon.learn(["abc"])
    places, weights = lexicon.vector("xyz")
    assert len(places) == len(weights) == 0


def test_japanese_is_compared_by_its_reading_too() -> None:
    assert alike("ja", "注文", "ちゅうもん", Reader()) == pytest.approx(1.0, abs=1e-5)
    assert alike("ja", "注文", "ちゅうもん") == 0.0


def test_hiragana_becomes_katakana() -> None:
    assert katakana("ひらがな漢字A") == "ヒラガナ漢字A"


def test_dense_of_nothing_is_empty() -> None:
    assert dense([], 3).shape == (0, 3)
    assert dense([], 3).dtype == np.float32
