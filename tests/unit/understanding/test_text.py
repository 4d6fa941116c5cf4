"""The normal form of text."""

from __future__ import annotations

import pytest

from ivr.understanding.text import MAX_CHARS, fold, plain, without_fillers

pytestmark = pytest.mark.unit


def test_punctuation_and_case_go_and_contractions_close_up() -> None:
    assert plain("  Don’t —  STOP_me! ", "en") == "dont stop me"


def test_japanese_loses_the_spaces_a_recogniser_puts_between_words() -> None:
    assert plain("注文 番号 は ４２ です。", "ja") == "注文番号は42です"


def test_full_width_is_folded_and_length_is_bounded() -> None:
    assert fold("ＡＢＣ１２３") == "abc123"
    assert len(fold("\ufdfa" * 1000)) <= MAX_CHARS


def test_fillers_go() -> None:
    assert without_fillers("uh well i um want it", "en") == "i want it"
    assert without_fillers("えーと返品したい", "ja") == "返品したい"
