"""Conversions of telephone audio, and WAV files that are not what they say."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech import formats
from speech.formats import BadAudio

pytestmark = pytest.mark.unit


def test_mulaw_codes_of_g711_have_their_values() -> None:
    decoded = np.frombuffer(formats.mulaw_to_pcm(bytes([0x00, 0x7F, 0x80, 0xFF, 0x8F, 0x0F])), dtype="<i2")
    assert decoded.tolist() == [-32124, 0, 32124, 0, 16764, -16764]


@given(st.binary(max_size=400))
def test_mulaw_survives_the_way_through_pcm(mulaw: bytes) -> None:
    again = formats.pcm_to_mulaw(formats.mulaw_to_pcm(mulaw))
    assert again == mulaw.replace(b"\x7f", b"\xff")


@given(st.lists(st.integers(-32768, 32767), max_size=50))
def test_mulaw_keeps_every_sample_within_its_step(values: list[int]) -> None:
    pcm = np.array(values, dtype="<i2").tobytes()
    back = np.frombuffer(formats.mulaw_to_pcm(formats.pcm_to_mulaw(pcm)), dtype="<i2")
    for before, after in zip(values, back.tolist(), strict=True):
        assert abs(before - after) <= max(4, abs(before) // 24 + 8)


def test_half_a_sample_is_bad_audio() -> None:
    with pytest.raises(BadAudio):
        formats.pcm_to_mulaw(b"\x00")


def test_silence_has_its_code_and_its_level() -> None:
    assert formats.pcm_to_mulaw(formats.silence(20)) == b"\xff" * 160
    assert formats.level_dbfs(formats.silence(20)) == -96.0
    assert formats.peak_dbfs(b"") == -96.0


def test_levels_are_in_db_of_full_scale() -> None:
    square = np.tile(np.array([16384, -16384], dtype="<i2"), 80).tobytes()
    assert formats.level_dbfs(square) == pytest.approx(-6.02, abs=0.01)
    assert formats.peak_dbfs(square) == pytest.approx(-6.02, abs=0.01)
    assert formats.level_dbfs(formats.gain(square, -6.0)) == pytest.approx(-12.02, abs=0.01)


def test_gain_clips_instead_of_wrapping_round() -> None:
    loud = np.array([30000, -30000], dtype="<i2").tobytes()
    assert np.frombuffer(formats.gain(loud, 20), dtype="<i2").tolist() == [32767, -32768]


def test_not_a_number_becomes_silence() -> None:
    assert formats.pcm_bytes(np.array([np.nan, np.inf, -np.inf])) == struct.pack("<3h", 0, 32767, -32768)


def test_last_frame_is_filled_with_silence() -> None:
    assert list(formats.mulaw_frames(b"\x01" * 161)) == [b"\x01" * 160, b"\x01" + b"\xff" * 159]


def test_resampling_keeps_length_and_level() -> None:
    tone = formats.pcm_bytes(8000 * np.sin(np.arange(8000) * 2 * np.pi * 440 / 8000))
    doubled = formats.resample(tone, 8000, 16000)
    assert formats.duration_ms(doubled, 16000) == 1000
    assert formats.level_dbfs(doubled) == pytest.approx(formats.level_dbfs(tone), abs=0.2)
    assert formats.resample(tone, 8000, 8000) is tone


def test_a_rate_of_zero_is_bad_audio() -> None:
    with pytest.raises(BadAudio):
        formats.resample(b"\x00\x00", 0, 8000)


@given(st.binary(max_size=200).map(lambda raw: raw[: len(raw) // 4 * 4]), st.sampled_from([1, 2]))
def test_what_is_written_as_wav_is_read_again(pcm: bytes, channels: int) -> None:
    wav = formats.read_wav(formats.write_wav(pcm, 16000, channels))
    assert (wav.pcm, wav.rate_hz, wav.channels) == (pcm, 16000, channels)


@given(st.binary(max_size=300))
def test_garbage_is_bad_audio_or_a_wav_and_nothing_else(content: bytes) -> None:
    for attempt in (content, b"RIFF\x00\x00\x00\x00WAVE" + content, formats.write_wav(b"\x00" * 40)[:20] + content):
        try:
            formats.read_wav(attempt)
        except BadAudio as refused:
            assert refused.reason


def test_duration_is_counted_from_bytes_not_from_the_header() -> None:
    cut = formats.write_wav(formats.silence(1000))[: 44 + 8000]
    assert formats.read_wav(cut).duration_ms == 500


def test_a_data_size_left_open_means_to_the_end() -> None:
    content = bytearray(formats.write_wav(formats.silence(100)))
    content[40:44] = b"\xff\xff\xff\xff"
    assert formats.read_wav(bytes(content)).duration_ms == 100


def test_two_channels_become_one_by_their_mean() -> None:
    stereo = struct.pack("<4h", 100, 300, -100, -300)
    assert formats.read_wav(formats.write_wav(stereo, 8000, 2)).mono() == struct.pack("<2h", 200, -200)


def _wav_with(tag: int = 1, channels: int = 1, rate: int = 8000, bits: int = 16) -> bytes:
    body = struct.pack("<HHIIHH", tag, channels, rate, rate * 2, 2, bits)
    return b"RIFF" + struct.pack("<I", 40) + b"WAVEfmt " + struct.pack("<I", 16) + body + b"data\x04\x00\x00\x00abcd"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a WAV file: no RIFF/WAVE header"),
        (b"ID3" + b"\x00" * 40, "not a WAV file: no RIFF/WAVE header"),
        (_wav_with(tag=7), "the WAV file is not 16-bit PCM"),
        (_wav_with(bits=24), "the WAV file is not 16-bit PCM"),
        (_wav_with(channels=6), "the WAV file is neither mono nor stereo"),
        (_wav_with(rate=0), "the WAV file's rate is not between 8 and 48 kHz"),
        (_wav_with()[:36], "the WAV file has no data"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt \x04\x00\x00\x00abcd", "the WAV format is cut short"),
        (b"RIFF\x00\x00\x00\x00WAVEdata\x04\x00\x00\x00abcd", "the WAV file has data before its format"),
    ],
)
def test_every_wrong_wav_gets_its_sentence(content: bytes, reason: str) -> None:
    with pytest.raises(BadAudio) as refused:
        formats.read_wav(content)
    assert refused.value.reason == reason


def test_extensible_pcm_is_read_and_size_is_checked_first() -> None:
    extension = struct.pack("<HHIH", 22, 16, 4, 1) + bytes.fromhex("000000001000800000aa00389b71")
    body = struct.pack("<HHIIHH", 0xFFFE, 1, 8000, 16000, 2, 16) + extension
    content = b"RIFF\x00\x00\x00\x00WAVEfmt " + struct.pack("<I", len(body)) + body + b"data\x02\x00\x00\x00ab"
    assert formats.read_wav(content).pcm == b"ab"
    with pytest.raises(BadAudio, match="too large"):
        formats.read_wav(content, longest_bytes=10)


def test_writing_half_a_sample_is_refused() -> None:
    with pytest.raises(BadAudio):
        formats.write_wav(b"\x00\x00", channels=2)
