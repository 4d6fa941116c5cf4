"""Gaps, late frames and odd lengths on the way to an even timeline."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.timeline import Timeline

pytestmark = pytest.mark.unit

FRAME = b"\x01" * 160
SILENCE = b"\xff" * 160


def test_frames_in_order_pass_as_they_are() -> None:
    timeline = Timeline()
    assert [*timeline.frames(100, FRAME), *timeline.frames(120, FRAME)] == [(100, FRAME), (120, FRAME)]
    assert timeline.now_ms == 140


def test_a_gap_becomes_silence() -> None:
    timeline = Timeline()
    list(timeline.frames(0, FRAME))
    assert list(timeline.frames(60, FRAME)) == [(20, SILENCE), (40, SILENCE), (60, FRAME)]
    assert timeline.counts.filled == 2


def test_a_gap_of_no_whole_number_of_frames_keeps_the_even_steps() -> None:
    timeline = Timeline()
    list(timeline.frames(0, FRAME))
    assert list(timeline.frames(71, FRAME)) == [(20, SILENCE), (40, SILENCE), (60, SILENCE), (80, FRAME)]
    assert list(timeline.frames(91, FRAME)) == [(100, FRAME)]
    assert list(timeline.frames(135, FRAME)) == [(120, SILENCE), (140, FRAME)]
    assert timeline.counts.late == 0


def test_a_stamp_far_in_the_future_costs_two_seconds_of_silence_at_most() -> None:
    timeline = Timeline()
    list(timeline.frames(0, FRAME))
    assert len(list(timeline.frames(10**15, FRAME))) == 101
    assert timeline.now_ms == 10**15 + 20


def test_late_and_doubled_frames_are_dropped_and_counted() -> None:
    timeline = Timeline()
    list(timeline.frames(0, FRAME))
    list(timeline.frames(20, FRAME))
    assert list(timeline.frames(20, FRAME)) == []
    assert list(timeline.frames(40, FRAME)) == [(40, FRAME)]
    assert timeline.counts.late == 1


def test_stamps_that_never_move_are_not_believed_for_ever() -> None:
    timeline = Timeline()
    heard = [frame for _ in range(100) for frame in timeline.frames(0, FRAME)]
    assert len(heard) == 75
    assert heard[-1][0] == 74 * 20


def test_short_pieces_are_put_together() -> None:
    timeline = Timeline()
    assert list(timeline.frames(0, FRAME[:80])) == []
    assert list(timeline.frames(10, FRAME[:80])) == [(0, FRAME)]


def test_an_oversized_piece_is_cut() -> None:
    timeline = Timeline()
    assert len(list(timeline.frames(0, b"\x01" * 100_000))) == 50
    assert timeline.counts.oversized == 1


@given(st.lists(st.tuples(st.integers(0, 10**7), st.binary(max_size=400)), max_size=30))
def test_whatever_comes_time_never_runs_backwards(pieces: list[tuple[int, bytes]]) -> None:
    timeline = Timeline()
    last = -20
    for at_ms, mulaw in pieces:
        for frame_at, frame in timeline.frames(at_ms, mulaw):
            assert len(frame) == 160
            assert frame_at >= last + 20 or last == -20
            last = frame_at
