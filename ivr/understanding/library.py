"""The classifiers and answer finders of a folder of call flows, built when first wanted and kept."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import structlog

from ivr.understanding.embedding import Embedder, EmbeddingUnavailable
from ivr.understanding.files import (
    FileProblem,
    FilesInvalid,
    IntentFile,
    KnowledgeEntry,
    KnowledgeFile,
    load_intents,
    load_knowledge,
)
from ivr.understanding.intents import IntentClassifier
from ivr.understanding.knowledge import AnswerFinder
from ivr.understanding.readings import Reader

_SAFE = re.compile(r"[a-z0-9][a-z0-9_]{0,63}")
_log = structlog.get_logger(__name__)

Content = TypeVar("Content", IntentFile, KnowledgeFile)
Key = tuple[tuple[str, ...], str]
"""Names of files, and a language."""


class Engines:
    """What is loaded once per process: the embedding engine and the Japanese dictionary."""

    def __init__(self, cache_dir: Path) -> None:
        self.notes: list[str] = []
        self.reader = Reader()
        self.embedder: Embedder | None = None
        try:
            self.embedder = Embedder.open(cache_dir)
        except EmbeddingUnavailable as error:
            self.notes.append(f"{error}; intents go by n-grams alone, knowledge answers are off")
            _log.warning("embedding engine unavailable", reason=str(error))
        if not self.reader.is_available:
            self.notes.append("no Japanese dictionary; readings are taken from kana only")


class Library:
    """Everything built from one state of the files. Thread-safe; thrown away as a whole on reload."""

    def __init__(self, folder: Path, engines: Engines) -> None:
        self._folder = folder
        self._engines = engines
        self._lock = threading.Lock()
        self._classifiers: dict[Key, IntentClassifier | None] = {}
        self._finders: dict[tuple[Key, tuple[str, ...]], AnswerFinder | None] = {}
        self._problems: list[FileProblem] = []

    def problems(self) -> list[FileProblem]:
        """What was wrong with the files read so far."""
        with self._lock:
            return list(self._problems)

    def sets(self, language: str) -> tuple[str, ...]:
        """Names of the intent sets there are in a language."""
        return self._names("intents", language)

    def knowledge(self, language: str) -> tuple[str, ...]:
        """Names of the knowledge files there are in a language."""
        return self._names("knowledge", language)

    def classifier(self, names: tuple[str, ...], language: str) -> IntentClassifier | None:
        """The classifier over the joined sets, or None when they have no usable file in this language."""
        key = (names, language)
        with self._lock:
            if key not in self._classifiers:
                self._classifiers[key] = self._build(names, language)
            return self._classifiers[key]

    def ready_classifier(self, names: tuple[str, ...], language: str) -> IntentClassifier | None:
        """The classifier if it is built already; never waits."""
        return self._classifiers.get((names, language))

    def finder(self, names: tuple[str, ...], language: str, sets: tuple[str, ...] = ()) -> AnswerFinder | None:
        """The answer finder over the joined files, or None when there is nothing to find or no engine.

        Args:
            names: knowledge files.
            language: their language.
            sets: intent sets of the same flow; what is out of their scope is not answered either.
        """
        key = ((names, language), sets)
        with self._lock:
            if key not in self._finders:
                self._finders[key] = self._build_finder(names, language, sets)
            return self._finders[key]

    def _names(self, kind: str, language: str) -> tuple[str, ...]:
        ending = f".{language}.yaml"
        found = sorted(path.name.removesuffix(ending) for path in (self._folder / kind).glob(f"*{ending}"))
        return tuple(name for name in found if _SAFE.fullmatch(name))

    def _build(self, names: tuple[str, ...], language: str) -> IntentClassifier | None:
        examples: dict[str, tuple[str, ...]] = {}
        out_of_scope: tuple[str, ...] = ()
        for _, source in self._read("intents", names, language, load_intents):
            for name, sentences in source.examples.items():
                examples[name] = (*examples.get(name, ()), *sentences)
            out_of_scope += source.out_of_scope
        if not examples:
            return None
        joined = IntentFile(examples, out_of_scope)
        return IntentClassifier(joined, language, self._engines.embedder, self._engines.reader)

    def _build_finder(self, names: tuple[str, ...], language: str, sets: tuple[str, ...]) -> AnswerFinder | None:
        entries: list[tuple[str, KnowledgeEntry]] = []
        off_topic: tuple[str, ...] = ()
        for name, source in self._read("knowledge", names, language, load_knowledge):
            entries += [(f"{name}/{entry.id}", entry) for entry in source.entries]
            off_topic += source.off_topic
        if not entries or self._engines.embedder is None:
            return None
        sources = self._read("intents", sets, language, load_intents)
        out_of_scope = tuple(sentence for _, source in sources for sentence in source.out_of_scope)
        return AnswerFinder(entries, off_topic, language, self._engines.embedder, out_of_scope)

    def _read(
        self, kind: str, names: tuple[str, ...], language: str, load: Callable[[Path], Content]
    ) -> list[tuple[str, Content]]:
        """Loads the files there are; what is wrong with the others is kept in `problems`."""
        found: list[tuple[str, Content]] = []
        for name in names:
            path = self._folder / kind / f"{name}.{language}.yaml"
            if not (_SAFE.fullmatch(name) and _SAFE.fullmatch(language) and path.is_file()):
                continue
            try:
                found.append((name, load(path)))
            except FilesInvalid as error:
                self._problems += [problem for problem in error.problems if problem not in self._problems]
                _log.error("understanding file invalid", file=path.name, problems=len(error.problems))
        return found
