"""Reads one settings file: YAML 1.2 with the line of every key; no tags, aliases, doubled keys or deep nesting."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ivr.settings.mistakes import Mistake

MAX_BYTES = 256 * 1024
MAX_DEPTH = 10

Value = None | bool | int | float | str | list["Value"] | dict[str, "Value"]

# A leading zero or plus makes a text: 0120… and +81… are telephone numbers.
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})\Z")
_FRACTION = re.compile(r"-?(0|[1-9][0-9]{0,17})\.[0-9]{1,17}\Z")
_PLAIN_TAGS = frozenset({"str", "int", "float", "bool", "null", "map", "seq", "timestamp", "merge", "value"})
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True, slots=True)
class Document:
    """A file's values, and the line (from 1) of every path in it, such as `("web", "port")`."""

    values: dict[str, Value]
    lines: dict[tuple[str, ...], int]


class _Reader:
    """Turns the node graph of one file into values, collecting mistakes instead of raising."""

    def __init__(self, name: str, mistakes: list[Mistake]) -> None:
        self._name = name
        self._mistakes = mistakes
        self._seen: set[int] = set()
        self.lines: dict[tuple[str, ...], int] = {}

    def complain(self, node: Node, what: str) -> None:
        self._mistakes.append(Mistake(f"{self._name}:{node.start_mark.line + 1}", what))

    def read(self, node: Node, path: tuple[str, ...]) -> Value:
        if id(node) in self._seen:
            self.complain(node, "an alias (*name) is not allowed here; write the value out")
            return None
        self._seen.add(id(node))
        if len(path) > MAX_DEPTH:
            self.complain(node, f"nested deeper than {MAX_DEPTH} levels")
            return None
        if node.tag is not None and str(node.tag).removeprefix("tag:yaml.org,2002:") not in _PLAIN_TAGS:
            self.complain(node, "a tag (!name) is not allowed; write a plain value")
            return None
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.read(child, (*path, str(number))) for number, child in enumerate(node.value)]
        is_quoted = isinstance(node, ScalarNode) and node.style in ("'", '"', "|", ">")
        return self._scalar(str(node.value), is_quoted=is_quoted)

    def _mapping(self, node: MappingNode, path: tuple[str, ...]) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self.complain(key_node, "a key must be a plain word")
                continue
            key = str(key_node.value)
            here = (*path, key)
            if key in values:
                self.complain(key_node, f"{key!r} is there twice (first in line {self.lines[here]}); remove one")
                continue
            self.lines[here] = key_node.start_mark.line + 1
            values[key] = self.read(value_node, here)
        return values

    def _scalar(self, text: str, *, is_quoted: bool) -> Value:
        if is_quoted:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _WHOLE.match(text):
            return int(text)
        if _FRACTION.match(text):
            return float(text)
        return text


def read_document(path: Path, name: str, mistakes: list[Mistake]) -> Document:
    """Reads `path`, called `name` in mistakes. What cannot be read is a mistake and an empty document."""
    empty = Document({}, {})
    try:
        if path.stat().st_size > MAX_BYTES:
            mistakes.append(Mistake(name, f"larger than {MAX_BYTES // 1024} KiB; this cannot be a settings file"))
            return empty
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        mistakes.append(Mistake(name, f"is not UTF-8 (byte {error.start}); save it as UTF-8"))
        return empty
    except OSError as error:
        mistakes.append(Mistake(name, f"cannot be read ({error.strerror}); put the file there or mend its permissions"))
        return empty
    try:
        node = YAML(typ="rt", pure=True).compose(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else 1
        mistakes.append(Mistake(f"{name}:{line}", f"is not YAML: {error.problem}"))
        return empty
    except (YAMLError, RecursionError, ValueError) as error:
        mistakes.append(Mistake(name, f"is not YAML ({type(error).__name__})"))
        return empty
    if node is None:
        return empty
    reader = _Reader(name, mistakes)
    if not isinstance(node, MappingNode):
        reader.complain(node, "must be a mapping of sections, such as `web:`")
        return empty
    values = reader.read(node, ())
    return Document(values if isinstance(values, dict) else {}, reader.lines)
