"""Starts and watches processes: restarts what dies, drains on a stop, and leaves nothing behind.

Knows nothing of calls; `ivr.cli` says what to run (`ivr web`, `ivr media`, `ivr worker`).
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

import structlog

from ivr.parent_death import die_with_parent

log = structlog.get_logger(__name__)

FIRST_PAUSE_SECS = 0.2
MAX_PAUSE_SECS = 15.0
STEADY_SECS = 30.0
"""A process that lived this long starts again at once, as if it had never failed."""
SPARE_AFTER_SECS = 4.0
"""A spare is started when its process has been ready for this long: it must not compete with the loading of engines."""
TAKE_OVER = b"go\n"
"""What a spare is told over its standard input; the end of its input tells it to go."""
KILL_WAIT_SECS = 5.0
_TICK_SECS = 0.1


class Phase(Enum):
    """What a watcher is told about a process."""

    STARTED = "started"
    READY = "ready"
    DIED = "died"
    STOPPED = "stopped"


Progress = Callable[[str, Phase, float], None]
"""Process name, phase, seconds since the supervisor began. Must not block or raise."""


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """One process to keep alive."""

    name: str
    """`web`, `media`, `worker`; unique. Begins each line it prints."""
    command: tuple[str, ...]
    environment: Mapping[str, str] | None = None
    """All of it; None for ours."""
    is_ready: Callable[[], bool] | None = None
    """Asked a few times a second until true; must answer within a second and not raise. None: ready at once."""
    drain_secs: float = 10.0
    """Seconds between SIGTERM and SIGKILL."""
    stop_order: int = 0
    """Lower ones are stopped first, and have ended before the next are asked to."""
    spare_command: tuple[str, ...] | None = None
    """Starts a spare: a process that has done all the slow work, and takes over when it reads `TAKE_OVER`."""


def ivr_command(*arguments: str) -> tuple[str, ...]:
    """The command line of one of our own processes, with this interpreter."""
    return (sys.executable, "-m", "ivr", *arguments)


@dataclass(slots=True)
class _Watched:
    """A process and what became of it."""

    spec: ProcessSpec
    child: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_next_at: float = 0.0
    pause_secs: float = FIRST_PAUSE_SECS
    is_ready: bool = False
    restarts: int = 0
    spare: subprocess.Popen[bytes] | None = None
    spare_due_at: float = 0.0
    readers: list[threading.Thread] = field(default_factory=list)


class NotReady(Exception):
    """Some process did not become ready in time. `names` says which."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"not ready in time: {', '.join(names)}")
        self.names = tuple(names)


