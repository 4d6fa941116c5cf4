"""The files a supervisor writes for understanding: intents and knowledge, read strictly.

Every scalar stays a string; unknown or doubled keys, tags, anchors and empty or repeated examples are problems with
a line number. Nothing here knows how the texts are used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ivr.understanding.text import plain

MAX_FILE_BYTES = 1_000_000
MAX_TEXT_CHARS = 2_000
MAX_EXAMPLES = 3_000
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_EVENT_LIMIT = 60_000


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One mistake in one file."""

    file: str
    line: int
    """From 1."""
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class FilesInvalid(ValueError):
    """A file cannot be used. `problems` names every mistake found in it, in the order of lines."""

    def __init__(self, problems: list[FileProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class IntentFile:
    """The intents of one set in one language."""

    examples: dict[str, tuple[str, ...]]
    """Intent name to example sentences."""
    out_of_scope: tuple[str, ...]
    """Sentences that none of the intents should take."""


@dataclass(frozen=True, slots=True)
class KnowledgeEntry:
    """One question with its answer."""

    id: str
    question: str
    wordings: tuple[str, ...]
    answer: str


@dataclass(frozen=True, slots=True)
class KnowledgeFile:
    """The answers of one knowledge file in one language."""

    entries: tuple[KnowledgeEntry, ...]
    off_topic: tuple[str, ...]
    """Questions that must not be answered; they set the cut."""


class _Reader:
    """Walks YAML nodes and collects problems."""

    def __init__(self, path: Path) -> None:
        self._file = str(path)
        self.problems: list[FileProblem] = []

    def note(self, line: int, message: str) -> None:
        self.problems.append(FileProblem(self._file, line, message))

    def root(self, path: Path) -> Node | None:
        try:
            raw = path.read_bytes() if path.stat().st_size <= MAX_FILE_BYTES else None
        except OSError as error:
            self.note(1, f"cannot be read: {error.strerror}")
            return None
        if raw is None:
            self.note(1, f"is larger than {MAX_FILE_BYTES} bytes")
            return None
        return self._compose(raw)

    def _compose(self, raw: bytes) -> Node | None:
        try:
            text = raw.decode("utf-8-sig")
            if not self._is_plain(text):
                return None
            node: Node | None = YAML(typ="safe", pure=True).compose(text)
        except UnicodeDecodeError:
            self.note(1, "is not UTF-8 text")
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self.note(mark.line + 1 if mark else 1, f"is not YAML: {error.problem or error.context}")
        except (YAMLError, ValueError) as error:
            self.note(1, f"is not YAML: {type(error).__name__}")
        except RecursionError:
            self.note(1, "is nested too deeply")
        else:
            if node is None:
                self.note(1, "is empty")
            return node
        return None

    def _is_plain(self, text: str) -> bool:
        """Looks at the event stream before a tree is built, so that aliases and floods never become one."""
        depth = 0
        for count, event in enumerate(YAML(typ="safe", pure=True).parse(text)):
            kind = type(event).__name__
            line = event.start_mark.line + 1
            depth += kind.endswith("StartEvent") - kind.endswith("EndEvent")
            if getattr(event, "anchor", None) is not None:
                self.note(line, "anchors and aliases (& and *) are not allowed")
            elif getattr(event, "tag", None) is not None:
                self.note(line, "tags (!) are not allowed")
            elif depth > 12 or count > _EVENT_LIMIT:
                self.note(line, "is nested too deeply or too long")
            else:
                continue
            return False
        return True

    def mapping(self, node: Node, allowed: frozenset[str] | None = None) -> Iterator[tuple[str, int, Node]]:
        """Yields (key, line, value); notes unknown and doubled keys."""
        if not isinstance(node, MappingNode):
            self.note(node.start_mark.line + 1, "must be a mapping (name: …)")
            return
        seen: set[str] = set()
        for key_node, value in node.value:
            line = key_node.start_mark.line + 1
            key = key_node.value if isinstance(key_node, ScalarNode) else ""
            if allowed is not None and key not in allowed:
                self.note(line, f"unknown key {key[:40]!r}; known: {', '.join(sorted(allowed))}")
            elif allowed is None and not _NAME.fullmatch(key):
                self.note(line, f"{key[:40]!r} is not a name (a-z, 0-9 and _, beginning with a letter)")
            elif key in seen:
                self.note(line, f"{key!r} stands here twice")
            else:
                seen.add(key)
                yield key, line, value

    def text(self, node: Node) -> str:
        line = node.start_mark.line + 1
        if not isinstance(node, ScalarNode):
            self.note(line, "must be a text")
            return ""
        value = str(node.value).strip()
        if not value:
            self.note(line, "is empty")
        elif len(value) > MAX_TEXT_CHARS:
            self.note(line, f"is longer than {MAX_TEXT_CHARS} characters")
            return ""
        return value

    def texts(self, node: Node) -> list[tuple[str, int]]:
        """A list of sentences with their lines."""
        if not isinstance(node, SequenceNode):
            self.note(node.start_mark.line + 1, "must be a list of sentences")
            return []
        if len(node.value) > MAX_EXAMPLES:
            self.note(node.start_mark.line + 1, f"has more than {MAX_EXAMPLES} sentences")
            return []
        pairs = [(self.text(item), item.start_mark.line + 1) for item in node.value]
        return [pair for pair in pairs if pair[0]]


class _Unique:
    """Remembers sentences, so that none stands in two places."""

    def __init__(self, reader: _Reader, language: str) -> None:
        self._reader = reader
        self._language = language
        self._owners: dict[str, tuple[str, int]] = {}

    def keep(self, pairs: list[tuple[str, int]], owner: str) -> tuple[str, ...]:
        return tuple(text for text, line in pairs if self._is_new(text, line, owner))

    def _is_new(self, text: str, line: int, owner: str) -> bool:
        key = plain(text, self._language)
        if not key:
            self._reader.note(line, f"{text[:40]!r} holds no word")
            return False
        earlier = self._owners.get(key)
        if earlier is None:
            self._owners[key] = (owner, line)
            return True
        self._reader.note(line, f"{text[:60]!r} stands already under {earlier[0]!r} (line {earlier[1]})")
        return False


def language_of(path: Path) -> str:
    """`retail.en.yaml` -> `en`."""
    parts = path.name.split(".")
    return parts[-2] if len(parts) >= 3 else ""


def load_intents(path: Path) -> IntentFile:
    """Reads `<set>.<language>.yaml`.

    Raises:
        FilesInvalid: with every problem of the file.
    """
    reader = _Reader(path)
    unique = _Unique(reader, language_of(path))
    examples: dict[str, tuple[str, ...]] = {}
    out_of_scope: tuple[str, ...] = ()
    root = reader.root(path)
    for key, _line, value in reader.mapping(root, frozenset({"intents", "out_of_scope"})) if root else ():
        if key == "out_of_scope":
            out_of_scope = unique.keep(reader.texts(value), "out_of_scope")
            continue
        for name, line, body in reader.mapping(value):
            examples[name] = _intent(reader, unique, name, line, body)
    if root and not examples:
        reader.note(1, "has no intents")
    _raise(reader)
    return IntentFile(examples, out_of_scope)


def _intent(reader: _Reader, unique: _Unique, name: str, line: int, body: Node) -> tuple[str, ...]:
    examples: tuple[str, ...] = ()
    for key, _line, value in reader.mapping(body, frozenset({"examples", "title"})):
        if key == "examples":
            examples = unique.keep(reader.texts(value), name)
        else:
            reader.text(value)
    if not examples:
        reader.note(line, f"intent {name!r} has no examples")
    return examples


def load_knowledge(path: Path) -> KnowledgeFile:
    """Reads `<file>.<language>.yaml`.

    Raises:
        FilesInvalid: with every problem of the file.
    """
    reader = _Reader(path)
    unique = _Unique(reader, language_of(path))
    entries: list[KnowledgeEntry] = []
    off_topic: tuple[str, ...] = ()
    root = reader.root(path)
    for key, _line, value in reader.mapping(root, frozenset({"entries", "off_topic"})) if root else ():
        if key == "off_topic":
            off_topic = unique.keep(reader.texts(value), "off_topic")
            continue
        entries += [_entry(reader, unique, *item) for item in reader.mapping(value)]
    if root and not entries:
        reader.note(1, "has no entries")
    _raise(reader)
    return KnowledgeFile(tuple(entries), off_topic)


def _entry(reader: _Reader, unique: _Unique, name: str, line: int, body: Node) -> KnowledgeEntry:
    found = {"question": "", "answer": ""}
    wordings: tuple[str, ...] = ()
    for key, key_line, value in reader.mapping(body, frozenset({"question", "wordings", "answer"})):
        if key == "wordings":
            wordings = unique.keep(reader.texts(value), name)
        else:
            found[key] = reader.text(value)
        if key == "question" and found[key]:
            unique.keep([(found[key], key_line)], name)
    for key, text in found.items():
        if not text:
            reader.note(line, f"entry {name!r} has no {key}")
    return KnowledgeEntry(name, found["question"], wordings, found["answer"])


def _raise(reader: _Reader) -> None:
    if reader.problems:
        raise FilesInvalid(sorted(reader.problems, key=lambda problem: problem.line))
