"""YAML 1.2 as people write it here: every scalar a text with its line; no tags, aliases, doubled keys or floods.

`yes`, `on` and `0120…` stay what was written. Whoever reads a tree decides which texts are numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
)

MAX_BYTES = 512 * 1024
MAX_DEPTH = 20
MAX_EVENTS = 60_000


@dataclass(frozen=True, slots=True)
class YamlProblem:
    """One mistake: the line (from 1) and a sentence."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text, as written."""

    text: str
    line: int
    is_quoted: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Tree, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """Names and values in the order of the file."""

    items: dict[str, Tree]
    key_lines: dict[str, int]
    line: int


Tree = Scalar | Sequence | Mapping


class YamlInvalid(ValueError):
    """A text that cannot be used at all. `problems` has every mistake found."""

    def __init__(self, problems: list[YamlProblem]) -> None:
        super().__init__("; ".join(f"line {problem.line}: {problem.message}" for problem in problems))
        self.problems = problems


def read_file(path: Path) -> list[Tree]:
    """The documents of a file (`---` separates them). Raises `YamlInvalid`."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _invalid(1, f"the file is larger than {MAX_BYTES // 1024} KiB; split it")
        raw = path.read_bytes()
    except OSError as error:
        raise _invalid(1, f"the file cannot be read: {error.strerror}") from error
    return read_bytes(raw)


def read_bytes(raw: bytes) -> list[Tree]:
    """The documents of a text in UTF-8. Raises `YamlInvalid`."""
    if len(raw) > MAX_BYTES:
        raise _invalid(1, f"the text is larger than {MAX_BYTES // 1024} KiB; split it")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _invalid(line, "this is not UTF-8 text; save the file as UTF-8") from error
    return read_text(text)


def read_text(text: str) -> list[Tree]:
    """The documents of a text. Raises `YamlInvalid`."""
    problems: list[YamlProblem] = []
    try:
        events = _allowed_events(text)
        trees = [_tree(event, events, problems) for event in events if isinstance(event, NodeEvent)]
    except YamlInvalid:
        raise
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = " ".join(str(part) for part in (error.context, error.problem) if part)
        raise _invalid(mark.line + 1 if mark else 1, f"this is not YAML: {words}") from error
    except (YAMLError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError) as error:
        raise _invalid(1, f"this is not YAML ({type(error).__name__})") from error
    if problems:
        raise YamlInvalid(problems)
    return trees


def _invalid(line: int, message: str) -> YamlInvalid:
    return YamlInvalid([YamlProblem(line, message)])


def _allowed_events(text: str) -> Iterator[Event]:
    """What the parser finds, looked at before it is used: an alias bomb or a flood of brackets never becomes a tree."""
    depth = 0
    for count, event in enumerate(YAML(typ="safe", pure=True).parse(text)):
        line = event.start_mark.line + 1
        if isinstance(event, CollectionStartEvent):
            depth += 1
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH or count > MAX_EVENTS:
            raise _invalid(line, f"nested deeper than {MAX_DEPTH} levels, or far too long")
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor is not None):
            raise _invalid(line, "anchors and aliases (& and *) are not allowed; write the value out")
        if isinstance(event, ScalarEvent | CollectionStartEvent) and _tag(event) not in (None, "!"):
            raise _invalid(line, "tags (!) are not allowed; write a plain value")
        yield event


def _tag(event: ScalarEvent | CollectionStartEvent) -> str | None:
    tag = event.tag
    return None if tag is None else str(tag)


def _tree(event: Event, events: Iterator[Event], problems: list[YamlProblem]) -> Tree:
    """The value that begins with `event`; takes the events that belong to it."""
    line = event.start_mark.line + 1
    if isinstance(event, MappingStartEvent):
        return _mapping(events, line, problems)
    if isinstance(event, ScalarEvent):
        return Scalar(str(event.value), line, event.style in ("'", '"', "|", ">"))
    items = []
    while not isinstance(inner := next(events), SequenceEndEvent):
        items.append(_tree(inner, events, problems))
    return Sequence(tuple(items), line)


def _mapping(events: Iterator[Event], line: int, problems: list[YamlProblem]) -> Mapping:
    items: dict[str, Tree] = {}
    lines: dict[str, int] = {}
    while not isinstance(event := next(events), MappingEndEvent):
        unusable: list[YamlProblem] = []
        name = _tree(event, events, unusable)
        if not isinstance(name, Scalar):
            problems.append(YamlProblem(name.line, "a name must be a plain word"))
            _tree(next(events), events, unusable)
        elif name.text in items:
            first = lines[name.text]
            problems.append(YamlProblem(name.line, f"`{name.text}` stands here twice (line {first} too); remove one"))
            _tree(next(events), events, unusable)
        else:
            lines[name.text] = name.line
            items[name.text] = _tree(next(events), events, problems)
    return Mapping(items, lines, line)
