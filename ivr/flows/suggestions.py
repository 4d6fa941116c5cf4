"""Entries of the knowledge files that may help an agent: by words shared with what was said. No engine is needed.

It only suggests; what callers are told is found by `ivr.understanding`, which knows meanings.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr.strict_yaml import Mapping, Scalar, Tree, YamlInvalid, read_file
from ivr.strict_yaml import Sequence as YamlSequence

MOST = 3
LEAST_SHARE = 0.3
"""How much of a wording has to be in what was said, rare words counting more."""
_WORD = re.compile(r"[a-z0-9]+")
_JAPANESE = re.compile(r"[぀-ヿ一-鿿]")
_USUAL_WORDS = (
    "a an and are at be by can could do does for from have how i in is it me my not of on or so some that the there "
    "this to was we what when where which will with would you your"
)
_USUAL = frozenset(_USUAL_WORDS.split())


@dataclass(frozen=True, slots=True)
class Entry:
    """One question with its answer."""

    question: str
    wordings: tuple[str, ...]
    answer: str


class Shelf:
    """The knowledge files of a folder of call flows, read again when they change."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "knowledge"
        self._read: dict[Path, tuple[int, tuple[Entry, ...]]] = {}

    def suggested(self, names: Sequence[str], language: str, said: str) -> list[Entry]:
        """The nearest entries, best first; none where nothing is near."""
        entries = [entry for name in names for entry in self._entries(self._folder / f"{name}.{language}.yaml")]
        return nearest(entries, said)

    def _entries(self, path: Path) -> tuple[Entry, ...]:
        """None of a file that cannot be read: the check of the flows tells of it."""
        try:
            changed = path.stat().st_mtime_ns
            known = self._read.get(path)
            if known is None or known[0] != changed:
                known = self._read[path] = (changed, tuple(_entries_of(read_file(path)[0])))
        except (OSError, YamlInvalid, UnicodeDecodeError):
            return ()
        return known[1]


def nearest(entries: Sequence[Entry], said: str) -> list[Entry]:
    """By the best of an entry's wordings."""
    heard, seen = words(said), Counter(word for entry in entries for word in set(words(_all(entry))))
    scored = [(_score(entry, heard, seen, len(entries)), place) for place, entry in enumerate(entries)]
    best = sorted((one for one in scored if one[0] >= LEAST_SHARE), key=lambda one: (-one[0], one[1]))
    return [entries[place] for _, place in best[:MOST]]


def words(text: str) -> list[str]:
    """Words that tell something; of Japanese, pairs of characters."""
    plain = text.lower()
    found = [word.removesuffix("s") for word in _WORD.findall(plain) if word not in _USUAL]
    marks = [mark for mark in plain if _JAPANESE.match(mark)]
    return found + [first + second for first, second in zip(marks, marks[1:], strict=False)]


def _score(entry: Entry, heard: Sequence[str], seen: Counter[str], count: int) -> float:
    weights = {word: math.log(1 + count / seen[word]) for word in set(words(_all(entry)))}

    def share(wording: str) -> float:
        wanted = set(words(wording))
        whole = sum(weights[word] for word in wanted)
        return sum(weights[word] for word in wanted & set(heard)) / whole if whole else 0.0

    return max(map(share, (entry.question, *entry.wordings)))


def _all(entry: Entry) -> str:
    return " ".join((entry.question, *entry.wordings))


def _entries_of(tree: Tree) -> list[Entry]:
    entries = tree.items.get("entries") if isinstance(tree, Mapping) else None
    found = []
    for one in entries.items.values() if isinstance(entries, Mapping) else ():
        if isinstance(one, Mapping):
            listed = one.items.get("wordings")
            wordings = tuple(map(_text, listed.items)) if isinstance(listed, YamlSequence) else ()
            found.append(Entry(_text(one.items.get("question")), wordings, _text(one.items.get("answer"))))
    return found


def _text(tree: Tree | None) -> str:
    return tree.text if isinstance(tree, Scalar) else ""
