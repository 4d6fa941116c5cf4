import io
import struct
import wave

import numpy as np
import pytest

from ivr.simulator.carrier.audio_files import UnplayableAudio, to_mulaw
from ivr.simulator.carrier.mulaw import decode

pytestmark = pytest.mark.unit


def wav(rate_hz: int, samples: list[int], channels: int = 1) -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(np.array(samples, dtype="<i2").tobytes())
    return target.getvalue()


def mulaw_wav(body: bytes) -> bytes:
    fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, 7, 1, 8000, 8000, 1, 8)
    return struct.pack("<4sI4s", b"RIFF", 0, b"WAVE") + fmt + struct.pack("<4sI", b"data", len(body)) + body


def test_raw_and_wrapped_mulaw_are_taken_as_they_are() -> None:
    assert to_mulaw(b"\x11\x22", "audio/basic") == b"\x11\x22"
    assert to_mulaw(mulaw_wav(b"\x11\x22"), "audio/wav") == b"\x11\x22"


def test_pcm_is_converted_and_stereo_is_mixed() -> None:
    assert decode(to_mulaw(wav(8000, [8000, 0, 8000, 0], channels=2), "audio/wav")).tolist() == pytest.approx(
        [4000, 4000], rel=0.04
    )


def test_other_rates_become_8_khz() -> None:
    assert len(to_mulaw(wav(16_000, [0] * 320), "audio/wav")) == 160
    assert to_mulaw(wav(16_000, []), "audio/wav") == b""


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"ID3 something",
        b"RIFF\x00\x00\x00\x00WAVE",
        b"RIFF\x00\x00\x00\x00WAVEdata\x04\x00\x00\x00\x00\x00\x00\x00",
        wav(8000, [0] * 10)[:30],
        wav(8000, [0, 0, 0], channels=3),
        b"RIFF\x00\x00\x00\x00WAVE" + b"junk\xff\xff\xff\xff",
    ],
)
def test_damaged_or_foreign_files_are_refused(content: bytes) -> None:
    with pytest.raises(UnplayableAudio):
        to_mulaw(content, "audio/mpeg")
