"""What a verb is given, and the description by which the registry knows it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.simulator.carrier.documents import Document
from ivr.simulator.carrier.outcomes import GoTo, Outcome
from ivr.simulator.carrier.twiml_parse import Node
from ivr.simulator.carrier.webhooks import WebhookRequest

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall
    from ivr.simulator.carrier.services import Services

_INVALID_ATTRIBUTE = 12200


@dataclass(frozen=True, slots=True)
class Step:
    """One verb's view of the world."""

    call: CarrierCall
    document: Document
    run_nested: Callable[[Node, Step], Awaitable[Outcome]]
    """Runs a child as a verb."""

    @property
    def services(self) -> Services:
        """What all calls share."""
        return self.call.services

    def action(self, node: Node, params: Mapping[str, str] | None = None, attribute: str = "action") -> WebhookRequest:
        """The request to the verb's `action` (default: this document); raises `DocumentFailed` 15004."""
        url = self.document.resolve(node.attributes.get(attribute, ""))
        return WebhookRequest(url, self.method(node), dict(params or {}))

    def go_to_action(self, node: Node, params: Mapping[str, str] | None = None) -> GoTo:
        """Leave this document for the `action`."""
        return GoTo(self.action(node, params))

    def method(self, node: Node, attribute: str = "method") -> str:
        """GET or POST; anything else is the default with a warning."""
        text = node.attributes.get(attribute, "POST").upper()
        if text in ("GET", "POST"):
            return text
        self.warn_value(node, attribute)
        return "POST"

    def whole(self, node: Node, attribute: str, default: int, low: int = 0, high: int = 10**9) -> int:
        """A whole number; one that is none or out of range is the default with a warning."""
        text = node.attributes.get(attribute)
        if text is None:
            return default
        if text.strip().isascii() and text.strip().isdigit() and len(text) < 12 and low <= int(text) <= high:
            return int(text)
        self.warn_value(node, attribute)
        return default

    def flag(self, node: Node, attribute: str, default: bool) -> bool:
        """`true` or `false`; anything else is the default with a warning."""
        text = node.attributes.get(attribute)
        if text in ("true", "false"):
            return text == "true"
        if text is not None:
            self.warn_value(node, attribute)
        return default

    def warn_value(self, node: Node, attribute: str) -> None:
        """Note an attribute value that cannot be used."""
        self.call.warn(_INVALID_ATTRIBUTE, f"{node.name}: invalid value of {attribute}")


def names(text: str) -> frozenset[str]:
    """The words of `text`: attribute or element names."""
    return frozenset(text.split())


RunVerb = Callable[[Node, Step], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb the carrier knows."""

    run: RunVerb
    attributes: frozenset[str] = frozenset()
    children: frozenset[str] | None = frozenset()
    """Element names allowed inside; None where any markup is (SSML)."""
