"""Puts the frames of both sides where they belong in time. Pure: bytes in, stereo PCM out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from speech.formats import MULAW_SILENCE, TELEPHONE_HZ, mulaw_to_pcm

SAMPLES_PER_MS = TELEPHONE_HZ // 1000
WINDOW_MS = 3_000
"""How far apart frames may come: what is older is written and done."""
CHUNK_MS = 1_000
MAX_FRAME_BYTES = TELEPHONE_HZ
"""A second in one message is more than any carrier sends."""
MAX_JUMP_MS = 10 * 60 * 1000
"""A time stamp further ahead is a mistake, not a pause."""
MAX_LENGTH_MS = 4 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Chunk:
    """Finished audio."""

    at_sample: int
    """From the start of the recording."""
    pcm: bytes
    """Interleaved: caller left, us right."""


class TwoTracks:
    """A window over both channels. Positions are stream milliseconds; `start_ms` is the first sample's."""

    def __init__(self, start_ms: int) -> None:
        self._start_ms = start_ms
        self._base = 0
        self._end = 0
        self._latest = 0
        self._tracks = (bytearray(), bytearray())
        self.dropped = 0
        """Frames too late, too far ahead, too long."""

    def expect(self, at_ms: int) -> None:
        """Recording goes on at this moment, however long the pause was."""
        self._latest = max(self._latest, (at_ms - self._start_ms) * SAMPLES_PER_MS)

    def put(self, track: int, at_ms: int, mulaw: bytes) -> list[Chunk]:
        """Places a frame (track 0 = caller, 1 = us); what is overwritten was never heard. Gives finished audio."""
        at = (at_ms - self._start_ms) * SAMPLES_PER_MS
        if at < 0:
            mulaw, at = mulaw[-at:], 0
            if not mulaw:
                return []
        if not self._is_possible(at, mulaw):
            self.dropped += 1
            return []
        if at < self._base:
            mulaw, at = mulaw[self._base - at :], self._base
            if not mulaw:
                self.dropped += 1
                return []
        chunks = self._advance(at - WINDOW_MS * SAMPLES_PER_MS)
        self._place(self._tracks[track], at - self._base, mulaw)
        self._end = self._latest = max(self._latest, at + len(mulaw))
        return chunks

    def rest(self) -> list[Chunk]:
        """Everything that is left."""
        return self._advance(self._end, is_last=True)

    def _is_possible(self, at: int, mulaw: bytes) -> bool:
        return (
            0 < len(mulaw) <= MAX_FRAME_BYTES
            and at - self._latest <= MAX_JUMP_MS * SAMPLES_PER_MS
            and at + len(mulaw) <= MAX_LENGTH_MS * SAMPLES_PER_MS
        )

    def _advance(self, to: int, *, is_last: bool = False) -> list[Chunk]:
        """Takes whole chunks before `to` out of the window."""
        chunks = []
        size = CHUNK_MS * SAMPLES_PER_MS
        while self._base + size <= to or (is_last and self._base < to):
            length = min(size, to - self._base)
            if any(self._tracks):
                chunks.append(Chunk(self._base, self._take(length)))
                self._base += length
            else:
                # Nothing in the window: a pause is left out here and reads as silence in the file.
                self._base = to if is_last else to - (to - self._base) % size
        return chunks

    def _take(self, length: int) -> bytes:
        stereo = np.empty((length, 2), dtype="<i2")
        for number, track in enumerate(self._tracks):
            part = bytes(track[:length]).ljust(length, MULAW_SILENCE)
            stereo[:, number] = np.frombuffer(mulaw_to_pcm(part), dtype="<i2")
            del track[:length]
        return stereo.tobytes()

    @staticmethod
    def _place(track: bytearray, at: int, mulaw: bytes) -> None:
        if at > len(track):
            track += MULAW_SILENCE * (at - len(track))
        track[at : at + len(mulaw)] = mulaw
