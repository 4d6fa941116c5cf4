"""The core's exceptions say where and what, and are one family."""

from __future__ import annotations

import pytest

from ivr.core.errors import DenwabanError, ExpressionError, FlowError, SnapshotError

pytestmark = pytest.mark.unit


def test_an_expression_error_has_its_place() -> None:
    error = ExpressionError("no", 7)
    assert (str(error), error.problem, error.position) == ("no", "no", 7)


def test_a_flow_error_names_its_node() -> None:
    error = FlowError("welcome", "no way on")
    assert (str(error), error.node) == ("welcome: no way on", "welcome")


def test_all_are_one_family() -> None:
    assert {ExpressionError, FlowError, SnapshotError} <= set(DenwabanError.__subclasses__())
