"""Reads one settings file into values with the line of every key; plain words become numbers where they are some."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ivr.settings.mistakes import Mistake
from ivr.strict_yaml import Mapping, Scalar, Tree, YamlInvalid, read_file

Value = None | bool | int | float | str | list["Value"] | dict[str, "Value"]

# A leading zero or plus makes a text: 0120… and +81… are telephone numbers.
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})\Z")
_FRACTION = re.compile(r"-?(0|[1-9][0-9]{0,17})\.[0-9]{1,17}\Z")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True, slots=True)
class Document:
    """A file's values, and the line (from 1) of every path in it, such as `("web", "port")`."""

    values: dict[str, Value]
    lines: dict[tuple[str, ...], int]


def read_document(path: Path, name: str, mistakes: list[Mistake]) -> Document:
    """Reads `path`, called `name` in mistakes. What cannot be read is a mistake and an empty document."""
    empty = Document({}, {})
    try:
        trees = read_file(path)
    except YamlInvalid as invalid:
        mistakes.extend(Mistake(f"{name}:{problem.line}", problem.message) for problem in invalid.problems)
        return empty
    if not trees:
        return empty
    if len(trees) > 1:
        mistakes.append(Mistake(name, "holds more than one document; remove the line ---"))
        return empty
    if not isinstance(trees[0], Mapping):
        mistakes.append(Mistake(f"{name}:{trees[0].line}", "must be a mapping of sections, such as `web:`"))
        return empty
    lines: dict[tuple[str, ...], int] = {}
    values = _mapping(trees[0], (), lines)
    return Document(values, lines)


def _mapping(tree: Mapping, path: tuple[str, ...], lines: dict[tuple[str, ...], int]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for key, child in tree.items.items():
        lines[(*path, key)] = tree.key_lines[key]
        values[key] = _value(child, (*path, key), lines)
    return values


def _value(tree: Tree, path: tuple[str, ...], lines: dict[tuple[str, ...], int]) -> Value:
    if isinstance(tree, Mapping):
        return _mapping(tree, path, lines)
    if isinstance(tree, Scalar):
        return tree.text if tree.is_quoted else _plain(tree.text)
    return [_value(child, (*path, str(number)), lines) for number, child in enumerate(tree.items)]


def _plain(text: str) -> Value:
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.match(text):
        return int(text)
    return float(text) if _FRACTION.match(text) else text
