"""The project's exceptions.

DenwabanError
├── ExpressionError   a template or condition that cannot be read (text and position, no values)
├── FlowError         a flow that cannot be run (node and reason)
└── SnapshotError     a stored session that does not fit its flow
"""

from __future__ import annotations


class DenwabanError(Exception):
    """Base of everything the project raises on purpose."""


class ExpressionError(DenwabanError):
    """A template or condition cannot be parsed. `position` counts characters from 0."""

    def __init__(self, problem: str, position: int = 0) -> None:
        super().__init__(problem)
        self.problem = problem
        self.position = position


class FlowError(DenwabanError):
    """A flow cannot go on from a node."""

    def __init__(self, node: str, problem: str) -> None:
        super().__init__(f"{node}: {problem}")
        self.node = node


class SnapshotError(DenwabanError):
    """A stored session cannot be restored."""
