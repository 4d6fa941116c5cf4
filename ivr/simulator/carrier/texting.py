"""Sending and receiving texts: what REST refuses, opt-out words, the webhook of a number and its reply.

somebody -> carrier -> signed webhook -> reply TwiML -> somebody
REST     -> carrier -> somebody, and status callbacks
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import aiohttp

from ivr.simulator.carrier.documents import Document
from ivr.simulator.carrier.errors import DocumentFailed, UnknownNumber
from ivr.simulator.carrier.text_delivery import TextDeliveries, TextDelivery, deliver
from ivr.simulator.carrier.text_opt_out import OptOuts
from ivr.simulator.carrier.texts import Text, TextBook, TextDirection, TextStatus
from ivr.simulator.carrier.twiml_parse import Node, parse_twiml
from ivr.simulator.carrier.voice_params import places_of
from ivr.simulator.carrier.webhooks import WebhookRequest

if TYPE_CHECKING:
    from ivr.simulator.carrier.services import Services
    from ivr.simulator.carrier.settings import NumberSettings

OPTED_OUT = 21610
_MAX_DOCUMENTS = 10
_LOOP = 11215
_KEEP = 10_000


class Texting:
    """The account's texts. Belongs to the carrier's loop."""

    def __init__(self, stop_words: frozenset[str]) -> None:
        """Begin with none."""
        self.book = TextBook(_KEEP)
        self.deliveries = TextDeliveries()
        self.opt_outs = OptOuts(stop_words)

    def send(self, services: Services, text: Text) -> None:
        """A queued message goes out; it fails where its receiver has opted out."""
        self.book.add(text)
        delivery = self.deliveries.take(text.to_number)
        if self.opt_outs.has(text.from_number, text.to_number):
            delivery = TextDelivery(TextStatus.FAILED, OPTED_OUT)
        services.background.spawn(deliver(services, text, delivery))

    async def receive(self, services: Services, text: Text, deliveries: int) -> None:
        """Somebody's message reaches one of our numbers: its webhook is asked, replies go out.

        `deliveries` is how often the webhook is sent, each with the same SID and idempotency token.
        """
        number = services.settings.numbers.get(text.to_number)
        if number is None:
            raise UnknownNumber("the addressed number belongs to nobody")
        self.book.add(text)
        own = self.opt_outs.take(text)
        if own:
            self._answer_itself(services, text, own)
        if not number.sms_url:
            return
        request = WebhookRequest(number.sms_url, number.sms_method, inbound_params(text))
        for _ in range(deliveries):
            await self._ask(services, text, number, request)

    async def _ask(self, services: Services, text: Text, number: NumberSettings, request: WebhookRequest) -> None:
        cookies = aiohttp.CookieJar(unsafe=True)
        try:
            await self._run(services, text, request, cookies)
        except DocumentFailed as failed:
            text.error_code = failed.code
            if not number.sms_fallback_url:
                return
            params = {**request.params, "ErrorCode": str(failed.code), "ErrorUrl": failed.url}
            await self._ask_fallback(services, text, WebhookRequest(number.sms_fallback_url, "POST", params), cookies)

    async def _ask_fallback(
        self, services: Services, text: Text, request: WebhookRequest, cookies: aiohttp.CookieJar
    ) -> None:
        try:
            await self._run(services, text, request, cookies)
        except DocumentFailed as failed:
            text.error_code = failed.code

    async def _run(self, services: Services, text: Text, request: WebhookRequest, cookies: aiohttp.CookieJar) -> None:
        for _ in range(_MAX_DOCUMENTS):
            answer = await services.webhooks.send(request, cookies)
            document = Document(answer.url, parse_twiml(answer.body, answer.url) if answer.body.strip() else ())
            redirect = self._reply(services, text, document)
            if redirect is None:
                return
            url = document.resolve(redirect.text)
            request = WebhookRequest(url, redirect.attributes.get("method", "POST").upper(), request.params)
        raise DocumentFailed(_LOOP, request.url, "too many documents")

    def _reply(self, services: Services, text: Text, document: Document) -> Node | None:
        """Send each `<Message>`; a `<Redirect>` ends the document and is returned."""
        for verb in document.verbs:
            if verb.name == "Redirect":
                return verb
            if verb.name != "Message":
                continue
            bodies = [child.raw_text for child in verb.children if child.name == "Body"] or [verb.raw_text]
            reply = self._made(services, text, bodies[0].strip(), verb.attributes.get("to", text.from_number))
            callback = verb.attributes.get("statusCallback", "")
            reply.status_callback = document.resolve(callback) if callback else ""
            text.replies.append(reply)
            self.send(services, reply)
        return None

    def _answer_itself(self, services: Services, text: Text, body: str) -> None:
        answer = self._made(services, text, body, text.from_number)
        answer.is_by_carrier = True
        answer.move(TextStatus.DELIVERED, services.clock.utc_now())
        self.book.add(answer)

    @staticmethod
    def _made(services: Services, text: Text, body: str, to_number: str) -> Text:
        now = services.clock.utc_now()
        direction = TextDirection.OUTBOUND_REPLY
        return Text(text.account_sid, text.to_number, to_number, body, direction, TextStatus.QUEUED, now)


def inbound_params(text: Text) -> Mapping[str, str]:
    """Parameters of the webhook for an inbound message."""
    return {
        **places_of(text.from_number, text.to_number),
        "MessageSid": text.sid,
        "SmsSid": text.sid,
        "SmsMessageSid": text.sid,
        "SmsStatus": "received",
        "AccountSid": text.account_sid,
        "From": text.from_number,
        "To": text.to_number,
        "Body": text.body,
        "NumMedia": "0",
        "NumSegments": str(text.segments),
        "ApiVersion": "2010-04-01",
    }
