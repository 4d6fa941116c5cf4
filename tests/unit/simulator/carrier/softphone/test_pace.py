import pytest

from ivr.simulator.carrier.softphone.pace import BURST, HOPELESS, PER_SECOND, Pace
from tests.fakes.line_clock import VirtualLineClock

pytestmark = pytest.mark.unit


class Clock(VirtualLineClock):
    at_ms = 0.0

    def now_ms(self) -> float:
        return self.at_ms


def test_burst_is_allowed_and_more_comes_with_time() -> None:
    clock = Clock()
    pace = Pace(clock)
    assert sum(pace.allows() for _ in range(int(BURST) + 10)) == int(BURST)
    clock.at_ms = 1000
    assert sum(pace.allows() for _ in range(1000)) == int(PER_SECOND)


def test_microphone_is_never_too_fast() -> None:
    clock = Clock()
    pace = Pace(clock)
    for frame in range(50 * 60):
        clock.at_ms = frame * 20
        assert pace.allows()


def test_flood_is_hopeless_in_the_end() -> None:
    pace = Pace(Clock())
    for _ in range(int(BURST) + HOPELESS):
        pace.allows()
    assert pace.is_hopeless
