"""Frames of both sides land where they belong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.two_tracks import MAX_JUMP_MS, Chunk, TwoTracks
from speech.formats import pcm_to_mulaw

pytestmark = pytest.mark.unit

LOUD = pcm_to_mulaw(np.full(160, 1000, dtype="<i2").tobytes())
LEVEL = 988
"""What 1000 comes back as from μ-law."""


def rendered(chunks: list[Chunk]) -> np.ndarray[tuple[int, int], np.dtype[np.int16]]:
    """All chunks as an array of (sample, channel)."""
    end = max((chunk.at_sample + len(chunk.pcm) // 4 for chunk in chunks), default=0)
    whole = np.zeros((end, 2), dtype="<i2")
    for chunk in chunks:
        part = np.frombuffer(chunk.pcm, dtype="<i2").reshape(-1, 2)
        whole[chunk.at_sample : chunk.at_sample + len(part)] = part
    return whole


def loud_spans(chunks: list[Chunk], channel: int) -> list[tuple[int, int]]:
    """Where a channel is not silent, as (from, to) in ms."""
    is_loud = np.concatenate([[0], (rendered(chunks)[:, channel] != 0).astype(int), [0]])
    edges = np.flatnonzero(np.diff(is_loud)) // 8
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def test_the_caller_is_left_and_we_are_right() -> None:
    tracks = TwoTracks(1_000)
    chunks = tracks.put(0, 1_000, LOUD) + tracks.put(1, 1_040, LOUD) + tracks.rest()
    assert loud_spans(chunks, 0) == [(0, 20)]
    assert loud_spans(chunks, 1) == [(40, 60)]


def test_audio_keeps_its_level() -> None:
    tracks = TwoTracks(0)
    tracks.put(0, 0, LOUD)
    assert abs(int(rendered(tracks.rest())[0, 0]) - 1000) < 32


def test_a_frame_across_the_start_loses_its_first_part_only() -> None:
    tracks = TwoTracks(110)
    chunks = tracks.put(0, 80, LOUD) + tracks.put(0, 100, LOUD) + tracks.rest()
    assert loud_spans(chunks, 0) == [(0, 10)]


def test_a_gap_is_filled_with_silence_on_both_sides() -> None:
    tracks = TwoTracks(0)
    chunks = tracks.put(0, 0, LOUD) + tracks.put(0, 60_000, LOUD) + tracks.rest()
    assert loud_spans(chunks, 0) == [(0, 20), (60_000, 60_020)]
    assert loud_spans(chunks, 1) == []


def test_frames_in_wrong_order_find_their_place() -> None:
    tracks = TwoTracks(0)
    chunks = tracks.put(0, 40, LOUD) + tracks.put(0, 0, LOUD) + tracks.rest()
    assert loud_spans(chunks, 0) == [(0, 20), (40, 60)]


def test_a_frame_older_than_the_window_is_dropped_and_counted() -> None:
    tracks = TwoTracks(0)
    tracks.put(0, 0, LOUD)
    tracks.put(0, 9_000, LOUD)
    assert tracks.put(1, 100, LOUD) == []
    assert tracks.dropped == 1


def test_speech_laid_over_unheard_speech_replaces_it() -> None:
    tracks = TwoTracks(0)
    chunks = tracks.put(1, 0, LOUD) + tracks.put(1, 10, b"\xff" * 160) + tracks.rest()
    assert loud_spans(chunks, 1) == [(0, 10)]


@pytest.mark.parametrize("at_ms", [MAX_JUMP_MS + 1, 10**15])
def test_a_time_stamp_far_ahead_is_dropped_and_what_follows_is_kept(at_ms: int) -> None:
    tracks = TwoTracks(0)
    assert tracks.put(0, at_ms, LOUD) == []
    chunks = tracks.put(0, 20, LOUD) + tracks.rest()
    assert loud_spans(chunks, 0) == [(20, 40)]
    assert tracks.dropped == 1


def test_a_long_announced_pause_is_no_mistake() -> None:
    tracks = TwoTracks(0)
    tracks.put(0, 0, LOUD)
    tracks.expect(2 * MAX_JUMP_MS)
    assert loud_spans(tracks.put(0, 2 * MAX_JUMP_MS, LOUD) + tracks.rest(), 0)[-1] == (1_200_000, 1_200_020)
    assert tracks.dropped == 0


@pytest.mark.parametrize("frame", [b"", b"\x00" * 8_001])
def test_empty_and_overlong_frames_are_dropped(frame: bytes) -> None:
    tracks = TwoTracks(0)
    assert tracks.put(0, 0, frame) == [] and tracks.dropped == 1
    assert tracks.rest() == []


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(-500, 20_000), st.integers(1, 400)), max_size=40))
def test_chunks_never_overlap_and_come_in_order(frames: list[tuple[int, int, int]]) -> None:
    tracks = TwoTracks(0)
    chunks: list[Chunk] = []
    for track, at_ms, length in frames:
        chunks += tracks.put(track, at_ms, b"\x00" * length)
    chunks += tracks.rest()
    ends = [0] + [chunk.at_sample + len(chunk.pcm) // 4 for chunk in chunks]
    assert all(chunk.at_sample >= end for chunk, end in zip(chunks, ends, strict=False))
    assert all(chunk.pcm and len(chunk.pcm) % 4 == 0 for chunk in chunks)
