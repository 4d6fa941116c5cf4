"""Between server and app: a request's body is read here, limited in size and time, before a thread is taken for it.

A WSGI server reads the body inside the thread that runs the app, so that a few dozen senders who stop in the middle
of a body take all threads (measured: a hundred of them stop granian's WSGI mode). Here they cost a coroutine each.
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication

import structlog

log = structlog.get_logger(__name__)

RAW_PATH = "denwaban.raw_path"
"""In the WSGI environment: the path as it came, percent-encoding untouched."""
BODY_SECS = 5.0
MAX_WAITING = 512
"""Requests that may wait for a thread; more are turned away at once."""

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[str, str]]
Sockets = Callable[[Scope, Receive, Send], Awaitable[None]]
"""Takes what is not a request: the sockets of live pages."""


class BodyFirst:
    """An ASGI application around a WSGI one; `live` takes sockets. Bodies over `max_bytes` arrive one byte too long."""

    def __init__(
        self,
        app: WSGIApplication,
        *,
        threads: int,
        max_bytes: int,
        body_secs: float = BODY_SECS,
        live: Sockets | None = None,
    ) -> None:
        self._app = app
        self._live = live
        self._max_bytes = max_bytes
        self._body_secs = body_secs
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="web")
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or one socket."""
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        try:
            body = await asyncio.wait_for(self._read(receive), self._body_secs)
        except TimeoutError:
            log.warning("body did not arrive in time")
            await _answer(send, 408, [("connection", "close")], b"")
            return
        if body is None:
            return
        if self._waiting >= MAX_WAITING:
            log.error("too many requests wait for a thread")
            await _answer(send, 503, [("retry-after", "1"), ("connection", "close")], b"")
            return
        self._waiting += 1
        try:
            status, headers, payload = await asyncio.get_running_loop().run_in_executor(
                self._pool, self._run, environ_of(scope, body)
            )
        finally:
            self._waiting -= 1
        await _answer(send, status, headers, payload)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._live is not None:
            await self._live(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.close", "code": 1008})

    async def _read(self, receive: Receive) -> bytes | None:
        """The body, at most one byte more than allowed; None when the client is gone."""
        parts: list[bytes] = []
        length = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            part = message.get("body", b"")
            parts.append(part)
            length += len(part)
            if length > self._max_bytes or not message.get("more_body", False):
                return b"".join(parts)[: self._max_bytes + 1]

    def _run(self, environ: dict[str, Any]) -> tuple[int, Headers, bytes]:
        """The app's whole answer. Runs in a thread."""
        answered: tuple[int, Headers] = (500, [])

        def start_response(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], object]:
            nonlocal answered
            answered = (int(status[:3]), headers)
            return lambda _: None

        start: StartResponse = start_response
        chunks: Iterable[bytes] = self._app(environ, start)
        try:
            payload = b"".join(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        return *answered, payload

    def close(self) -> None:
        """Waits for the requests in progress."""
        self._pool.shutdown()


def environ_of(scope: Scope, body: bytes) -> dict[str, Any]:
    """The WSGI environment (PEP 3333) of an ASGI request whose body is `body`."""
    server = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope.get("query_string", b"").decode("latin-1"),
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope.get('http_version', '1.1')}",
        "REMOTE_ADDR": str(client[0]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if scope.get("raw_path"):
        environ[RAW_PATH] = scope["raw_path"].split(b"?")[0].decode("latin-1")
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").upper().replace("-", "_"), raw_value.decode("latin-1")
        if name == "CONTENT_TYPE":
            environ.setdefault(name, value)
        elif name not in ("CONTENT_LENGTH", "TRANSFER_ENCODING"):
            key = f"HTTP_{name}"
            environ[key] = f"{environ[key]},{value}" if key in environ else value
    environ["CONTENT_LENGTH"] = str(len(body))
    return environ


async def _answer(send: Send, status: int, headers: Headers, payload: bytes) -> None:
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": payload, "more_body": False})
