"""What dialled numbers do: one behaviour for every call, or a different one each time."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from ivr.simulator.carrier.parties import NOBODY, UNREACHABLE, Answering


class Behaviours:
    """Number -> behaviours, used up from the front; the last one stays."""

    def __init__(self) -> None:
        """Nobody answers anywhere."""
        self._waiting: dict[str, deque[Answering]] = {}

    def put(self, number: str, sequence: Sequence[Answering]) -> None:
        """Replace what `number` does; raises `ValueError` for nothing at all."""
        if not sequence:
            raise ValueError("a number needs at least one behaviour")
        self._waiting[number] = deque(sequence)

    def remove(self, number: str) -> None:
        """Nobody answers at `number` any more."""
        self._waiting.pop(number, None)

    def take(self, number: str) -> Answering:
        """What `number` does this time."""
        waiting = self._waiting.get(number)
        if waiting is None:
            return UNREACHABLE if number.startswith("client:") else NOBODY
        return waiting.popleft() if len(waiting) > 1 else waiting[0]

    def numbers(self) -> dict[str, tuple[Answering, ...]]:
        """What each number will still do."""
        return {number: tuple(waiting) for number, waiting in self._waiting.items()}
