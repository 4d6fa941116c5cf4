"""Reads typed values out of a script's YAML tree; every mistake is collected, none stops the reading."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from ivr.simulator.scripts.problems import ScriptProblem
from ivr.strict_yaml import Mapping as YamlMapping
from ivr.strict_yaml import Scalar, Sequence, Tree

MAX_TEXT = 500
"""Longest text of a turn; understanding reads no more either."""
_UNITS = {"ms": Decimal(1), "s": Decimal(1000), "m": Decimal(60_000)}
_DURATION = re.compile(r"([0-9]{1,7}(?:\.[0-9]{1,3})?)(ms|s|m)\Z")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,9})?\Z")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


class Reader:
    """Turns trees into values for one file. What cannot be read is noted and becomes None or a harmless default."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[ScriptProblem] = []

    def note(self, line: int, message: str) -> None:
        """Keeps a mistake."""
        self.problems.append(ScriptProblem(self.file, line, message))

    def fields(
        self,
        tree: Tree,
        what: str,
        known: Iterable[str],
        needed: Iterable[str] = (),
        later: Mapping[str, str] | None = None,
    ) -> dict[str, Tree]:
        """A mapping with known names; `later` has names of the format that this version cannot run, with the reason."""
        later = later or {}
        known = tuple(known)
        if not isinstance(tree, YamlMapping):
            self.note(tree.line, f"{what} must be `name: value` lines, indented under it")
            return {}
        for key, line in tree.key_lines.items():
            if key in later:
                self.note(line, f"{what}: this version cannot run `{key}` yet: {later[key]}")
            elif key not in known:
                close = difflib.get_close_matches(key, known, n=1)
                hint = f"did you mean `{close[0]}`?" if close else f"known here: {', '.join(known)}"
                self.note(line, f"{what} does not know `{key[:40]}`; {hint}")
        for key in needed:
            if key not in tree.items:
                self.note(tree.line, f"{what} needs `{key}`; add it")
        return {key: value for key, value in tree.items.items() if key in known}

    def text(self, tree: Tree | None, what: str) -> str:
        """A non-empty text of a sane length; empty when it is none."""
        if tree is None:
            return ""
        if not isinstance(tree, Scalar) or not tree.text.strip():
            self.note(tree.line, f"{what} must be a text")
            return ""
        if len(tree.text) > MAX_TEXT:
            self.note(tree.line, f"{what} is longer than {MAX_TEXT} characters; shorten it")
        return tree.text.strip()[:MAX_TEXT]

    def name(self, tree: Tree | None, what: str) -> str:
        """A name of something: a-z, 0-9 and _."""
        text = self.text(tree, what)
        if text and tree is not None and not _NAME.match(text):
            self.note(tree.line, f"{what} `{text[:40]}` is no name; use a-z, 0-9 and _, a letter first")
        return text

    def names(self, tree: Tree | None, what: str) -> tuple[str, ...]:
        """A list of names, or one name."""
        if tree is None:
            return ()
        items: tuple[Tree, ...] = tree.items if isinstance(tree, Sequence) else (tree,)
        if isinstance(tree, YamlMapping):
            self.note(tree.line, f"{what} must be a list: [a, b]")
            return ()
        return tuple(name for item in items if (name := self.name(item, what)))

    def pairs(self, tree: Tree | None, what: str) -> dict[str, Tree]:
        """Names and values of a free mapping."""
        if tree is None:
            return {}
        if isinstance(tree, YamlMapping):
            return tree.items
        self.note(tree.line, f"{what} must be `name: value` lines or {{name: value}}")
        return {}

    def items(self, tree: Tree | None, what: str) -> tuple[Tree, ...]:
        """A list."""
        if tree is None:
            return ()
        if isinstance(tree, Sequence):
            return tree.items
        self.note(tree.line, f"{what} must be a list: lines that begin with `- `")
        return ()

    def whole(self, tree: Tree | None, what: str, high: int, low: int = 0) -> int | None:
        """A whole number within limits."""
        if tree is None:
            return None
        if isinstance(tree, Scalar) and re.fullmatch(r"[0-9]{1,9}", tree.text) and low <= int(tree.text) <= high:
            return int(tree.text)
        self.note(tree.line, f"{what} must be a whole number from {low} to {high}")
        return None

    def decimal(self, tree: Tree | None, what: str, low: float, high: float) -> float | None:
        """A number within limits."""
        if tree is None:
            return None
        if isinstance(tree, Scalar) and re.fullmatch(r"-?[0-9]{1,4}(\.[0-9]{1,6})?", tree.text):
            value = float(tree.text)
            if low <= value <= high:
                return value
        self.note(tree.line, f"{what} must be a number from {low:g} to {high:g}")
        return None

    def duration_ms(self, tree: Tree, what: str, high_ms: int = 600_000) -> int:
        """`800ms`, `6s`, `1.5s` or `2m`; 0 when it is none."""
        found = _DURATION.match(tree.text.strip()) if isinstance(tree, Scalar) else None
        value = int(Decimal(found[1]) * _UNITS[found[2]]) if found else 0
        if not 0 < value <= high_ms:
            self.note(tree.line, f"{what} must be a time such as 800ms, 6s or 2m, at most {high_ms // 1000}s")
            return 0
        return value

    def truth(self, tree: Tree | None, what: str) -> bool | None:
        """`true` or `false`."""
        if tree is None:
            return None
        if isinstance(tree, Scalar) and tree.text in ("true", "false"):
            return tree.text == "true"
        self.note(tree.line, f"{what} must be `true` or `false`")
        return None

    def one_of(self, tree: Tree | None, what: str, known: tuple[str, ...]) -> str | None:
        """One of a few words."""
        if tree is None:
            return None
        if isinstance(tree, Scalar) and tree.text in known:
            return tree.text
        self.note(tree.line, f"{what} must be one of: {', '.join(known)}")
        return None

    def number(self, tree: Tree | None, what: str) -> str | None:
        """A telephone number in E.164."""
        if tree is None:
            return None
        if isinstance(tree, Scalar) and re.fullmatch(r"\+[1-9][0-9]{6,14}", tree.text):
            return tree.text
        self.note(tree.line, f'{what} must be written in full with its country code, as "+12025550123"')
        return None

    def moment(self, tree: Tree | None, what: str) -> datetime | None:
        """A time with its offset from UTC."""
        if tree is None:
            return None
        try:
            found = datetime.fromisoformat(tree.text) if isinstance(tree, Scalar) else None
        except ValueError:
            found = None
        if found is None or found.tzinfo is None:
            self.note(tree.line, f"{what} must be a time with its offset, as 2026-11-23T10:00:00-05:00")
            return None
        return found

    def value(self, tree: Tree, what: str) -> Any:
        """A value of a connector's row: quoted texts stay texts, bare numbers become numbers."""
        if isinstance(tree, YamlMapping):
            return {key: self.value(inner, what) for key, inner in tree.items.items()}
        if not isinstance(tree, Scalar):
            self.note(tree.line, f"{what} must be a text, a number, true, false or null")
            return None
        if tree.is_quoted:
            return tree.text
        if tree.text in _WORDS:
            return _WORDS[tree.text]
        if _NUMBER.match(tree.text):
            return Decimal(tree.text) if "." in tree.text else int(tree.text)
        return tree.text
