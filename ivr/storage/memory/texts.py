"""Text messages as a dictionary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from ivr.core.queueing.steps import Text, TextState
from ivr.storage.memory.queue import MemoryQueue
from ivr.storage.texts import SETTLED


class MemoryTextStore:
    """`ivr.ports.TextStore` over a `MemoryQueue`."""

    def __init__(self, queue: MemoryQueue) -> None:
        self._queue = queue

    def add(self, text: Text) -> bool:
        """Once per key."""
        with self._queue.held():
            is_new = text.key not in self._queue.texts
            self._queue.add_texts([text])
            return is_new

    def unsent(self, *, limit: int = 20) -> list[Text]:
        """Queued ones, oldest first."""
        return self._texts(lambda text: text.state is TextState.QUEUED)[:limit]

    def take(self, key: str) -> bool:
        """By whoever comes first."""
        with self._queue.held():
            text = self._queue.texts.get(key)
            if text is None or text.state is not TextState.QUEUED:
                return False
            self._queue.texts[key] = replace(text, state=TextState.SENT)
            return True

    def update(self, key: str, *, state: TextState, carrier_sid: str = "", tries: int | None = None) -> None:
        """Moves an outgoing text on. An unknown key, or a text whose fate is known, is left alone."""
        with self._queue.held():
            text = self._queue.texts.get(key)
            if text is None or text.state in SETTLED:
                return
            sid = carrier_sid or text.carrier_sid
            tried = text.tries if tries is None else tries
            self._queue.texts[key] = replace(text, state=state, carrier_sid=sid, tries=tried)

    def by_sid(self, carrier_sid: str) -> Text | None:
        """The text by the carrier's id."""
        return next(iter(self._texts(lambda text: bool(carrier_sid) and text.carrier_sid == carrier_sid)), None)

    def for_callback(self, callback_id: str) -> list[Text]:
        """All that belong to a promise, oldest first."""
        return self._texts(lambda text: bool(callback_id) and text.callback_id == callback_id)

    def sent_to(self, number: str, since: datetime, *, limit: int = 50) -> list[Text]:
        """Outgoing ones since then, newest first."""
        found = self._texts(
            lambda text: text.state is not TextState.RECEIVED and text.number == number and text.at >= since
        )
        return found[::-1][:limit]

    def sent_since(self, since: datetime, *, number: str = "") -> int:
        """Outgoing texts since then, sent or still to be sent."""
        return len(
            self._texts(
                lambda text: (
                    text.state is not TextState.RECEIVED and text.at >= since and (not number or text.number == number)
                )
            )
        )

    def _texts(self, is_meant: Callable[[Text], bool]) -> list[Text]:
        with self._queue.held():
            found = [text for text in self._queue.texts.values() if is_meant(text)]
        return sorted(found, key=lambda text: (text.at, text.key))
