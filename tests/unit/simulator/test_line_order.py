import pytest

from ivr.simulator.carrier.mulaw import SILENCE, is_silence, tone
from ivr.simulator.line_order import make_line

pytestmark = pytest.mark.unit

SPOKEN = tone(700, 20)


def test_clean_line_changes_nothing() -> None:
    assert make_line({})(SPOKEN, SILENCE) == SPOKEN


def test_noise_is_there_in_pauses_too() -> None:
    line = make_line({"noise_db": 5})
    assert any(not is_silence(line(SILENCE, SILENCE)) for _ in range(10))


def test_lost_packets_are_silent() -> None:
    line = make_line({"loss": 0.5})
    arrived = [line(SPOKEN, SILENCE) for _ in range(200)]
    assert 20 < arrived.count(SILENCE) < 180


def test_echo_brings_back_what_is_heard() -> None:
    line = make_line({"echo_db": -6, "echo_delay_ms": 20})
    line(SILENCE, SPOKEN)
    assert not is_silence(line(SILENCE, SILENCE))


@pytest.mark.parametrize(
    "order",
    [
        None,
        [],
        {"speed": 1},
        {"loss": "0.1"},
        {"loss": True},
        {"loss": 0.95},
        {"noise_db": -1},
        {"echo_db": float("nan")},
    ],
)
def test_other_lines_cannot_be(order: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        make_line(order)
