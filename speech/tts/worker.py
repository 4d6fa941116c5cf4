"""One synthesis child as its parent sees it: start, ask with a deadline, kill."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

import psutil

from speech.tts.wire import Answer, BadMessage, Request, encode_request, read_answer

_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "OPEN_JTALK_DICT_DIR")
"""Nothing else of the environment reaches an engine: it holds keys."""
_KILL_WAIT_SECS = 2.0


class WorkerDied(Exception):
    """The child is gone, silent beyond its deadline, or talks nonsense. `reason` is a word for logs."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Worker:
    """A running child. One user at a time; after `WorkerDied` only `kill` makes sense.

    Raises `WorkerDied` when the system gives no process.
    """

    def __init__(self, engine: str, environment: Mapping[str, str] | None = None) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="denwaban-speech-", ignore_cleanup_errors=True)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "speech.tts.child", engine],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(self._scratch.name) | dict(environment or {}),
                start_new_session=True,
                bufsize=0,
            )
        except OSError as refused:
            self._scratch.cleanup()
            raise WorkerDied("not_started") from refused
        self._requests = _pipe(self._process.stdin)
        self._answers = _pipe(self._process.stdout)

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """False once it has ended."""
        return self._process.poll() is None

    def ask(self, request: Request, within_secs: float) -> Answer:
        """The child's answer. Raises `WorkerDied` when there is none in time, or it is nonsense."""
        until = time.monotonic() + within_secs
        try:
            self._requests.write(encode_request(request))
            return read_answer(lambda count: self._exactly(count, until))
        except BadMessage as wrong:
            raise WorkerDied("broken_protocol") from wrong
        except OSError as gone:
            raise WorkerDied("died") from gone

    def rss_bytes(self) -> int:
        """Memory held by the child; 0 when it is gone."""
        try:
            return int(psutil.Process(self.pid).memory_info().rss)
        except psutil.Error:
            return 0

    def stop(self) -> None:
        """Ends the process at once, from any thread; whoever waits for an answer sees it die and calls `kill`."""
        self._process.kill()

    def kill(self) -> None:
        """Ends it at once and gives everything back; for its user only. Idempotent."""
        self._process.kill()
        self._scratch.cleanup()
        for pipe in (self._requests, self._answers):
            pipe.close()
        try:
            self._process.wait(_KILL_WAIT_SECS)
        except subprocess.TimeoutExpired:
            # In uninterruptible sleep; the kernel ends it when that is over.
            return

    def _exactly(self, count: int, until: float) -> bytes:
        """`count` bytes before `until` (monotonic seconds)."""
        parts: list[bytes] = []
        poll = select.poll()
        poll.register(self._answers, select.POLLIN)
        while count:
            left_ms = (until - time.monotonic()) * 1000
            if left_ms <= 0 or not poll.poll(left_ms):
                raise WorkerDied("timed_out")
            part = os.read(self._answers.fileno(), min(count, 1 << 16))
            if not part:
                raise WorkerDied("died")
            parts.append(part)
            count -= len(part)
        return b"".join(parts)


StartWorker = Callable[[], Worker]


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise WorkerDied("no_pipe")
    return pipe


def _environment(scratch: str) -> dict[str, str]:
    """What a child is told of its parent's environment, and where this package is."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    here = str(Path(__file__).resolve().parents[2])
    return kept | {
        "PYTHONPATH": here,
        "TMPDIR": scratch,
        "PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE", ""),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }
