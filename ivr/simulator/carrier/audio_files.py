"""Audio files for `<Play>` -> mu-law at 8 kHz: WAV (PCM or mu-law) and raw mu-law; anything else is refused."""

from __future__ import annotations

import struct

import numpy as np
import numpy.typing as npt

from ivr.simulator.carrier.mulaw import encode

_PCM, _MULAW = 1, 7
_RAW_MULAW = ("audio/basic", "audio/ulaw", "audio/x-mulaw")
_MAX_RATE_HZ = 192_000


class UnplayableAudio(ValueError):
    """The file is damaged or of a kind the simulated carrier cannot play."""


def to_mulaw(content: bytes, content_type: str) -> bytes:
    """The whole file as mu-law; raises `UnplayableAudio`."""
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return _wav(content)
    if content_type in _RAW_MULAW:
        return content
    raise UnplayableAudio("kind of audio is not supported")


def _wav(content: bytes) -> bytes:
    layout: tuple[int, int, int, int] | None = None
    at = 12
    while at + 8 <= len(content):
        name, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        body = content[at + 8 : at + 8 + size]
        if name == b"fmt " and len(body) >= 16:
            kind, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", body)
            layout = (kind, channels, rate_hz, bits)
        if name == b"data" and layout is not None:
            return _samples(body, *layout)
        at += 8 + size + size % 2
    raise UnplayableAudio("no audio in the file")


def _samples(body: bytes, kind: int, channels: int, rate_hz: int, bits: int) -> bytes:
    if channels not in (1, 2) or not 4000 <= rate_hz <= _MAX_RATE_HZ:
        raise UnplayableAudio("channels or rate cannot be played")
    if kind == _MULAW and bits == 8 and rate_hz == 8000:
        return body[::channels]
    if kind != _PCM or bits != 16:
        raise UnplayableAudio("encoding cannot be played")
    whole = body[: len(body) // (2 * channels) * 2 * channels]
    mono = np.frombuffer(whole, dtype="<i2").astype(np.float64).reshape(-1, channels).mean(axis=1)
    return encode(_at_8_khz(mono, rate_hz))


def _at_8_khz(mono: npt.NDArray[np.float64], rate_hz: int) -> npt.NDArray[np.int16]:
    if rate_hz == 8000 or not len(mono):
        return mono.astype(np.int16)
    times = np.arange(int(len(mono) * 8000 / rate_hz)) * (rate_hz / 8000)
    resampled: npt.NDArray[np.int16] = np.interp(times, np.arange(len(mono)), mono).astype(np.int16)
    return resampled
