"""The built-in connector `requests`: keeps what a caller wants from people, and gives a reference to tell them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from ivr.connectors.source import Question, Record, SourceFailed
from ivr.ports import RequestStore, StoreFailed

WANTED = ("name", "number", "reason")
_CALL_IN_KEY = re.compile(r"([0-9a-f]{32}):")
"""A session's keys begin with its call's id."""


class RequestDesk:
    """A `Source` over our own database. The row is on disk before the reference is returned."""

    def __init__(self, store: RequestStore | None, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def operations(self) -> Mapping[str, Sequence[str]]:
        """`store` wants name, number and reason; `language` and `call_id` are kept when given."""
        return {"store": WANTED}

    def answer(self, question: Question) -> Record:
        """`{"reference": digits}`; the same for the same key."""
        if self._store is None:
            raise SourceFailed("no_store")
        given = question.arguments
        try:
            stored = self._store.add(
                key=question.key,
                name=given["name"],
                number=given["number"],
                reason=given["reason"],
                language=given.get("language", ""),
                call_id=given.get("call_id") or _call_of(question.key),
                at=self._now(),
            )
        except StoreFailed as error:
            raise SourceFailed(f"store_{error.reason}") from None
        return {"reference": stored.reference}

    def close(self) -> None:
        """The store belongs to somebody else."""


def _call_of(key: str) -> str:
    found = _CALL_IN_KEY.match(key)
    return found[1] if found else ""
