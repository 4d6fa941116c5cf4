"""The normal form of text."""

from __future__ import annotations

import pytest

from ivr.understanding.text import MAX_CHARS, fold, is_hesitation, plain, without_fillers

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


def test_hesitations_are_told_from_words() -> None:
    assert all(is_hesitation(text, "en") for text in ("uh", "um uh", "hmmm", "er", "well um"))
    assert all(is_hesitation(text, "ja") for text in ("えーと", "えっと", "うーん", "えっとあのー", "んー"))
    assert not any(is_hesitation(text, "en") for text in ("", "ok", "uh huh", "oh", "uh two", "please", "sore"))
    assert not any(is_hesitation(text, "ja") for text in ("", "うん", "えーと返品", "はい", "その", "ちょっと"))
