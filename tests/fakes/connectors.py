"""Connectors in memory for tests of the call itself, and a small HTTP service that can misbehave."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ivr.core.events import LookUpOutcome
from ivr.ports import LookUpResult


@dataclass(frozen=True, slots=True)
class Asked:
    """One call that a fake got."""

    operation: str
    arguments: dict[str, Any]
    key: str


@dataclass(slots=True)
class FakeConnectors:
    """`ivr.ports.Connectors` from rows: the first row whose fields equal the arguments."""

    rows: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    """By operation, e.g. `orders.find`."""
    wants: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Arguments by operation, where not just any will do."""
    fails: dict[str, str] = field(default_factory=dict)
    """Operation to reason of failure."""
    asked: list[Asked] = field(default_factory=list)
    writes: frozenset[str] = frozenset()
    """Operations that change something."""

    def call(self, operation: str, arguments: Mapping[str, Any], key: str = "") -> LookUpResult:
        self.asked.append(Asked(operation, dict(arguments), key))
        if operation in self.fails:
            return LookUpResult(LookUpOutcome.FAILED, reason=self.fails[operation])
        if operation not in self.operations():
            return LookUpResult(LookUpOutcome.FAILED, reason="unknown_operation")
        if any(name not in arguments for name in self.operations()[operation]):
            return LookUpResult(LookUpOutcome.FAILED, reason="missing_argument")
        for row in self.rows.get(operation, ()):
            if all(str(row[name]) == str(value) for name, value in arguments.items() if name in row):
                return LookUpResult(LookUpOutcome.FOUND, dict(row))
        return LookUpResult(LookUpOutcome.NOT_FOUND)

    def is_read(self, operation: str) -> bool:
        return operation in self.rows and operation not in self.writes

    def operations(self) -> Mapping[str, Sequence[str]]:
        return {name: self.wants.get(name, ()) for name in (*self.rows, *self.wants, *self.fails)}


@dataclass(slots=True)
class WebService:
    """A loopback HTTP server that answers each connection with given bytes, or in bad ways."""

    answer: bytes = b""
    hangs: bool = False
    """Reads the request and says nothing more."""
    drips: bool = False
    """Sends one byte of an endless header every 10 ms."""
    heard: list[bytes] = field(default_factory=list)
    port: int = 0
    _stopped: threading.Event = field(default_factory=threading.Event)

    def serve(self, listener: socket.socket) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        connection.settimeout(0.05)
        request = b""
        with contextlib.suppress(TimeoutError):
            while chunk := connection.recv(65_536):
                request += chunk
        self.heard.append(request)
        if self.drips:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while (self.hangs or self.drips) and not self._stopped.wait(0.01):
            connection.send(b"x") if self.drips else None
        if not self.hangs and not self.drips:
            connection.sendall(self.answer)

    def stop(self) -> None:
        self._stopped.set()


def http_answer(body: bytes, status: str = "200 OK", headers: str = "") -> bytes:
    """A whole HTTP answer."""
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{headers}\r\n"
    return head.encode() + body


@contextlib.contextmanager
def web_service(answer: bytes = b"", *, hangs: bool = False, drips: bool = False) -> Iterator[WebService]:
    """Runs a service until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    service = WebService(answer, hangs=hangs, drips=drips, port=listener.getsockname()[1])
    thread = threading.Thread(target=service.serve, args=(listener,))
    thread.start()
    try:
        yield service
    finally:
        service.stop()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
