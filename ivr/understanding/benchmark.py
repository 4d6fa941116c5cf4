"""Measures the intent classifier on a public set, for `ivr bench understanding`."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from ivr.core.meaning import Decision
from ivr.understanding.embedding import Embedder
from ivr.understanding.files import IntentFile
from ivr.understanding.intents import IntentClassifier

_MAX_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class IntentAccuracy:
    """Shares of test sentences, 0..1."""

    clean: float
    noisy: float
    """With words dropped, disturbed and filled in at random, to stand for a recogniser's errors."""
    accepted: float
    """Accepted or confirmed of the clean ones."""
    tested: int


def evaluate_hwu64(
    path: Path, embedder: Embedder | None, *, per_intent: int = 10, limit: int = 2_000, seed: int = 1
) -> IntentAccuracy:
    """Trains on `per_intent` examples of each intent of HWU64 and tests on up to `limit` sentences.

    Args:
        path: JSON with `train` and `test`, each a list of [sentence, intent].
        embedder: None measures the n-grams alone.
        per_intent: examples per intent.
        limit: most test sentences.
        seed: chooses examples and noise.

    Raises:
        ValueError: when the file is not of this form.
        OSError: when it cannot be read.
    """
    train, test = _read(path)
    chance = random.Random(seed)
    by_intent: defaultdict[str, list[str]] = defaultdict(list)
    for sentence, intent in train:
        by_intent[intent].append(sentence)
    examples = {
        name: tuple(chance.sample(by_intent[name], min(per_intent, len(by_intent[name])))) for name in sorted(by_intent)
    }
    classifier = IntentClassifier(IntentFile(examples, ()), "en", embedder)
    chosen = chance.sample(test, min(limit, len(test)))
    right = noisy = accepted = 0
    for sentence, intent in chosen:
        decision, guesses = classifier.guess(sentence)
        right += bool(guesses) and guesses[0].name == intent
        accepted += decision is not Decision.REJECT
        disturbed = classifier.guess(disturb(sentence, chance))[1]
        noisy += bool(disturbed) and disturbed[0].name == intent
    total = max(len(chosen), 1)
    return IntentAccuracy(right / total, noisy / total, accepted / total, len(chosen))


def disturb(sentence: str, chance: random.Random) -> str:
    """Drops 5 % of the words, changes a letter in 12 %, and puts a filler after 3 %."""
    out: list[str] = []
    for word in sentence.split():
        luck = chance.random()
        if luck < 0.05:
            continue
        place = chance.randrange(len(word))
        out.append(
            word[:place] + chance.choice("aeioutnsrl") + word[place + 1 :] if luck < 0.17 and len(word) > 2 else word
        )
        if chance.random() < 0.03:
            out.append(chance.choice(("uh", "um")))
    return " ".join(out) or sentence


def _read(path: Path) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    if path.stat().st_size > _MAX_BYTES:
        raise ValueError("the set is too large")
    content = json.loads(path.read_text("utf-8"))
    if not isinstance(content, dict):
        raise ValueError("the set must be an object with `train` and `test`")
    train, test = (_pairs(content.get(part)) for part in ("train", "test"))
    return train, test


def _pairs(rows: object) -> list[tuple[str, str]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == 2 for row in rows):
        raise ValueError("each part of the set must be a list of [sentence, intent]")
    return [(str(row[0]), str(row[1])) for row in rows if str(row[0]).strip()]
