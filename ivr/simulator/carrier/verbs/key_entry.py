"""Keys and words collected by `<Gather>` and `<Record>`: when an entry is complete. No clock here."""

from __future__ import annotations

import asyncio


class KeyEntry:
    """One entry under way."""

    def __init__(self, digit_count: int | None, finish_keys: str) -> None:
        """`digit_count` None: no limit. `finish_keys` may be empty: then only the limits end the entry."""
        self._digit_count = digit_count
        self._finish_keys = finish_keys
        self.digits = ""
        self.finished_on = ""
        """The key that ended the entry; empty while it goes on, or when the count did."""
        self.words = ""
        self.confidence = 0.0
        self.is_done = False
        self.has_begun = False
        self.changed = asyncio.Event()

    def press(self, digit: str) -> None:
        """Take one key."""
        if self.is_done:
            return
        self.has_begun = True
        if digit in self._finish_keys:
            self.finished_on = digit
            self.is_done = True
        else:
            self.digits += digit
            self.is_done = self._digit_count is not None and len(self.digits) >= self._digit_count
        self.changed.set()

    def hear(self, text: str, confidence: float) -> None:
        """Take recognised speech; keys that came first win."""
        if self.is_done or self.digits:
            return
        self.has_begun = self.is_done = True
        self.words, self.confidence = text, confidence
        self.changed.set()
