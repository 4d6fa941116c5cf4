"""What is wrong with the settings, all of it at once, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to mend."""

    where: str
    """`config/default.yaml:12` or the name of an environment variable."""
    what: str
    """What is wrong and how to mend it. Never the value of a secret."""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class SettingsError(Exception):
    """The settings cannot be used. `mistakes` lists everything found."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))
