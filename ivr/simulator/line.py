"""A telephone line between a caller's mouth and the carrier: band, level, mu-law, noise, echo, lost packets.

Pure numpy and seeded: the same seed gives the same damage. An utterance goes through `prepare` once; every 20 ms
frame, speech or not, then goes through `frame`, because noise and echo are there in pauses too.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from ivr.simulator.carrier.mulaw import FRAME_BYTES, FRAME_MS, SILENCE, decode, encode

RATE_HZ = 8000
_FULL_SCALE = 32768.0
_NOISE_SECS = 20
_ACTIVE_RANGE_DB = 25.0
_SLOPES_HZ = (200.0, 300.0, 3400.0, 3700.0)

Samples = npt.NDArray[np.float64]


class NoiseColour(Enum):
    """Spectrum of the noise."""

    WHITE = "white"
    PINK = "pink"


@dataclass(frozen=True, slots=True)
class LineQuality:
    """How bad a line is. The defaults are a clean line at the usual level."""

    level_dbfs: float = -26.0
    """Active speech level after the telephone, dB of full scale."""
    noise_db: float | None = None
    """Signal-to-noise ratio against that level; None for no noise."""
    noise: NoiseColour = NoiseColour.PINK
    packet_loss: float = 0.0
    """Share of 20 ms frames lost, 0 to 0.9."""
    burst_frames: float = 2.0
    """Mean length of a run of lost frames, at least 1."""
    echo_db: float | None = None
    """Gain (negative) of the far end's own audio coming back; None for no echo."""
    echo_delay_ms: int = 60
    """Delay of that echo, rounded to whole frames."""

    def __post_init__(self) -> None:
        """Raise `ValueError` for values outside their range."""
        if not 0.0 <= self.packet_loss <= 0.9:
            raise ValueError("packet_loss must be between 0 and 0.9")
        if self.burst_frames < 1.0:
            raise ValueError("burst_frames must be at least 1")
        if self.echo_delay_ms < 0:
            raise ValueError("echo_delay_ms must not be negative")


class TelephoneLine:
    """One caller's line for one call; keeps its place in noise, echo and loss between frames."""

    def __init__(self, quality: LineQuality, seed: int = 0) -> None:
        """`seed` fixes noise and loss."""
        self._quality = quality
        self._random = np.random.default_rng(seed)
        self._noise = self._make_noise()
        self._noise_at = 0
        self._is_losing = False
        delay_frames = quality.echo_delay_ms // FRAME_MS
        self._echo: deque[bytes] = deque([SILENCE] * delay_frames)

    def prepare(self, speech: npt.NDArray[np.int16]) -> bytes:
        """One utterance at 8 kHz, shape (n,), -> mu-law: band 300-3400 Hz, active level set."""
        if not len(speech):
            return b""
        band = band_pass(speech.astype(np.float64))
        active = active_rms(band)
        wanted = _FULL_SCALE * 10 ** (self._quality.level_dbfs / 20)
        return _encoded(band * (wanted / active) if active > 0 else band)

    def frame(self, caller: bytes, heard: bytes) -> bytes:
        """One 20 ms mu-law frame of the caller, and what the caller's receiver plays at that time -> what arrives.

        A lost frame arrives as silence. Both arguments are 160 bytes.
        """
        self._echo.append(heard)
        echo = self._echo.popleft()
        if self._loses_frame():
            return SILENCE
        if self._quality.noise_db is None and self._quality.echo_db is None:
            return caller
        mixed = decode(caller).astype(np.float64) + self._next_noise(len(caller))
        if self._quality.echo_db is not None:
            mixed += decode(echo).astype(np.float64) * 10 ** (self._quality.echo_db / 20)
        return _encoded(mixed)

    def carry(self, speech: npt.NDArray[np.int16]) -> bytes:
        """A whole utterance through the line with nothing heard meanwhile; length is rounded up to whole frames."""
        prepared = self.prepare(speech)
        frames = (
            prepared[at : at + FRAME_BYTES].ljust(FRAME_BYTES, SILENCE[:1])
            for at in range(0, len(prepared), FRAME_BYTES)
        )
        return b"".join(self.frame(frame, SILENCE) for frame in frames)

    def _loses_frame(self) -> bool:
        loss = self._quality.packet_loss
        if loss == 0.0:
            return False
        leave = 1.0 / self._quality.burst_frames
        enter = min(1.0, loss * leave / (1.0 - loss))
        self._is_losing = bool(self._random.random() < (1.0 - leave if self._is_losing else enter))
        return self._is_losing

    def _next_noise(self, count: int) -> Samples:
        if self._noise is None:
            return np.zeros(count)
        picked = np.take(self._noise, range(self._noise_at, self._noise_at + count), mode="wrap")
        self._noise_at = (self._noise_at + count) % len(self._noise)
        return picked

    def _make_noise(self) -> Samples | None:
        quality = self._quality
        if quality.noise_db is None:
            return None
        white = self._random.standard_normal(_NOISE_SECS * RATE_HZ)
        spectrum = np.fft.rfft(white)
        if quality.noise is NoiseColour.PINK:
            spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
        shaped = band_pass(np.fft.irfft(spectrum, len(white)))
        rms = _FULL_SCALE * 10 ** ((quality.level_dbfs - quality.noise_db) / 20)
        scaled: Samples = shaped * (rms / np.sqrt(np.mean(shaped**2)))
        return scaled


def band_pass(samples: Samples) -> Samples:
    """300-3400 Hz at 8 kHz, without delay; slopes of 100 and 300 Hz. Shape is kept."""
    frequencies = np.fft.rfftfreq(len(samples), 1 / RATE_HZ)
    low_stop, low, high, high_stop = _SLOPES_HZ
    rising = np.clip((frequencies - low_stop) / (low - low_stop), 0, 1)
    falling = np.clip((high_stop - frequencies) / (high_stop - high), 0, 1)
    filtered: Samples = np.fft.irfft(np.fft.rfft(samples) * rising * falling, len(samples))
    return filtered


def active_rms(samples: Samples) -> float:
    """Root mean square over the 20 ms frames within 25 dB of the loudest one, so that pauses do not count."""
    frame = RATE_HZ * FRAME_MS // 1000
    whole = samples[: max(len(samples) // frame, 1) * frame]
    if len(whole) < frame:
        return float(np.sqrt(np.mean(samples**2)))
    powers = np.mean(whole.reshape(-1, frame) ** 2, axis=1)
    active = powers[powers >= powers.max() * 10 ** (-_ACTIVE_RANGE_DB / 10)]
    return float(np.sqrt(active.mean()))


def _encoded(samples: Samples) -> bytes:
    return encode(np.clip(samples, -32768, 32767).astype(np.int16))
