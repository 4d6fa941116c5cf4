"""The control routes under `/simulator`, beside REST and with its credentials; only for this machine.

GET            /simulator/numbers                 PUT, DELETE  /simulator/numbers/{number}
GET            /simulator/numbers/{number}/voicemail
GET, POST      /simulator/calls                   GET          /simulator/calls/{sid}
POST           /simulator/calls/{sid}/press | hang_up | words
GET, POST      /simulator/texts                   PUT          /simulator/texts/{number}/delivery
GET, PATCH     /simulator/faults
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from aiohttp import web

from ivr.simulator.carrier.control.desk import ControlDesk, call_json, text_json
from ivr.simulator.carrier.control.fault_orders import change_faults, faults_now
from ivr.simulator.carrier.control.values import ControlInvalid, mapping, text, whole
from ivr.simulator.carrier.errors import RequestRefused, UnknownNumber
from ivr.simulator.carrier.rest_form import json_answer, not_found

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall
    from ivr.simulator.carrier.carrier import Carrier

PREFIX = "/simulator"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ControlRoutes:
    """Handlers; every mistake is a 400 with a sentence."""

    def __init__(self, carrier: Carrier, desk: ControlDesk) -> None:
        """All state lives in the carrier and at the desk."""
        self._carrier = carrier
        self._desk = desk

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Make them reachable."""
        table: tuple[tuple[str, str, Answer], ...] = (
            ("GET", "/numbers", self._numbers),
            ("PUT", "/numbers/{number}", self._set_number),
            ("DELETE", "/numbers/{number}", self._remove_number),
            ("GET", "/numbers/{number}/voicemail", self._voicemail),
            ("GET", "/calls", self._calls),
            ("POST", "/calls", self._place_call),
            ("GET", "/calls/{sid}", self._call),
            ("POST", "/calls/{sid}/{act}", self._act),
            ("GET", "/texts", self._texts),
            ("POST", "/texts", self._send_text),
            ("PUT", "/texts/{number}/delivery", self._set_texts),
            ("GET", "/faults", self._faults),
            ("PATCH", "/faults", self._change_faults),
        )
        for method, path, answer in table:
            router.add_route(method, PREFIX + path, _guarded(answer))

    async def _numbers(self, request: web.Request) -> web.StreamResponse:
        return json_answer(self._desk.numbers())

    async def _set_number(self, request: web.Request) -> web.StreamResponse:
        self._desk.set_number(request.match_info["number"], await _body(request))
        return web.Response(status=204)

    async def _remove_number(self, request: web.Request) -> web.StreamResponse:
        self._desk.remove_number(request.match_info["number"])
        return web.Response(status=204)

    async def _voicemail(self, request: web.Request) -> web.StreamResponse:
        return json_answer({"messages": self._desk.voicemail(request.match_info["number"])})

    async def _calls(self, request: web.Request) -> web.StreamResponse:
        query = request.query
        found = [
            call
            for call in self._carrier.calls
            if query.get("to", call.resource.to_number) == call.resource.to_number
            and query.get("from", call.resource.from_number) == call.resource.from_number
        ]
        return json_answer({"calls": [call_json(call) for call in found]})

    async def _place_call(self, request: web.Request) -> web.StreamResponse:
        order = mapping(await _body(request), "call", ("from", "to", "steps", "params"))
        party = self._desk.caller(order.get("steps"))
        extra = {name: text(value, "params") for name, value in mapping(order.get("params") or {}, "params").items()}
        call = await self._carrier.place_call(_named(order, "from"), _named(order, "to"), party, extra)
        return json_answer(call_json(call), 201)

    async def _call(self, request: web.Request) -> web.StreamResponse:
        return json_answer(call_json(self._known(request)))

    async def _act(self, request: web.Request) -> web.StreamResponse:
        call, act = self._known(request), request.match_info["act"]
        if act == "hang_up":
            call.hang_up()
        elif act == "press":
            for digit in _named(mapping(await _body(request), "press", ("digits",)), "digits"):
                call.press(digit)
        elif act == "words":
            call.say_words(_named(mapping(await _body(request), "words", ("text",)), "text"))
        else:
            raise not_found(request)
        return json_answer(call_json(call))

    async def _texts(self, request: web.Request) -> web.StreamResponse:
        query = request.query
        found = [
            one
            for one in self._carrier.texts
            if query.get("to", one.to_number) == one.to_number and query.get("from", one.from_number) == one.from_number
        ]
        return json_answer({"texts": [text_json(one) for one in found]})

    async def _send_text(self, request: web.Request) -> web.StreamResponse:
        order = mapping(await _body(request), "text", ("from", "to", "body", "deliveries"))
        times = whole(order.get("deliveries", 1), "text.deliveries")
        sent = await self._carrier.send_text(
            _named(order, "from"), _named(order, "to"), _named(order, "body"), deliveries=times
        )
        return json_answer(text_json(sent), 201)

    async def _set_texts(self, request: web.Request) -> web.StreamResponse:
        self._desk.set_texts(request.match_info["number"], await _body(request))
        return web.Response(status=204)

    async def _faults(self, request: web.Request) -> web.StreamResponse:
        return json_answer(faults_now(self._carrier.faults))

    async def _change_faults(self, request: web.Request) -> web.StreamResponse:
        change_faults(self._carrier.faults, await _body(request))
        return json_answer(faults_now(self._carrier.faults))

    def _known(self, request: web.Request) -> CarrierCall:
        call = self._carrier.call(request.match_info["sid"])
        if call is None:
            raise not_found(request)
        return call


def _guarded(answer: Answer) -> Answer:
    async def guarded(request: web.Request) -> web.StreamResponse:
        if not _is_here(request.remote):
            raise RequestRefused(403, 20006, "Only for this machine")
        try:
            return await answer(request)
        except (ControlInvalid, UnknownNumber) as error:
            raise RequestRefused(400, 20001, str(error)) from error
        except ValueError as error:
            raise RequestRefused(400, 20001, "Order cannot be used") from error

    return guarded


def _is_here(remote: str | None) -> bool:
    try:
        return remote is not None and ipaddress.ip_address(remote).is_loopback
    except ValueError:
        return False


def _named(order: Mapping[str, object], name: str) -> str:
    if name not in order:
        raise ControlInvalid(name, "is missing")
    return text(order[name], name)


async def _body(request: web.Request) -> object:
    try:
        body: object = json.loads(await request.read())
    except ValueError as error:
        raise ControlInvalid("body", "is not JSON") from error
    return body
