"""How values look on their way into a database and back: times, text, JSON. The same on every database."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

_UNSTORABLE = {0: "\ufffd", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}


def utc(at: datetime) -> datetime:
    """The same moment in UTC. A naive time is a `ValueError`: nobody knows which moment it is."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be stored")
    return at.astimezone(UTC)


def storable(text: str) -> str:
    """The text without what PostgreSQL refuses: NUL and lone surrogates become U+FFFD."""
    # Most texts are plain; to look is ten times faster than to translate.
    return text if text.isascii() and "\0" not in text else text.translate(_UNSTORABLE)


def dump_json(value: Any) -> str:
    """JSON in ASCII, so that any character survives any database. NaN and foreign types raise."""
    return _ENCODER.encode(value)


def load_json(text: str) -> Any:
    """What `dump_json` wrote."""
    return json.loads(text)


def _plain(value: object) -> object:
    match value:
        case Decimal():
            whole = value == value.to_integral_value() if value.is_finite() else False
            return int(value) if whole else float(value)
        case date():
            return value.isoformat()
        case _:
            raise TypeError(f"{type(value).__name__} cannot be stored as JSON")


_ENCODER = json.JSONEncoder(allow_nan=False, separators=(",", ":"), default=_plain)
"""Made once: `json.dumps` with options makes one for every call."""
