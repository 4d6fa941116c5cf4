"""Webhooks of text messages: what callers send, and how far ours have come."""

from __future__ import annotations

from flask import Blueprint

from ivr.core.queueing.steps import Text, TextState
from ivr.ports import QueueService, StoredReply
from ivr.telephony.messaging import MessageStatus, parse_incoming_text, parse_message_status, reply
from ivr.telephony.twiml import CONTENT_TYPE
from ivr.web.deps import WebDeps
from ivr.web.outbound import nothing
from ivr.web.signed import Endpoint, Form, SignedWebhooks

_STATES = {
    MessageStatus.SENT: TextState.SENT,
    MessageStatus.DELIVERED: TextState.DELIVERED,
    MessageStatus.READ: TextState.DELIVERED,
    MessageStatus.UNDELIVERED: TextState.FAILED,
    MessageStatus.FAILED: TextState.FAILED,
    MessageStatus.CANCELED: TextState.FAILED,
}
"""The others are on the way; nothing changes."""


class TextWebhooks:
    """Views under `/sms`."""

    def __init__(self, deps: WebDeps, queue: QueueService) -> None:
        self._deps, self._queue = deps, queue

    def blueprint(self, webhooks: SignedWebhooks) -> Blueprint:
        """The routes."""
        sms = Blueprint("sms", __name__, url_prefix="/sms")
        endpoints = {
            "/incoming": Endpoint("sms_incoming", self.incoming, lambda _: nothing(503)),
            "/status": Endpoint("sms_status", self.status, lambda _: nothing(503)),
        }
        for path, endpoint in endpoints.items():
            sms.add_url_rule(path, endpoint.name, webhooks.route(endpoint), methods=["POST"])
        return sms

    def incoming(self, form: Form) -> StoredReply:
        """Stored, obeyed, answered; the same message again gets the same answer."""
        found = parse_incoming_text(form, self._deps.settings.carrier.account_sid)
        now = self._deps.clock.now()
        text = Text(found.message_sid, found.sender, found.our_number, found.body, now, state=TextState.RECEIVED)
        return StoredReply(200, reply(self._queue.text_came(text, now)), CONTENT_TYPE)

    def status(self, form: Form) -> StoredReply:
        """How far one of our texts has come."""
        update = parse_message_status(form, self._deps.settings.carrier.account_sid)
        state = _STATES.get(update.status)
        if state is not None:
            self._queue.text_progressed(update.message_sid, state, self._deps.clock.now())
        return nothing(204)
