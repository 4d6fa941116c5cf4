"""Spoken prompts kept on disk and, the last ones, in memory: μ-law bytes by what was said and who said it.

A file's name is a digest and its content begins with a digest of the rest, so a cut or altered file is known
and made anew. Several processes may share a folder. Nothing here raises for a full or broken disk.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from speech.interfaces import Voice

_log = structlog.get_logger(__name__)

LARGEST_ENTRY_BYTES = 2 * 1024 * 1024
"""Four minutes of μ-law."""
_MAGIC = b"DWB1"
_DIGEST_BYTES = 16
_SUFFIX = ".ulaw"
_PRUNE_TO = 0.9
"""Share of the cap that is left after pruning, so that not every write prunes."""


def cache_key(engine: str, voice: Voice, text: str) -> str:
    """64 hex digits for one text by one voice of one engine at one rate."""
    said = json.dumps([engine, voice.language, voice.name, round(voice.rate, 3), text], ensure_ascii=True)
    return hashlib.sha256(said.encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True)
class CacheCounts:
    """What the cache did so far, for metrics."""

    memory_hits: int = 0
    disk_hits: int = 0
    misses: int = 0
    corrupt: int = 0
    failed_writes: int = 0
    pruned: int = 0


class PromptCache:
    """Thread-safe. Methods read and write files, so event loops call them from threads, but for `in_memory`."""

    def __init__(self, folder: Path, *, disk_bytes: int = 256 * 1024**2, memory_bytes: int = 16 * 1024**2) -> None:
        self._folder = folder
        self._disk_bytes = disk_bytes
        self._memory_bytes = memory_bytes
        self._lock = threading.Lock()
        self._memory: OrderedDict[str, bytes] = OrderedDict()
        self._in_memory = 0
        self._counts = CacheCounts()
        with suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._on_disk = sum(size for _, size, _ in self._entries())

    @property
    def counts(self) -> CacheCounts:
        """For metrics."""
        with self._lock:
            return self._counts

    def in_memory(self, key: str) -> bytes | None:
        """The prompt if it needs no disk."""
        with self._lock:
            found = self._memory.get(key)
            if found is not None:
                self._memory.move_to_end(key)
                self._count(memory_hits=1)
            return found

    def get(self, key: str) -> bytes | None:
        """The prompt, or None when it must be made."""
        found = self.in_memory(key)
        if found is not None:
            return found
        found = self._read(key)
        with self._lock:
            self._count(disk_hits=int(found is not None), misses=int(found is None))
            if found is not None:
                self._remember(key, found)
        return found

    def put(self, key: str, mulaw: bytes) -> None:
        """Keeps a prompt, in memory at least; the oldest go when the cap is reached."""
        if not mulaw or len(mulaw) > LARGEST_ENTRY_BYTES:
            return
        with self._lock:
            self._remember(key, mulaw)
        try:
            self._write(key, mulaw)
        except OSError as refused:
            with self._lock:
                self._count(failed_writes=1)
            _log.warning("prompt not kept on disk", error=refused.errno)
            return
        with self._lock:
            self._on_disk += len(mulaw) + len(_MAGIC) + _DIGEST_BYTES
            is_full = self._on_disk > self._disk_bytes
        if is_full:
            self._prune()

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}{_SUFFIX}"

    def _read(self, key: str) -> bytes | None:
        """The file's sound; a file that is not what was written is removed."""
        path = self._path(key)
        try:
            with path.open("rb") as opened:
                content = opened.read(LARGEST_ENTRY_BYTES + 64)
        except OSError:
            return None
        body = content[len(_MAGIC) + _DIGEST_BYTES :]
        if not body or len(body) > LARGEST_ENTRY_BYTES or content != _sealed(body):
            with self._lock:
                self._count(corrupt=1)
            _log.warning("prompt file is damaged and will be made anew", file=path.name)
            with suppress(OSError):
                path.unlink()
            return None
        with suppress(OSError):
            # The time of last use is what pruning goes by; reading does not set it on most mounts.
            os.utime(path)
        return body

    def _write(self, key: str, mulaw: bytes) -> None:
        """Whole or not at all, whoever else writes the same."""
        path = self._path(key)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
                opened.write(_sealed(mulaw))
            part.replace(path)
        except OSError:
            with suppress(OSError):
                part.unlink()
            raise

    def _remember(self, key: str, mulaw: bytes) -> None:
        """Into memory, the longest unused out. Called with the lock held."""
        self._in_memory -= len(self._memory.pop(key, b""))
        self._memory[key] = mulaw
        self._in_memory += len(mulaw)
        while self._in_memory > self._memory_bytes:
            _, dropped = self._memory.popitem(last=False)
            self._in_memory -= len(dropped)

    def _prune(self) -> None:
        """Removes the longest unused files. Counts anew, as other processes write here too."""
        entries = sorted(self._entries())
        total = sum(size for _, size, _ in entries)
        removed = 0
        for _, size, path in entries:
            if total <= self._disk_bytes * _PRUNE_TO:
                break
            with suppress(OSError):
                path.unlink()
                total -= size
                removed += 1
        with self._lock:
            self._on_disk = total
            self._count(pruned=removed)

    def _entries(self) -> Iterator[tuple[float, int, Path]]:
        """Time of last use, size and path of every file, parts left by a crash included."""
        with suppress(OSError):
            for path in self._folder.glob("??/*"):
                with suppress(OSError):
                    status = path.stat()
                    yield status.st_mtime, status.st_size, path

    def _count(self, **more: int) -> None:
        """Called with the lock held."""
        names = CacheCounts.__dataclass_fields__
        self._counts = CacheCounts(**{name: getattr(self._counts, name) + more.get(name, 0) for name in names})


def _sealed(mulaw: bytes) -> bytes:
    """What a file holds: the format's name, a digest, the sound."""
    return _MAGIC + hashlib.sha256(mulaw).digest()[:_DIGEST_BYTES] + mulaw
