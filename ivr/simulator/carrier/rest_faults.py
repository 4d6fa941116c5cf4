"""Puts the ordered troubles around a REST request: refused, failed, cut, slow, or done and then denied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.typedefs import Handler

from ivr.simulator.carrier.clock import sleep_ms
from ivr.simulator.carrier.errors import RequestRefused
from ivr.simulator.carrier.faults import RequestKind

if TYPE_CHECKING:
    from ivr.simulator.carrier.services import Services

_COLLECTIONS = ("/Calls.json", "/Messages.json", "/Participants.json")


def kind_of(method: str, path: str) -> RequestKind:
    """What a request is for."""
    if method in ("GET", "HEAD"):
        return RequestKind.READ
    return RequestKind.CREATE if method == "POST" and path.endswith(_COLLECTIONS) else RequestKind.CHANGE


async def answer_with_faults(services: Services, request: web.Request, handler: Handler) -> web.StreamResponse:
    """The handler's answer, if nothing goes wrong; raises `RequestRefused`."""
    faults, dice = services.faults.rest, services.random
    if kind_of(request.method, request.path) not in faults.kinds:
        return await handler(request)
    if faults.refused.strike(dice):
        raise RequestRefused(429, 20429, "Too Many Requests")
    if faults.failed.strike(dice):
        raise RequestRefused(500, 20500, "Internal Server Error")
    if faults.cut.strike(dice):
        _cut(request)
    await request.read()
    is_slow = faults.slow.strike(dice)
    if is_slow:
        await sleep_ms(services.clock, faults.slow_before_ms)
    answer = await handler(request)
    if is_slow:
        await sleep_ms(services.clock, faults.slow_after_ms)
    if faults.lying.strike(dice):
        raise RequestRefused(500, 20500, "Internal Server Error")
    if faults.unanswered.strike(dice):
        _cut(request)
    return answer


def _cut(request: web.Request) -> None:
    """Close the connection under the client's hands; what is answered afterwards reaches nobody."""
    if request.transport is not None:
        request.transport.abort()
    raise RequestRefused(500, 20500, "Internal Server Error")
