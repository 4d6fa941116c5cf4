"""The intent classifier: sentence embeddings and n-grams, each under a logistic regression, gated by similarity.

The sentences that no intent should take are a class of their own. The two regressions meet in a geometric mean; the
mean is multiplied by the similarity to the nearest examples, which is what tells a foreign sentence from a clumsy
one. Cuts come from leaving sentences out in turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ivr.core.meaning import Decision, IntentGuess
from ivr.understanding.embedding import Embedder
from ivr.understanding.features import Lexicon, dense
from ivr.understanding.files import IntentFile
from ivr.understanding.logistic import fit_span, softmax
from ivr.understanding.negatives import GENERAL
from ivr.understanding.readings import Reader
from ivr.understanding.sounds_ja import WishSounds
from ivr.understanding.text import plain

Array = NDArray[np.float64]
Labels = NDArray[np.int64]

_STRENGTH_LEXICAL = 40.0
_TWO_BLOCKS = np.float32(np.sqrt(2.0))
_STRENGTH_EMBEDDED = 10.0
_CONFIRM_AT = 0.4
_ACCEPT_AT = 0.7
_MAX_FOLDS = 8
_FOLD_STEPS = 30
_LEAST_ACCEPT = 0.12
_MAX_GUESSES = 5


@dataclass(frozen=True, slots=True)
class _View:
    """One way to see sentences: their inner products with all examples."""

    gram: Array
    """Examples with examples, shape (n, n)."""
    strength: float


@dataclass(frozen=True, slots=True)
class _Fit:
    """Regressions over the examples at `rows`."""

    rows: Labels
    labels: Labels
    parts: tuple[tuple[Array, Array], ...]

    def scores(self, products: Sequence[Array], classes: int) -> Array:
        """Gated scores of the intents, shape (m, classes).

        Args:
            products: per view, inner products of m sentences with all known sentences, shape (m, n).
            classes: number of intents; the class after them is "none of them".
        """
        logs = [
            np.log(softmax(view[:, self.rows] @ weights + offset) + 1e-12)
            for view, (weights, offset) in zip(products, self.parts, strict=True)
        ]
        mean = softmax(np.sum(logs, axis=0) / len(logs))[:, :classes]
        return np.asarray(mean * _nearness(products[-1][:, self.rows], self.labels, classes), dtype=np.float64)


def _nearness(products: Array, labels: Labels, classes: int) -> Array:
    """Per class: half the best similarity and half the mean of the three best, clipped to 0..1."""
    near = np.zeros((products.shape[0], classes))
    for number in range(classes):
        own = products[:, labels == number]
        if own.shape[1]:
            best = -np.sort(-own, axis=1)[:, :3]
            near[:, number] = 0.5 * best[:, 0] + 0.5 * best.mean(axis=1)
    return np.clip(near, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class _Cuts:
    confirm: float
    accept: float

    def calibrated(self, raw: float) -> float:
        """Maps a raw score so that the cuts stand at fixed places of 0..1."""
        return float(np.interp(raw, [0.0, self.confirm, self.accept, 1.0], [0.0, _CONFIRM_AT, _ACCEPT_AT, 1.0]))


class IntentClassifier:
    """Guesses the intent of a sentence. Immutable once built; thread-safe."""

    def __init__(
        self, source: IntentFile, language: str, embedder: Embedder | None = None, reader: Reader | None = None
    ) -> None:
        """Fits the regressions and sets the cuts; takes a second or so for a few hundred examples."""
        self.names = tuple(source.examples)
        self._language = language
        self._embedder = embedder
        self._exact = {text: name for name, text in self._owned(source)}
        negatives = [text for text in dict.fromkeys(_foreign(source, language)) if text not in self._exact]
        texts = [*(text for _, text in self._owned(source)), *negatives]
        sizes = [*(len(group) for group in source.examples.values()), len(negatives)]
        self._labels = np.repeat(np.arange(len(sizes)), sizes)
        self._sounds = None
        if language == "ja" and reader is not None:
            every = [*self._owned(source), *((None, text) for text in negatives)]
            self._sounds = WishSounds(every, reader.reading)
        self._lexicon = Lexicon(language, reader)
        self._lexical = dense(self._lexicon.learn(texts), self._lexicon.size) / _TWO_BLOCKS
        views = [_View((self._lexical @ self._lexical.T).astype(np.float64), _STRENGTH_LEXICAL)]
        self._centre = np.zeros(0, np.float32)
        self._embedded = np.zeros((0, 0), np.float32)
        if embedder is not None:
            raw = embedder.queries(texts)
            self._centre = raw.mean(axis=0)
            self._embedded = self._centred(raw)
            views.append(_View((self._embedded @ self._embedded.T).astype(np.float64), _STRENGTH_EMBEDDED))
        self._fit = self._fitted(views, np.arange(len(texts)))
        self._cuts = self._calibrate(views)

    def _owned(self, source: IntentFile) -> list[tuple[str, str]]:
        return [(name, plain(text, self._language)) for name, group in source.examples.items() for text in group]

    def _centred(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        moved = vectors - self._centre
        length = np.linalg.norm(moved, axis=-1, keepdims=True)
        return np.asarray(moved / np.maximum(length, 1e-9), dtype=np.float32)

    def _fitted(self, views: Sequence[_View], rows: Labels, steps: int = 120) -> _Fit:
        labels = self._labels[rows]
        classes = len(self.names) + 1
        parts = [fit_span(view.gram[np.ix_(rows, rows)], labels, classes, view.strength, steps) for view in views]
        return _Fit(rows, labels, tuple(parts))

    def _products(self, text: str) -> list[Array]:
        lexical = dense([self._lexicon.vector(text)], self._lexicon.size) / _TWO_BLOCKS
        products = [(lexical @ self._lexical.T).astype(np.float64)]
        if self._embedder is not None:
            vector = self._centred(self._embedder.query(text)[None])
            products.append((vector @ self._embedded.T).astype(np.float64))
        return products

    def _calibrate(self, views: Sequence[_View]) -> _Cuts:
        """Leaves out the k-th sentence of every class in turn and looks how what was left out scores."""
        none = len(self.names)
        turns = np.concatenate([np.arange(count) for count in np.bincount(self._labels)])
        folds = min(_MAX_FOLDS, int(np.bincount(self._labels[self._labels < none]).max()))
        good: list[float] = []
        bad: list[float] = []
        for fold in range(folds if folds > 1 else 0):
            out = np.flatnonzero(turns % folds == fold)
            fit = self._fitted(views, np.flatnonzero(turns % folds != fold), _FOLD_STEPS)
            scores = fit.scores([view.gram[out] for view in views], none)
            is_right = scores.argmax(axis=1) == self._labels[out]
            good += list(scores.max(axis=1)[is_right])
            bad += list(scores.max(axis=1)[~is_right])
        return _choose_cuts(np.array(good), np.array(bad))

    def guess(self, text: str) -> tuple[Decision, tuple[IntentGuess, ...]]:
        """The likeliest intents of one utterance, best first, and how sure the first is."""
        bare = plain(text, self._language)
        if not bare:
            return Decision.REJECT, ()
        if bare in self._exact:
            return Decision.ACCEPT, (IntentGuess(self._exact[bare], 1.0),)
        raw = self._fit.scores(self._products(bare), len(self.names))[0]
        order = np.argsort(-raw)[:_MAX_GUESSES]
        guesses = tuple(
            IntentGuess(self.names[place], round(self._cuts.calibrated(float(raw[place])), 3)) for place in order
        )
        decision = decide(guesses[0].score)
        if decision is not Decision.ACCEPT and self._sounds is not None:
            name = self._sounds.find(bare)
            if name is not None:
                others = tuple(guess for guess in guesses if guess.name != name)
                return Decision.ACCEPT, (IntentGuess(name, max(_ACCEPT_AT, guesses[0].score)), *others)
        return decision, guesses

    def is_example(self, text: str) -> bool:
        """Whether `text` is word for word an example of some intent. Cheap."""
        return plain(text, self._language) in self._exact


def _foreign(source: IntentFile, language: str) -> tuple[str, ...]:
    sentences = (*source.out_of_scope, *GENERAL.get(language, GENERAL["en"]))
    return tuple(plain(text, language) for text in sentences)


def decide(score: float) -> Decision:
    """What a calibrated score means."""
    if score >= _ACCEPT_AT:
        return Decision.ACCEPT
    return Decision.CONFIRM if score >= _CONFIRM_AT else Decision.REJECT


def _choose_cuts(good: Array, bad: Array) -> _Cuts:
    """Weighs refusing a right guess against taking a wrong one; accepting wrongly costs more than asking."""
    if good.size == 0:
        return _Cuts(0.15, 0.35)
    confirm = float(np.clip(_cheapest(good, bad, 0.4), 0.03, 0.5))
    accept = float(np.clip(_cheapest(good, bad, 2.0), max(confirm + 0.02, _LEAST_ACCEPT), 0.7))
    return _Cuts(confirm, accept)


def _cheapest(good: Array, bad: Array, price: float) -> float:
    """The cut with the least cost, where a taken wrong one costs `price` refused right ones."""
    steps = np.linspace(0.01, 0.9, 90)
    lost = np.array([(good < step).mean() for step in steps])
    taken = np.array([(bad >= step).mean() if bad.size else 0.0 for step in steps])
    return float(steps[int(np.argmin(lost + price * taken))])
