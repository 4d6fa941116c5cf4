"""A `Carrier` without a network: what each number does is written down beforehand. Held to the port's contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from ivr.ports import CarrierSilent, DialOrder, DialRefused, PlacedCall

OVER = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})


class Answering(Enum):
    """What becomes of an order to dial."""

    TAKEN = "taken"
    """The carrier has it, and says so."""
    REFUSED = "refused"
    """This number will never do."""
    NOT_NOW = "not_now"
    """Too many requests."""
    TAKEN_IN_SILENCE = "taken_in_silence"
    """The carrier has it, but its answer is lost."""
    LOST = "lost"
    """The order never got there."""


@dataclass
class ScriptedCarrier:
    """`now` tells when calls are made. `orders` holds every order that got there, refused ones too."""

    now: Callable[[], datetime]
    answering: dict[str, Answering] = field(default_factory=dict)
    orders: list[DialOrder] = field(default_factory=list)
    calls: dict[str, PlacedCall] = field(default_factory=dict)
    told: list[tuple[str, str, str]] = field(default_factory=list)
    """(id of the call, text, language)"""
    hung_up: list[str] = field(default_factory=list)
    sent_back: list[tuple[str, str]] = field(default_factory=list)
    """(id, tag) of callers who were taken out of a conference"""
    texts: list[tuple[str, str, str]] = field(default_factory=list)
    """(to, from, body) of all that got there and were taken"""
    doubled: list[str] = field(default_factory=list)
    """Numbers that were dialled while an earlier call to them was not over."""
    is_away: bool = False
    """Nothing gets there."""
    is_hidden: bool = False
    """Lists show nothing yet."""
    before_dial: Callable[[DialOrder], None] = lambda order: None
    """Called while an order is on its way."""

    def dial(self, order: DialOrder) -> str:
        """See the port."""
        self.before_dial(order)
        how = Answering.LOST if self.is_away else self.answering.get(order.to, Answering.TAKEN)
        if how is Answering.LOST:
            raise CarrierSilent("time-out")
        if how in (Answering.REFUSED, Answering.NOT_NOW):
            self.orders.append(order)
            raise DialRefused(how.value, is_final=how is Answering.REFUSED)
        sid = self.has(order)
        if how is Answering.TAKEN_IN_SILENCE:
            raise CarrierSilent("time-out")
        return sid

    def calls_to(self, to: str, from_number: str, since: datetime) -> list[PlacedCall]:
        """See the port."""
        self._reached()
        if self.is_hidden:
            return []
        found = [self.calls[sid] for sid in self.sids(to) if self._order(sid).from_number == from_number]
        return [call for call in reversed(found) if call.created_at is None or call.created_at >= since]

    def call(self, carrier_sid: str) -> PlacedCall | None:
        """See the port."""
        self._reached()
        return self.calls.get(carrier_sid)

    def hang_up(self, carrier_sid: str) -> bool:
        """See the port."""
        self._reached()
        return self._ended(carrier_sid, self.hung_up.append)

    def say_and_hang_up(self, carrier_sid: str, text: str, language: str) -> bool:
        """See the port."""
        self._reached()
        return self._ended(carrier_sid, lambda sid: self.told.append((sid, text, language)))

    def send_back(self, carrier_sid: str, tag: str) -> bool:
        """See the port."""
        self._reached()
        known = self.calls.get(carrier_sid)
        if known is None or known.status in OVER:
            return False
        self.sent_back.append((carrier_sid, tag))
        return True

    def send_text(self, to: str, from_number: str, body: str, *, tag: str) -> str:
        """See the port."""
        how = Answering.LOST if self.is_away else self.answering.get(to, Answering.TAKEN)
        if how is Answering.LOST:
            raise CarrierSilent("time-out")
        if how in (Answering.REFUSED, Answering.NOT_NOW):
            raise DialRefused(how.value, is_final=how is Answering.REFUSED)
        self.texts.append((to, from_number, body))
        if how is Answering.TAKEN_IN_SILENCE:
            raise CarrierSilent("time-out")
        return f"SM{len(self.texts):032x}"

    # -- for tests ---------------------------------------------------------------------------------

    def has(self, order: DialOrder) -> str:
        """The carrier has this order, and nobody was told; the id of the call."""
        self.doubled += [order.to for sid in self.sids(order.to) if self.calls[sid].status not in OVER]
        self.orders.append(order)
        sid = f"CA{len(self.orders):032x}"
        self.calls[sid] = PlacedCall(sid, "queued", self.now())
        return sid

    def sids(self, to: str) -> list[str]:
        """Calls to a number, oldest first."""
        return [sid for sid in self.calls if self._order(sid).to == to]

    def becomes(self, sid: str, status: str) -> None:
        """The call goes on."""
        self.calls[sid] = replace(self.calls[sid], status=status)

    def tag(self, sid: str) -> str:
        """The tag of the leg behind a call."""
        return self._order(sid).tag

    def _order(self, sid: str) -> DialOrder:
        return self.orders[int(sid[2:], 16) - 1]

    def _reached(self) -> None:
        if self.is_away:
            raise CarrierSilent("time-out")

    def _ended(self, sid: str, note: Callable[[str], None]) -> bool:
        call = self.calls.get(sid)
        if call is None or call.status in OVER:
            return False
        note(sid)
        self.becomes(sid, "completed" if call.status == "in-progress" else "canceled")
        return True
