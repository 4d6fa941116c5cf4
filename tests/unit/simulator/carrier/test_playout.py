import pytest

from ivr.simulator.carrier.playout import Playout

pytestmark = pytest.mark.unit


class Marks:
    def __init__(self) -> None:
        self.seen: list[tuple[str, bool]] = []

    def put(self, playout: Playout, name: str) -> None:
        playout.mark(lambda played: self.seen.append((name, played)))


def test_mark_in_an_empty_buffer_is_reported_at_once() -> None:
    marks = Marks()
    marks.put(Playout(), "a")
    assert marks.seen == [("a", True)]


def test_mark_is_reported_only_when_the_audio_before_it_was_heard_to_its_end() -> None:
    playout, marks = Playout(), Marks()
    playout.add(b"\x01" * 320)
    marks.put(playout, "a")
    playout.next_frame()
    playout.next_frame()
    assert marks.seen == []
    playout.next_frame()
    assert marks.seen == [("a", True)]


def test_marks_between_chunks_come_in_order() -> None:
    playout, marks = Playout(), Marks()
    for name in "abc":
        playout.add(b"\x01" * 100)
        marks.put(playout, name)
    for _ in range(2):
        playout.next_frame()
    assert marks.seen == [("a", True)]
    playout.next_frame()
    assert marks.seen == [("a", True), ("b", True), ("c", True)]


def test_frames_join_chunks_of_any_length() -> None:
    playout = Playout()
    playout.add(b"\x01" * 100)
    playout.add(b"\x02" * 100)
    assert playout.next_frame() == b"\x01" * 100 + b"\x02" * 60
    assert playout.next_frame() == b"\x02" * 40
    assert playout.next_frame() == b""


def test_clear_drops_what_is_left_and_returns_all_marks_in_order() -> None:
    playout, marks = Playout(), Marks()
    for name in "ab":
        playout.add(b"\x01" * 1600)
        marks.put(playout, name)
    playout.next_frame()
    assert playout.clear() == 380
    assert marks.seen == [("a", False), ("b", False)]
    assert playout.next_frame() == b""


def test_clear_of_an_empty_buffer_reports_nothing() -> None:
    playout, marks = Playout(), Marks()
    assert playout.clear() == 0
    assert marks.seen == []


def test_mark_after_the_last_frame_has_begun_waits_for_its_end() -> None:
    playout, marks = Playout(), Marks()
    playout.add(b"\x01" * 160)
    playout.next_frame()
    marks.put(playout, "a")
    assert marks.seen == []
    playout.next_frame()
    assert marks.seen == [("a", True)]


def test_more_than_ten_minutes_is_discarded() -> None:
    playout = Playout()
    assert playout.add(b"\x01" * (8000 * 600))
    assert not playout.add(b"\x01" * 160)
    assert playout.queued_ms == 600_000
