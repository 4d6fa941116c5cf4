"""A call that rings at browser phones: at all of one address at once; the first that accepts has it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from ivr.simulator.carrier.parties import Party, Pickup, SilentParty

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall


class Ringing(Protocol):
    """A phone, as an offer sees it."""

    def rings(self, offer: Offer) -> None:
        """A call comes in."""

    def stops_ringing(self, offer: Offer, reason: str) -> None:
        """It is over, or somebody else has it."""

    def takes(self, offer: Offer) -> Party:
        """It has the call now."""


class Offer:
    """One call at some phones."""

    def __init__(self, call: CarrierCall, phones: Iterable[Ringing]) -> None:
        """Nothing rings until `ask`."""
        self.call = call
        self._phones = list(phones)
        self._winner: Ringing | None = None
        self._pickup: asyncio.Future[Pickup] = asyncio.get_running_loop().create_future()

    @property
    def sid(self) -> str:
        """Of the call."""
        return self.call.sid

    async def ask(self) -> Pickup:
        """Ring until somebody has decided; when this is cancelled, nobody had."""
        for phone in tuple(self._phones):
            phone.rings(self)
        try:
            pickup = await self._pickup
        except asyncio.CancelledError:
            self._winner = None
            self._stop("missed")
            raise
        self._stop("answered_elsewhere" if pickup is Pickup.ANSWER else "declined")
        return pickup

    def party(self) -> Party:
        """The far end: the phone that accepted."""
        return self._winner.takes(self) if self._winner is not None else SilentParty()

    def accept(self, phone: Ringing) -> bool:
        """False when it is too late."""
        if self._pickup.done():
            return False
        self._winner = phone
        self._pickup.set_result(Pickup.ANSWER)
        return True

    def reject(self) -> None:
        """A person has declined: it rings nowhere any more."""
        if not self._pickup.done():
            self._pickup.set_result(Pickup.REJECT)

    def left(self, phone: Ringing) -> None:
        """A phone is gone. When it was the last one, nobody answers."""
        if phone in self._phones:
            self._phones.remove(phone)
        if not self._phones and not self._pickup.done():
            self._pickup.set_result(Pickup.NO_ANSWER)

    def _stop(self, reason: str) -> None:
        for phone in self._phones:
            if phone is not self._winner:
                phone.stops_ringing(self, reason)
        self._phones.clear()
