"""The built-in connector `callbacks`: one table of operations. Never raises; a store that is away is `FAILED`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog

from ivr.core.events import LookUpOutcome
from ivr.core.queueing.offers import TextOffer
from ivr.ports import CallFacts, LookUpResult, StoreFailed
from ivr.runtime.desk.booking import Booking
from ivr.runtime.desk.live import Live
from ivr.runtime.desk.managing import Managing
from ivr.runtime.desk.offering import Offering
from ivr.runtime.desk.outbound import Outbound
from ivr.runtime.desk.parts import Arguments, BadArgument, DeskParts, Record
from ivr.runtime.desk.texting import Texting

log = structlog.get_logger(__name__)

PREFIX = "callbacks."
READS = frozenset({"offer", "check_time", "check_number", "guess_zone"})
"""Asking changes nothing, so they may be asked on a guess."""
OPERATIONS: Mapping[str, Sequence[str]] = {
    "offer": (),
    "check_time": (),
    "check_number": (),
    "guess_zone": (),
    "book": (),
    "unlock": (),
    "move": (),
    "renumber": (),
    "note": (),
    "cancel": (),
    "leg": (),
    "message": (),
    "text": (),
    "abandoned": (),
    "transfer": (),
    "transfer_stands": (),
    "transfer_withdraw": (),
    "transfer_number": (),
}
"""Name -> arguments that the check insists on; all have defaults."""


def desk_operations() -> dict[str, Sequence[str]]:
    """Every operation with its prefix, and the arguments it insists on."""
    return {f"{PREFIX}{name}": wanted for name, wanted in OPERATIONS.items()}


class CallbackDesk:
    """One per process. Thread-safe."""

    def __init__(self, parts: DeskParts) -> None:
        self._parts = parts
        booking, managing, offering = Booking(parts), Managing(parts), Offering(parts)
        self._outbound, self._texting, live = Outbound(parts), Texting(parts), Live(parts)
        self._work: dict[str, Callable[[Arguments, str], Record]] = {
            "offer": lambda given, _: offering.offer(given),
            "check_time": lambda given, _: offering.check_time(given),
            "check_number": lambda given, _: offering.check_number(given),
            "guess_zone": lambda given, _: offering.guess_zone(given),
            "book": booking.book,
            "message": booking.message,
            "unlock": lambda given, _: managing.unlock(given),
            "move": lambda given, _: managing.move(given),
            "renumber": lambda given, _: managing.renumber(given),
            "note": lambda given, _: managing.note(given),
            "cancel": lambda given, _: managing.cancel(given),
            "leg": lambda given, _: self._outbound.said(given),
            "text": self._texting.text,
            "abandoned": lambda given, _: self._texting.abandoned(given),
            "transfer": live.ask,
            "transfer_stands": lambda given, _: live.stands(given),
            "transfer_withdraw": lambda given, _: live.withdraw(given),
            "transfer_number": lambda given, _: live.number(given),
        }

    def call(self, operation: str, arguments: Mapping[str, Any], key: str = "") -> LookUpResult:
        """`operation` with or without its prefix. See `/docs/flows.md` for arguments and answers."""
        work = self._work.get(operation.removeprefix(PREFIX))
        if work is None:
            return LookUpResult(LookUpOutcome.FAILED, reason="unknown_operation")
        try:
            return LookUpResult(LookUpOutcome.FOUND, work(Arguments(arguments), key))
        except StoreFailed as problem:
            log.warning("callback operation failed", operation=operation, reason=problem.reason)
            return LookUpResult(LookUpOutcome.FAILED, reason=f"store_{problem.reason}")
        except BadArgument as problem:
            log.warning("callback operation without an argument", operation=operation, argument=problem.name)
            return LookUpResult(LookUpOutcome.FAILED, reason="bad_argument")

    def operations(self) -> Mapping[str, Sequence[str]]:
        """With their prefix."""
        return desk_operations()

    def is_read(self, operation: str) -> bool:
        """Whether asking changes nothing."""
        return operation.removeprefix(PREFIX) in READS

    def facts(self, call_id: str, caller: str, dialled: str, now: datetime) -> CallFacts:
        """See `ivr.ports.Desk`."""
        try:
            leg = self._parts.callbacks.leg_by_call(call_id)
            if leg is not None:
                return CallFacts(self._outbound.facts(leg, now))
            has_callback = bool(caller) and bool(self._parts.callbacks.open_for(caller))
        except StoreFailed as problem:
            log.warning("nothing known before the call", reason=problem.reason)
            return CallFacts()
        return CallFacts(has_callback=has_callback)

    def book_by_key(self, call_id: str, caller: str, dialled: str, language: str, flow: str, queue: str) -> str | None:
        """A promise by one key, when no media process had room; the window in words, or None.

        Empty: there was a promise already, of which nothing is told without its code.
        """
        given = {"queue": queue, "number": caller, "caller": caller, "when": "asap", "language": language}
        checked = self._parts.numbers.check(caller)
        more = {"zone": checked.zones[0] if checked.zones else "", "call_id": call_id, "flow": flow, "dialled": dialled}
        result = self.call("book", given | more, f"{call_id}:no_room")
        is_done = result.outcome is LookUpOutcome.FOUND and result.record.get("ok") == "yes"
        return str(result.record["window_text"]) if is_done else None

    def book_by_text(self, offer: TextOffer, number: str, our_number: str, since: datetime) -> str | None:
        """A promise to somebody who was offered one by text; its code follows by text.

        Empty: it is stored. Else a sentence about why it is not; None: nothing can be stored now.
        """
        given = {"queue": offer.queue, "number": number, "caller": number, "when": "asap", "language": offer.language}
        checked = self._parts.numbers.check(number)
        more = {"call_id": offer.call_id, "flow": offer.flow, "dialled": our_number, "arrived_at": since.isoformat()}
        zone = checked.zones[0] if checked.zones else ""
        result = self.call("book", {**given, **more, "zone": zone}, f"{offer.call_id}:by_text")
        if result.outcome is not LookUpOutcome.FOUND:
            return None
        return str(result.record["problem_text"])
