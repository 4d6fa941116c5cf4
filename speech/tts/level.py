"""Makes an engine's sound fit for the telephone: 8 kHz, the telephone's band, one loudness for all voices.

Also the gain a caller asked for ("louder"), with the same limiter.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import soxr

from speech.formats import FULL_SCALE, TELEPHONE_HZ, mulaw_to_pcm, pcm_bytes, pcm_to_mulaw, samples

TARGET_DBFS = -20.0
"""Root mean square of the spoken parts."""
CEILING_DBFS = -3.0
"""No sample is louder: μ-law's last segment is coarse and carriers add gain of their own."""
LOWEST_HZ = 200
HIGHEST_HZ = 3500
"""A telephone carries 300 to 3400 Hz; half an octave is left so that nothing is cut twice."""
LONGEST_SECS = 120
"""More sound than this from one text is an engine gone wrong."""

_FRAME = TELEPHONE_HZ // 50
_SPOKEN_BELOW_PEAK_DB = 35.0
_LARGEST_GAIN_DB = 24.0
_LEAD_FRAMES = 1
_TAIL_FRAMES = 5
_KNEE = 0.6
"""Where the limiter begins, as a share of the ceiling."""

Floats = npt.NDArray[np.float32]


def for_telephone(sound: npt.NDArray[np.generic], rate_hz: int) -> bytes:
    """An engine's samples (full scale is 1.0) as PCM at 8 kHz, trimmed, at `TARGET_DBFS`, below `CEILING_DBFS`.

    Silence before the first and after the last spoken frame is cut to 20 and 100 ms: what the caller
    waits for is the voice. Sound that holds no voice at all gives no bytes. Raises `ValueError` for more
    than `LONGEST_SECS`.
    """
    if sound.size > LONGEST_SECS * rate_hz:
        raise ValueError("more sound than any prompt has")
    wave = np.nan_to_num(sound.astype(np.float32, copy=False).reshape(-1))
    if rate_hz != TELEPHONE_HZ and wave.size:
        wave = soxr.resample(wave, rate_hz, TELEPHONE_HZ)
    wave = _in_band(wave)
    spoken = _spoken_frames(wave)
    if not spoken.any():
        return b""
    wave = _trimmed(wave, spoken)
    level = _level(wave, _spoken_frames(wave))
    gain_db = min(TARGET_DBFS - level, _LARGEST_GAIN_DB)
    return pcm_bytes(_limited(wave * 10 ** (gain_db / 20)) * FULL_SCALE)


def with_gain(mulaw: bytes, gain_db: float) -> bytes:
    """μ-law louder or softer by -30 to +12 dB, never above `CEILING_DBFS`."""
    if not gain_db or not mulaw:
        return mulaw
    factor = 10 ** (min(max(gain_db, -30.0), 12.0) / 20)
    wave = samples(mulaw_to_pcm(mulaw)).astype(np.float32) / np.float32(FULL_SCALE)
    return pcm_to_mulaw(pcm_bytes(_limited(wave * np.float32(factor)) * FULL_SCALE))


def _in_band(wave: Floats) -> Floats:
    """Without what a telephone cannot carry, so that the level is that of what will be heard."""
    if wave.size < _FRAME:
        return wave
    spectrum = np.fft.rfft(wave)
    hertz = np.fft.rfftfreq(wave.size, 1 / TELEPHONE_HZ)
    low = np.clip((hertz - LOWEST_HZ / 2) / (LOWEST_HZ / 2), 0, 1)
    high = np.clip((HIGHEST_HZ + 300 - hertz) / 300, 0, 1)
    return np.fft.irfft(spectrum * low * high, wave.size).astype(np.float32)


def _frame_power(wave: Floats) -> npt.NDArray[np.float64]:
    """Mean square of each whole 20 ms."""
    whole = wave[: wave.size // _FRAME * _FRAME].astype(np.float64).reshape(-1, _FRAME)
    return np.asarray((whole * whole).mean(axis=1))


def _spoken_frames(wave: Floats) -> npt.NDArray[np.bool_]:
    """Which frames hold voice: those near enough to the loudest one."""
    power = _frame_power(wave)
    loudest = float(power.max()) if power.size else 0.0
    if loudest < 1e-8:
        return np.zeros(power.size, dtype=np.bool_)
    return np.asarray(power > loudest * 10 ** (-_SPOKEN_BELOW_PEAK_DB / 10))


def _trimmed(wave: Floats, spoken: npt.NDArray[np.bool_]) -> Floats:
    """From just before the first spoken frame to just after the last, faded out so that it does not click."""
    where = np.flatnonzero(spoken)
    first = max(0, int(where[0]) - _LEAD_FRAMES) * _FRAME
    last = min(wave.size, (int(where[-1]) + 1 + _TAIL_FRAMES) * _FRAME)
    cut = wave[first:last].copy()
    fade = min(cut.size, _FRAME // 2)
    cut[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    return cut


def _level(wave: Floats, spoken: npt.NDArray[np.bool_]) -> float:
    """Level in dBFS of the spoken frames alone: a pause in a sentence must not make it louder."""
    return float(10 * np.log10(_frame_power(wave)[spoken].mean()))


def _limited(wave: Floats) -> Floats:
    """Peaks bent below the ceiling: straight up to the knee, then ever flatter."""
    ceiling = np.float32(10 ** (CEILING_DBFS / 20))
    knee = np.float32(_KNEE) * ceiling
    size = np.abs(wave)
    room = ceiling - knee
    bent = knee + room * np.tanh(np.maximum(size - knee, 0) / room)
    return np.where(size <= knee, wave, np.sign(wave) * bent).astype(np.float32)
