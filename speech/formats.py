"""Telephone audio: μ-law and PCM, frames, levels, resampling of whole utterances, WAV files.

PCM here is signed 16 bit little endian, mono, 8 kHz unless a name says otherwise. No engines, no files
beyond the WAV reader's bytes: callers read and write disks.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import soxr

TELEPHONE_HZ = 8000
FRAME_MS = 20
FRAME_SAMPLES = TELEPHONE_HZ * FRAME_MS // 1000
MULAW_FRAME_BYTES = FRAME_SAMPLES
PCM_FRAME_BYTES = FRAME_SAMPLES * 2
MULAW_SILENCE = b"\xff"
"""The code of zero (G.711, table 2b)."""
FULL_SCALE = 32768.0
SILENCE_DBFS = -96.0
"""What `level_dbfs` says of digital silence."""

_BIAS = 0x84
_CLIP = 32635
_LONGEST_WAV_BYTES = 64 * 1024 * 1024
_PCM_TAG = 1
_EXTENSIBLE_TAG = 0xFFFE
_PCM_SUBFORMAT_TAIL = bytes.fromhex("000000001000800000aa00389b71")

Samples = npt.NDArray[np.int16]


class BadAudio(ValueError):
    """Bytes that are not the audio they should be. `reason` is a sentence without any content of the file."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _decoding_table() -> Samples:
    """All 256 codes of G.711 μ-law as 16-bit samples (14-bit values times 4)."""
    codes = ~np.arange(256, dtype=np.int32) & 0xFF
    exponent = (codes >> 4) & 0x07
    magnitude = ((((codes & 0x0F) << 3) + _BIAS) << exponent) - _BIAS
    return np.where(codes & 0x80, -magnitude, magnitude).astype("<i2")


def _encoding_table() -> npt.NDArray[np.uint8]:
    """The code of each 16-bit sample, indexed by the sample read as unsigned."""
    values = np.arange(65536, dtype=np.int32).astype(np.uint16).view(np.int16).astype(np.int32)
    magnitude = np.minimum(np.abs(values), _CLIP) + _BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    sign = np.where(values < 0, 0x80, 0)
    codes: npt.NDArray[np.uint8] = (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8)
    return codes


_DECODE = _decoding_table()
_ENCODE = _encoding_table()


def mulaw_to_pcm(mulaw: bytes) -> bytes:
    """μ-law bytes as PCM, two bytes for one."""
    return _DECODE[np.frombuffer(mulaw, dtype=np.uint8)].tobytes()


def pcm_to_mulaw(pcm: bytes) -> bytes:
    """PCM as μ-law, one byte for two. Raises `BadAudio` for half a sample."""
    return _ENCODE[samples(pcm).view(np.uint16)].tobytes()


def samples(pcm: bytes) -> Samples:
    """PCM bytes as a read-only array. Raises `BadAudio` for half a sample."""
    if len(pcm) % 2:
        raise BadAudio("PCM of 16 bits has an even number of bytes")
    return np.frombuffer(pcm, dtype="<i2")


def pcm_bytes(values: npt.NDArray[np.generic]) -> bytes:
    """Numbers of any type, at 16-bit scale, rounded and clipped into PCM; not-a-number becomes silence."""
    clean = np.nan_to_num(np.asarray(values, dtype=np.float64), nan=0.0, posinf=32767.0, neginf=-32768.0)
    return np.clip(np.rint(clean), -32768, 32767).astype("<i2").tobytes()


def duration_ms(pcm: bytes, rate_hz: int = TELEPHONE_HZ) -> int:
    """Length of PCM in whole milliseconds, rounded down."""
    return len(pcm) // 2 * 1000 // rate_hz


