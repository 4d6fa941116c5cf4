"""What a language must be able to say for `why`. Its words are in `why_english.py` and `why_japanese.py`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ivr.core.queueing.model import Cause


class Say(Protocol):
    """One language."""

    def moment(self, local: datetime, days_ahead: int) -> str:
        """A time of day, with its day where that is not today."""

    def done(self, cause: Cause, at: str) -> str:
        """Kept, or a message taken."""

    def cancelled(self, cause: Cause, at: str) -> str:
        """By whom."""

    def failed(self, cause: Cause, tries: int) -> str:
        """A person decides."""

    def ending(self, cause: Cause) -> str:
        """Called off while it was being dialled."""

    def claimed(self, name: str) -> str:
        """Reserved."""

    def dialling(self, name: str) -> str:
        """Being dialled."""

    def talking(self, name: str) -> str:
        """They talk."""

    def message(self) -> str:
        """A recorded one."""

    def retry(self, at: str, cause: Cause, tried_at: str, number: int, of: int) -> str:
        """Which try comes when, and why the last one was in vain."""

    def retimed(self, at: str) -> str:
        """Hours, caps."""

    def chosen(self, at: str) -> str:
        """The caller's own time."""

    def later(self, at: str, cause: Cause) -> str:
        """A pause."""

    def closed(self, at: str) -> str:
        """The queue is."""

    def quiet(self, at: str) -> str:
        """Calling hours."""

    def nobody(self) -> str:
        """No agent of the queue."""

    def no_language(self, language: str) -> str:
        """Nobody speaks it."""

    def no_skill(self, skills: Sequence[str]) -> str:
        """Nobody has it."""

    def owned(self, name: str, until: str) -> str:
        """It is somebody's."""

    def on_break(self) -> str:
        """All who could."""

    def next(self, is_somebody_free: bool) -> str:
        """Nobody is in front."""

    def counted(self, ahead: int) -> str:
        """So many are in front."""

    def placed(self, earlier: int, higher: Sequence[int], overtakers: Sequence[int]) -> str:
        """Who is in front.

        Args:
            earlier: How many came earlier.
            higher: Higher priorities among those.
            overtakers: Priorities of those who came later; 0: not higher, brought forward by a person.
        """
