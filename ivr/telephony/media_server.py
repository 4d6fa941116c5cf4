"""Serves Media Streams sockets on one event loop: upgrade, admission, hand-over to drivers, draining.

Who may in, in this order: a known path, a good signature over the public address (both before the upgrade is
accepted), room, no other socket for the call; then the single-use ticket, and a `start` that names the same call.
"""

from __future__ import annotations

import asyncio
import logging
import re
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import structlog
from picows import WSUpgradeRequest, WSUpgradeResponse, WSUpgradeResponseWithListener, ws_create_server

from ivr.telephony.door import Door
from ivr.telephony.media_call import CloseReason, MediaCall
from ivr.telephony.media_gate import Admission, MediaCounters, MediaGate, MediaLimits
from ivr.telephony.media_session import MediaSession
from ivr.telephony.playback import Pacing
from ivr.telephony.signature import SETTINGS_HEADER, SIGNATURE_HEADER, SignatureCheck, SignatureHeaders

_log = structlog.get_logger(__name__)

_TICKET_PATH = re.compile(r"/([0-9a-f]{32})/([A-Za-z0-9_\-]{16,128})/?")
_SEND_BUFFER_BYTES = 64 * 1024
_GATE_THREADS = 4

OnCall = Callable[[MediaCall], Awaitable[None] | None]
"""Takes a call over: sets its callbacks before it first waits for anything. A coroutine is run until it ends."""


