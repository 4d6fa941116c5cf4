"""The queue's stores in memory, for tests: they can fail on demand. Held to the same contract as the SQL ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ivr.ports import StoreFailed
from ivr.storage.memory import MemoryAgentStore, MemoryCallbackStore, MemoryQueue, MemoryTextStore

__all__ = ["FaultyQueue", "MemoryAgentStore", "MemoryCallbackStore", "MemoryQueue", "MemoryTextStore"]


@dataclass
class FaultyQueue(MemoryQueue):
    """Set `failing` to a reason and every method of every store over it raises `StoreFailed`."""

    failing: str | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Fails before anything is read or written."""
        if self.failing is not None:
            raise StoreFailed(self.failing, retryable=True)
        with super().held():
            yield
