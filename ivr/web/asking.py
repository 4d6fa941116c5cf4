"""What can be told from a request alone: whether a script asks, where it comes from, where the way back leads."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from flask import Request

POLL = "X-Denwaban-Poll"
"""Header of requests that a page makes by itself, while nobody touches it: they keep no session alive."""
SAFE = ("GET", "HEAD", "OPTIONS")

_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows")),
    *(("Macintosh", "macOS"), ("Linux", "Linux")),
)


def is_script(request: Request) -> bool:
    """Whether a script asks, and not a person who goes to a page."""
    mode = request.headers.get("Sec-Fetch-Mode", "navigate")
    wants = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    asks = any(name in request.headers for name in (POLL, "X-Requested-With", "HX-Request"))
    return asks or mode != "navigate" or wants == "application/json"


def own_path(wanted: str) -> str:
    """A way back, if it leads to a page of ours: a path and a query. Everything else becomes nothing."""
    if not wanted.startswith("/") or wanted.startswith("//") or len(wanted) > 500:
        return ""
    if "\\" in wanted or any(ord(mark) < 0x21 or ord(mark) > 0x7E for mark in wanted):
        return ""
    path = urlsplit(wanted).path
    return wanted if path not in ("/", "/sign-in", "/sign-out") else ""


def is_from_here(request: Request, public_url: str) -> bool:
    """Whether what changes something comes from a page of ours, as far as the browser says where it comes from."""
    if request.method in SAFE:
        return True
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site in ("same-origin", "none")
    return origin is None or urlsplit(origin).netloc in (request.host, urlsplit(public_url).netloc)


def source_of(request: Request, proxies: Collection[str]) -> str:
    """The address that asks, for counting: of IPv6 the network that one customer gets. Only our proxies count."""
    address = request.remote_addr or ""
    if address in proxies:
        address = request.headers.get("X-Forwarded-For", address).split(",")[-1].strip()
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped is not None else str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def device_of(request: Request) -> str:
    """Browser and system in words from closed lists: nothing that a stranger sends is kept."""
    agent = request.headers.get("User-Agent", "")
    browser = next((word for mark, word in _BROWSERS if mark in agent), "Another browser")
    system = next((word for mark, word in _SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if system else browser
