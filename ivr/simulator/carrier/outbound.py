"""Calls that REST makes: queue, dial, ring, and what the dialled number does (call_states.md section 1)."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ivr.simulator.carrier.call_run import finish, run_call
from ivr.simulator.carrier.callbacks import Progress
from ivr.simulator.carrier.clock import sleep_ms
from ivr.simulator.carrier.documents import Source
from ivr.simulator.carrier.outcomes import EndedBy, HungUp, Interrupt
from ivr.simulator.carrier.parties import Answering, Pickup
from ivr.simulator.carrier.state import CallStatus
from ivr.simulator.carrier.timeline import EventKind
from ivr.simulator.carrier.waiting import end_tasks, wait_until

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall

_DECLINED = 603


@dataclass(frozen=True, slots=True)
class DialOrder:
    """What REST asked for, beyond the call's hooks."""

    source: Source
    timeout_secs: int = 60
    time_limit_secs: int = 14_400
    send_digits: str = ""
    detects_machine: bool = False
    """Hold the document until answering-machine detection has decided."""


async def run_outbound(call: CarrierCall, order: DialOrder, answering: Answering) -> None:
    """Dial, ring, and hand an answered call to its document; always leaves the call closed."""
    try:
        ending = await _until_interrupted(call, _dial(call, order, answering))
        if ending is None:
            call.party = answering.party()
            await call.answer()
            await _answered(call, order, answering)
        else:
            await finish(call, ending)
    finally:
        await finish(call, CallStatus.FAILED)


async def _dial(call: CarrierCall, order: DialOrder, answering: Answering) -> CallStatus | None:
    """None when somebody answered, else the final status."""
    clock, line = call.services.clock, call.services.settings.line
    await sleep_ms(clock, call.resource.queue_ms)
    call.tell(Progress.INITIATED)
    await sleep_ms(clock, line.dial_ms)
    if answering.pickup is Pickup.FAIL:
        return CallStatus.FAILED
    call.move(CallStatus.RINGING)
    if not answering.skip_ringing:
        call.tell()
    patience_ms = order.timeout_secs * 1000 + line.answer_buffer_ms
    if answering.pickup is Pickup.NO_ANSWER or answering.after_ms > patience_ms:
        await sleep_ms(clock, patience_ms)
        return CallStatus.NO_ANSWER
    await sleep_ms(clock, answering.after_ms)
    if answering.pickup is Pickup.ANSWER:
        return None
    if answering.pickup is Pickup.REJECT:
        call.sip_code = _DECLINED
    return CallStatus.BUSY


async def _until_interrupted(call: CarrierCall, dialling: Coroutine[Any, Any, CallStatus | None]) -> CallStatus | None:
    work = asyncio.create_task(dialling)
    breaking_in: asyncio.Task[Interrupt] = asyncio.create_task(call.next_interrupt())
    try:
        await asyncio.wait({work, breaking_in}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            return work.result()
        return CallStatus.CANCELED
    finally:
        await end_tasks(work, breaking_in)


async def _answered(call: CarrierCall, order: DialOrder, answering: Answering) -> None:
    limit = call.services.background.spawn(_limit(call, order.time_limit_secs))
    try:
        if order.send_digits:
            call.timeline.add(EventKind.KEYS_SENT)
            call.party.on_keys(call.now_ms, order.send_digits)
        if order.detects_machine:
            clock = call.services.clock
            await wait_until(clock, clock.now_ms() + answering.detection_ms, call.next_interrupt())
            call.resource.answered_by = answering.answered_by
            call.extra_params = {**call.extra_params, "MachineDetectionDuration": str(answering.detection_ms)}
        await run_call(call, order.source)
    finally:
        limit.cancel()


async def _limit(call: CarrierCall, seconds: int) -> None:
    await sleep_ms(call.services.clock, seconds * 1000)
    call.interrupt(HungUp(EndedBy.CARRIER))
