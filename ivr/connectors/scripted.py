"""Connectors that say what a call script or a test tells them to: rows, failures, delays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from ivr.connectors.source import Question, Record, Source, SourceFailed
from ivr.connectors.typed import CellType, comparable, typed_cell


class Given(BaseModel):
    """`given.connectors.<name>` of a call script."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rows: list[dict[str, Any]] | None = None
    """Instead of what is in the table."""
    fails: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")] | None = None
    """Every call fails with this reason, e.g. `timeout`."""
    delay_ms: int = Field(default=0, ge=0)
    """Every call takes so long."""


class Scripted:
    """Stands before the real source: waits, fails, or answers from rows; else lets the real source answer."""

    def __init__(
        self,
        real: Source,
        ask: Callable[[Question], Record | None],
        given: Given,
        *,
        columns: Mapping[str, Mapping[str, str]],
        types: Mapping[str, CellType],
        wait: Callable[[float], None],
    ) -> None:
        """`ask` gets an answer from the real source, with its time limit.

        `columns`: per operation, the column that each argument is compared with (an argument's own name if none).

        `wait` gets seconds; a virtual clock can stand in for it.
        """
        self._real = real
        self._ask = ask
        self._given = given
        self._columns = columns
        self._wait = wait
        self._rows = [
            {name: typed_cell(value, types.get(name, CellType.TEXT)) for name, value in row.items()}
            for row in given.rows or ()
        ]

    def operations(self) -> Mapping[str, Sequence[str]]:
        """Those of the real source."""
        return self._real.operations()

    def answer(self, question: Question) -> Record | None:
        """As scripted. A delay beyond the time limit is a time-out after the limit."""
        delay, limit = self._given.delay_ms / 1000, question.deadline.remaining()
        if delay > 0:
            self._wait(min(delay, limit))
        if delay > limit:
            raise SourceFailed("timeout")
        if self._given.fails is not None:
            raise SourceFailed(self._given.fails)
        if self._given.rows is None:
            return self._ask(question)
        return next((row for row in self._rows if self._fits(row, question)), None)

    def close(self) -> None:
        """The real source belongs to the book it came from."""

    def _fits(self, row: Mapping[str, Any], question: Question) -> bool:
        columns = self._columns.get(question.operation, {})
        wanted = {columns.get(name, name): value for name, value in question.arguments.items()}
        return all(comparable(row[name]) == comparable(value) for name, value in wanted.items() if name in row)
