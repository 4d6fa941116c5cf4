"""The filters that templates know: `{{ value | spoken_date }}`. Each never raises and never grows its input much."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ivr.core.flow import spoken

Filter = Callable[[Any, str, Any], Any]
"""(value, language, argument) -> value"""


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _default(value: Any, language: str, argument: Any) -> Any:
    return argument if value is None or value == "" else value


def _shortened(value: Any, language: str, argument: Any) -> str:
    """At most so many characters, cut between words where words have gaps."""
    text, limit = _text(value), int(argument) if isinstance(argument, Decimal) else 100
    if len(text) <= limit:
        return text
    cut = text[: limit + 1]
    end = max(cut.rfind(" "), cut.rfind("、"))
    return cut[: end if end > limit // 2 else limit].rstrip(" ,、")


FILTERS: dict[str, Filter] = {
    "spoken_digits": lambda value, language, _: spoken.digits(_text(value), language),
    "spoken_phone": lambda value, language, _: spoken.phone(_text(value), language),
    "spoken_number": lambda value, language, _: spoken.number(_text(value), language),
    "spoken_date": lambda value, language, _: spoken.date(_text(value), language),
    "spoken_time": lambda value, language, _: spoken.time(_text(value), language),
    "spoken_money": lambda value, language, argument: spoken.money(_text(value), language, _text(argument)),
    "lower": lambda value, language, _: _text(value).lower(),
    "upper": lambda value, language, _: _text(value).upper(),
    "default": _default,
    "shortened": _shortened,
}
