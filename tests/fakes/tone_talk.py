"""Speech for tests of the wire without engines: every sentence is a tone of its own, and is known again by it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

RATE_HZ = 8000
_LOWEST_HZ, _STEP_HZ = 500, 125


class ToneTalk:
    """A caller's voice and ears at once (`CallerVoice`, `CallerEars`)."""

    def __init__(self, *sentences: str, duration_ms: int = 600) -> None:
        self._sentences = sentences
        self._duration_ms = duration_ms
        self.spoken: list[str] = []

    def speech(self, text: str, language: str, voice: str) -> npt.NDArray[np.int16]:
        self.spoken.append(text)
        return self.tone(text)

    def tone(self, text: str) -> npt.NDArray[np.int16]:
        times = np.arange(self._duration_ms * RATE_HZ // 1000) / RATE_HZ
        hz = _LOWEST_HZ + _STEP_HZ * self._sentences.index(text)
        return (8000 * np.sin(2 * np.pi * hz * times)).astype(np.int16)

    def words(self, pcm: bytes, language: str) -> str:
        samples = np.frombuffer(pcm, dtype="<i2").astype(np.float64)
        if len(samples) < RATE_HZ // 10 or np.abs(samples).max() < 300:
            return ""
        found = []
        for piece in _loud_pieces(samples):
            strongest = int(np.abs(np.fft.rfft(piece, RATE_HZ)).argmax())
            index = round((strongest - _LOWEST_HZ) / _STEP_HZ)
            if 0 <= index < len(self._sentences) and (not found or found[-1] != self._sentences[index]):
                found.append(self._sentences[index])
        return " ".join(found)

    def reading(self, text: str, language: str) -> str:
        return ""


def _loud_pieces(samples: npt.NDArray[np.float64]) -> list[npt.NDArray[np.float64]]:
    size = RATE_HZ // 5
    pieces = [samples[at : at + size] for at in range(0, len(samples) - size + 1, size)]
    return [piece for piece in pieces if np.sqrt(np.mean(piece**2)) > 1500]
