"""Lexical features: weighted n-grams of words and characters, per language.

English (and every spaced language): words 1-2 and characters 2-5 within words. Japanese: characters 1-4 and
characters 2-4 of the reading.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from ivr.understanding.readings import Reader
from ivr.understanding.text import plain

Sparse = tuple[NDArray[np.int64], NDArray[np.float64]]
"""Indices of features and their weights, both of shape (k,)."""


def grams(text: str, low: int, high: int) -> Iterable[str]:
    """All substrings of `low` to `high` characters."""
    for size in range(low, high + 1):
        for start in range(len(text) - size + 1):
            yield text[start : start + size]


class Lexicon:
    """Turns text into unit vectors per block of features; learned from the examples of one classifier."""

    def __init__(self, language: str, reader: Reader | None = None) -> None:
        self._language = language
        self._reader = reader
        self._index: dict[tuple[int, str], int] = {}
        self._idf = np.zeros(0)

    @property
    def size(self) -> int:
        """Number of features."""
        return len(self._index)

    def learn(self, texts: Sequence[str]) -> list[Sparse]:
        """Collects the features of `texts` and returns their vectors."""
        counted = [self._counts(text) for text in texts]
        frequency: Counter[tuple[int, str]] = Counter()
        for blocks in counted:
            frequency.update({(number, gram) for number, block in enumerate(blocks) for gram in block})
        self._index = {key: place for place, key in enumerate(frequency)}
        total = len(texts) + 1
        self._idf = np.array([math.log(total / (1 + count)) + 1 for count in frequency.values()])
        return [self._weigh(blocks) for blocks in counted]

    def vector(self, text: str) -> Sparse:
        """The vector of one text; features never learned are left out, but count for its length."""
        return self._weigh(self._counts(text))

    def _counts(self, text: str) -> list[Counter[str]]:
        bare = plain(text, self._language)
        if self._language == "ja":
            reading = self._reader.reading(bare) if self._reader else ""
            return [Counter(grams(bare, 1, 4)), Counter(grams(reading, 2, 4))]
        words = bare.split()
        pairs = [f"{first} {second}" for first, second in zip(words, words[1:], strict=False)]
        inside = [gram for word in words for gram in grams(f" {word} ", 2, 5)]
        return [Counter(words + pairs), Counter(inside)]

    def _weigh(self, blocks: list[Counter[str]]) -> Sparse:
        places: list[int] = []
        weights: list[float] = []
        for number, block in enumerate(blocks):
            known = [
                (self._index[(number, gram)], count) for gram, count in block.items() if (number, gram) in self._index
            ]
            raw = [count * float(self._idf[place]) for place, count in known]
            length = math.sqrt(sum(weight * weight for weight in raw)) or 1.0
            places += [place for place, _ in known]
            weights += [weight / length for weight in raw]
        return np.array(places, dtype=np.int64), np.array(weights, dtype=np.float64)


def dense(rows: Sequence[Sparse], size: int) -> NDArray[np.float32]:
    """Stacks sparse vectors to shape (len(rows), size)."""
    matrix = np.zeros((len(rows), size), dtype=np.float32)
    for number, (places, weights) in enumerate(rows):
        matrix[number, places] = weights
    return matrix
