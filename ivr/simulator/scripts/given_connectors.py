"""Connectors as a script's `given` wants them, in front of the real ones: rows, failures, delays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ivr.core.events import LookUpOutcome
from ivr.ports import Connectors, LookUpResult
from ivr.simulator.scripts.model import GivenConnector

TIMEOUT_MS = 7500
"""A connector that times out does so just before the call would give it up (8 s)."""


class GivenConnectors:
    """Answers for the connectors that `given` names; passes everything else on."""

    def __init__(self, given: Mapping[str, GivenConnector], behind: Connectors | None = None) -> None:
        """Without connectors behind it, every operation that is not given fails."""
        self._given = given
        self._behind = behind

    def call(self, operation: str, arguments: Mapping[str, Any], key: str = "") -> LookUpResult:
        """See `Connectors.call`. A row fits when all arguments that name one of its columns are equal to it."""
        given = self._given.get(operation.partition(".")[0])
        if given is not None and given.fails is not None:
            return LookUpResult(LookUpOutcome.FAILED, reason=given.fails)
        if given is not None and given.rows is not None:
            row = next((row for row in given.rows if _fits(row, arguments)), None)
            return LookUpResult(LookUpOutcome.NOT_FOUND) if row is None else LookUpResult(LookUpOutcome.FOUND, row)
        if self._behind is not None:
            return self._behind.call(operation, arguments, key)
        return LookUpResult(LookUpOutcome.FAILED, reason="no_connector")

    def operations(self) -> Mapping[str, Sequence[str]]:
        """See `Connectors.operations`."""
        return self._behind.operations() if self._behind is not None else {}

    def is_read(self, operation: str) -> bool:
        """See `Connectors.is_read`; nothing is asked on a guess here."""
        return False

    def lookup_ms(self, operation: str) -> int:
        """How long an operation takes on the virtual clock."""
        given = self._given.get(operation.partition(".")[0])
        if given is None:
            return 0
        if given.delay_ms is not None:
            return given.delay_ms
        return TIMEOUT_MS if given.fails == "timeout" else 0


def _fits(row: Mapping[str, Any], arguments: Mapping[str, Any]) -> bool:
    named = {name: value for name, value in arguments.items() if name in row}
    return bool(named) and all(str(row[name]).casefold() == str(value).casefold() for name, value in named.items())
