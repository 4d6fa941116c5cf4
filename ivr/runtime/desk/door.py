"""One door for flows: `callbacks.*` goes to the queue's counter, everything else to the connectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ivr.core.events import LookUpOutcome
from ivr.ports import Connectors, LookUpResult
from ivr.runtime.desk.desk import PREFIX, CallbackDesk


class QueueDoor:
    """`ivr.ports.Connectors` over both."""

    def __init__(self, desk: CallbackDesk, others: Connectors, desk_fails: str | None = None) -> None:
        """`desk_fails`: a test's reason for which everything asked of the desk fails."""
        self._desk, self._others, self._desk_fails = desk, others, desk_fails

    def call(self, operation: str, arguments: Mapping[str, Any], key: str = "") -> LookUpResult:
        """See `Connectors.call`."""
        if self._desk_fails is not None and operation.startswith(PREFIX):
            return LookUpResult(LookUpOutcome.FAILED, reason=self._desk_fails)
        return self._behind(operation).call(operation, arguments, key)

    def operations(self) -> Mapping[str, Sequence[str]]:
        """Of both."""
        return {**self._others.operations(), **self._desk.operations()}

    def is_read(self, operation: str) -> bool:
        """See `Connectors.is_read`."""
        return self._behind(operation).is_read(operation)

    def close(self) -> None:
        """Closes the connectors."""
        close = getattr(self._others, "close", None)
        if close is not None:
            close()

    def _behind(self, operation: str) -> CallbackDesk | Connectors:
        return self._desk if operation.startswith(PREFIX) else self._others
