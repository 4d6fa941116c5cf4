"""What goes to one browser phone: texts in order, audio as long as the phone keeps up. One writer empties it."""

from __future__ import annotations

import asyncio
from collections import deque

MAX_FRAMES = 50
"""Frames (20 ms) that wait at most; of a phone that reads more slowly the oldest are dropped."""
MAX_TEXTS = 500
"""Texts that wait at most; a phone that reads none of them is given up."""


class Outbox:
    """Belongs to one socket."""

    def __init__(self) -> None:
        """Begin empty."""
        self.dropped_frames = 0
        self.is_given_up = False
        self._texts: deque[str] = deque()
        self._frames: deque[bytes] = deque()
        self._news = asyncio.Event()

    def text(self, message: str) -> None:
        """Queue a text."""
        if len(self._texts) >= MAX_TEXTS:
            self.is_given_up = True
        else:
            self._texts.append(message)
        self._news.set()

    def frame(self, frame: bytes) -> None:
        """Queue 20 ms of audio."""
        if len(self._frames) >= MAX_FRAMES:
            self._frames.popleft()
            self.dropped_frames += 1
        self._frames.append(frame)
        self._news.set()

    def close(self) -> None:
        """Nothing more follows: the writer ends."""
        self.is_given_up = True
        self._news.set()

    async def next(self) -> str | bytes | None:
        """The next message, texts first; None when this is over."""
        while not (self.is_given_up or self._texts or self._frames):
            self._news.clear()
            await self._news.wait()
        if self.is_given_up:
            return None
        return self._texts.popleft() if self._texts else self._frames.popleft()
