"""From dialling to the pickup, or to whatever ends the attempt (call_states.md section 1)."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from ivr.simulator.carrier.callbacks import Progress
from ivr.simulator.carrier.clock import LineClock, sleep_ms
from ivr.simulator.carrier.outcomes import Interrupt
from ivr.simulator.carrier.parties import Answering, Pickup
from ivr.simulator.carrier.state import CallStatus
from ivr.simulator.carrier.waiting import end_tasks, wait_until

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall

_DECLINED = 603


async def ring(call: CarrierCall, answering: Answering, timeout_secs: int) -> CallStatus | None:
    """None when somebody answered, else the final status; tells `initiated` and `ringing` on the way."""
    clock, line = call.services.clock, call.services.settings.line
    call.tell(Progress.INITIATED)
    await sleep_ms(clock, line.dial_ms)
    if answering.pickup is Pickup.FAIL:
        return CallStatus.FAILED
    call.move(CallStatus.RINGING)
    if not answering.skip_ringing:
        call.tell()
    pickup = await _pickup(clock, answering, timeout_secs * 1000 + line.answer_buffer_ms)
    if pickup is Pickup.NO_ANSWER:
        return CallStatus.NO_ANSWER
    if pickup is Pickup.ANSWER:
        return None
    if pickup is Pickup.REJECT:
        call.sip_code = _DECLINED
    return CallStatus.BUSY


async def _pickup(clock: LineClock, answering: Answering, patience_ms: int) -> Pickup:
    if answering.asks is not None:
        asking = asyncio.ensure_future(answering.asks())
        is_decided = await wait_until(clock, clock.now_ms() + patience_ms, asking)
        return asking.result() if is_decided else Pickup.NO_ANSWER
    if answering.pickup is Pickup.NO_ANSWER or answering.after_ms > patience_ms:
        await sleep_ms(clock, patience_ms)
        return Pickup.NO_ANSWER
    await sleep_ms(clock, answering.after_ms)
    return answering.pickup


async def until_interrupted(call: CarrierCall, dialling: Coroutine[Any, Any, CallStatus | None]) -> CallStatus | None:
    """What `dialling` returns, or `CANCELED` when a hang-up comes first."""
    work = asyncio.create_task(dialling)
    breaking_in: asyncio.Task[Interrupt] = asyncio.create_task(call.next_interrupt())
    try:
        await asyncio.wait({work, breaking_in}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            return work.result()
        return CallStatus.CANCELED
    finally:
        await end_tasks(work, breaking_in)
