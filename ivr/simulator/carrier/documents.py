"""What a call runs next, and the document it becomes: from an address or from inline TwiML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from ivr.simulator.carrier.errors import DocumentFailed
from ivr.simulator.carrier.twiml_parse import Node, parse_twiml
from ivr.simulator.carrier.webhooks import WebhookRequest, WebhookResponse

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall

_TWIML_TYPES = ("text/xml", "application/xml", "text/html")


@dataclass(frozen=True, slots=True)
class InlineTwiml:
    """TwiML given through REST; it has no address of its own."""

    text: str


Source = WebhookRequest | InlineTwiml


@dataclass(frozen=True, slots=True)
class Document:
    """One document under way."""

    url: str
    """Empty for inline TwiML."""
    verbs: tuple[Node, ...]
    audio: bytes | None = None
    """Content of an `audio/*` answer: played once, then the call ends."""
    audio_type: str = ""

    def resolve(self, target: str) -> str:
        """`target` (empty: this document) as an absolute address.

        Raises `DocumentFailed`: 15004 where there is no document address, 11100 for a malformed one.
        """
        try:
            if urlsplit(target).scheme:
                return target
            absolute = urljoin(self.url, target) if target else self.url
        except ValueError as error:
            raise DocumentFailed(11100, target, "not a usable address") from error
        if not self.url:
            raise DocumentFailed(15004, target, "inline TwiML needs absolute addresses")
        return absolute


async def obtain(call: CarrierCall, source: Source) -> Document:
    """Fetch and parse; raises `DocumentFailed`."""
    if isinstance(source, InlineTwiml):
        return Document("", parse_twiml(source.text.encode("utf-8", "replace"), ""))
    return read_document(await call.ask(source))


def read_document(answer: WebhookResponse) -> Document:
    """Judge an answer by its content type (webhooks.md section 1)."""
    kind = answer.content_type
    if kind in _TWIML_TYPES:
        return Document(answer.url, parse_twiml(answer.body, answer.url))
    if kind.startswith("audio/"):
        return Document(answer.url, (), answer.body, kind)
    if kind == "text/plain":
        return Document(answer.url, _plain(answer))
    raise DocumentFailed(12300, answer.url, "content type is neither TwiML nor audio")


def _plain(answer: WebhookResponse) -> tuple[Node, ...]:
    try:
        return parse_twiml(answer.body, answer.url)
    except DocumentFailed:
        return (Node("Say", text=answer.body.decode("utf-8", "replace")), Node("Hangup"))