class MediaServer:
    """All media sockets of one process."""

    def __init__(
        self,
        host: str,
        port: int,
        gate: MediaGate,
        on_call: OnCall,
        *,
        public_url: str,
        auth_tokens: list[str],
        shared_keys: dict[str, str] | None = None,
        path_prefix: str | None = None,
        limits: MediaLimits | None = None,
        pacing: Pacing | None = None,
    ) -> None:
        """Prepare a server; nothing listens yet.

        Args:
            host: Address to listen on.
            port: Port to listen on, 0 for any free one.
            gate: Takes the tickets.
            on_call: Takes the calls over.
            public_url: What the carrier was told, e.g. `wss://host/media`; call id and token follow it.
            auth_tokens: The account's auth tokens.
            shared_keys: Secrets of shared keys by id.
            path_prefix: What stands before `/<call id>/<token>` here, when a proxy changes it; else as in `public_url`.
            limits: What one socket and all of them may take.
            pacing: How far ahead prompts are sent.

        Raises:
            UnsafeSecret: No token, or an empty one.
            ValueError: A public address that is none.
        """
        self.limits = limits or MediaLimits()
        self.pacing = pacing or Pacing()
        self.counters = MediaCounters()
        self.is_draining = False
        """No new calls (503); those on it go on."""
        self._host, self._port = host, port
        self._gate = gate
        self._on_call = on_call
        self._check = SignatureCheck(public_url, auth_tokens, shared_keys)
        self._prefix = urlsplit(public_url).path.rstrip("/") if path_prefix is None else path_prefix.rstrip("/")
        self._live: dict[str, MediaSession] = {}
        self._connected: set[MediaSession] = set()
        self._drivers: set[asyncio.Future[Any]] = set()
        self._server: asyncio.Server | None = None
        self._door: Door | None = None
        self._emptied: asyncio.Event | None = None
        self._gate_threads: ThreadPoolExecutor | None = None

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._door.getsockname()[1]) if self._door is not None else self._port

    @property
    def live(self) -> int:
        """Sockets that hold or open a call."""
        return len(self._live)

    @property
    def waiting(self) -> int:
        """Connections that have not finished their upgrade."""
        return self._door.waiting if self._door is not None else 0

    @property
    def handshakes_dropped(self) -> int:
        """Connections dropped before their upgrade because others came."""
        return self._door.dropped if self._door is not None else 0

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: The address is not free.
        """
        limits = self.limits
        self._gate_threads = ThreadPoolExecutor(_GATE_THREADS, thread_name_prefix="media-gate")
        self._door = Door(
            self._host,
            self._port,
            waiting=limits.waiting_handshakes,
            waiting_per_address=limits.waiting_handshakes_per_address,
        )
        self._server = await ws_create_server(
            self._upgrade,
            sock=self._door,
            websocket_handshake_timeout=limits.handshake_timeout_ms / 1000,
            max_frame_size=limits.frame_bytes,
            enable_auto_pong=False,
            enable_auto_ping=True,
            auto_ping_idle_timeout=limits.ping_after_secs,
            auto_ping_reply_timeout=limits.ping_after_secs,
            logger_name=_socket_logger(),
        )

    async def close(self) -> None:
        """Stop listening and close every socket (1001). Idempotent."""
        self.is_draining = True
        if self._server is not None:
            self._server.close()
        if self._door is not None:
            self._door.drop_waiting()
        for session in list(self._connected):
            session.hang_up(CloseReason.SHUTDOWN)
        if self._connected:
            self._emptied = asyncio.Event()
            with suppress(TimeoutError):  # what is left then was cut off by its own timer
                await asyncio.wait_for(self._emptied.wait(), 2 * self.limits.close_timeout_ms / 1000)
        for driver in list(self._drivers):
            driver.cancel()
        if self._gate_threads is not None:
            self._gate_threads.shutdown(wait=False, cancel_futures=True)

    # --- for sessions ------------------------------------------------------------------------------------------

    def connected(self, session: MediaSession, transport: asyncio.Transport) -> None:
        """A socket was upgraded."""
        self.counters.sockets_opened += 1
        self._live[session.call_id] = session
        self._connected.add(session)
        transport.set_write_buffer_limits(high=self.limits.unsent_bytes)
        plain = transport.get_extra_info("socket")
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
        if self._door is not None:
            self._door.passed(transport.get_extra_info("peername"))

    def released(self, session: MediaSession) -> None:
        """A session is over: its call may get a new socket."""
        if self._live.get(session.call_id) is session:
            del self._live[session.call_id]

    def disconnected(self, session: MediaSession) -> None:
        """A session's connection is gone."""
        self.released(session)
        self._connected.discard(session)
        if self._emptied is not None and not self._connected:
            self._emptied.set()

    def look_up(self, call_id: str, token: str) -> asyncio.Future[Admission | None]:
        """Ask the gate, off the loop."""
        return asyncio.get_running_loop().run_in_executor(self._gate_threads, self._gate.admit, call_id, token)

    def hand_over(self, call: MediaCall) -> None:
        """Give a started call to its driver."""
        driven = self._on_call(call)
        if driven is not None:
            driver = asyncio.ensure_future(driven)
            self._drivers.add(driver)
            driver.add_done_callback(lambda done: self._driver_ended(done, call))

    def _driver_ended(self, driver: asyncio.Future[Any], call: MediaCall) -> None:
        self._drivers.discard(driver)
        if not driver.cancelled() and driver.exception() is not None:
            self.counters.driver_failures += 1
            _log.error("driver of a media stream failed", call_id=call.call_id, exc_info=driver.exception())
            call.close()

    # --- the upgrade -------------------------------------------------------------------------------------------

    def _upgrade(self, request: WSUpgradeRequest) -> WSUpgradeResponseWithListener:
        path = request.path.decode("ascii", "replace")
        ticket = _TICKET_PATH.fullmatch(path.removeprefix(self._prefix))
        if ticket is None or not path.startswith(self._prefix + "/"):
            self.counters.refused_path += 1
            return _refusal(HTTPStatus.NOT_FOUND)
        call_id, token = ticket.groups()
        if not self._is_signed(path, request):
            self.counters.refused_signature += 1
            _log.warning("media socket with a bad signature", call_id=call_id)
            return _refusal(HTTPStatus.FORBIDDEN)
        if self.is_draining or len(self._live) >= self.limits.max_calls:
            self.counters.refused_full += 1
            _log.warning("media socket refused", call_id=call_id, why="full")
            return _refusal(HTTPStatus.SERVICE_UNAVAILABLE)
        if call_id in self._live:
            self.counters.refused_second_socket += 1
            _log.warning("media socket refused", call_id=call_id, why="second socket")
            return _refusal(HTTPStatus.CONFLICT)
        return WSUpgradeResponseWithListener(
            WSUpgradeResponse.create_101_response(), MediaSession(self, call_id, token)
        )

    def _is_signed(self, path: str, request: WSUpgradeRequest) -> bool:
        signatures = request.headers.getall(SIGNATURE_HEADER, [])
        if len(signatures) != 1:
            return False
        headers = SignatureHeaders(signatures[0], request.headers.get(SETTINGS_HEADER))
        return self._check.is_upgrade_genuine(path.removeprefix(self._prefix), headers)


def _refusal(status: HTTPStatus) -> WSUpgradeResponseWithListener:
    return WSUpgradeResponseWithListener(WSUpgradeResponse.create_error_response(status, status.phrase.encode()), None)


def _socket_logger() -> logging.Logger:
    """Below WARNING the socket library writes addresses of callers' carriers for every connection."""
    logger = logging.getLogger("ivr.telephony.sockets")
    logger.setLevel(logging.WARNING)
    return logger
