"""Reads typed values out of a YAML tree and collects every mistake on the way instead of stopping at the first."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from typing import TypeVar

from ivr.core.errors import ExpressionError
from ivr.core.flow.expressions import Node as Expression
from ivr.core.flow.expressions import Template, parse_condition, parse_template
from ivr.core.flow.model import Prompt
from ivr.flows.problems import Problem
from ivr.strict_yaml import Mapping, Scalar, Sequence, Tree

_Parsed = TypeVar("_Parsed")
NAME = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
KEYS = frozenset("0123456789*#")


class Reader:
    """Turns trees into values for one file. What cannot be read is noted and becomes a harmless default."""

    def __init__(self, file: str, languages: tuple[str, ...] = ("en",)) -> None:
        self.file = file
        self.languages = languages
        self.node = "flow"
        self.problems: list[Problem] = []

    def note(self, line: int, message: str) -> None:
        """Keeps a mistake of the present node."""
        self.problems.append(Problem(self.file, line, self.node, message))

    def fields(self, tree: Tree, what: str, known: dict[str, bool]) -> dict[str, Tree]:
        """A mapping with known names (True = required)."""
        if not isinstance(tree, Mapping):
            self.note(tree.line, f"{what} must be `name: value` lines, indented under it")
            return {}
        for key, line in tree.key_lines.items():
            if key not in known:
                close = difflib.get_close_matches(key, known, n=1)
                hint = f"did you mean `{close[0]}`?" if close else f"known here: {', '.join(known)}"
                self.note(line, f"{what} does not know `{key}`; {hint}")
        for key, is_required in known.items():
            if is_required and key not in tree.items:
                self.note(tree.line, f"{what} needs `{key}`; add it")
        return {key: value for key, value in tree.items.items() if key in known}

    def text(self, tree: Tree | None, what: str) -> str:
        """A non-empty text; what is not there at all was told by `fields`."""
        if tree is None:
            return ""
        if not isinstance(tree, Scalar) or not tree.text.strip():
            self.note(tree.line, f"{what} must be a text")
            return ""
        return tree.text.strip()

    def name(self, tree: Tree | None, what: str) -> str:
        """A name of something: a-z, 0-9 and _."""
        text = self.text(tree, what)
        if tree is not None and text and not NAME.match(text):
            self.note(tree.line, f"{what} `{text[:40]}` is no name; use a-z, 0-9 and _, a letter first")
        return text

    def whole(self, tree: Tree | None, what: str, low: int, high: int, default: int) -> int:
        """A whole number within limits."""
        if tree is None:
            return default
        if isinstance(tree, Scalar) and re.fullmatch(r"[0-9]{1,9}", tree.text) and low <= int(tree.text) <= high:
            return int(tree.text)
        self.note(tree.line, f"{what} must be a whole number from {low} to {high}")
        return default

    def truth(self, tree: Tree | None, what: str, default: bool) -> bool:
        """`true` or `false`."""
        if tree is None:
            return default
        if isinstance(tree, Scalar) and tree.text in ("true", "false"):
            return tree.text == "true"
        self.note(tree.line, f"{what} must be `true` or `false`")
        return default

    def one_of(self, tree: Tree | None, what: str, known: tuple[str, ...], default: str) -> str:
        """One of a few words."""
        if tree is None:
            return default
        if isinstance(tree, Scalar) and tree.text in known:
            return tree.text
        self.note(tree.line, f"{what} must be one of: {', '.join(known)}")
        return default

    def names(self, tree: Tree | None, what: str) -> tuple[str, ...]:
        """A list of names, or one name."""
        if tree is None:
            return ()
        items: tuple[Tree, ...] = tree.items if isinstance(tree, Sequence) else (tree,)
        return tuple(name for item in items if (name := self.name(item, what)))

    def pairs(self, tree: Tree | None, what: str) -> Iterator[tuple[str, Tree, int]]:
        """Names and values of a free mapping."""
        if tree is None:
            return
        if not isinstance(tree, Mapping):
            self.note(tree.line, f"{what} must be `name: value` lines or {{name: value}}")
            return
        for key, value in tree.items.items():
            yield key, value, tree.key_lines[key]

    def edges(self, tree: Tree | None, what: str) -> dict[str, str]:
        """A mapping of anything to node names."""
        return {key: self.name(value, f"the node for `{key}`") for key, value, _ in self.pairs(tree, what)}

    def keys(self, tree: Tree | None) -> dict[str, str]:
        """Keypad keys and the nodes they lead to."""
        found = {}
        for key, value, line in self.pairs(tree, "`keys`"):
            if key not in KEYS:
                self.note(line, f"`{key[:10]}` is not a key of a telephone; use one of 0-9, * and #")
                continue
            found[key] = self.name(value, f"the node for key {key}")
        return found

    def prompt(self, tree: Tree | None, what: str = "`prompt`") -> Prompt:
        """A text per language, all languages there."""
        if isinstance(tree, Scalar):
            tree = Mapping({self.languages[0]: tree}, {self.languages[0]: tree.line}, tree.line)
        found: dict[str, Template] = {}
        for language, value, line in self.pairs(tree, what):
            if language not in self.languages:
                self.note(line, f"{what} has `{language}`, which is not among the flow's languages: add it there")
            template = self.template(value, f"{what} in `{language}`")
            if template is not None:
                found[language] = template
        missing = [one for one in self.languages if one not in tree.items] if isinstance(tree, Mapping) else []
        if tree is not None and missing:
            self.note(tree.line, f"{what} has no text in {', '.join(missing)}; add it")
        return found

    def template(self, tree: Tree, what: str) -> Template | None:
        """A text with {{ values }}."""
        return self._parsed(tree, what, parse_template)

    def condition(self, tree: Tree, what: str) -> Expression | None:
        """An expression that is true or false."""
        return self._parsed(tree, what, parse_condition)

    def _parsed(self, tree: Tree, what: str, parse: Callable[[str], _Parsed]) -> _Parsed | None:
        text = self.text(tree, what)
        if not text:
            return None
        try:
            return parse(text)
        except ExpressionError as error:
            self.note(tree.line, f"{what}: {error.problem} (character {error.position + 1})")
        return None
