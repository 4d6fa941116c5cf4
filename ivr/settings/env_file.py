"""Reads a `.env` file: one NAME=value a line, # begins a comment, quotes around a value are taken off."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ivr.settings.mistakes import Mistake

MAX_BYTES = 64 * 1024
_LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)\Z")


@dataclass(frozen=True, slots=True)
class Variable:
    """A value and where it was set: a variable's name, or `config/.env:3`."""

    value: str
    where: str


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return text.split(" #", 1)[0].rstrip()


def read_env_file(path: Path, name: str, mistakes: list[Mistake]) -> dict[str, Variable]:
    """The variables of `path`. A line that is none is a mistake; its text is never repeated, it may be a secret."""
    try:
        if path.stat().st_size > MAX_BYTES:
            mistakes.append(Mistake(name, f"larger than {MAX_BYTES // 1024} KiB; this cannot be a list of variables"))
            return {}
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        mistakes.append(Mistake(name, f"cannot be read ({type(error).__name__}); mend its permissions or encoding"))
        return {}
    found: dict[str, Variable] = {}
    for number, line in enumerate(lines, start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        match = _LINE.match(stripped)
        if match is None:
            mistakes.append(Mistake(f"{name}:{number}", "is not NAME=value; begin a comment with #"))
            continue
        if match[1] in found:
            mistakes.append(Mistake(f"{name}:{number}", f"{match[1]} is there twice; remove one"))
            continue
        found[match[1]] = Variable(_unquoted(match[2]), f"{name}:{number}")
    return found