def silence(ms: int) -> bytes:
    """PCM silence at 8 kHz."""
    return bytes(ms * TELEPHONE_HZ // 1000 * 2)


def mulaw_frames(mulaw: bytes) -> Iterator[bytes]:
    """Frames of 160 bytes; the last is filled up with silence."""
    for start in range(0, len(mulaw), MULAW_FRAME_BYTES):
        yield mulaw[start : start + MULAW_FRAME_BYTES].ljust(MULAW_FRAME_BYTES, MULAW_SILENCE)


def resample(pcm: bytes, from_hz: int, to_hz: int) -> bytes:
    """A whole utterance at another rate, at soxr's high quality; filters have no state between calls."""
    if from_hz <= 0 or to_hz <= 0:
        raise BadAudio("a sampling rate is above zero")
    if from_hz == to_hz or not pcm:
        return pcm
    return pcm_bytes(soxr.resample(samples(pcm).astype(np.float32), from_hz, to_hz))


def level_dbfs(pcm: bytes) -> float:
    """Root mean square against full scale, in dB; `SILENCE_DBFS` at least."""
    values = samples(pcm).astype(np.float64)
    power = float(np.mean(values * values)) if values.size else 0.0
    return SILENCE_DBFS if power <= 0 else max(SILENCE_DBFS, 10 * math.log10(power / FULL_SCALE**2))


def peak_dbfs(pcm: bytes) -> float:
    """Largest sample against full scale, in dB; `SILENCE_DBFS` at least."""
    values = samples(pcm).astype(np.int32)
    peak = int(np.abs(values).max()) if values.size else 0
    return SILENCE_DBFS if peak == 0 else 20 * math.log10(peak / FULL_SCALE)


def gain(pcm: bytes, db: float) -> bytes:
    """PCM louder or softer by `db`, clipped at full scale."""
    return pcm_bytes(samples(pcm) * 10 ** (db / 20))


@dataclass(frozen=True, slots=True)
class Wav:
    """The audio of a WAV file: 16-bit PCM, channels interleaved."""

    pcm: bytes
    rate_hz: int
    channels: int

    @property
    def duration_ms(self) -> int:
        """Counted from the bytes that are there."""
        return len(self.pcm) // (2 * self.channels) * 1000 // self.rate_hz

    def mono(self) -> bytes:
        """All channels averaged into one."""
        if self.channels == 1:
            return self.pcm
        return pcm_bytes(samples(self.pcm).reshape(-1, self.channels).mean(axis=1))


def read_wav(content: bytes, longest_bytes: int = _LONGEST_WAV_BYTES) -> Wav:
    """A RIFF/WAVE file of 16-bit PCM, mono or stereo, 8 to 48 kHz.

    The sizes in the headers are not believed: what counts is the bytes present, and a `data` size of
    0 or 0xFFFFFFFF (a stream that was cut) means "to the end". Raises `BadAudio`.
    """
    if len(content) > longest_bytes:
        raise BadAudio("the WAV file is too large")
    if len(content) < 12 or content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise BadAudio("not a WAV file: no RIFF/WAVE header")
    form: tuple[int, int] | None = None
    for name, body in _chunks(content):
        if name == b"fmt ":
            form = _wav_form(body)
        elif name == b"data":
            if form is None:
                raise BadAudio("the WAV file has data before its format")
            rate_hz, channels = form
            whole = len(body) // (2 * channels) * 2 * channels
            return Wav(body[:whole], rate_hz, channels)
    raise BadAudio("the WAV file has no data")


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Chunk names and bodies; the last body ends where the file ends."""
    at = 12
    while at + 8 <= len(content):
        name = content[at : at + 4]
        (size,) = struct.unpack_from("<I", content, at + 4)
        at += 8
        if name == b"data" and size in (0, 0xFFFFFFFF):
            size = len(content) - at
        yield name, content[at : at + size]
        at += size + size % 2


def _wav_form(body: bytes) -> tuple[int, int]:
    """Rate and channels of a `fmt ` chunk, or `BadAudio`."""
    if len(body) < 16:
        raise BadAudio("the WAV format is cut short")
    tag, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", body)
    if tag == _EXTENSIBLE_TAG and len(body) >= 40 and body[26:40] == _PCM_SUBFORMAT_TAIL:
        (tag,) = struct.unpack_from("<H", body, 24)
    if tag != _PCM_TAG or bits != 16:
        raise BadAudio("the WAV file is not 16-bit PCM")
    if channels not in (1, 2):
        raise BadAudio("the WAV file is neither mono nor stereo")
    if not TELEPHONE_HZ <= rate_hz <= 48000:
        raise BadAudio("the WAV file's rate is not between 8 and 48 kHz")
    return rate_hz, channels


def write_wav(pcm: bytes, rate_hz: int = TELEPHONE_HZ, channels: int = 1) -> bytes:
    """A WAV file of 16-bit PCM. Raises `BadAudio` for half a sample or more than RIFF can hold."""
    if len(pcm) % (2 * channels):
        raise BadAudio("PCM that ends within a sample")
    if len(pcm) > 0xFFFFFFFF - 36:
        raise BadAudio("too long for a WAV file")
    head = struct.pack("<4sI4s4sI", b"RIFF", 36 + len(pcm), b"WAVE", b"fmt ", 16)
    form = struct.pack("<HHIIHH", _PCM_TAG, channels, rate_hz, rate_hz * channels * 2, channels * 2, 16)
    return head + form + struct.pack("<4sI", b"data", len(pcm)) + pcm
