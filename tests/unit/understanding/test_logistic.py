"""The regression: known answers on small problems."""

from __future__ import annotations

import numpy as np
import pytest

from ivr.understanding.logistic import fit_span, softmax

pytestmark = pytest.mark.unit


def test_separable_points_are_told_apart() -> None:
    points = np.array([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0], [0.1, 0.9]])
    weights, offset = fit_span(points @ points.T, np.array([0, 0, 1, 1]), 2, 10.0)
    chances = softmax((np.array([[1.0, 0.2], [0.2, 1.0]]) @ points.T) @ weights + offset)
    assert chances.argmax(axis=1).tolist() == [0, 1]
    assert chances[0, 0] > 0.8


def test_the_weights_are_at_the_minimum() -> None:
    points = np.array([[1.0, 0.0, 0.3], [0.4, 0.5, 0.0], [0.0, 1.0, 0.2], [0.3, 0.2, 1.0], [0.1, 0.9, 0.7]])
    labels, strength = np.array([0, 0, 1, 2, 2]), 5.0
    weights, offset = fit_span(points @ points.T, labels, 3, strength)
    direct = points.T @ weights
    error = softmax(points @ direct + offset) - np.eye(3)[labels]
    assert np.abs(strength * points.T @ error + direct).max() < 0.02
    assert np.abs(error.sum(axis=0)).max() < 0.02


def test_one_class_and_one_example_do_not_fail() -> None:
    weights, offset = fit_span(np.array([[1.0]]), np.array([0]), 1, 1.0)
    assert softmax(np.array([[1.0]]) @ weights + offset).tolist() == [[1.0]]


def test_examples_without_any_feature_do_not_fail() -> None:
    weights, offset = fit_span(np.zeros((2, 2)), np.array([0, 1]), 2, 1.0)
    assert np.isfinite(weights).all() and np.isfinite(offset).all()
