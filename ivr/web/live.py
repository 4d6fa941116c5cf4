"""The sockets of open desks: they only tell that something is new. What it is, a page fetches; what is done, it posts.

    page ── /desk/socket (session cookie, our own origin) ──▶ accepted, or closed: 4401 signed out, 1008 another origin
    every 250 ms one look at the database for all desks together ──▶ {"v": word} to those whose word has changed
    every 5 s {"ping": n} ──▶ the page answers {"pong": n}: its agent is there. Without an answer the socket is closed

A socket costs a coroutine and no thread. Looks at the database are made in one thread of their own.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

import structlog

from ivr.ports import StoreFailed

log = structlog.get_logger(__name__)

LOOK_SECS = 0.25
PING_SECS = 5.0
DEAF_SECS = 12.0
"""A page that has answered no ping for so long is not there."""
SEND_SECS = 3.0
"""A socket that takes nothing for so long is closed."""
MOST_SOCKETS = 1000
MOST_OF_ONE = 12
SIGNED_OUT, OTHER_ORIGIN, TOO_MANY, GONE = 4401, 1008, 1013, 1001

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class LiveDesks:
    """What the sockets are told from. All blocking; called in a thread of the hub's own."""

    path: str
    """Where sockets are opened."""
    cookie: str
    """Name of the cookie with the session's secret."""
    who: Callable[[str], str | None]
    """Agent by that secret; None: signed out."""
    versions: Callable[[Collection[str]], Mapping[str, str]]
    """Agent -> a word that changes with everything that is shown."""
    seen: Callable[[Collection[str]], None]
    """These agents have a page open now."""
    public_url: str = ""


@dataclass(eq=False, slots=True)
class _Socket:
    """One open page."""

    agent: str
    secret: str
    outbox: asyncio.Queue[str | int]
    """Texts to send; a number closes."""
    version: str = ""
    heard_at: float = field(default_factory=time.monotonic)


class LiveHub:
    """One per web process. Everything but the looks runs on the server's event loop."""

    def __init__(self, desks: LiveDesks, *, look_secs: float = LOOK_SECS, ping_secs: float = PING_SECS) -> None:
        self._desks, self._look_secs, self._ping_secs = desks, look_secs, ping_secs
        self._sockets: set[_Socket] = set()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="live")
        self._looking: asyncio.Task[None] | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One socket, from its opening to its end."""
        await receive()
        headers = {
            bytes(name).decode("latin-1").lower(): bytes(value).decode("latin-1") for name, value in scope["headers"]
        }
        if scope["path"] != self._desks.path or not is_own(headers, self._desks.public_url):
            await send({"type": "websocket.close", "code": OTHER_ORIGIN})
            return
        await send({"type": "websocket.accept"})
        secret = cookie_of(headers.get("cookie", ""), self._desks.cookie)
        agent = await self._ask(self._desks.who, secret) if secret else None
        refusal = self._refusal(agent)
        if agent is None or refusal is not None:
            await send({"type": "websocket.close", "code": refusal or SIGNED_OUT})
            return
        socket = _Socket(agent, secret, asyncio.Queue())
        self._sockets.add(socket)
        self._start()
        reading, writing = asyncio.ensure_future(_read(socket, receive)), asyncio.ensure_future(_write(socket, send))
        try:
            await asyncio.wait({reading, writing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._sockets.discard(socket)
            for task in (reading, writing):
                task.cancel()
            await asyncio.gather(reading, writing, return_exceptions=True)

    def close(self) -> None:
        """Ends the looks; sockets end with the server."""
        if self._looking is not None:
            self._looking.cancel()
        self._thread.shutdown(wait=True, cancel_futures=True)

    @property
    def open_sockets(self) -> int:
        """How many pages are open."""
        return len(self._sockets)

    def _refusal(self, agent: str | None) -> int | None:
        if agent is None:
            return SIGNED_OUT
        of_one = sum(socket.agent == agent for socket in self._sockets)
        return TOO_MANY if len(self._sockets) >= MOST_SOCKETS or of_one >= MOST_OF_ONE else None

    def _start(self) -> None:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.ensure_future(self._look_on())

    async def _ask(self, work: Callable[..., Any], *given: Any) -> Any:
        """In the hub's thread; None when the database does not answer."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work, *given)
        except StoreFailed as problem:
            log.warning("live pages without a database", reason=problem.reason)
            return None

    async def _look_on(self) -> None:
        """While pages are open. The loop's rim: whatever broke, the next look tries again."""
        pinged_at = 0.0
        while self._sockets:
            try:
                await self._look()
                if time.monotonic() - pinged_at >= self._ping_secs:
                    pinged_at = time.monotonic()
                    await self._ping(pinged_at)
            except Exception:  # the loop's rim: pages stay open, and the next look tries again
                log.exception("a look at the desks failed")
            await asyncio.sleep(self._look_secs)

    async def _look(self) -> None:
        agents = {socket.agent for socket in self._sockets}
        found = await self._ask(self._desks.versions, agents)
        for socket in list(self._sockets) if found is not None else ():
            version = found.get(socket.agent, "")
            if version != socket.version:
                socket.version = version
                socket.outbox.put_nowait(json.dumps({"v": version}))

    async def _ping(self, now: float) -> None:
        """Asks every page whether it is there, writes down whose is, and ends what is deaf or signed out."""
        there = set()
        for socket in list(self._sockets):
            if now - socket.heard_at > DEAF_SECS:
                socket.outbox.put_nowait(GONE)
                continue
            there.add(socket.agent)
            socket.outbox.put_nowait(json.dumps({"ping": round(now)}))
        await self._ask(self._desks.seen, there)
        for secret in {socket.secret for socket in self._sockets}:
            await self._end_if_signed_out(secret)

    async def _end_if_signed_out(self, secret: str) -> None:
        try:
            who = await asyncio.get_running_loop().run_in_executor(self._thread, self._desks.who, secret)
        except StoreFailed:
            return
        for socket in list(self._sockets) if who is None else ():
            if socket.secret == secret:
                socket.outbox.put_nowait(SIGNED_OUT)


def is_own(headers: Mapping[str, str], public_url: str) -> bool:
    """Whether a page of ours opens the socket; browsers always say which page it is."""
    origin = headers.get("origin", "")
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
        return False
    return parts.netloc in (headers.get("host", ""), urlsplit(public_url).netloc)


def cookie_of(header: str, name: str) -> str:
    """One cookie out of the header; empty where it is not there or cannot be read."""
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return found.value if found is not None else ""


async def _read(socket: _Socket, receive: Receive) -> None:
    """Whatever a page says means that it is there."""
    while (await receive())["type"] != "websocket.disconnect":
        socket.heard_at = time.monotonic()


async def _write(socket: _Socket, send: Send) -> None:
    """The only writer of this socket."""
    while True:
        item = await socket.outbox.get()
        if isinstance(item, int):
            with contextlib.suppress(Exception):
                await _sent(send, {"type": "websocket.close", "code": item})
            return
        await _sent(send, {"type": "websocket.send", "text": item})


async def _sent(send: Send, message: Message) -> None:
    # Not `wait_for`: up to Python 3.11 it swallows a cancellation that comes together with the result.
    async with asyncio.timeout(SEND_SECS):
        await send(message)
