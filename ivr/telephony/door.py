"""The listening socket of the media server: keeps connections that never finish their upgrade from piling up.

Where too many wait, the oldest is dropped and not the newest: a real upgrade is complete within milliseconds.
"""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

_BACKLOG = 512


class _Guest(socket.socket):
    """An accepted connection that tells when it is closed."""

    on_close: Callable[[], None] | None = None

    def close(self) -> None:
        """As a socket's; tells the door once."""
        told, self.on_close = self.on_close, None
        if told is not None:
            told()
        super().close()


class Door(socket.socket):
    """A listening TCP socket whose `accept` counts connections that have not shown a ticket yet."""

    def __init__(self, host: str, port: int, *, waiting: int, waiting_per_address: int) -> None:
        """Bind and listen.

        Args:
            host: An address of this machine.
            port: 0 for any free one.
            waiting: Connections in their handshake, altogether.
            waiting_per_address: The same from one address.

        Raises:
            OSError: The address is not free.
        """
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        super().__init__(family, kind, protocol)
        self.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.bind(address)
        self.listen(_BACKLOG)
        self.setblocking(False)
        self.dropped = 0
        """Connections dropped because others came."""
        self._limit = waiting
        self._limit_per_address = waiting_per_address
        self._waiting: dict[Any, _Guest] = {}
        self._per_address: Counter[str] = Counter()

    @property
    def waiting(self) -> int:
        """Connections in their handshake now."""
        return len(self._waiting)

    def accept(self) -> tuple[socket.socket, Any]:
        """As a socket's, making room first."""
        plain, peer = super().accept()
        guest = _Guest(fileno=plain.detach())
        if self._per_address[peer[0]] >= self._limit_per_address:
            self._drop_oldest(peer[0])
        elif len(self._waiting) >= self._limit:
            self._drop_oldest(None)
        self._waiting[peer] = guest
        self._per_address[peer[0]] += 1
        guest.on_close = lambda: self.passed(peer)
        return guest, peer

    def passed(self, peer: Any) -> None:
        """A connection finished its upgrade or is closed: it waits no more. Idempotent."""
        if self._waiting.pop(peer, None) is not None:
            self._per_address[peer[0]] -= 1
            if not self._per_address[peer[0]]:
                del self._per_address[peer[0]]

    def drop_waiting(self) -> None:
        """Drop every connection that has not finished its upgrade."""
        while self._waiting:
            self._drop_oldest(None)

    def _drop_oldest(self, address: str | None) -> None:
        peer = next(peer for peer in self._waiting if address is None or peer[0] == address)
        guest = self._waiting[peer]
        self.passed(peer)
        self.dropped += 1
        with suppress(OSError):  # gone already
            guest.shutdown(socket.SHUT_RDWR)
