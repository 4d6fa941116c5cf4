"""Is a frame of the caller's channel only our own words coming back? Decided by level, not by cancelling.

ours     ▂▅▇▅▂▅▇▅▂         an echo is at least MARGIN_DB quieter than what was said up to LONGEST_DELAY_MS before;
caller        ·▁▂▁·▁▂▁     a caller who speaks over us is louder than that, and heard
"""

from __future__ import annotations

from collections import deque

import numpy as np

from speech.formats import FRAME_MS, mulaw_to_pcm, samples

MARGIN_DB = 15.0
"""Telephone hybrids and handsets give echoes 18 dB down and more; speech over a prompt is at most 10 dB quieter."""
LONGEST_DELAY_MS = 320
_QUIET_RMS = 30.0
"""Our own frames below this (about -60 dBFS) make no echo."""
_FRAME_BYTES = FRAME_MS * 8


class EchoGuard:
    """One stream's. Times are stream ms."""

    def __init__(self) -> None:
        """Nothing said yet."""
        self._ours: deque[tuple[int, float]] = deque()
        self._ratio = 10 ** (-MARGIN_DB / 20)

    def will_sound(self, at_ms: int, mulaw: bytes) -> None:
        """Our audio, μ-law, heard by the caller from `at_ms` on."""
        for start in range(0, len(mulaw), _FRAME_BYTES):
            level = _rms(mulaw_to_pcm(mulaw[start : start + _FRAME_BYTES]))
            if level > _QUIET_RMS:
                self._ours.append((at_ms + start // 8, level))

    def is_echo(self, at_ms: int, pcm: bytes) -> bool:
        """Whether a frame of the caller's channel (PCM, 20 ms) holds nothing louder than our echo could be."""
        ours = self._ours
        while ours and ours[0][0] < at_ms - LONGEST_DELAY_MS:
            ours.popleft()
        loudest = 0.0
        for said_at, level in ours:
            if said_at > at_ms + FRAME_MS:
                break
            loudest = max(loudest, level)
        return loudest > 0 and _rms(pcm) < loudest * self._ratio


def _rms(pcm: bytes) -> float:
    values = samples(pcm).astype(np.float32)
    return float(np.sqrt(np.mean(values * values))) if len(values) else 0.0
