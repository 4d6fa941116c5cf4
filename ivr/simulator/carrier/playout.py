"""The buffer of audio that the far party is about to hear, played in real time, with its marks. Pure.

Audio and marks go in at one end (`add`, `mark`); every 20 ms `next_frame` takes what is heard next from the other.
A mark is reported when all audio before it has been heard, or at `clear`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from ivr.simulator.carrier.mulaw import BYTES_PER_MS, FRAME_BYTES

LIMIT_MS = 10 * 60 * 1000
"""More than ten minutes queued is discarded (31931; media_streams.md section 3)."""

OnMark = Callable[[bool], None]
"""Called once with True when the mark was reached by playing, False when it was cleared."""


class Playout:
    """One first-in-first-out buffer of mu-law audio and marks."""

    def __init__(self) -> None:
        """Begin empty."""
        self._chunks: deque[memoryview] = deque()
        self._marks: deque[tuple[int, OnMark]] = deque()
        self._added = 0
        self._taken = 0
        self._heard = 0

    @property
    def queued_ms(self) -> int:
        """Audio not yet begun, in milliseconds."""
        return (self._added - self._taken) // BYTES_PER_MS

    @property
    def is_empty(self) -> bool:
        """Whether everything added has been heard to its end."""
        return self._added == self._heard

    def add(self, mulaw: bytes) -> bool:
        """Queue audio of any length; False when it would exceed the limit and was discarded."""
        if self.queued_ms + len(mulaw) // BYTES_PER_MS > LIMIT_MS:
            return False
        if mulaw:
            self._chunks.append(memoryview(mulaw))
            self._added += len(mulaw)
        return True

    def mark(self, on_mark: OnMark) -> None:
        """Report when all audio queued so far has been heard; at once when there is none."""
        if self.is_empty and not self._marks:
            on_mark(True)
        else:
            self._marks.append((self._added, on_mark))

    def clear(self) -> int:
        """Drop what has not begun and report all marks in order; returns the milliseconds dropped."""
        dropped = self.queued_ms
        self._chunks.clear()
        self._added = self._taken
        marks, self._marks = self._marks, deque()
        for _, on_mark in marks:
            on_mark(False)
        return dropped

    def next_frame(self) -> bytes:
        """End the frame in the air, report the marks it reached, and begin the next: up to 160 bytes, or none."""
        self._heard = self._taken
        while self._marks and self._marks[0][0] <= self._heard:
            self._marks.popleft()[1](True)
        frame = bytearray()
        while self._chunks and len(frame) < FRAME_BYTES:
            chunk = self._chunks.popleft()
            wanted = FRAME_BYTES - len(frame)
            frame += chunk[:wanted]
            if len(chunk) > wanted:
                self._chunks.appendleft(chunk[wanted:])
        self._taken += len(frame)
        return bytes(frame)
