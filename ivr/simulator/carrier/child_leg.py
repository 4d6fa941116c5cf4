"""One number that a `<Dial>` calls: rings, may hear a whisper, is joined to its parent, and has a life of its own.

made -> ringing -> answered -> (whisper) -> ready -> bridged -> released or gone
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.simulator.carrier.amd import MachineDetection, detect_beside
from ivr.simulator.carrier.call_run import finish, run_work
from ivr.simulator.carrier.errors import DocumentFailed
from ivr.simulator.carrier.outcomes import EndedBy, HungUp, Redirected
from ivr.simulator.carrier.ringing import ring, until_interrupted
from ivr.simulator.carrier.state import CallStatus
from ivr.simulator.carrier.timeline import EventKind
from ivr.simulator.carrier.waiting import end_tasks

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall
    from ivr.simulator.carrier.mixing import Mixer
    from ivr.simulator.carrier.parties import Answering

Whisper = Callable[["CarrierCall"], Awaitable[bool]]
"""Runs on the answered child before it is joined; False when its party declined. Raises `DocumentFailed`."""


@dataclass(frozen=True, slots=True)
class ChildOrder:
    """What the parent's document wants of this leg."""

    timeout_secs: int
    send_digits: str = ""
    whisper: Whisper | None = None
    detection: MachineDetection | None = None
    """Always beside the call."""
    refusal: int = 0
    """Debugger's code of a number that is not dialled at all; 0: dial."""


class ChildLeg:
    """The parent waits for `ready` or `gone`, joins it, and releases it at the end."""

    def __init__(self, call: CarrierCall, order: ChildOrder) -> None:
        """Nothing happens until `run`."""
        self.call = call
        self.ready = asyncio.Event()
        """Answered, whispered to, willing to talk."""
        self.gone = asyncio.Event()
        """Ended, or led away to a document of its own."""
        self.is_led_away = False
        self._order = order

    async def run(self) -> None:
        """The whole life of the call."""
        answered: list[Answering] = []
        try:
            ending = await until_interrupted(self.call, self._dial(answered))
            if ending is not None:
                await finish(self.call, ending)
                return
            self.call.party = answered[0].party()
            await self.call.answer()
            if self._order.detection is not None:
                self.call.services.background.spawn(detect_beside(self.call, answered[0], self._order.detection))
            await run_work(self.call, self._talk())
        finally:
            await finish(self.call, CallStatus.FAILED)
            self.gone.set()

    async def wait_ready(self) -> bool:
        """True when it can be joined, False when it never will."""
        waits = [asyncio.create_task(event.wait()) for event in (self.ready, self.gone)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end_tasks(*waits)
        return self.ready.is_set() and not self.gone.is_set()

    def join(self, mixer: Mixer) -> None:
        """Hear and be heard at the parent's mixer."""
        self.call.audio.bridge = mixer.seat()

    async def release(self) -> None:
        """The parent is through with it: hang up, unless it was led away; returns when it has ended."""
        if self.is_led_away:
            return
        self.call.interrupt(HungUp(EndedBy.CARRIER))
        await self.call.wait_ended()

    async def _dial(self, answered: list[Answering]) -> CallStatus | None:
        if self._order.refusal:
            self.call.warn(self._order.refusal, "number cannot be dialled")
            return CallStatus.FAILED
        answering = self.call.services.exchange.dialled(self.call)
        answered.append(answering)
        return await ring(self.call, answering, self._order.timeout_secs)

    async def _talk(self) -> CallStatus:
        try:
            if self._order.send_digits:
                self.call.timeline.add(EventKind.KEYS_SENT)
                self.call.party.on_keys(self.call.now_ms, self._order.send_digits)
            if self._order.whisper is not None and not await self._order.whisper(self.call):
                return CallStatus.COMPLETED
            self.ready.set()
            await asyncio.Event().wait()
        except DocumentFailed as failed:
            self.call.warn(failed.code, failed.reason)
        finally:
            self.call.audio.bridge = None
            self.is_led_away = isinstance(self.call.broken_by, Redirected)
            self.gone.set()
        return CallStatus.COMPLETED
