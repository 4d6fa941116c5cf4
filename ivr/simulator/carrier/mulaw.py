"""A small mu-law (G.711) table and tones: enough for the carrier to judge levels, beep and read WAV files."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FRAME_BYTES = 160
"""20 ms at 8 kHz."""
FRAME_MS = 20
BYTES_PER_MS = 8
SILENCE = b"\xff" * FRAME_BYTES
_BIAS = 0x84
_CLIP = 32635
_AUDIBLE = 160
"""Samples below this amplitude (of 32768; about -46 dB) count as silence."""


def _decoded_table() -> npt.NDArray[np.int16]:
    codes = ~np.arange(256, dtype=np.int32) & 0xFF
    magnitude = (((codes & 0x0F) << 3) + _BIAS) << ((codes >> 4) & 0x07)
    return np.where(codes & 0x80, _BIAS - magnitude, magnitude - _BIAS).astype(np.int16)


_TABLE = _decoded_table()
_AUDIBLE_CODES = bytes(int(abs(int(sample)) >= _AUDIBLE) for sample in _TABLE)


def decode(mulaw: bytes) -> npt.NDArray[np.int16]:
    """16-bit samples, shape (len(mulaw),)."""
    return _TABLE[np.frombuffer(mulaw, dtype=np.uint8)]


def _coded_table() -> npt.NDArray[np.uint8]:
    linear = np.arange(65_536, dtype=np.uint16).view(np.int16).astype(np.int32)
    sign = np.where(linear < 0, 0x80, 0)
    magnitude = np.minimum(np.abs(linear), _CLIP) + _BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    codes: npt.NDArray[np.uint8] = ((~(sign | (exponent << 4) | mantissa)) & 0xFF).astype(np.uint8)
    return codes


_CODES = _coded_table()


def encode(samples: npt.NDArray[np.int16]) -> bytes:
    """One byte a sample."""
    return _CODES[np.ascontiguousarray(samples, dtype=np.int16).view(np.uint16)].tobytes()


def add(*frames: bytes) -> bytes:
    """Frames of one length heard at once: decoded, summed, clipped to 16 bit, encoded."""
    total = np.sum([decode(frame) for frame in frames], axis=0, dtype=np.int32)
    return encode(np.clip(total, -32_768, 32_767).astype(np.int16))


def is_silence(mulaw: bytes) -> bool:
    """Whether a listener would hear nothing: no sample reaches about -46 dB."""
    return b"\x01" not in mulaw.translate(_AUDIBLE_CODES)


def silence(duration_ms: int) -> bytes:
    """`duration_ms` of mu-law silence."""
    return b"\xff" * (duration_ms * BYTES_PER_MS)


def tone(frequency_hz: float, duration_ms: int) -> bytes:
    """A sine at a quarter of full scale."""
    times = np.arange(duration_ms * BYTES_PER_MS) / 8000.0
    return encode((8192 * np.sin(2 * np.pi * frequency_hz * times)).astype(np.int16))
