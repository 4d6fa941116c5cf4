"""The files a supervisor writes for understanding: intents and knowledge, read strictly.

Unknown keys and empty or repeated examples are problems with a line number. Nothing here knows how the texts are used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ivr.strict_yaml import Mapping, Scalar, Sequence, Tree, YamlInvalid, read_file
from ivr.understanding.text import plain

MAX_TEXT_CHARS = 2_000
MAX_EXAMPLES = 3_000
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


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
    """Walks a tree of YAML and collects problems."""

    def __init__(self, path: Path) -> None:
        self._file = str(path)
        self.problems: list[FileProblem] = []

    def note(self, line: int, message: str) -> None:
        self.problems.append(FileProblem(self._file, line, message))

    def root(self, path: Path) -> Tree | None:
        try:
            trees = read_file(path)
        except YamlInvalid as error:
            for problem in error.problems:
                self.note(problem.line, problem.message)
            return None
        if not trees:
            self.note(1, "is empty")
            return None
        for further in trees[1:]:
            self.note(further.line, "is a second document; remove the `---` before it")
        return trees[0]

    def mapping(self, tree: Tree, allowed: frozenset[str] | None = None) -> Iterator[tuple[str, int, Tree]]:
        """Yields (key, line, value); notes unknown keys."""
        if not isinstance(tree, Mapping):
            self.note(tree.line, "must be a mapping (name: …)")
            return
        for key, value in tree.items.items():
            line = tree.key_lines[key]
            if allowed is not None and key not in allowed:
                self.note(line, f"unknown key {key[:40]!r}; known: {', '.join(sorted(allowed))}")
            elif allowed is None and not _NAME.fullmatch(key):
                self.note(line, f"{key[:40]!r} is not a name (a-z, 0-9 and _, beginning with a letter)")
            else:
                yield key, line, value

    def text(self, tree: Tree) -> str:
        if not isinstance(tree, Scalar):
            self.note(tree.line, "must be a text")
            return ""
        value = tree.text.strip()
        if not value:
            self.note(tree.line, "is empty")
        elif len(value) > MAX_TEXT_CHARS:
            self.note(tree.line, f"is longer than {MAX_TEXT_CHARS} characters")
            return ""
        return value

    def texts(self, tree: Tree) -> list[tuple[str, int]]:
        """A list of sentences with their lines."""
        if not isinstance(tree, Sequence):
            self.note(tree.line, "must be a list of sentences")
            return []
        if len(tree.items) > MAX_EXAMPLES:
            self.note(tree.line, f"has more than {MAX_EXAMPLES} sentences")
            return []
        pairs = [(self.text(item), item.line) for item in tree.items]
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


def _intent(reader: _Reader, unique: _Unique, name: str, line: int, body: Tree) -> tuple[str, ...]:
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


def _entry(reader: _Reader, unique: _Unique, name: str, line: int, body: Tree) -> KnowledgeEntry:
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
