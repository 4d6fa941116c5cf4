"""Values of the control format. Numbers may be written as texts, because that is how a YAML file gives them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import TypeVar

Choice = TypeVar("Choice", bound=Enum)


class ControlInvalid(ValueError):
    """Something in an order cannot be used; the message says where and why, without the value."""

    def __init__(self, where: str, why: str) -> None:
        """`where` is a path such as `numbers.…23.after_ms`."""
        super().__init__(f"{where}: {why}")


def where_of(part: str, number: str) -> str:
    """Path of a telephone number's entry; of the number itself only its last two digits."""
    return f"{part}.…{number[-2:]}"


def mapping(value: object, where: str, allowed: Iterable[str] | None = None) -> Mapping[str, object]:
    """Names and values; a name that is not `allowed` is a mistake."""
    if not isinstance(value, Mapping):
        raise ControlInvalid(where, "must be names and values")
    if allowed is not None:
        for name in value:
            if name not in allowed:
                raise ControlInvalid(where, f"`{str(name)[:40]}` is unknown; known are {', '.join(sorted(allowed))}")
    return value


def sequence(value: object, where: str) -> list[object]:
    """A list, or one value as a list of one."""
    if isinstance(value, (list, tuple)):
        if not value:
            raise ControlInvalid(where, "must not be empty")
        return list(value)
    return [value]


def text(value: object, where: str) -> str:
    """A text."""
    if not isinstance(value, str):
        raise ControlInvalid(where, "must be a text")
    return value


def whole(value: object, where: str) -> int:
    """A whole number, not negative."""
    found = number(value, where)
    if found != int(found):
        raise ControlInvalid(where, "must be a whole number")
    return int(found)


def number(value: object, where: str) -> float:
    """A number, not negative."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    is_written = isinstance(value, str) and value.isascii() and value.replace(".", "", 1).isdigit()
    found = float(str(value)) if is_number or is_written else -1.0
    if not 0 <= found < 1e12:
        raise ControlInvalid(where, "must be a number of 0 or more")
    return found


def flag(value: object, where: str) -> bool:
    """`true` or `false`."""
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise ControlInvalid(where, "must be true or false")


def choice(value: object, kinds: type[Choice], where: str) -> Choice:
    """A member of `kinds` by its value."""
    for kind in kinds:
        if kind.value == value:
            return kind
    raise ControlInvalid(where, f"must be one of {', '.join(str(kind.value) for kind in kinds)}")
