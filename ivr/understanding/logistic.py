"""Multinomial logistic regression in numpy, for a few hundred examples.

The problem is solved in the span of the examples (as many columns as examples), so the number of features costs
nothing, and no scientific stack has to be imported (100 MB and seconds at start).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def fit_span(
    gram: Array, labels: NDArray[np.int64], classes: int, strength: float, steps: int = 120
) -> tuple[Array, Array]:
    """Fits softmax regression with an L2 penalty on the weights and none on the intercepts.

    Args:
        gram: inner products of all pairs of examples, shape (n, n).
        labels: class index of each example, shape (n,).
        classes: number of classes.
        strength: the inverse penalty C; larger fits closer.
        steps: most iterations.

    Returns:
        `(coefficients, intercepts)` with shapes (n, classes) and (classes,): the logits of x are
        `[<x_i, x>]_i @ coefficients + intercepts`.
    """
    values, vectors = np.linalg.eigh(gram)
    keep = values > 1e-8 * max(float(values[-1]), 1e-12)
    root = np.sqrt(values[keep])
    columns = vectors[:, keep] * root
    rank = columns.shape[1]
    target = np.eye(classes)[labels]

    def loss(flat: Array) -> tuple[float, Array]:
        weights = flat.reshape(rank + 1, classes)
        logits = columns @ weights[:rank] + weights[rank]
        logits -= logits.max(axis=1, keepdims=True)
        log_sum = np.log(np.exp(logits).sum(axis=1, keepdims=True))
        value = -strength * float(((logits - log_sum) * target).sum()) + 0.5 * float((weights[:rank] ** 2).sum())
        error = strength * (np.exp(logits - log_sum) - target)
        return value, np.concatenate([columns.T @ error + weights[:rank], error.sum(axis=0)[None]]).ravel()

    best = _minimise(loss, np.zeros((rank + 1) * classes), steps).reshape(rank + 1, classes)
    return (vectors[:, keep] / root) @ best[:rank], best[rank]


def _minimise(loss: Callable[[Array], tuple[float, Array]], start: Array, steps: int) -> Array:
    """Limited-memory BFGS with backtracking."""
    point = start
    value, slope = loss(point)
    memory: deque[tuple[Array, Array, float]] = deque(maxlen=10)
    for _ in range(steps):
        direction = -_apply(memory, slope)
        descent = float(slope @ direction)
        size = 1.0 if memory else 1.0 / max(float(np.abs(slope).sum()), 1e-12)
        while True:
            new_value, new_slope = loss(point + size * direction)
            if new_value <= value + 1e-4 * size * descent or size < 1e-10:
                break
            size *= 0.5
        move, change = size * direction, new_slope - slope
        curve = float(move @ change)
        if curve > 1e-12:
            memory.append((move, change, 1.0 / curve))
        is_flat = abs(value - new_value) <= 1e-6 * max(abs(value), 1.0)
        point, value, slope = point + move, new_value, new_slope
        if is_flat:
            break
    return point


def _apply(memory: deque[tuple[Array, Array, float]], slope: Array) -> Array:
    """The inverse Hessian's approximation times `slope` (two-loop recursion)."""
    result = slope.copy()
    alphas: list[float] = []
    for move, change, weight in reversed(memory):
        alpha = weight * float(move @ result)
        alphas.append(alpha)
        result -= alpha * change
    if memory:
        move, change, weight = memory[-1]
        result *= 1.0 / (weight * float(change @ change))
    for (move, change, weight), alpha in zip(memory, reversed(alphas), strict=True):
        result += move * (alpha - weight * float(change @ result))
    return result


def softmax(logits: Array) -> Array:
    """Along the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), dtype=np.float64)
