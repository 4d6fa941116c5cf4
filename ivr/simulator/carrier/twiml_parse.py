"""TwiML text -> a tuple of verbs. Refuses entities and document types, checks size before parsing.

Twilio's rules: root `<Response>` (12102), well-formed XML (12100), at most 64 kB (11750).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ivr.simulator.carrier.errors import DocumentFailed
from ivr.simulator.carrier.webhooks import MAX_TWIML_BYTES

_MAX_DEPTH = 32


@dataclass(frozen=True, slots=True)
class Node:
    """One element of a document."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: tuple[Node, ...] = ()
    text: str = ""
    """All text inside, markup removed, spaces joined."""
    raw_text: str = field(default="", compare=False)
    """The same with its spaces and line ends."""


def parse_twiml(body: bytes, url: str) -> tuple[Node, ...]:
    """The verbs of a document in order; raises `DocumentFailed` (12100, 12102, 11750) naming `url`."""
    if len(body) > MAX_TWIML_BYTES:
        raise DocumentFailed(11750, url, "document is too large")
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise DocumentFailed(12100, url, "document is not well-formed XML") from error
    if root.tag != "Response":
        raise DocumentFailed(12102, url, "root element is not Response")
    return tuple(_node(child, url, 1) for child in root)


def _node(element: Element, url: str, depth: int) -> Node:
    if depth > _MAX_DEPTH:
        raise DocumentFailed(12100, url, "elements are nested too deeply")
    children = tuple(_node(child, url, depth + 1) for child in element)
    raw_text = "".join(element.itertext())
    return Node(str(element.tag), dict(element.attrib), children, " ".join(raw_text.split()), raw_text)
