"""What callers leave for people: their own channel, one file for each message, whether the call is recorded or not.

A crash leaves a readable file with all but the last seconds.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from functools import partial

import numpy as np
import structlog

from recordings.store import RecordingStore, message_name
from recordings.two_tracks import Chunk, TwoTracks
from recordings.wav_file import WavFile
from recordings.writer import TapeWriter

BEFORE_MS = 500
"""Kept from before the start: who speaks into the prompt has begun by then."""
CLOSE_SECS = 10.0
_CALLER = 0

_log = structlog.get_logger(__name__)


class WavMessages:
    """`ivr.ports.Messages`. All methods but `finish` return at once; they belong to the thread that owns the call."""

    def __init__(self, store: RecordingStore, writer: TapeWriter) -> None:
        self._store, self._writer = store, writer
        self._recent: deque[tuple[int, bytes]] = deque()
        self._running: _Message | None = None
        self._ending: list[_Message] = []

    def caller_frame(self, at_ms: int, mulaw: bytes) -> None:
        """The caller's channel, all the time."""
        self._recent.append((at_ms, mulaw))
        while self._recent[0][0] < at_ms - BEFORE_MS:
            self._recent.popleft()
        if self._running is not None:
            self._running.put(at_ms, mulaw)

    def start(self, key: str, at_ms: int) -> None:
        """Keeps what is heard from half a second before this moment on. A message that runs is over."""
        if self._running is not None:
            self._stop(self._running, keep=True)
        self._running = _Message(key, self._store, self._writer, at_ms - BEFORE_MS)
        for frame in self._recent:
            self._running.put(*frame)

    def stop(self, key: str, *, keep: bool) -> None:
        """The message is over; without `keep` its file goes, also when it was over before."""
        if self._running is not None and self._running.key == key:
            self._stop(self._running, keep=keep)
            self._running = None
        elif not keep:
            self._writer.offer(partial(self._delete, key))

    def finish(self) -> None:
        """Waits (up to 10 s) until every message is on disk, or gone. A message that runs is over, and kept."""
        if self._running is not None:
            self._stop(self._running, keep=True)
            self._running = None
        ending, self._ending = self._ending, []
        for message in ending:
            message.wait()

    def _delete(self, key: str) -> None:
        self._store.delete(message_name(key))

    def _stop(self, message: _Message, *, keep: bool) -> None:
        message.end(keep=keep)
        self._ending.append(message)


class _Message:
    """One file. `put` and `end` run with the call; the rest in the writer's thread."""

    def __init__(self, key: str, store: RecordingStore, writer: TapeWriter, start_ms: int) -> None:
        self.key = key
        self._store, self._writer = store, writer
        self._tracks = TwoTracks(start_ms)
        self._file: WavFile | None = None
        self._is_over = False
        self._is_leaving = False
        self._last = partial(self._close, (), keep=True)
        self._done = threading.Event()

    def put(self, at_ms: int, mulaw: bytes) -> None:
        for chunk in self._tracks.put(_CALLER, at_ms, mulaw):
            self._writer.offer(partial(self._write, chunk))

    def end(self, *, keep: bool) -> None:
        self._last = partial(self._close, tuple(self._tracks.rest()) if keep else (), keep=keep)
        self._is_leaving = self._writer.offer(self._last)

    def wait(self) -> None:
        self._is_leaving = self._is_leaving or self._writer.insist(self._last, CLOSE_SECS)
        if not self._is_leaving or not self._done.wait(CLOSE_SECS):
            _log.error("message not finished in time")

    def _close(self, rest: tuple[Chunk, ...], *, keep: bool) -> None:
        try:
            for chunk in rest:
                self._write(chunk)
        finally:
            self._is_over = True
            with contextlib.ExitStack() as last:
                last.callback(self._done.set)
                if not keep:
                    last.callback(self._store.delete, message_name(self.key))
                if self._file is not None:
                    last.callback(self._file.close)

    def _write(self, chunk: Chunk) -> None:
        if self._is_over:
            return
        try:
            if self._file is None:
                self._file = WavFile(self._store.create_message(self.key).descriptor, channels=1)
            self._file.write(chunk.at_sample, _left(chunk.pcm))
        except OSError:
            # A full disk ends the message's sound, never the call; its words are kept elsewhere.
            self._is_over = True
            raise


def _left(pcm: bytes) -> bytes:
    """The caller's channel of interleaved PCM."""
    return np.frombuffer(pcm, dtype="<i2")[::2].tobytes()
