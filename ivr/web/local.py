"""Who may look without signing in: this machine itself, and nobody that a proxy brought along."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from flask import Request

from ivr.settings.model import LOOPBACK_HOSTS

_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")


def is_local(incoming: Request) -> bool:
    """Whether a request was made on this machine, to this machine by name, and not passed on by a proxy.

    The name matters: a page elsewhere can make a browser here ask us under a name of its own.
    """
    if any(name in incoming.headers for name in _FORWARDED):
        return False
    try:
        address = ipaddress.ip_address(incoming.remote_addr or "")
        host = urlsplit(f"//{incoming.headers.get('Host', '')}").hostname
    except ValueError:
        return False
    return _unmapped(address).is_loopback and host in LOOPBACK_HOSTS


def is_near(incoming: Request) -> bool:
    """Whether a request comes straight from a private network: what reads metrics."""
    if any(name in incoming.headers for name in _FORWARDED):
        return False
    try:
        address = _unmapped(ipaddress.ip_address(incoming.remote_addr or ""))
    except ValueError:
        return False
    return address.is_private or address.is_loopback


def _unmapped(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped if mapped is not None else address
