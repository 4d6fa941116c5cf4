"""`ivr serve`: brings the database up to date, then watches web, media and worker."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import urllib.request
from collections.abc import Callable, Mapping

from ivr.commands.common import settings, tell
from ivr.log import configure_logging
from ivr.serve import Phase, ProcessSpec, Progress, ivr_command, supervise
from ivr.settings import Settings

WORKER_DRAIN_SECS = 25
"""The carrier may be waited for that long; what it then has not answered, another worker asks for."""
SHARED_FIGURES = "PROMETHEUS_MULTIPROC_DIR"
"""Where the counting library keeps what several processes count (its documentation, "Multiprocess mode")."""
ONE_THREAD_EACH = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
"""Number libraries start a thread for every core and keep them spinning; our own threads use the cores already. Two
arenas for all threads of a process: memory that one has freed is there for the others."""


def specs_for(config: Settings, environment: Mapping[str, str] | None = None) -> list[ProcessSpec]:
    """The processes of one machine. Calls end before the web processes that bring them back do."""
    drain = config.timeouts.drain_secs
    env = {**(os.environ if environment is None else environment), **ONE_THREAD_EACH}
    listens = _listens(config.media.host, config.media.port)
    media_spare = ivr_command("media", "--spare") if config.media.spare else None
    return [
        ProcessSpec("media", ivr_command("media"), env, listens, drain + 10, 0, media_spare),
        ProcessSpec("worker", ivr_command("worker"), env, None, WORKER_DRAIN_SECS, 0),
        *(ProcessSpec(name, ivr_command("web"), env, _answers(config), 10, 1) for name in web_names(config)),
    ]


def web_names(config: Settings) -> list[str]:
    """How the web processes are called: `web`, `web-2` and so on."""
    return ["web", *(f"web-{number}" for number in range(2, config.web.processes + 1))]


def _listens(host: str, port: int) -> Callable[[], bool]:
    def is_ready() -> bool:
        try:
            with socket.create_connection((_own(host), port), 0.5):
                return True
        except OSError:
            return False

    return is_ready


def _answers(config: Settings) -> Callable[[], bool]:
    url = f"http://{_own(config.web.host)}:{config.web.port}/healthz"

    def is_ready() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=0.5) as reply:  # noqa: S310 - our own address
                return bool(reply.status == 200)
        except OSError:
            return False

    return is_ready


def _own(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 - compared, not bound


def progress(name: str, phase: Phase, seconds: float) -> None:
    """One line for each change."""
    tell(f"{seconds:6.1f} s  {name}: {phase.value}")


def serve(on_progress: Progress = progress) -> int:
    """Runs until a stop is asked for."""
    config = settings()
    configure_logging(config.log, process="serve")
    # In a process of its own, so that what it needs does not stay in our memory. It says itself what is wrong.
    prepared = subprocess.run(ivr_command("db", "prepare"), check=False)
    if prepared.returncode:
        return prepared.returncode

    def ready() -> None:
        tell(f"Ready. Webhook: {config.public_url}/voice/incoming   pages: {config.public_url}/   stop with Ctrl-C")

    # Several web processes count into one folder, so that each of them can show all that was counted.
    with tempfile.TemporaryDirectory(prefix="denwaban-figures-", ignore_cleanup_errors=True) as folder:
        return supervise(
            specs_for(config, {**os.environ, SHARED_FIGURES: folder}),
            ready_secs=config.timeouts.ready_secs,
            on_progress=on_progress,
            on_ready=ready,
        )
