"""Which addresses a connector may talk to. A name is resolved once, every address it has must be fit, one is used."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence

from ivr.connectors.source import SourceFailed

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Sequence[str]]
"""Host and port to addresses; raises OSError."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SITE_LOCAL = ipaddress.ip_network("fec0::/10")
_PRIVATE = [
    ipaddress.ip_network(each)
    for each in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
]


def system_resolver(host: str, port: int) -> list[str]:
    """What the system makes of a name, or of one of the many spellings of an address."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def resolve(host: str, port: int, *, allow_private: bool, resolver: Resolver = system_resolver) -> str:
    """The address to connect to. `SourceFailed`: `unknown_host`, or `address_refused` if any address is unfit."""
    try:
        texts = resolver(host, port)
    except (OSError, UnicodeError):
        raise SourceFailed("unknown_host") from None
    if not texts:
        raise SourceFailed("unknown_host")
    if not all(is_fit(text, allow_private=allow_private) for text in texts):
        raise SourceFailed("address_refused")
    return texts[0]


def is_fit(text: str, *, allow_private: bool) -> bool:
    """Whether an address may be asked: a public one, or with `allow_private` one of this host or a private network."""
    try:
        address = _unwrapped(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return False
    if allow_private and any(address in network for network in _PRIVATE):
        return True
    return address.is_global and not address.is_multicast and not address.is_reserved and address not in _SITE_LOCAL


def _unwrapped(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one: `::ffff:127.0.0.1` is not loopback by itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None) or address
