"""Serves the app with granian, unmoved by hundreds of sockets that are slow in headers or in bodies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings

from ivr.parent_death import die_with_parent
from ivr.settings import Web
from ivr.telephony.webhooks import MAX_FORM_BYTES
from ivr.web.gateway import BodyFirst

HEADER_TIMEOUT_MS = 5000
BACKLOG = 1024
LIVE = "denwaban_live"
"""Extension of the app that takes sockets, where there is one."""


def serve(web: Web, build: Callable[[], Flask]) -> None:
    """Serves until SIGTERM or SIGINT; requests in progress are finished first.

    Args:
        web: Where to listen and with how many threads.
        build: Makes the app. Called once, in the process that serves: database connections must not cross a fork.
    """

    def load(_: Any) -> BodyFirst:
        # The server runs requests in a child of its own, which must not outlive a killed parent and keep the port.
        die_with_parent()
        app = build()
        return BodyFirst(app, threads=web.threads, max_bytes=MAX_FORM_BYTES, live=app.extensions.get(LIVE))

    Granian(
        "ivr.web.server:serve",
        address=web.host,
        port=web.port,
        interface=Interfaces.ASGINL,
        loop=Loops.asyncio,
        workers=1,
        backlog=BACKLOG,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_TIMEOUT_MS, keep_alive=True),
        websockets=True,
        log_enabled=False,
        respawn_failed_workers=True,
        respawn_interval=0.5,
    ).serve(target_loader=load)
