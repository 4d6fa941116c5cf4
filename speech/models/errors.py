"""What can go wrong with a model: one exception, with a sentence for the person at the terminal."""

from __future__ import annotations


class ModelError(Exception):
    """`reason` is a sentence that says what to do; `is_retryable` when the same command may work later."""

    def __init__(self, reason: str, *, is_retryable: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_retryable = is_retryable
