"""A mistake in a call script, told so that its writer can mend it: `file:line: what is wrong, and how to mend it`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class ScriptProblem:
    """One mistake."""

    file: str
    line: int
    message: str
    """What is wrong, and how to mend it."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class ScriptInvalid(ValueError):
    """Scripts that cannot be run. `problems` has every mistake found."""

    def __init__(self, problems: list[ScriptProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
