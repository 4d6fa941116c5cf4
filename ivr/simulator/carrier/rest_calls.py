"""REST for calls: create, fetch, update, delete, list (rest.md section 2)."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from aiohttp import web

from ivr.simulator.carrier.call import CarrierCall
from ivr.simulator.carrier.documents import InlineTwiml, Source
from ivr.simulator.carrier.errors import RequestRefused
from ivr.simulator.carrier.outbound import DialOrder
from ivr.simulator.carrier.outcomes import EndedBy, HungUp, Redirected
from ivr.simulator.carrier.rest_amd import machine_detection
from ivr.simulator.carrier.rest_form import Form, address, json_answer, method, not_found, text, whole
from ivr.simulator.carrier.rest_list import CallQuery
from ivr.simulator.carrier.rest_numbers import call_hooks, change_hooks, numbers
from ivr.simulator.carrier.rest_paging import Page, page_of
from ivr.simulator.carrier.rest_resource import call_json
from ivr.simulator.carrier.state import CallStatus
from ivr.simulator.carrier.webhooks import WebhookRequest

if TYPE_CHECKING:
    from ivr.simulator.carrier.carrier import Carrier

_MAX_TWIML_CHARACTERS = 4000
_NOT_IN_PROGRESS = "Call is not in-progress. Cannot redirect."


class CallRoutes:
    """Handlers of the `Calls` resource."""

    def __init__(self, carrier: Carrier) -> None:
        """All state lives in the carrier."""
        self._carrier = carrier

    async def create(self, request: web.Request) -> web.Response:
        """201 with a queued call; dialling goes on by itself."""
        form = await request.post()
        from_number, to_number = numbers(self._carrier.settings, form)
        source = _source(form)
        if source is None:
            raise RequestRefused(400, 21205, "Url parameter is required")
        order = DialOrder(
            source=source,
            timeout_secs=whole(form, "Timeout", 60, (1, 600), 21208),
            time_limit_secs=whole(form, "TimeLimit", 14_400, (1, 86_400), 20001),
            send_digits=_send_digits(form),
            detection=machine_detection(form, "AsyncAmdStatusCallback"),
        )
        call = self._carrier.dial(from_number, to_number, call_hooks(form), order)
        return json_answer(call_json(call), 201)

    async def fetch(self, request: web.Request) -> web.Response:
        """200 with the call as it is now."""
        return json_answer(call_json(self._known(request)))

    async def update(self, request: web.Request) -> web.Response:
        """Redirect or end a call; 400 with 21220 when its state does not allow that."""
        call = self._known(request)
        form = await request.post()
        source, status = _source(form), text(form, "Status")
        if status not in ("", "completed", "canceled"):
            raise RequestRefused(400, 20001, "Status must be completed or canceled")
        if call.status.is_final:
            raise RequestRefused(400, 21220, _NOT_IN_PROGRESS)
        if status:
            self._end(call, status)
        elif source is not None:
            if call.status is not CallStatus.IN_PROGRESS:
                raise RequestRefused(400, 21220, _NOT_IN_PROGRESS)
            call.interrupt(Redirected(source))
        change_hooks(call.hooks, form)
        return json_answer(call_json(call))

    async def delete(self, request: web.Request) -> web.Response:
        """204; a live call cannot be deleted."""
        call = self._known(request)
        if not call.status.is_final:
            raise RequestRefused(409, 20009, "Cannot delete a call before it is complete")
        self._carrier.forget(call.sid)
        return web.Response(status=204)

    async def list(self, request: web.Request) -> web.Response:
        """200 with one page, newest calls first."""
        query = CallQuery.read(request.query)
        settings = self._carrier.settings
        calls = [
            call
            for call in reversed(self._carrier.calls)
            if self._carrier.is_listed(call.resource.created_at) and query.fits(call)
        ]
        path = f"/2010-04-01/Accounts/{settings.account_sid}/Calls.json"
        entries = [(call.sid, partial(call_json, call)) for call in calls]
        return json_answer(page_of("calls", entries, Page.read(request.query), path, request.query))

    def _known(self, request: web.Request) -> CarrierCall:
        call = self._carrier.call(request.match_info["sid"])
        if call is None:
            raise not_found(request)
        return call

    @staticmethod
    def _end(call: CarrierCall, status: str) -> None:
        if status == "canceled" and call.status is CallStatus.IN_PROGRESS:
            raise RequestRefused(400, 21220, "Call is in-progress. Cannot cancel.")
        call.interrupt(HungUp(EndedBy.APPLICATION))


def _send_digits(form: Form) -> str:
    digits = text(form, "SendDigits")
    if not re.fullmatch(r"[0-9A-D#*wW]{0,32}", digits):
        raise RequestRefused(400, 21206, "SendDigits is invalid")
    return digits


def _source(form: Form) -> Source | None:
    url, twiml = address(form, "Url"), text(form, "Twiml")
    if url:
        return WebhookRequest(url, method(form, "Method"))
    if len(twiml) > _MAX_TWIML_CHARACTERS:
        raise RequestRefused(400, 20001, "Twiml is too long")
    return InlineTwiml(twiml) if twiml else None
