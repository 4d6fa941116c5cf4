"""Values of a table cell: text, numbers, dates, booleans, as flows compare and speak them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,9})?")
_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
MAX_NESTING = 8


class CellType(Enum):
    """How a column's cells are read."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"


class BadCell(ValueError):
    """A cell does not hold its column's type. The message names the type, never the value."""


def typed_cell(value: Any, kind: CellType) -> Any:
    """A cell as its column's type: int or Decimal, ISO date text, bool; None for an empty one.

    Raises:
        BadCell: when the cell holds something else.
    """
    plain = plain_value(value)
    if kind is CellType.TEXT or plain is None:
        return plain
    if kind is CellType.BOOLEAN and isinstance(plain, bool):
        return plain
    if kind is CellType.NUMBER and isinstance(plain, int | Decimal) and not isinstance(plain, bool):
        return plain
    text = str(plain).strip()
    if not text:
        return None
    return _READERS[kind](text)


def plain_value(value: Any) -> Any:
    """A driver's value as text, number, boolean or None. Whole decimals become int, times ISO text."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return plain_value(Decimal(repr(value)))
        case Decimal():
            if not value.is_finite():
                raise BadCell("is no finite number")
            return int(value) if value == value.to_integral_value() and abs(value) < 10**18 else value
        case date() | datetime():
            return value.isoformat()
        case _:
            raise BadCell("is of a type that cannot be spoken")


def plain_record(values: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """A JSON object as a record: lists, and what is nested too deep, are left out."""
    record: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            if depth < MAX_NESTING:
                record[name] = plain_record(value, depth + 1)
        elif not isinstance(value, list):
            record[name] = plain_value(value)
    return record


def comparable(value: Any) -> str:
    """The form in which an argument and a cell are compared: NFKC, no outer space, no case."""
    return unicodedata.normalize("NFKC", "" if value is None else str(value)).strip().casefold()


def _number(text: str) -> int | Decimal:
    if not _NUMBER.fullmatch(text):
        raise BadCell("is not a number such as 80 or 12.50")
    number: int | Decimal = plain_value(Decimal(text))
    return number


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadCell("is not a date such as 2026-11-25") from None


def _boolean(text: str) -> bool:
    if text.casefold() not in _BOOLEANS:
        raise BadCell("is neither yes nor no")
    return _BOOLEANS[text.casefold()]


_READERS = {CellType.NUMBER: _number, CellType.DATE: _date, CellType.BOOLEAN: _boolean}
