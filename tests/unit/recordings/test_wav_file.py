"""The WAV file is right after every write."""

from __future__ import annotations

import os
import wave
from pathlib import Path

import pytest

from recordings.wav_file import WavFile

pytestmark = pytest.mark.unit


def test_the_header_tells_the_length_after_each_write(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    file = WavFile(os.open(path, os.O_RDWR | os.O_CREAT))
    file.write(0, b"\x01\x02\x03\x04" * 10)
    file.write(20, b"\x05\x06\x07\x08" * 10)
    with wave.open(str(path)) as read:
        assert (read.getnchannels(), read.getframerate(), read.getsampwidth(), read.getnframes()) == (2, 8000, 2, 30)
        frames = read.readframes(30)
    assert frames == b"\x01\x02\x03\x04" * 10 + bytes(40) + b"\x05\x06\x07\x08" * 10
    file.close()
    file.close()
