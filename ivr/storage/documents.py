"""Frozen dataclasses as JSON documents and back: nested, with enums, times and tuples. Nothing else is taken."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from ivr.storage.values import storable, utc

T = TypeVar("T")


def to_document(value: Any) -> Any:
    """What `dump_json` can write. Raises `TypeError` for foreign types."""
    match value:
        case None | bool() | int():
            return value
        case str():
            return storable(value)
        case Enum():
            return value.value
        case datetime():
            return utc(value).isoformat()
        case tuple():
            return [to_document(each) for each in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {each.name: to_document(getattr(value, each.name)) for each in fields(value)}
        case _:
            raise TypeError(f"{type(value).__name__} cannot be part of a document")


def from_document(kind: type[T], document: Mapping[str, Any]) -> T:
    """The dataclass again; fields that are not in the document have their defaults, unknown names are left out."""
    hints = _hints(kind)  # type: ignore[arg-type]
    known = {name: _read(hints[name], value) for name, value in document.items() if name in hints}
    return kind(**known)


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        [inner] = [each for each in get_args(kind) if each is not type(None)]
        return _read(inner, value)
    if origin is tuple:
        return _read_tuple(get_args(kind), value)
    if is_dataclass(kind):
        return from_document(kind, value)  # type: ignore[arg-type]
    if issubclass(kind, Enum):
        return kind(value)
    return datetime.fromisoformat(value) if kind is datetime else value


def _read_tuple(kinds: tuple[Any, ...], values: list[Any]) -> tuple[Any, ...]:
    if kinds[-1] is Ellipsis:
        return tuple(_read(kinds[0], each) for each in values)
    return tuple(_read(kind, each) for kind, each in zip(kinds, values, strict=True))
