"""Text messages of the account, both ways, and the book that keeps them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from ivr.simulator.carrier.sids import new_sid

_GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_7_TWICE = frozenset("^{}\\[~]|€\f")


class TextStatus(Enum):
    """States of a message as REST shows them."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    RECEIVED = "received"

    @property
    def is_final(self) -> bool:
        """Whether nothing can follow."""
        return self not in (TextStatus.QUEUED, TextStatus.SENT)


class TextDirection(Enum):
    """Who began it."""

    INBOUND = "inbound"
    OUTBOUND_API = "outbound-api"
    OUTBOUND_REPLY = "outbound-reply"
    """By TwiML in the answer to an inbound one, or by the carrier itself (`STOP`)."""


@dataclass(slots=True)
class Text:
    """One message. Changed only by its own delivery."""

    account_sid: str
    from_number: str
    """Personal data."""
    to_number: str
    """Personal data."""
    body: str = field(repr=False)
    direction: TextDirection
    status: TextStatus
    created_at: datetime
    """Aware, UTC, like all dates here."""
    sid: str = field(default_factory=lambda: new_sid("SM"))
    updated_at: datetime | None = None
    sent_at: datetime | None = None
    error_code: int | None = None
    """Of a message that was not delivered; of an inbound one whose webhook failed."""
    status_callback: str = ""
    status_callback_method: str = "POST"
    replies: list[Text] = field(default_factory=list)
    """To an inbound one."""
    is_by_carrier: bool = False
    """The carrier's own answer to `STOP`, `START` or `HELP`."""

    @property
    def segments(self) -> int:
        """How many parts go over the air: 160 letters of GSM-7 or 70 of UCS-2 in one, 153 or 67 in each of many."""
        if all(letter in _GSM_7 or letter in _GSM_7_TWICE for letter in self.body):
            length, single, many = len(self.body) + sum(letter in _GSM_7_TWICE for letter in self.body), 160, 153
        else:
            length, single, many = len(self.body.encode("utf-16-le")) // 2, 70, 67
        return 1 if length <= single else -(-length // many)

    def move(self, status: TextStatus, at: datetime) -> None:
        """Enter a state."""
        self.status, self.updated_at = status, at
        if status is TextStatus.SENT:
            self.sent_at = at


class TextBook:
    """All messages, oldest first: `for text in carrier.texts`. Belongs to the carrier's loop."""

    def __init__(self, keep: int) -> None:
        """`keep` bounds memory; the oldest are forgotten."""
        self._keep = keep
        self._by_sid: dict[str, Text] = {}
        self._added = asyncio.Event()

    def __iter__(self) -> Iterator[Text]:
        return iter(tuple(self._by_sid.values()))

    def __len__(self) -> int:
        return len(self._by_sid)

    def add(self, text: Text) -> None:
        """Remember a message."""
        self._by_sid[text.sid] = text
        while len(self._by_sid) > self._keep:
            del self._by_sid[next(iter(self._by_sid))]
        self._added.set()

    def get(self, sid: str) -> Text | None:
        """None when unknown or forgotten."""
        return self._by_sid.get(sid)

    def remove(self, sid: str) -> None:
        """Forget one message."""
        self._by_sid.pop(sid, None)

    def to(self, number: str) -> list[Text]:
        """What `number` was sent, oldest first, whatever became of it; without the carrier's own answers."""
        return [text for text in self if text.to_number == number and not text.is_by_carrier]

    def from_(self, number: str) -> list[Text]:
        """What `number` sent, oldest first."""
        return [text for text in self if text.from_number == number and not text.is_by_carrier]

    async def wait_to(self, number: str, count: int = 1) -> list[Text]:
        """Return when `number` has been sent at least `count` messages; put a time limit around it."""
        while len(found := self.to(number)) < count:
            self._added.clear()
            await self._added.wait()
        return found
