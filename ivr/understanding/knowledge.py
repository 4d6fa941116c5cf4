"""Answers to callers' questions: the entry whose question, wordings or whole text lie nearest."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ivr.core.meaning import Answer
from ivr.understanding.embedding import Embedder, Vectors
from ivr.understanding.files import KnowledgeEntry
from ivr.understanding.negatives import GENERAL
from ivr.understanding.text import plain

_LEXICAL_SHARE = 0.2
_LEXICAL_HALF = 5.0
_LOWEST_CUT = 0.86
_HIGHEST_CUT = 0.885
_MARGIN = 0.015
"""How much nearer a question must be to an entry than to any sentence that is not to be answered."""
_OWN = 0.92
"""A sentence foreign to the intents that is this near to an entry is a question for it."""
_K1, _B = 1.2, 0.75


@dataclass(frozen=True, slots=True)
class _Row:
    """One wording of one entry."""

    entry: int
    text: str


class AnswerFinder:
    """Finds the entry that answers a question. Immutable once built; thread-safe."""

    def __init__(
        self,
        entries: Sequence[tuple[str, KnowledgeEntry]],
        off_topic: Sequence[str],
        language: str,
        embedder: Embedder,
        out_of_scope: Sequence[str] = (),
    ) -> None:
        """Embeds every wording as a question, and question with answer as a passage.

        Args:
            entries: (`file/id`, entry) pairs.
            off_topic: questions that must not be answered.
            language: language of the entries.
            embedder: the embedding engine.
            out_of_scope: sentences foreign to the intents; those that no entry answers are foreign here as well.
        """
        self._ids = [name for name, _ in entries]
        self._answers = [entry.answer for _, entry in entries]
        self._language = language
        self._embedder = embedder
        self._rows = [
            _Row(place, plain(text, language))
            for place, (_, entry) in enumerate(entries)
            for text in (entry.question, *entry.wordings)
        ]
        self._questions = embedder.queries([row.text for row in self._rows])
        self._passages = embedder.passages([f"{entry.question} {entry.answer}" for _, entry in entries])
        self._lexical = None if language == "ja" else _Lexical([self._words(entry) for _, entry in entries])
        refused = embedder.queries([plain(text, language) for text in (*off_topic, *GENERAL.get(language, ()))])
        self._cut = self._calibrate(refused)
        doubtful = embedder.queries([plain(text, language) for text in out_of_scope])
        self._foreign = np.concatenate([refused, doubtful[self._nearness(doubtful).max(axis=1) < _OWN]])

    def _words(self, entry: KnowledgeEntry) -> list[str]:
        return plain(" ".join((entry.question, *entry.wordings, entry.answer)), self._language).split()

    def _calibrate(self, negatives: Vectors) -> float:
        """Just above nearly all questions that must be refused, within what was found to be sensible."""
        if not len(negatives):
            return 0.87
        near = self._nearness(negatives).max(axis=1)
        return float(np.clip(np.quantile(near, 0.95) + 0.002, _LOWEST_CUT, _HIGHEST_CUT))

    def _nearness(self, vectors: Vectors) -> NDArray[np.float64]:
        """Cosine of the nearest wording or passage per entry, shape (m, entries)."""
        best = (vectors @ self._passages.T).astype(np.float64)
        questions = vectors @ self._questions.T
        for column, row in enumerate(self._rows):
            best[:, row.entry] = np.maximum(best[:, row.entry], questions[:, column])
        return best

    def ranked(self, text: str) -> list[Answer]:
        """The three nearest entries, best first; none when the question is foreign to all of them."""
        bare = plain(text, self._language)
        if not bare:
            return []
        vector = self._embedder.query(bare)
        near = self._nearness(vector[None])[0]
        if near.max() < max(self._cut, self._foreignness(vector)):
            return []
        score = near.copy()
        if self._lexical is not None:
            score += _LEXICAL_SHARE * self._lexical.scores(bare.split())
        order = np.argsort(-score)[:3]
        return [Answer(self._ids[place], self._answers[place], self._calibrated(float(near[place]))) for place in order]

    def _foreignness(self, vector: Vectors) -> float:
        """What an entry must reach to be nearer than everything that is not to be answered; 1 is always enough."""
        if not len(self._foreign):
            return 0.0
        return min(float((self._foreign @ vector).max()) + _MARGIN, 0.995)

    def _calibrated(self, near: float) -> float:
        return round(float(np.interp(near, [0.75, self._cut, 1.0], [0.0, 0.5, 1.0])), 3)


class _Lexical:
    """BM25 over the words of each entry, squeezed into 0..1."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        self._counts = [Counter(_stem(word) for word in words) for words in documents]
        self._lengths = [max(len(words), 1) for words in documents]
        self._mean = sum(self._lengths) / max(len(self._lengths), 1)
        self._seen = Counter(word for count in self._counts for word in count)

    def scores(self, words: Sequence[str]) -> NDArray[np.float64]:
        """One score per document."""
        total = len(self._counts)
        values = np.zeros(total)
        for word in {_stem(word) for word in words} & self._seen.keys():
            rarity = math.log(1 + (total - self._seen[word] + 0.5) / (self._seen[word] + 0.5))
            for place, count in enumerate(self._counts):
                often = count[word]
                damping = _K1 * (1 - _B + _B * self._lengths[place] / self._mean)
                values[place] += rarity * often * (_K1 + 1) / (often + damping)
        return values / (values + _LEXICAL_HALF)


def _stem(word: str) -> str:
    """Cuts the commonest English endings."""
    for ending in ("ing", "ies", "es", "ed", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
