"""The REST interface: authentication, error bodies and routes (rest.md sections 1 and 6)."""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from ivr.simulator.carrier.control.routes import PREFIX, ControlRoutes
from ivr.simulator.carrier.errors import RequestRefused
from ivr.simulator.carrier.rest_calls import CallRoutes
from ivr.simulator.carrier.rest_conferences import ConferenceRoutes
from ivr.simulator.carrier.rest_faults import answer_with_faults
from ivr.simulator.carrier.rest_messages import MessageRoutes
from ivr.simulator.carrier.rest_participants import ParticipantRoutes
from ivr.simulator.carrier.softphone.socket import OPEN_PATHS, SoftphoneRoutes

if TYPE_CHECKING:
    from ivr.simulator.carrier.carrier import Carrier

_MAX_BODY_BYTES = 64 * 1024
_ACCOUNT = "/2010-04-01/Accounts/{account}"


def make_rest_application(carrier: Carrier) -> web.Application:
    """The web application behind `TWILIO_API_BASE`."""
    application = web.Application(client_max_size=_MAX_BODY_BYTES, middlewares=[_gate(carrier)])
    calls = CallRoutes(carrier)
    application.router.add_post(f"{_ACCOUNT}/Calls.json", calls.create)
    application.router.add_get(f"{_ACCOUNT}/Calls.json", calls.list)
    application.router.add_get(_ACCOUNT + "/Calls/{sid}.json", calls.fetch)
    application.router.add_post(_ACCOUNT + "/Calls/{sid}.json", calls.update)
    application.router.add_delete(_ACCOUNT + "/Calls/{sid}.json", calls.delete)
    messages = MessageRoutes(carrier)
    application.router.add_post(f"{_ACCOUNT}/Messages.json", messages.create)
    application.router.add_get(f"{_ACCOUNT}/Messages.json", messages.list)
    application.router.add_get(_ACCOUNT + "/Messages/{sid}.json", messages.fetch)
    application.router.add_delete(_ACCOUNT + "/Messages/{sid}.json", messages.delete)
    _add_conferences(application.router, carrier)
    ControlRoutes(carrier, carrier.desk).add_to(application.router)
    SoftphoneRoutes(carrier).add_to(application.router)
    application.router.add_get(_ACCOUNT + "/Recordings/{name}", _recording(carrier))
    return application


def _add_conferences(router: web.UrlDispatcher, carrier: Carrier) -> None:
    conferences, participants = ConferenceRoutes(carrier), ParticipantRoutes(carrier)
    router.add_get(f"{_ACCOUNT}/Conferences.json", conferences.list)
    router.add_get(_ACCOUNT + "/Conferences/{sid}.json", conferences.fetch)
    router.add_post(_ACCOUNT + "/Conferences/{sid}.json", conferences.update)
    people = _ACCOUNT + "/Conferences/{conference}/Participants"
    router.add_get(f"{people}.json", participants.list)
    router.add_post(f"{people}.json", participants.create)
    router.add_get(people + "/{participant}.json", participants.fetch)
    router.add_post(people + "/{participant}.json", participants.update)
    router.add_delete(people + "/{participant}.json", participants.delete)


def _gate(carrier: Carrier) -> Middleware:
    @web.middleware
    async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            if request.path in OPEN_PATHS:
                return await handler(request)
            _authenticate(request, carrier)
            if request.path.startswith(f"{PREFIX}/"):
                return await handler(request)
            if carrier.faults.refuse_requests > 0:
                carrier.faults.refuse_requests -= 1
                raise RequestRefused(429, 20429, "Too Many Requests")
            return await answer_with_faults(carrier.services, request, handler)
        except RequestRefused as refused:
            return _error(refused)
        except web.HTTPNotFound:
            return _error(RequestRefused(404, 20404, f"The requested resource {request.path} was not found"))
        except web.HTTPMethodNotAllowed:
            return _error(RequestRefused(405, 20004, "Method not allowed"))
        except web.HTTPRequestEntityTooLarge:
            return _error(RequestRefused(400, 20001, "Request body is too large"))

    return gate


def _authenticate(request: web.Request, carrier: Carrier) -> None:
    settings = carrier.settings
    user, password = _credentials(request.headers.get("Authorization", ""))
    secrets = {settings.account_sid: settings.auth_token, **settings.api_keys}
    expected = secrets.get(user, "")
    if not expected or not hmac.compare_digest(expected.encode(), password.encode()):
        raise RequestRefused(401, 20003, "Authenticate")
    account = request.match_info.get("account", settings.account_sid)
    if account != settings.account_sid:
        raise RequestRefused(401, 20003, "Authenticate")


def _credentials(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, password


def _error(refused: RequestRefused) -> web.Response:
    body: dict[str, Any] = {
        "code": refused.code,
        "message": refused.message,
        "more_info": f"https://www.twilio.com/docs/errors/{refused.code}",
        "status": refused.status,
    }
    headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if refused.status == 401 else None
    return web.Response(
        body=orjson.dumps(body), status=refused.status, content_type="application/json", headers=headers
    )


def _recording(carrier: Carrier) -> Handler:
    async def serve(request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"].removesuffix(".wav")
        recording = carrier.services.recordings.get(name)
        if recording is None:
            raise RequestRefused(404, 20404, f"The requested resource {request.path} was not found")
        return web.Response(body=recording.wav(), content_type="audio/x-wav")

    return serve
