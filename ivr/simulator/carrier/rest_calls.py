"""REST for calls: create, fetch, update, delete, list (rest.md section 2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import orjson
from aiohttp import web
from multidict import MultiDictProxy

from ivr.simulator.carrier.call import CallHooks, CarrierCall
from ivr.simulator.carrier.callbacks import Progress
from ivr.simulator.carrier.documents import InlineTwiml, Source
from ivr.simulator.carrier.errors import RequestRefused
from ivr.simulator.carrier.outbound import DialOrder
from ivr.simulator.carrier.outcomes import EndedBy, HungUp, Redirected
from ivr.simulator.carrier.rest_list import CallQuery, page_of
from ivr.simulator.carrier.rest_resource import call_json
from ivr.simulator.carrier.state import CallStatus
from ivr.simulator.carrier.webhooks import WebhookRequest

if TYPE_CHECKING:
    from ivr.simulator.carrier.carrier import Carrier

Form = MultiDictProxy[str | bytes | bytearray | web.FileField]
_NUMBER = re.compile(r"(\+[1-9][0-9]{3,14}|client:[^\s]{1,256}|sip:[^\s]{1,256})")
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
        from_number, to_number = self._numbers(form)
        source = _source(form)
        if source is None:
            raise RequestRefused(400, 21205, "Url parameter is required")
        order = DialOrder(
            source=source,
            timeout_secs=_whole(form, "Timeout", 60, 1, 600, 21208),
            time_limit_secs=_whole(form, "TimeLimit", 14_400, 1, 86_400, 20001),
            send_digits=_send_digits(form),
            detects_machine=_text(form, "MachineDetection") in ("Enable", "DetectMessageEnd"),
        )
        call = self._carrier.dial(from_number, to_number, _hooks(form), order)
        return _json(call_json(call), 201)

    async def fetch(self, request: web.Request) -> web.Response:
        """200 with the call as it is now."""
        return _json(call_json(self._known(request)))

    async def update(self, request: web.Request) -> web.Response:
        """Redirect or end a call; 400 with 21220 when its state does not allow that."""
        call = self._known(request)
        form = await request.post()
        source, status = _source(form), _text(form, "Status")
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
        _change_hooks(call.hooks, form)
        return _json(call_json(call))

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
        calls = [call for call in reversed(self._carrier.calls) if self._is_listed(call) and query.fits(call)]
        path = f"/2010-04-01/Accounts/{settings.account_sid}/Calls.json"
        return _json(page_of(calls, query, path, list(request.query.items())))

    def _is_listed(self, call: CarrierCall) -> bool:
        age = self._carrier.now_utc() - call.resource.created_at
        return age.total_seconds() >= self._carrier.settings.list_lag_secs

    def _known(self, request: web.Request) -> CarrierCall:
        call = self._carrier.call(request.match_info["sid"])
        if call is None:
            raise RequestRefused(404, 20404, f"The requested resource {request.path} was not found")
        return call

    def _numbers(self, form: Form) -> tuple[str, str]:
        from_number, to_number = _text(form, "From"), _text(form, "To")
        if not to_number:
            raise RequestRefused(400, 21201, "No 'To' number is specified")
        if not from_number:
            raise RequestRefused(400, 21213, "No 'From' number is specified")
        if not _NUMBER.fullmatch(to_number):
            raise RequestRefused(400, 21211, "The 'To' number is not a valid phone number")
        if not _NUMBER.fullmatch(from_number):
            raise RequestRefused(400, 21212, "The 'From' number is not a valid phone number")
        settings = self._carrier.settings
        if from_number not in settings.numbers and from_number not in settings.verified_callers:
            raise RequestRefused(400, 21210, "The source phone number is not verified for this account")
        return from_number, to_number

    @staticmethod
    def _end(call: CarrierCall, status: str) -> None:
        if status == "canceled" and call.status is CallStatus.IN_PROGRESS:
            raise RequestRefused(400, 21220, "Call is in-progress. Cannot cancel.")
        call.interrupt(HungUp(EndedBy.APPLICATION))


def _json(body: dict[str, object], status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")


def _text(form: Form, name: str) -> str:
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def _address(form: Form, name: str) -> str:
    url = _text(form, name)
    try:
        is_usable = not url or (urlsplit(url).scheme in ("http", "https") and bool(urlsplit(url).hostname))
    except ValueError:
        is_usable = False
    if not is_usable:
        raise RequestRefused(400, 21205, f"{name} is not a valid URL")
    return url


def _verb(form: Form, name: str) -> str:
    method = _text(form, name).upper() or "POST"
    if method not in ("GET", "POST"):
        raise RequestRefused(400, 21209, f"{name} must be GET or POST")
    return method


def _whole(form: Form, name: str, default: int, low: int, high: int, code: int) -> int:
    text = _text(form, name)
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 12 and low <= int(text) <= high):
        raise RequestRefused(400, code, f"{name} is not a number in its range")
    return int(text)


def _send_digits(form: Form) -> str:
    digits = _text(form, "SendDigits")
    if not re.fullmatch(r"[0-9A-D#*wW]{0,32}", digits):
        raise RequestRefused(400, 21206, "SendDigits is invalid")
    return digits


def _source(form: Form) -> Source | None:
    url, twiml = _address(form, "Url"), _text(form, "Twiml")
    if url:
        return WebhookRequest(url, _verb(form, "Method"))
    if len(twiml) > _MAX_TWIML_CHARACTERS:
        raise RequestRefused(400, 20001, "Twiml is too long")
    return InlineTwiml(twiml) if twiml else None


def _hooks(form: Form) -> CallHooks:
    hooks = CallHooks()
    _change_hooks(hooks, form)
    names = [name for name in form.getall("StatusCallbackEvent", []) if isinstance(name, str)]
    if names:
        known = {progress.value: progress for progress in Progress}
        hooks.status_events = frozenset(known[name] for name in names if name in known)
    return hooks


def _change_hooks(hooks: CallHooks, form: Form) -> None:
    if _text(form, "FallbackUrl"):
        hooks.fallback_url, hooks.fallback_method = _address(form, "FallbackUrl"), _verb(form, "FallbackMethod")
    if _text(form, "StatusCallback"):
        hooks.status_callback = _address(form, "StatusCallback")
        hooks.status_callback_method = _verb(form, "StatusCallbackMethod")
