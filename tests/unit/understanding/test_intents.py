"""The classifier on a handful of examples, with and without embeddings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ivr.core.meaning import Decision
from ivr.understanding.files import IntentFile, load_intents
from ivr.understanding.intents import IntentClassifier, decide
from ivr.understanding.readings import Reader

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def lexical(call_flows: Path) -> IntentClassifier:
    return IntentClassifier(load_intents(call_flows / "intents" / "shop.en.yaml"), "en")


def test_an_example_itself_is_accepted_outright(lexical: IntentClassifier) -> None:
    decision, guesses = lexical.guess("Where is my ORDER?")
    assert (decision, guesses[0].name, guesses[0].score) == (Decision.ACCEPT, "order_status", 1.0)
    assert lexical.is_example("where is my order")
    assert not lexical.is_example("where are my orders")


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("hi i want to return my jacket", "return_item"),
        ("what are the opening times", "opening_hours"),
        ("um where is my package", "order_status"),
    ],
)
def test_ngrams_alone_find_a_near_wording(lexical: IntentClassifier, text: str, intent: str) -> None:
    decision, guesses = lexical.guess(text)
    assert guesses[0].name == intent
    assert decision is not Decision.REJECT


@pytest.mark.parametrize("text", ["zebras graze in africa", "qwrtp", "11"])
def test_ngrams_alone_refuse_what_is_foreign(lexical: IntentClassifier, text: str) -> None:
    assert lexical.guess(text)[0] is Decision.REJECT


def test_guesses_are_best_first_and_within_zero_and_one(lexical: IntentClassifier) -> None:
    scores = [guess.score for guess in lexical.guess("i want to return an order on sunday")[1]]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_nothing_said_is_no_intent(lexical: IntentClassifier) -> None:
    assert lexical.guess("?!") == (Decision.REJECT, ())


@pytest.mark.parametrize(
    "examples",
    [{"only": ("one sentence",)}, {"a": ("x",), "b": ("y",)}, {"a": tuple(f"s {n}" for n in range(30)), "b": ("y",)}],
)
def test_tiny_and_lopsided_sets_can_be_learned(examples: dict[str, tuple[str, ...]]) -> None:
    for language in ("en", "ja", "de"):
        decision, guesses = IntentClassifier(IntentFile(examples, ()), language).guess("something else altogether")
        assert isinstance(decision, Decision)
        assert np.isfinite([guess.score for guess in guesses]).all()


def test_a_general_foreign_sentence_can_still_be_somebodys_example() -> None:
    source = IntentFile({"robot": ("are you a robot", "is this a machine"), "joke": ("tell me a joke",)}, ())
    assert IntentClassifier(source, "en").guess("are you a robot")[1][0].name == "robot"


@pytest.mark.parametrize(
    ("score", "decision"), [(0.7, "accept"), (0.69, "confirm"), (0.4, "confirm"), (0.39, "reject")]
)
def test_cuts_stand_at_fixed_places(score: float, decision: str) -> None:
    assert decide(score).value == decision


def test_a_japanese_wish_that_was_misheard_is_accepted_by_its_sound() -> None:
    examples = {"order_status": ("配送状況を教えてください", "注文はどこですか"), "return_item": ("返品したいです",)}
    source = IntentFile(examples, ("送料を教えてください",))
    classifier = IntentClassifier(source, "ja", None, Reader())
    decision, guesses = classifier.guess("の改装状況を教えてください")
    assert (decision, guesses[0].name) == (Decision.ACCEPT, "order_status")
    assert len({guess.name for guess in guesses}) == len(guesses)
    assert classifier.guess("総量を教えてください")[0] is not Decision.ACCEPT
