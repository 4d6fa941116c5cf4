"""Calls that REST makes: queue, dial, ring, and what the dialled number does (call_states.md section 1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.simulator.carrier.amd import MachineDetection, detect_beside, detect_first
from ivr.simulator.carrier.call_run import finish, run_call
from ivr.simulator.carrier.clock import sleep_ms
from ivr.simulator.carrier.documents import Source
from ivr.simulator.carrier.outcomes import EndedBy, HungUp
from ivr.simulator.carrier.parties import NOBODY, Answering
from ivr.simulator.carrier.ringing import ring, until_interrupted
from ivr.simulator.carrier.state import CallStatus
from ivr.simulator.carrier.timeline import EventKind

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall


@dataclass(frozen=True, slots=True)
class DialOrder:
    """What REST asked for, beyond the call's hooks."""

    source: Source
    timeout_secs: int = 60
    time_limit_secs: int = 14_400
    send_digits: str = ""
    detection: MachineDetection | None = None
    """Answering-machine detection, where the call asked for it; not with `send_digits`."""


async def run_outbound(call: CarrierCall, order: DialOrder) -> None:
    """Wait, dial, ring, and hand an answered call to its document; always leaves the call closed."""
    try:
        dialled = _Dialled()
        ending = await until_interrupted(call, _dial(call, order, dialled))
        if ending is None:
            call.party = dialled.answering.party()
            await call.answer()
            await _answered(call, order, dialled.answering)
        else:
            await finish(call, ending)
    finally:
        await finish(call, CallStatus.FAILED)


class _Dialled:
    answering: Answering = NOBODY


async def _dial(call: CarrierCall, order: DialOrder, dialled: _Dialled) -> CallStatus | None:
    await sleep_ms(call.services.clock, call.resource.queue_ms)
    dialled.answering = call.services.exchange.dialled(call)
    return await ring(call, dialled.answering, order.timeout_secs)


async def _answered(call: CarrierCall, order: DialOrder, answering: Answering) -> None:
    limit = call.services.background.spawn(_limit(call, order.time_limit_secs))
    try:
        if order.send_digits:
            call.timeline.add(EventKind.KEYS_SENT)
            call.party.on_keys(call.now_ms, order.send_digits)
        elif order.detection is not None and order.detection.is_async:
            call.services.background.spawn(detect_beside(call, answering, order.detection))
        elif order.detection is not None:
            await detect_first(call, answering, order.detection)
        await run_call(call, order.source)
    finally:
        limit.cancel()


async def _limit(call: CarrierCall, seconds: int) -> None:
    await sleep_ms(call.services.clock, seconds * 1000)
    call.interrupt(HungUp(EndedBy.CARRIER))
