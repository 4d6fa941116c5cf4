"""Text messages at the carrier's edge: forms in, documents out. Facts: the carrier's "Request to your webhook" page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from twilio.twiml.messaging_response import MessagingResponse

from ivr.core.speakable import speakable
from ivr.telephony.errors import BadWebhook
from ivr.telephony.webhooks import matching, own_account, party, required, unique

Form = Sequence[tuple[str, str]]

_MESSAGE_SID = re.compile(r"(SM|MM)[0-9a-f]{32}")
_MAX_BODY_CHARS = 1600


class MessageStatus(Enum):
    """How far an outgoing text has come, as the carrier says it."""

    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    CANCELED = "canceled"
    READ = "read"


@dataclass(frozen=True, slots=True)
class IncomingText:
    """A text somebody sent to one of our numbers. Personal data."""

    message_sid: str
    sender: str
    """E.164, or empty when withheld."""
    our_number: str
    body: str


@dataclass(frozen=True, slots=True)
class MessageUpdate:
    """An outgoing text changed its state. Updates come in any order."""

    message_sid: str
    status: MessageStatus


def parse_incoming_text(form: Form, account_sid: str) -> IncomingText:
    """Read the form of an inbound text.

    Raises:
        BadWebhook: Names the field, never the value.
    """
    values = unique(form)
    own_account(values, account_sid)
    body = required(values, "Body")
    if len(body) > _MAX_BODY_CHARS:
        raise BadWebhook("Body", "is too long")
    return IncomingText(
        message_sid=matching(values, "MessageSid", _MESSAGE_SID),
        sender=party(values, "From"),
        our_number=party(values, "To"),
        body=body,
    )


def parse_message_status(form: Form, account_sid: str) -> MessageUpdate:
    """Read the form of a message status callback.

    Raises:
        BadWebhook: Names the field, never the value.
    """
    values = unique(form)
    own_account(values, account_sid)
    try:
        status = MessageStatus(required(values, "MessageStatus"))
    except ValueError:
        raise BadWebhook("MessageStatus", "is unknown") from None
    return MessageUpdate(matching(values, "MessageSid", _MESSAGE_SID), status)


def reply(text: str) -> str:
    """The document that answers a text; an empty `text` answers nothing."""
    response = MessagingResponse()
    if clean := speakable(text, _MAX_BODY_CHARS):
        response.message(clean)
    return str(response)
