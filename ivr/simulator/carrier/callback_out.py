"""Sends callbacks whose answer controls nothing, with the faults a test has ordered for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiohttp

from ivr.simulator.carrier.clock import sleep_ms
from ivr.simulator.carrier.errors import DocumentFailed
from ivr.simulator.carrier.webhooks import WebhookRequest

if TYPE_CHECKING:
    from ivr.simulator.carrier.services import Services

CALLBACK_FAILED = 15003


def _nobody(*_: object) -> None:
    """Nobody notes it."""


@dataclass(frozen=True, slots=True)
class CallbackOut:
    """One callback on its way."""

    request: WebhookRequest
    event: str
    """Name under which `CallbackFaults` knows it."""
    cookies: aiohttp.CookieJar = field(default_factory=lambda: aiohttp.CookieJar(unsafe=True))
    on_sent: Callable[[str], None] = _nobody
    """Told the event when a request goes out."""
    on_failed: Callable[[int, str], None] = _nobody
    """Told the debugger's code and reason."""


def send_callback(services: Services, callback: CallbackOut) -> None:
    """Send in the background, unless it is lost; a duplicate carries the same idempotency token."""
    faults, dice = services.faults.callbacks, services.random
    if callback.event in faults.lose or faults.lost.strike(dice):
        return
    delay_ms: float = faults.delay_ms.get(callback.event, 0)
    if faults.delayed.strike(dice):
        delay_ms += dice.uniform(0, faults.longest_delay_ms)
    if faults.shuffle_ms:
        delay_ms += dice.uniform(0, faults.shuffle_ms)
    services.background.spawn(_send(services, callback, delay_ms))
    if faults.duplicate or faults.duplicated.strike(dice):
        again_ms = dice.uniform(0, faults.duplicate_after_ms) if faults.duplicate_after_ms else 0
        services.background.spawn(_send(services, callback, delay_ms + again_ms))


async def _send(services: Services, callback: CallbackOut, delay_ms: float) -> None:
    if delay_ms:
        await sleep_ms(services.clock, delay_ms)
    callback.on_sent(callback.event)
    try:
        await services.webhooks.send(callback.request, callback.cookies)
    except DocumentFailed as failed:
        callback.on_failed(CALLBACK_FAILED, failed.reason)
