"""Which media addresses the carrier opens, and which error each refusal is (media_streams.md sections 4 and 5)."""

from __future__ import annotations

import ipaddress
from urllib.parse import urljoin, urlsplit

from ivr.simulator.carrier.documents import Document
from ivr.simulator.carrier.errors import StreamRefused
from ivr.simulator.carrier.signing import wire_url

_BAD_SCHEME, _BAD_URL = 31922, 31923


def stream_address(document: Document, url: str, allow_ws_on_loopback: bool) -> str:
    """The absolute address of a `<Stream url>`; raises `StreamRefused` 31922 or 31923."""
    absolute = url.strip()
    try:
        if not urlsplit(absolute).scheme:
            absolute = _beside(document, absolute)
        parts = urlsplit(absolute)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise StreamRefused(_BAD_URL, "media address is malformed") from error
    if not host or parts.query or parts.fragment:
        raise StreamRefused(_BAD_URL, "media address has no host, or has a query string")
    if parts.scheme != "wss" and not (parts.scheme == "ws" and allow_ws_on_loopback and _is_loopback(host)):
        raise StreamRefused(_BAD_SCHEME, "media address must be wss")
    return wire_url(absolute)


def _beside(document: Document, relative: str) -> str:
    if not document.url or not relative:
        raise StreamRefused(_BAD_URL, "relative media address without a document address")
    return "ws" + urljoin(document.url, relative).removeprefix("http")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
