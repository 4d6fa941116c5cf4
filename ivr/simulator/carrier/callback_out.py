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
    faults = services.faults.callbacks
    if callback.event in faults.lose:
        return
    delay_ms = faults.delay_ms.get(callback.event, 0)
    for _ in range(2 if faults.duplicate else 1):
        services.background.spawn(_send(services, callback, delay_ms))


async def _send(services: Services, callback: CallbackOut, delay_ms: int) -> None:
    if delay_ms:
        await sleep_ms(services.clock, delay_ms)
    callback.on_sent(callback.event)
    try:
        await services.webhooks.send(callback.request, callback.cookies)
    except DocumentFailed as failed:
        callback.on_failed(CALLBACK_FAILED, failed.reason)
