"""REST for text messages: create, fetch, delete, list (rest.md section 5)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from aiohttp import web

from ivr.simulator.carrier.errors import RequestRefused
from ivr.simulator.carrier.rest_form import NUMBER, Form, address, json_answer, not_found, text
from ivr.simulator.carrier.rest_list import DateFilter
from ivr.simulator.carrier.rest_paging import Page, page_of
from ivr.simulator.carrier.rest_resource import date_text
from ivr.simulator.carrier.texts import Text, TextDirection, TextStatus

if TYPE_CHECKING:
    from ivr.simulator.carrier.carrier import Carrier

_MAX_CHARACTERS = 1600
_ERRORS = {30003: "Unreachable destination handset", 30008: "Unknown error", 21610: "Attempt to send to opted out"}


class MessageRoutes:
    """Handlers of the `Messages` resource."""

    def __init__(self, carrier: Carrier) -> None:
        """All state lives in the carrier."""
        self._carrier = carrier

    async def create(self, request: web.Request) -> web.Response:
        """201 with a queued message; delivery goes on by itself."""
        form = await request.post()
        from_number, to_number, body = self._checked(form)
        made = Text(
            account_sid=self._carrier.settings.account_sid,
            from_number=from_number,
            to_number=to_number,
            body=body,
            direction=TextDirection.OUTBOUND_API,
            status=TextStatus.QUEUED,
            created_at=self._carrier.now_utc(),
            status_callback=address(form, "StatusCallback"),
        )
        answer = message_json(made)
        self._carrier.services.texting.send(self._carrier.services, made)
        return json_answer(answer, 201)

    async def fetch(self, request: web.Request) -> web.Response:
        """200 with the message as it is now."""
        return json_answer(message_json(self._known(request)))

    async def delete(self, request: web.Request) -> web.Response:
        """204; a message under way cannot be deleted."""
        found = self._known(request)
        if not found.status.is_final:
            raise RequestRefused(409, 20009, "Cannot delete this resource before it is complete")
        self._carrier.texts.remove(found.sid)
        return web.Response(status=204)

    async def list(self, request: web.Request) -> web.Response:
        """200 with one page, newest first."""
        query = request.query
        sent = DateFilter.read(query, "DateSent")
        found = [
            one
            for one in reversed(tuple(self._carrier.texts))
            if not one.is_by_carrier
            and self._carrier.is_listed(one.created_at)
            and query.get("To", one.to_number) == one.to_number
            and query.get("From", one.from_number) == one.from_number
            and sent.fits(one.sent_at)
        ]
        path = f"/2010-04-01/Accounts/{self._carrier.settings.account_sid}/Messages.json"
        entries = [(one.sid, partial(message_json, one)) for one in found]
        return json_answer(page_of("messages", entries, Page.read(query), path, query))

    def _known(self, request: web.Request) -> Text:
        found = self._carrier.texts.get(request.match_info["sid"])
        if found is None:
            raise not_found(request)
        return found

    def _checked(self, form: Form) -> tuple[str, str, str]:
        from_number, to_number = text(form, "From"), text(form, "To")
        value = form.get("Body", "")
        body = value if isinstance(value, str) else ""
        if not to_number:
            raise RequestRefused(400, 21604, "A 'To' phone number is required.")
        if not from_number:
            raise RequestRefused(400, 21603, "A 'From' phone number is required.")
        if not body:
            raise RequestRefused(400, 21602, "Message body is required.")
        if len(body) > _MAX_CHARACTERS:
            raise RequestRefused(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
        self._check_numbers(from_number, to_number)
        return from_number, to_number, body

    def _check_numbers(self, from_number: str, to_number: str) -> None:
        settings = self._carrier.settings
        if not NUMBER.fullmatch(to_number):
            raise RequestRefused(400, 21211, "Invalid 'To' Phone Number")
        number = settings.numbers.get(from_number)
        if number is None or not number.sends_texts:
            raise RequestRefused(400, 21606, "The 'From' phone number is not a valid, message-capable number")
        if settings.refusal_of(to_number):
            raise RequestRefused(400, 21408, "Permission to send an SMS has not been enabled for the region")
        if to_number in settings.landlines:
            raise RequestRefused(400, 21614, "'To' number is not a valid mobile number")
        if self._carrier.services.texting.opt_outs.has(from_number, to_number):
            raise RequestRefused(400, 21610, "Attempt to send to unsubscribed recipient")


def message_json(message: Text) -> dict[str, object]:
    """The whole resource."""
    base = f"/2010-04-01/Accounts/{message.account_sid}/Messages/{message.sid}"
    code = message.error_code
    return {
        "sid": message.sid,
        "account_sid": message.account_sid,
        "messaging_service_sid": None,
        "to": message.to_number,
        "from": message.from_number,
        "body": message.body,
        "status": message.status.value,
        "direction": message.direction.value,
        "num_segments": str(message.segments),
        "num_media": "0",
        "price": None,
        "price_unit": "USD",
        "error_code": code,
        "error_message": None if code is None else _ERRORS.get(code, "Error"),
        "api_version": "2010-04-01",
        "date_created": date_text(message.created_at),
        "date_sent": date_text(message.sent_at),
        "date_updated": date_text(message.updated_at or message.created_at),
        "uri": f"{base}.json",
        "subresource_uris": {"media": f"{base}/Media.json"},
    }
