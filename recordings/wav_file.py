"""A WAV file that is readable at every moment: after each chunk its header says what is there."""

from __future__ import annotations

import os
import struct

RATE_HZ = 8000
HEADER_BYTES = 44


def wav_header(data_bytes: int, channels: int = 2) -> bytes:
    """The RIFF, fmt and data headers of 16-bit PCM at 8 kHz."""
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        36 + data_bytes,
        b"WAVE",
        b"fmt ",
        16,
        1,
        channels,
        RATE_HZ,
        RATE_HZ * 2 * channels,
        2 * channels,
        16,
        b"data",
        data_bytes,
    )


class WavFile:
    """Writes interleaved PCM at given places. One thread only; OSError goes to the caller."""

    def __init__(self, descriptor: int, channels: int = 2) -> None:
        """Takes over `descriptor`."""
        self._descriptor, self._channels = descriptor, channels
        self.data_bytes = 0
        _write_all(descriptor, wav_header(0, channels), 0)

    def write(self, at_sample: int, pcm: bytes) -> None:
        """Puts PCM at a sample's place; what was skipped reads as silence."""
        start = at_sample * 2 * self._channels
        _write_all(self._descriptor, pcm, HEADER_BYTES + start)
        self.data_bytes = max(self.data_bytes, start + len(pcm))
        _write_all(self._descriptor, wav_header(self.data_bytes, self._channels), 0)

    def close(self) -> None:
        """Makes sure it is all on disk. Idempotent."""
        if self._descriptor < 0:
            return
        try:
            os.fsync(self._descriptor)
        finally:
            os.close(self._descriptor)
            self._descriptor = -1


def _write_all(descriptor: int, content: bytes, at: int) -> None:
    rest = memoryview(content)
    while rest:
        written = os.pwrite(descriptor, rest, at)
        rest, at = rest[written:], at + written
