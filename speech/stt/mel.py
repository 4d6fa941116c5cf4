"""Whisper's input: the log-mel spectrogram of 16 kHz audio, padded to a window. numpy only, 2 ms for 3 s of audio.

The definition is that of the Whisper paper (Radford et al. 2022, section 2.2): 80 mel bands (Slaney scale
and norm) of 25 ms Hann windows every 10 ms, log10, floored 8 below the maximum, (x + 4) / 4.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

RATE_HZ = 16000
HOP = 160
FRAMES_PER_SEC = RATE_HZ // HOP
_FFT = 400
_BANDS = 80
_SILENCE = -10.0
"""log10 of the smallest power that is told from zero."""

Floats = npt.NDArray[np.float32]


@lru_cache(maxsize=1)
def mel_filters() -> Floats:
    """(80, 201): the triangles that gather FFT bins into bands, 0 to 8 kHz."""
    bins = np.linspace(0, RATE_HZ / 2, _FFT // 2 + 1)
    edges = _mel_to_hz(np.linspace(0, _hz_to_mel(RATE_HZ / 2), _BANDS + 2))
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    areas = (2.0 / (edges[2:] - edges[:-2]))[:, None]
    return (np.maximum(0, np.minimum(rising, falling)) * areas).astype(np.float32)


def _hz_to_mel(hz: float) -> float:
    return hz * 3 / 200 if hz < 1000 else 15 + np.log(hz / 1000) * 27 / np.log(6.4)


def _mel_to_hz(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp(np.log(6.4) / 27 * (mel - 15)))


@lru_cache(maxsize=1)
def _window() -> Floats:
    return np.hanning(_FFT + 1)[:-1].astype(np.float32)


def log_mel(audio: Floats, window_secs: float) -> Floats:
    """(80, 100 * window_secs) of mono samples in -1..1; longer audio is cut, shorter padded with silence.

    Only the audio itself is transformed: the padding's value is known.
    """
    frames = round(window_secs * FRAMES_PER_SEC)
    audio = audio[: frames * HOP]
    padded = np.concatenate([audio[_FFT // 2 : 0 : -1], audio, np.zeros(_FFT, dtype=np.float32)])
    count = min(frames, len(audio) // HOP + 2)
    pieces = np.lib.stride_tricks.sliding_window_view(padded, _FFT)[::HOP][:count]
    power = np.abs(np.fft.rfft(pieces * _window(), axis=1)) ** 2
    bands = np.full((_BANDS, frames), _SILENCE, dtype=np.float32)
    bands[:, : len(pieces)] = np.log10(np.maximum(mel_filters() @ power.T, 10.0**_SILENCE))
    scaled: Floats = (np.maximum(bands, bands.max() - 8.0) + 4.0) / 4.0
    return scaled
