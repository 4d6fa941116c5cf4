"""What an utterance means."""

from __future__ import annotations

import pytest

from ivr.core.meaning import IntentGuess, Meaning

pytestmark = pytest.mark.unit


def test_the_best_intent_is_the_first() -> None:
    assert Meaning(intents=(IntentGuess("a", 0.9), IntentGuess("b", 0.1))).intent == "a"


def test_an_empty_meaning_has_no_intent() -> None:
    assert Meaning().intent is None
