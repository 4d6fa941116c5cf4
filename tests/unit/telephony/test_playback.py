"""Prompts on a stream: pacing, marks, stops, failures; on a virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from ivr.telephony.media_gate import MediaCounters
from ivr.telephony.playback import Pacing, Playback
from ivr.telephony.playout import StreamClock

pytestmark = pytest.mark.unit

FRAME = b"\x01" * 160


class Stage:
    """A playback with everything around it, on a clock that stands still unless somebody sleeps."""

    def __init__(self, pacing: Pacing | None = None) -> None:
        self.now = 1000.0
        self.sent: list[tuple[float, str, int]] = []
        self.marks: list[str] = []
        self.finished: list[tuple[int, bool, int]] = []
        self.failed: list[tuple[int, str]] = []
        self.tape: list[int] = []
        self.counters = MediaCounters()
        clock = StreamClock()
        clock.frame_arrived(80, self.now)
        self.playback = Playback(self, clock, self.counters, pacing, now_ms=lambda: self.now, sleep_ms=self.sleep)
        self.playback.our_frame = lambda at, _: self.tape.append(at)

    async def sleep(self, ms: float) -> None:
        self.now += ms
        await asyncio.sleep(0)

    def send_media(self, mulaw: bytes) -> None:
        self.sent.append((self.now, "media", len(mulaw) // 8))

    def send_mark(self, name: str) -> None:
        self.sent.append((self.now, "mark", 0))
        self.marks.append(name)

    def send_clear(self) -> None:
        self.sent.append((self.now, "clear", 0))

    def play(self, prompt_id: int, chunks: AsyncIterator[bytes]) -> None:
        self.playback.play(
            prompt_id,
            chunks,
            lambda *report: self.finished.append(report),
            lambda number, error: self.failed.append((number, str(error))),
        )

    async def settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def whole() -> None:
        await test()

    asyncio.run(whole())


async def speech(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


class Endless:
    """A speaker that gives some audio and then waits for ever; knows whether it was closed."""

    def __init__(self, *chunks: bytes) -> None:
        self.is_closed = False
        self._chunks = chunks

    async def stream(self) -> AsyncIterator[bytes]:
        try:
            for chunk in self._chunks:
                yield chunk
            await asyncio.Event().wait()
        finally:
            self.is_closed = True


def test_audio_is_sent_a_little_ahead_of_real_time() -> None:
    async def test() -> None:
        stage = Stage(Pacing(lead_ms=200, message_ms=100))
        stage.play(1, speech(FRAME * 30))
        await stage.settle()
        assert stage.sent == [
            (1000, "media", 100),
            (1000, "media", 100),
            (1000, "media", 100),
            (1100, "media", 100),
            (1200, "media", 100),
            (1300, "media", 100),
            (1300, "mark", 0),
        ]

    run(test)


def test_a_prompt_is_completed_by_its_mark() -> None:
    async def test() -> None:
        stage = Stage()
        stage.play(1, speech(FRAME, FRAME))
        await stage.settle()
        assert stage.finished == []
        stage.playback.mark_reached(stage.marks[0])
        assert stage.finished == [(1, True, 40)]
        assert stage.playback.is_idle

    run(test)


def test_odd_pieces_are_joined_and_the_last_one_is_filled_with_silence() -> None:
    async def test() -> None:
        stage = Stage()
        stage.play(1, speech(b"\x01" * 100, b"\x01" * 100, b"\x01"))
        await stage.settle()
        assert [ms for _, kind, ms in stage.sent if kind == "media"] == [20, 20]

    run(test)


def test_an_empty_prompt_is_completed_too() -> None:
    async def test() -> None:
        stage = Stage()
        stage.play(1, speech())
        await stage.settle()
        stage.playback.mark_reached(stage.marks[0])
        assert stage.finished == [(1, True, 0)]

    run(test)


def test_a_stop_clears_at_once_and_reports_what_was_heard() -> None:
    async def test() -> None:
        stage = Stage(Pacing(lead_ms=200, message_ms=100))
        speaker = Endless(FRAME * 15)
        stage.play(1, speaker.stream())
        await stage.settle()
        assert stage.now == 1000
        stage.now = 1130
        assert stage.playback.stop(1) is True
        assert stage.sent[-1] == (1130, "clear", 0)
        assert stage.finished == [(1, False, 130)]
        await stage.settle()
        assert speaker.is_closed
        assert stage.sent[-1] == (1130, "clear", 0)

    run(test)


def test_a_mark_after_a_clear_proves_nothing() -> None:
    async def test() -> None:
        stage = Stage()
        stage.play(1, speech(FRAME * 5))
        await stage.settle()
        stage.playback.stop(1)
        stage.playback.mark_reached(stage.marks[0])
        assert stage.finished == [(1, False, 0)]
        assert stage.counters.marks_unknown == 1

    run(test)


def test_a_prompt_played_again_does_not_take_the_mark_of_the_first_time() -> None:
    async def test() -> None:
        stage = Stage()
        stage.play(1, speech(FRAME))
        await stage.settle()
        stage.playback.stop(1)
        stage.play(1, speech(FRAME))
        await stage.settle()
        stage.playback.mark_reached(stage.marks[0])
        assert stage.finished == [(1, False, 0)]
        stage.playback.mark_reached(stage.marks[1])
        assert stage.finished == [(1, False, 0), (1, True, 20)]

    run(test)


def test_a_stop_before_the_first_audio_sends_nothing() -> None:
    async def test() -> None:
        stage = Stage()
        speaker = Endless()
        stage.play(1, speaker.stream())
        await stage.settle()
        assert stage.playback.stop(1) is True
        await stage.settle()
        assert stage.sent == []
        assert stage.finished == [(1, False, 0)]
        assert speaker.is_closed

    run(test)


def test_an_unknown_prompt_cannot_be_stopped() -> None:
    async def test() -> None:
        stage = Stage()
        stage.play(1, Endless(FRAME).stream())
        await stage.settle()
        assert stage.playback.stop(2) is False
        assert stage.finished == []
        stage.playback.close()
        await stage.settle()

    run(test)


def test_prompts_play_one_after_another() -> None:
    async def test() -> None:
        stage = Stage()
        stage.play(1, speech(FRAME))
        stage.play(2, speech(FRAME))
        await stage.settle()
        assert len(stage.marks) == 1
        stage.playback.mark_reached(stage.marks[0])
        await stage.settle()
        stage.playback.mark_reached(stage.marks[1])
        assert stage.finished == [(1, True, 20), (2, True, 20)]

    run(test)


def test_a_waiting_prompt_can_be_stopped_without_touching_the_playing_one() -> None:
    async def test() -> None:
        stage = Stage()
        stage.play(1, speech(FRAME))
        stage.play(2, speech(FRAME))
        await stage.settle()
        assert stage.playback.stop(2) is True
        assert stage.finished == [(2, False, 0)]
        assert [kind for _, kind, _ in stage.sent] == ["media", "mark"]

    run(test)


def test_a_prompt_may_be_played_from_the_report_of_the_last_one() -> None:
    async def test() -> None:
        stage = Stage()
        stage.playback.play(1, speech(FRAME), lambda *_: stage.play(2, speech(FRAME)))
        await stage.settle()
        stage.playback.mark_reached(stage.marks[0])
        await stage.settle()
        stage.playback.mark_reached(stage.marks[1])
        assert stage.finished == [(2, True, 20)]

    run(test)


def test_failed_speech_is_reported_and_the_next_prompt_plays() -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield FRAME
        raise RuntimeError("the engine died")

    async def test() -> None:
        stage = Stage()
        stage.play(1, broken())
        stage.play(2, speech(FRAME))
        await stage.settle()
        assert stage.failed == [(1, "the engine died")]
        assert stage.finished == [(1, False, 0)]
        assert stage.counters.speech_failures == 1
        assert len(stage.marks) == 1

    run(test)


def test_cancelled_speech_counts_as_failed() -> None:
    async def cancelled() -> AsyncIterator[bytes]:
        yield FRAME
        raise asyncio.CancelledError

    async def test() -> None:
        stage = Stage()
        stage.play(1, cancelled())
        await stage.settle()
        assert stage.failed == [(1, "speech was cancelled")]
        assert stage.finished == [(1, False, 0)]

    run(test)


def test_a_mark_that_never_comes_ends_the_prompt_as_not_proven() -> None:
    async def test() -> None:
        stage = Stage(Pacing(mark_grace_ms=-240))
        stage.play(1, speech(FRAME))
        await stage.settle()
        await asyncio.sleep(0)
        await stage.settle()
        assert stage.finished == [(1, False, 20)]
        assert stage.counters.marks_missing == 1

    run(test)


def test_the_end_of_the_stream_reports_every_prompt_once() -> None:
    async def test() -> None:
        stage = Stage()
        first, second = Endless(FRAME * 5), Endless()
        stage.play(1, first.stream())
        stage.play(2, second.stream())
        await stage.settle()
        stage.now += 60
        stage.playback.close()
        stage.playback.close()
        assert stage.finished == [(1, False, 60), (2, False, 0)]
        stage.play(3, speech(FRAME))
        assert stage.finished[-1] == (3, False, 0)
        await stage.settle()
        assert first.is_closed

    run(test)


def test_the_tape_gets_what_was_heard_on_the_streams_own_frame_borders() -> None:
    async def test() -> None:
        stage = Stage()
        stage.play(1, Endless(FRAME * 10).stream())
        await stage.settle()
        stage.now += 50
        stage.playback.stop(1)
        assert stage.tape == [100, 120, 140]
        await stage.settle()

    run(test)


def test_sound_past_the_prompts_is_sent_as_it_is() -> None:
    async def test() -> None:
        stage = Stage()
        stage.playback.send_now(FRAME)
        assert stage.sent == [(1000, "media", 20)]

    run(test)
