"""YAML 1.2 as people write it here: every scalar a text with its line; no tags, aliases, doubled keys or floods.

`yes`, `on` and `0120…` stay what was written. Whoever reads a tree decides which texts are numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, NodeEvent, ScalarEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

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
    try:
        _look_at_events(text)
        nodes = list(YAML(typ="safe", pure=True).compose_all(text))
    except YamlInvalid:
        raise
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = " ".join(str(part) for part in (error.context, error.problem) if part)
        raise _invalid(mark.line + 1 if mark else 1, f"this is not YAML: {words}") from error
    except (YAMLError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError) as error:
        raise _invalid(1, f"this is not YAML ({type(error).__name__})") from error
    problems: list[YamlProblem] = []
    trees = [_convert(node, problems) for node in nodes if node is not None]
    if problems:
        raise YamlInvalid(problems)
    return trees


def _invalid(line: int, message: str) -> YamlInvalid:
    return YamlInvalid([YamlProblem(line, message)])


def _look_at_events(text: str) -> None:
    """Before a tree is built, so that an alias bomb or a flood of brackets never becomes one."""
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


def _tag(event: ScalarEvent | CollectionStartEvent) -> str | None:
    tag = event.tag
    return None if tag is None else str(tag)


def _convert(node: Node, problems: list[YamlProblem]) -> Tree:
    line = node.start_mark.line + 1
    if isinstance(node, MappingNode):
        return _mapping(node, line, problems)
    if isinstance(node, SequenceNode):
        return Sequence(tuple(_convert(child, problems) for child in node.value), line)
    is_quoted = isinstance(node, ScalarNode) and node.style in ("'", '"', "|", ">")
    return Scalar(str(node.value), line, is_quoted)


def _mapping(node: MappingNode, line: int, problems: list[YamlProblem]) -> Mapping:
    items: dict[str, Tree] = {}
    lines: dict[str, int] = {}
    for key_node, value in node.value:
        key_line = key_node.start_mark.line + 1
        if not isinstance(key_node, ScalarNode):
            problems.append(YamlProblem(key_line, "a name must be a plain word"))
            continue
        key = str(key_node.value)
        if key in items:
            problems.append(YamlProblem(key_line, f"`{key}` stands here twice (line {lines[key]} too); remove one"))
            continue
        lines[key] = key_line
        items[key] = _convert(value, problems)
    return Mapping(items, lines, line)
