"""The life of one call from its first document to its end, with whatever breaks in from outside."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from ivr.simulator.carrier.documents import Source
from ivr.simulator.carrier.errors import DocumentFailed
from ivr.simulator.carrier.outcomes import EndedBy, HungUp, Redirected
from ivr.simulator.carrier.state import CallStatus
from ivr.simulator.carrier.waiting import end_tasks
from ivr.simulator.carrier.webhooks import WebhookRequest

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall


async def run_call(call: CarrierCall, source: Source) -> None:
    """Drive a ringing inbound or an answered outbound call to its end; always leaves it closed."""
    await run_work(call, call.services.exchange.interpret(call, source))


async def run_work(call: CarrierCall, work: Coroutine[Any, Any, CallStatus]) -> None:
    """As `run_call`, for a call that begins with anything that returns its final status."""
    try:
        await _drive(call, work)
    finally:
        await finish(call, CallStatus.FAILED)


async def finish(call: CarrierCall, status: CallStatus) -> None:
    """Bring a call to its end: final state, streams closed, line silent, everybody told. Safe to call twice."""
    call.move(status)
    for stream in tuple(call.streams.values()):
        await stream.finish()
    await call.stop_audio()
    call.close()


async def _drive(call: CarrierCall, first: Coroutine[Any, Any, CallStatus]) -> None:
    coroutine = first
    while True:
        work = asyncio.create_task(coroutine)
        breaking_in = asyncio.create_task(call.next_interrupt())
        try:
            await asyncio.wait({work, breaking_in}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                await finish(call, work.result())
                return
            interrupt = call.broken_by = breaking_in.result()
            if isinstance(interrupt, Redirected):
                coroutine = call.services.exchange.interpret(call, interrupt.source)
                continue
            call.move(_status_after(call, interrupt))
        finally:
            await end_tasks(breaking_in, work)
            call.broken_by = None
            call.audio.playout.clear()
        await _last_action(call)
        await finish(call, call.status)
        return


def _status_after(call: CarrierCall, interrupt: HungUp) -> CallStatus:
    if call.is_answered:
        return CallStatus.COMPLETED
    if interrupt.by is EndedBy.APPLICATION:
        return CallStatus.CANCELED
    return call.services.settings.line.abandoned_status


async def _last_action(call: CarrierCall) -> None:
    """Ask the `action` of a verb that the hang-up ended; its answer is not used."""
    make_request = call.action_at_hang_up
    if make_request is not None:
        call.action_at_hang_up = None
        call.services.background.spawn(_ask_in_vain(call, make_request()))


async def _ask_in_vain(call: CarrierCall, request: WebhookRequest) -> None:
    try:
        await call.ask(request)
    except DocumentFailed as failed:
        call.warn(failed.code, failed.reason)
