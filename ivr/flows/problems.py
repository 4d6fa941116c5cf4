"""A mistake in a flow, told so that a supervisor can mend it: `file:line: node: what is wrong, and how to mend it`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake."""

    file: str
    line: int
    node: str
    """Node name, or the section (`flow`, `everywhere`, …)."""
    message: str
    """What is wrong, and how to mend it."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.node}: {self.message}"


class FlowInvalid(ValueError):
    """A flow that cannot be used."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
