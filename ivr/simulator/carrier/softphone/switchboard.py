"""Which phone rings where, and how calls reach them. Calls to `client:<identity>` and to telephones that are pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.simulator.carrier.clock import sleep_ms
from ivr.simulator.carrier.parties import Answering, Pickup
from ivr.simulator.carrier.softphone.offer import Offer
from ivr.simulator.carrier.softphone.phone import Counters, Phone
from ivr.simulator.carrier.softphone.tokens import Grant

if TYPE_CHECKING:
    import asyncio

    from ivr.simulator.carrier.background import Background
    from ivr.simulator.carrier.call import CarrierCall
    from ivr.simulator.carrier.clock import LineClock

GRACE_MS = 5000
"""For which a phone without a socket keeps its call and its place."""
MAX_PHONES = 200
CLIENT = "client:"


class Switchboard:
    """All browser phones of one account."""

    def __init__(self, clock: LineClock, background: Background) -> None:
        """Begin without phones."""
        self.counters = Counters()
        self._clock = clock
        self._background = background
        self._phones: dict[str, Phone] = {}
        self._waiting: dict[str, asyncio.Task[None]] = {}

    @property
    def phones(self) -> list[Phone]:
        """Those that are there, oldest first."""
        return list(self._phones.values())

    @property
    def is_full(self) -> bool:
        """Whether no further phone is taken."""
        return len(self._phones) >= MAX_PHONES

    def open(self, grant: Grant, session: str) -> tuple[Phone, bool]:
        """The phone of a session that comes back (and True), or a new one."""
        known = self._phones.get(session)
        if known is not None and known.grant.identity == grant.identity:
            waiting = self._waiting.pop(known.id, None)
            if waiting is not None:
                waiting.cancel()
            known.grant = grant
            return known, True
        phone = Phone(grant, self.counters)
        self._phones[phone.id] = phone
        return phone, False

    def lost(self, phone: Phone) -> None:
        """Its socket is gone; it has `GRACE_MS` to come back."""
        if not phone.is_gone and phone.id not in self._waiting:
            self._waiting[phone.id] = self._background.spawn(self._give_up(phone))

    def bye(self, session: str) -> None:
        """Its page is closed: it will not come back."""
        phone = self._phones.get(session)
        if phone is not None:
            self._remove(phone)

    def close(self) -> None:
        """The carrier stops."""
        for phone in self.phones:
            self._remove(phone)

    def rings_at(self, address: str) -> list[Phone]:
        """Phones registered there."""
        return [phone for phone in self.phones if phone.address == address]

    def answering(self, call: CarrierCall) -> Answering | None:
        """What a call to a phone in a browser meets; None when none is registered there."""
        phones = self.rings_at(call.resource.to_number)
        if not phones:
            return None
        free = [phone for phone in phones if phone.is_free]
        if not free:
            return Answering(Pickup.BUSY, after_ms=0)
        offer = Offer(call, free)
        return Answering(asks=offer.ask, party=offer.party)

    async def _give_up(self, phone: Phone) -> None:
        await sleep_ms(self._clock, GRACE_MS)
        self.counters.lost += 1
        self._waiting.pop(phone.id, None)
        self._remove(phone)

    def _remove(self, phone: Phone) -> None:
        self._phones.pop(phone.id, None)
        waiting = self._waiting.pop(phone.id, None)
        if waiting is not None:
            waiting.cancel()
        phone.leave()
