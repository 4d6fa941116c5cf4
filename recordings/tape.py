"""The recording of one call: two channels, aligned by stream time, written a second at a time by another thread.

Nothing is kept before `start` and after `stop`. A crash leaves a readable file with all but the last seconds.
"""

from __future__ import annotations

import threading
from functools import partial

import structlog

from recordings.store import Kind, OpenRecording, RecordingStore
from recordings.two_tracks import Chunk, TwoTracks
from recordings.wav_file import WavFile
from recordings.writer import TapeWriter

CLOSE_SECS = 10.0

_log = structlog.get_logger(__name__)


class WavTape:
    """`ivr.ports.Tape`. All methods but `close` return at once; they belong to the thread that owns the call."""

    def __init__(self, call_id: str, store: RecordingStore, writer: TapeWriter) -> None:
        self._call_id = call_id
        self._store = store
        self._writer = writer
        self._part: _Part | None = None
        self._is_running = False
        self._discarded: list[_Part] = []
        self.dropped = 0
        """Frames out of time and chunks a slow disk did not take."""

    def start(self, at_ms: int) -> None:
        """Keeps what is heard from this moment on. A second start without a stop changes nothing."""
        if self._is_running:
            return
        self._is_running = True
        if self._part is None:
            self._part = _Part(self._call_id, self._store, self._writer, at_ms)
        self._part.expect(at_ms)

    def stop(self, *, discard: bool = False) -> None:
        """Keeps nothing from now on; with `discard` everything of the call goes, parts from before a resume too."""
        self._is_running = False
        if discard:
            part, self._part = self._part or _Part(self._call_id, self._store, self._writer, 0), None
            part.discard()
            self._discarded.append(part)

    def caller_frame(self, at_ms: int, mulaw: bytes) -> None:
        """Left channel."""
        self._frame(0, at_ms, mulaw)

    def our_frame(self, at_ms: int, mulaw: bytes) -> None:
        """Right channel."""
        self._frame(1, at_ms, mulaw)

    def close(self) -> str | None:
        """Waits (up to 10 s) until the file is whole; its name, or None when nothing was recorded. Idempotent."""
        self._is_running = False
        part, self._part = self._part, None
        for discarded in self._discarded:
            discarded.wait_until_discarded()
        self._discarded.clear()
        return None if part is None else part.finish()

    def _frame(self, track: int, at_ms: int, mulaw: bytes) -> None:
        if self._is_running and self._part is not None:
            self.dropped += self._part.put(track, at_ms, mulaw)


class _Part:
    """One file of the tape. `put` runs with the call; the rest in the writer's thread."""

    def __init__(self, call_id: str, store: RecordingStore, writer: TapeWriter, start_ms: int) -> None:
        self._call_id = call_id
        self._store = store
        self._writer = writer
        self._tracks = TwoTracks(start_ms)
        self._opened: OpenRecording | None = None
        self._file: WavFile | None = None
        self._is_over = False
        self._is_leaving = False
        self._done = threading.Event()

    def put(self, track: int, at_ms: int, mulaw: bytes) -> int:
        """How much was dropped."""
        before = self._tracks.dropped
        chunks = self._tracks.put(track, at_ms, mulaw)
        refused = sum(not self._writer.offer(partial(self._write, chunk)) for chunk in chunks)
        return self._tracks.dropped - before + refused

    def expect(self, at_ms: int) -> None:
        """Recording goes on at this moment."""
        self._tracks.expect(at_ms)

    def finish(self) -> str | None:
        """Writes the rest and closes; the name of the file, if there is one."""
        rest = self._tracks.rest()
        if not self._writer.insist(lambda: self._finish(rest), CLOSE_SECS) or not self._done.wait(CLOSE_SECS):
            _log.error("recording not finished in time", call_id=self._call_id)
        return self._opened.name if self._opened is not None else None

    def discard(self) -> None:
        """Writes nothing more, and has the file removed."""
        self._is_over = True
        self._is_leaving = self._writer.offer(self._discard)

    def wait_until_discarded(self) -> None:
        """Returns when the file is gone; logs when that takes too long."""
        self._is_leaving = self._is_leaving or self._writer.insist(self._discard, CLOSE_SECS)
        if not self._is_leaving or not self._done.wait(CLOSE_SECS):
            _log.error("recording not discarded in time", call_id=self._call_id)

    def _discard(self) -> None:
        try:
            if self._file is not None:
                self._file.close()
        finally:
            # All of them: a call that was resumed has a part from before, and the refusal means the whole call.
            for name in self._store.find(self._call_id):
                self._store.delete(name)
            self._done.set()

    def _finish(self, rest: list[Chunk]) -> None:
        try:
            for chunk in rest:
                self._write(chunk)
            if self._file is not None:
                self._file.close()
        finally:
            self._done.set()

    def _write(self, chunk: Chunk) -> None:
        if self._is_over:
            return
        try:
            if self._file is None:
                self._opened = self._store.create(self._call_id, Kind.AUDIO)
                self._file = WavFile(self._opened.descriptor)
            self._file.write(chunk.at_sample, chunk.pcm)
        except OSError:
            # A full disk ends the recording, never the call.
            self._is_over = True
            raise