class Supervisor:
    """Keeps processes alive.

    One thread calls `start`, `wait_ready`, `tick` or `run`, and `stop`, and must live as long as the processes: the
    kernel ends them when it ends. Any thread may ask to stop.
    """

    def __init__(self, specs: Sequence[ProcessSpec], on_progress: Progress | None = None) -> None:
        if len({spec.name for spec in specs}) != len(specs):
            raise ValueError("two processes have the same name")
        self._watched = [_Watched(spec) for spec in specs]
        self._on_progress = on_progress
        self._began = time.monotonic()
        self._stop_asked = threading.Event()
        self._output = threading.Lock()

    def start(self) -> None:
        """Starts every process; does not wait."""
        for watched in self._watched:
            self._spawn(watched, watched.spec.command)

    def wait_ready(self, timeout_secs: float) -> None:
        """Waits until every process has become ready, restarting what dies meanwhile.

        Raises:
            NotReady: After `timeout_secs`. Nothing is stopped by that.
        """
        until = time.monotonic() + timeout_secs
        while not self._stop_asked.is_set():
            self.tick()
            waiting = [watched.spec.name for watched in self._watched if not watched.is_ready]
            if not waiting:
                return
            if time.monotonic() >= until:
                raise NotReady(waiting)
            self._stop_asked.wait(_TICK_SECS)

    def run(self) -> None:
        """Watches until a stop is asked for."""
        while not self._stop_asked.wait(_TICK_SECS):
            self.tick()

    def ask_to_stop(self) -> None:
        """Ends `run` and `wait_ready`; safe in a signal handler."""
        self._stop_asked.set()

    @property
    def is_stop_asked(self) -> bool:
        """Whether a stop was asked for."""
        return self._stop_asked.is_set()

    def pids(self) -> dict[str, int]:
        """Process ids of what runs now, by name."""
        return {watched.spec.name: watched.child.pid for watched in self._watched if watched.child is not None}

    def restarts(self) -> dict[str, int]:
        """How often each process had to be started again."""
        return {watched.spec.name: watched.restarts for watched in self._watched}

    def tick(self) -> None:
        """Looks at every process once: notices deaths, restarts what is due, asks about readiness."""
        now = time.monotonic()
        for watched in self._watched:
            if watched.child is None:
                if now >= watched.start_next_at:
                    watched.restarts += 1
                    self._replace(watched)
            elif watched.child.poll() is not None:
                self._bury(watched, now)
            elif not watched.is_ready and (watched.spec.is_ready is None or watched.spec.is_ready()):
                watched.is_ready = True
                watched.spare_due_at = now + SPARE_AFTER_SECS
                self._tell(watched, Phase.READY)
            elif watched.is_ready and watched.spec.spare_command is not None:
                self._keep_spare(watched, now)

    def stop(self) -> None:
        """SIGTERM in stop order, then SIGKILL for what outlives its drain limit. Idempotent."""
        self._stop_asked.set()
        for order in sorted({watched.spec.stop_order for watched in self._watched}):
            group = [watched for watched in self._watched if watched.spec.stop_order == order]
            for watched in group:
                self._dismiss_spare(watched)
                if watched.child is not None and watched.child.poll() is None:
                    watched.child.terminate()
            began = time.monotonic()
            for watched in group:
                self._end(watched, began + watched.spec.drain_secs)

    def _spawn(self, watched: _Watched, command: tuple[str, ...]) -> None:
        child = self._started(watched, command, stdin=subprocess.DEVNULL)
        if child is not None:
            self._employ(watched, child)

    def _replace(self, watched: _Watched) -> None:
        """After a death: the spare takes over; without one, a new process skips what a caller must not wait for."""
        if watched.spec.spare_command is None:
            self._spawn(watched, watched.spec.command)
            return
        spare, watched.spare = watched.spare, None
        if spare is None or spare.poll() is not None:
            spare = self._started(watched, watched.spec.spare_command, stdin=subprocess.PIPE)
        if spare is None:
            return
        assert spare.stdin is not None
        with contextlib.suppress(OSError), spare.stdin:
            spare.stdin.write(TAKE_OVER)
        self._employ(watched, spare)

    def _keep_spare(self, watched: _Watched, now: float) -> None:
        if now < watched.spare_due_at or watched.spec.spare_command is None:
            return
        if watched.spare is not None and watched.spare.poll() is not None:
            log.warning("spare died", child=watched.spec.name, exit_code=watched.spare.returncode)
            self._dismiss_spare(watched)
            watched.spare_due_at = now + MAX_PAUSE_SECS
        elif watched.spare is None:
            watched.spare = self._started(watched, watched.spec.spare_command, stdin=subprocess.PIPE)

    def _dismiss_spare(self, watched: _Watched) -> None:
        spare, watched.spare = watched.spare, None
        if spare is None:
            return
        if spare.stdin is not None:
            spare.stdin.close()
        _kill_group(spare.pid)
        spare.wait(KILL_WAIT_SECS)

    def _started(self, watched: _Watched, command: tuple[str, ...], *, stdin: int) -> subprocess.Popen[bytes] | None:
        parent = os.getpid()
        try:
            child = subprocess.Popen(
                command,
                env=None if watched.spec.environment is None else dict(watched.spec.environment),
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                # Ctrl-C reaches the supervisor only; it then drains the children in order.
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(parent),
            )
        except OSError as problem:
            log.error("process could not be started", child=watched.spec.name, reason=type(problem).__name__)
            watched.start_next_at = time.monotonic() + self._next_pause(watched)
            return None
        reader = threading.Thread(target=self._pass_on, args=(watched.spec.name, child), name=f"log-{child.pid}")
        reader.daemon = True
        reader.start()
        watched.readers = [*(old for old in watched.readers if old.is_alive()), reader]
        return child

    def _employ(self, watched: _Watched, child: subprocess.Popen[bytes]) -> None:
        watched.child, watched.started_at, watched.is_ready = child, time.monotonic(), False
        self._tell(watched, Phase.STARTED)

    def _bury(self, watched: _Watched, now: float) -> None:
        assert watched.child is not None
        code = watched.child.returncode
        _kill_group(watched.child.pid)
        if now - watched.started_at >= STEADY_SECS:
            watched.pause_secs = FIRST_PAUSE_SECS
        pause = self._next_pause(watched)
        log.error("process died", child=watched.spec.name, exit_code=code, starts_again_in_secs=round(pause, 1))
        watched.child, watched.is_ready = None, False
        watched.start_next_at = now + pause
        self._tell(watched, Phase.DIED)

    def _next_pause(self, watched: _Watched) -> float:
        pause = watched.pause_secs
        watched.pause_secs = min(MAX_PAUSE_SECS, pause * 2)
        return pause

    def _end(self, watched: _Watched, until: float) -> None:
        child, watched.child, watched.is_ready = watched.child, None, False
        if child is not None:
            try:
                child.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("process outlived its drain limit", child=watched.spec.name)
                _kill_group(child.pid)
                child.wait(KILL_WAIT_SECS)
            _kill_group(child.pid)
            self._tell(watched, Phase.STOPPED)
        for reader in watched.readers:
            reader.join(1.0)
        watched.readers = []

    def _pass_on(self, name: str, child: subprocess.Popen[bytes]) -> None:
        """Copies a child's lines to our standard error. Its own logging has masked them."""
        assert child.stdout is not None
        with child.stdout as lines:
            for line in lines:
                with self._output:
                    sys.stderr.write(f"{name:<7}| {line.decode('utf-8', 'replace').rstrip()}\n")
                    sys.stderr.flush()

    def _tell(self, watched: _Watched, phase: Phase) -> None:
        if self._on_progress is not None:
            self._on_progress(watched.spec.name, phase, time.monotonic() - self._began)


def _kill_group(group: int) -> None:
    """Ends what a process left behind: its own children, which may hold its port."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def supervise(
    specs: Sequence[ProcessSpec],
    *,
    ready_secs: float = 60.0,
    on_progress: Progress | None = None,
    on_ready: Callable[[], None] | None = None,
) -> int:
    """Starts, watches, and on SIGINT or SIGTERM drains the processes. Call it from the main thread.

    Args:
        specs: What to keep alive.
        ready_secs: Seconds in which every process must have become ready.
        on_progress: Told about every start, readiness and death.
        on_ready: Called once, when all are ready.

    Returns:
        Exit code: 0 after a stop that was asked for, 1 when the processes did not become ready in time.
    """
    supervisor = Supervisor(specs, on_progress)
    previous = {
        number: signal.signal(number, lambda *_: supervisor.ask_to_stop()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        supervisor.start()
        supervisor.wait_ready(ready_secs)
        if on_ready is not None and not supervisor.is_stop_asked:
            on_ready()
        supervisor.run()
        return 0
    except NotReady as problem:
        log.error("processes did not become ready in time", children=problem.names)
        return 1
    finally:
        supervisor.stop()
        for number, handler in previous.items():
            signal.signal(number, handler)
