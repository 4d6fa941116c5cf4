import numpy as np
import pytest

from ivr.simulator.carrier import mulaw

pytestmark = pytest.mark.unit


def test_codes_survive_a_round_trip() -> None:
    codes = bytes(code for code in range(256) if code != 0x7F)
    assert mulaw.encode(mulaw.decode(codes)) == codes


def test_known_values() -> None:
    assert mulaw.decode(b"\xff\x7f\x00\x80").tolist() == [0, 0, -32124, 32124]
    assert mulaw.encode(np.array([0, 32767, -32768], dtype=np.int16)) == b"\xff\x80\x00"


def test_only_audible_frames_count_as_sound() -> None:
    assert mulaw.is_silence(mulaw.SILENCE)
    assert mulaw.is_silence(b"\x7f\xfe\x7e" * 50)
    assert not mulaw.is_silence(mulaw.SILENCE[:-1] + b"\x20")
    assert not mulaw.is_silence(mulaw.tone(440, 20))


def test_silence_and_tone_have_the_wanted_length() -> None:
    assert len(mulaw.silence(55)) == 440
    assert len(mulaw.tone(440, 55)) == 440
