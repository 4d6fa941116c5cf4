"""The queue's service over stores in memory; promises are made at the counter."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivr.core.queueing.model import Callback
from ivr.core.queueing.steps import Text, TextState
from ivr.runtime.queue_service import StoredQueue
from ivr.runtime.queue_service.service import QueueParts
from tests.unit.runtime.desk.counter import CALLER, OURS, Counter

SUPERVISOR = "supervisor sue"
HOUR = timedelta(hours=1)


@dataclass
class Office(Counter):
    """`read` is what words are understood as."""

    read: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.asked_times: list[tuple[str, str, datetime]] = []
        self.service = StoredQueue(
            QueueParts(
                callbacks=self.callbacks,
                agents=self.agents,
                texts=self.texts,
                rules=lambda: self.rules,
                hours=self.schedules.get,
                numbers=self.numbers,
                company=self.parts.company,
                why=lambda callback, at, language: f"why {callback.id[-1]} in {language}",
                book_by_key=lambda call_id, caller, dialled, language, now: self.desk.book_by_key(
                    call_id, caller, dialled, language, "support", "general"
                ),
                book_by_text=self.desk.book_by_text,
                read_time=self._read_time,
            )
        )
        self._texts_come = 0

    def _read_time(self, words: str, language: str, now: datetime) -> str | None:
        self.asked_times.append((words, language, now))
        return self.read.get(words)

    def texted(self, **changes: str) -> Callback:
        """A promise of which a text was sent."""
        self.with_rules(texts=True)
        return self.booked("texted", **changes)

    def comes(self, body: str, number: str = CALLER, key: str = "") -> str:
        """Somebody texts; the answer."""
        self._texts_come += 1
        key = key or f"SM{self._texts_come:032x}"
        return self.service.text_came(Text(key, number, OURS, body, self.at, state=TextState.RECEIVED), self.at)
