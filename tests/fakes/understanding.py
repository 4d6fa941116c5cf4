"""An understanding that knows a table of sentences by heart; held to the same contract as the real one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ivr.core.meaning import Expecting, Meaning
from ivr.ports import Completeness


class ScriptedUnderstanding:
    """Answers from tables; whatever is not in them is not understood."""

    def __init__(
        self, meanings: Mapping[str, Meaning] | None = None, whole: Mapping[str, Completeness] | None = None
    ) -> None:
        self._meanings = dict(meanings or {})
        self._whole = dict(whole or {})
        self.asked: list[tuple[str, Expecting]] = []
        """Everything `interpret` was called with, in order."""

    def interpret(self, text: str, expecting: Expecting, alternatives: Sequence[str] = ()) -> Meaning:
        self.asked.append((text, expecting))
        for wording in (text, *alternatives):
            known = self._meanings.get(wording.strip().lower())
            if known is not None:
                return known
        return Meaning()

    def completeness(self, text: str, expecting: Expecting) -> Completeness:
        return self._whole.get(text.strip().lower(), Completeness.UNKNOWN)
