import numpy as np
import pytest

from ivr.simulator.carrier.mulaw import SILENCE, decode, tone
from ivr.simulator.line import LineQuality, NoiseColour, TelephoneLine, active_rms, band_pass

pytestmark = pytest.mark.unit


def sine(frequency_hz: float, seconds: float, amplitude: float = 8000.0) -> np.ndarray:
    return (amplitude * np.sin(2 * np.pi * frequency_hz * np.arange(int(8000 * seconds)) / 8000)).astype(np.int16)


def decibels(samples: np.ndarray) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(samples.astype(np.float64) ** 2)) / 32768))


@pytest.mark.parametrize(
    ("frequency_hz", "passes"), [(100, False), (300, True), (1000, True), (3400, True), (3900, False)]
)
def test_band_is_300_to_3400_hertz(frequency_hz: float, passes: bool) -> None:
    through = band_pass(sine(frequency_hz, 1.0).astype(np.float64))
    assert (decibels(through) > -16) is passes


def test_active_level_is_set_and_pauses_do_not_count() -> None:
    speech = np.concatenate([sine(500, 0.5, 900), np.zeros(8000, dtype=np.int16), sine(500, 0.5, 900)])
    prepared = decode(TelephoneLine(LineQuality(level_dbfs=-20)).prepare(speech))
    assert decibels(prepared[:4000]) == pytest.approx(-20, abs=0.5)


def test_clean_line_changes_no_frame() -> None:
    line = TelephoneLine(LineQuality())
    assert line.frame(tone(500, 20), SILENCE) == tone(500, 20)


@pytest.mark.parametrize("colour", list(NoiseColour))
def test_noise_has_the_wanted_distance_from_speech(colour: NoiseColour) -> None:
    line = TelephoneLine(LineQuality(noise_db=15, noise=colour), seed=1)
    pause = b"".join(line.frame(SILENCE, SILENCE) for _ in range(500))
    assert decibels(decode(pause)) == pytest.approx(-26 - 15, abs=1.0)


def test_pink_noise_is_stronger_in_low_tones() -> None:
    line = TelephoneLine(LineQuality(noise_db=10), seed=1)
    spectrum = np.abs(np.fft.rfft(decode(b"".join(line.frame(SILENCE, SILENCE) for _ in range(500)))))
    low, high = spectrum[3000:6000], spectrum[25_000:28_000]
    assert np.mean(low**2) > 3 * np.mean(high**2)


def test_lost_frames_come_in_bursts_of_the_wanted_share() -> None:
    line = TelephoneLine(LineQuality(packet_loss=0.1, burst_frames=4), seed=3)
    lost = [line.frame(tone(500, 20), SILENCE) == SILENCE for _ in range(20_000)]
    bursts = sum(now and not before for before, now in zip([False, *lost], lost, strict=False))
    assert sum(lost) / len(lost) == pytest.approx(0.1, abs=0.02)
    assert sum(lost) / bursts == pytest.approx(4, abs=0.5)


def test_far_end_comes_back_later_and_quieter() -> None:
    line = TelephoneLine(LineQuality(echo_db=-20, echo_delay_ms=40))
    heard = [tone(1000, 20)] + [SILENCE] * 4
    arrived = [decode(line.frame(SILENCE, frame)) for frame in heard]
    levels = [int(np.abs(frame).max()) for frame in arrived]
    assert levels[0] == levels[1] == levels[3] == 0
    assert levels[2] == pytest.approx(819, rel=0.05)


def test_same_seed_gives_the_same_damage() -> None:
    quality = LineQuality(noise_db=15, packet_loss=0.05)
    speech = sine(700, 1.0)
    assert TelephoneLine(quality, 7).carry(speech) == TelephoneLine(quality, 7).carry(speech)
    assert TelephoneLine(quality, 7).carry(speech) != TelephoneLine(quality, 8).carry(speech)


def test_carry_gives_whole_frames_and_nothing_for_nothing() -> None:
    line = TelephoneLine(LineQuality())
    assert len(line.carry(sine(500, 0.11))) == 960
    assert line.carry(np.zeros(0, dtype=np.int16)) == b""
    assert line.carry(np.zeros(160, dtype=np.int16)) == SILENCE


def test_very_short_audio_has_a_level() -> None:
    assert active_rms(np.full(10, 100.0)) == pytest.approx(100.0)


@pytest.mark.parametrize(
    "quality", [{"packet_loss": 1.0}, {"packet_loss": -0.1}, {"burst_frames": 0.5}, {"echo_delay_ms": -1}]
)
def test_impossible_lines_are_refused(quality: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        LineQuality(**quality)  # type: ignore[arg-type]
