"""Small steps with regular expressions."""

from __future__ import annotations

import pytest

from ivr.understanding.slots.patterns import any_of, rewrites, rewritten, word_of

pytestmark = pytest.mark.unit


def test_any_of_finds_each_alternative() -> None:
    pattern = any_of("^ab", "c$")
    assert [bool(pattern.search(text)) for text in ("abx", "xc", "xab")] == [True, True, False]


def test_word_of_finds_whole_words_only() -> None:
    pattern = word_of("now", "asap")
    assert [bool(pattern.search(text)) for text in ("call now", "known", "asap")] == [True, False, True]


def test_rewrites_are_applied_one_after_another() -> None:
    assert rewritten("a", rewrites(("a", "b"), ("b", "c"))) == "c"
