"""The two clocks of a stream."""

from __future__ import annotations

import pytest

from ivr.telephony.playout import PlayoutClock, StreamClock

pytestmark = pytest.mark.unit


def test_audio_sent_together_is_played_one_after_another() -> None:
    clock = PlayoutClock()
    assert [clock.sent(1000, 100), clock.sent(1000, 100), clock.sent(1050, 20)] == [1000, 1100, 1200]
    assert clock.lead(1050) == 170


def test_audio_sent_after_a_pause_is_played_at_once() -> None:
    clock = PlayoutClock()
    clock.sent(1000, 100)
    assert clock.lead(1500) == 0
    assert clock.sent(1500, 20) == 1500


def test_a_clear_leaves_nothing_to_play() -> None:
    clock = PlayoutClock()
    clock.sent(1000, 500)
    clock.cleared(1100)
    assert clock.lead(1100) == 0


def test_stream_time_is_that_of_the_latest_frame_and_goes_on_between_frames() -> None:
    clock = StreamClock()
    assert clock.at(5000) == 0
    clock.frame_arrived(102, 1000)
    assert [clock.at(1000), clock.at(1007)] == [122, 129]


def test_a_delayed_frame_does_not_set_the_stream_clock_back() -> None:
    clock = StreamClock()
    clock.frame_arrived(102, 1000)
    clock.frame_arrived(122, 1090)
    assert clock.at(1090) == 212


def test_a_frame_delayed_less_sets_the_stream_clock_forward() -> None:
    clock = StreamClock()
    clock.frame_arrived(102, 1050)
    clock.frame_arrived(122, 1020)
    assert clock.at(1020) == 142


def test_the_stream_clock_follows_a_carrier_whose_clock_is_slower() -> None:
    clock = StreamClock()
    for number in range(50 * 60 * 30):
        clock.frame_arrived(100 + 20 * number, 1000 + 20 * number * 1.00002)
    half_hour = 20 * 50 * 60 * 30
    assert abs(clock.at(1000 + half_hour * 1.00002) - (120 + half_hour)) <= 2


@pytest.mark.parametrize(("now", "at"), [(1000, 122), (1009, 122), (1011, 142), (1020, 142)])
def test_aligned_time_falls_on_frame_borders(now: float, at: int) -> None:
    clock = StreamClock()
    clock.frame_arrived(102, 1000)
    assert clock.aligned(now) == at
