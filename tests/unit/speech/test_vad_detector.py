"""What counts as speech, with a confirmer that follows a script and with the real one on tones and noise."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from speech import formats
from speech.vad import ConfirmerPool, SpeechDetector, Voice, open_confirmers
from speech.vad.confirm import Upsampler
from speech.vad.gate import Gate

pytestmark = pytest.mark.unit

SILENT = formats.silence(20)


def _voiced(ms: int) -> bytes:
    """A buzz with formants that the gate takes for a voice."""
    at = np.arange(ms * 8) / 8000
    buzz = sum(np.sin(2 * np.pi * 120 * k * at) / (1 + abs(k - 5)) for k in range(1, 25))
    return formats.pcm_bytes(3000 * np.asarray(buzz))


def _frames(pcm: bytes) -> list[bytes]:
    return [pcm[start : start + 320] for start in range(0, len(pcm), 320)]


class ScriptedConfirmer:
    """Always as sure as it is told."""

    def __init__(self, probabilities: Callable[[], float]) -> None:
        self._probabilities = probabilities
        self.chunks = 0
        self.resets = 0

    def process_chunk(self, audio: bytes) -> float:
        assert len(audio) == 1024
        self.chunks += 1
        return self._probabilities()

    def reset(self) -> None:
        self.resets += 1


def _detector(*probabilities: float) -> tuple[SpeechDetector, ScriptedConfirmer, ConfirmerPool]:
    script: Iterator[float] = iter([*probabilities, *([probabilities[-1]] * 1000)])
    confirmer = ScriptedConfirmer(lambda: next(script))
    pool = ConfirmerPool(lambda: confirmer, ready=1, most=1)
    return SpeechDetector(pool), confirmer, pool


def test_silence_never_wakes_the_confirmation() -> None:
    detector, confirmer, _ = _detector(1.0)
    assert {detector.frame(SILENT) for _ in range(100)} == {Voice.SILENT}
    assert confirmer.chunks == 0


def test_a_sure_confirmation_makes_speech_at_once() -> None:
    detector, _, _ = _detector(0.9)
    assert Voice.SPEECH in [detector.frame(frame) for frame in _frames(_voiced(100))]


def test_sound_that_is_never_confirmed_stays_a_maybe() -> None:
    detector, confirmer, _ = _detector(0.1)
    voices = [detector.frame(frame) for frame in _frames(_voiced(600))]
    assert Voice.MAYBE in voices
    assert Voice.SPEECH not in voices
    assert confirmer.chunks > 10


def test_one_likely_chunk_is_not_speech_and_two_are() -> None:
    alternating, _, _ = _detector(*[0.5, 0.1] * 40)
    assert Voice.SPEECH not in [alternating.frame(frame) for frame in _frames(_voiced(600))]
    steady, _, _ = _detector(0.5)
    assert Voice.SPEECH in [steady.frame(frame) for frame in _frames(_voiced(600))]


def test_speech_ends_with_the_gate_and_the_confirmer_goes_back_to_the_pool() -> None:
    detector, _, pool = _detector(0.9)
    for frame in _frames(_voiced(400)):
        detector.frame(frame)
    assert pool.borrow() is None
    voices = [detector.frame(SILENT) for _ in range(60)]
    assert voices[-1] is Voice.SILENT
    assert pool.borrow() is not None


def test_closing_gives_the_confirmer_back() -> None:
    detector, _, pool = _detector(0.9)
    for frame in _frames(_voiced(100)):
        detector.frame(frame)
    detector.close()
    detector.close()
    assert pool.borrow() is not None
    assert pool.borrow() is None


def test_without_confirmation_the_gate_alone_decides_after_120_ms() -> None:
    detector = SpeechDetector(None)
    voices = [detector.frame(frame) for frame in _frames(_voiced(400))]
    first = voices.index(Voice.SPEECH)
    assert voices[first - 5 : first] == [Voice.MAYBE] * 5


def test_a_click_is_not_speech_for_the_gate_alone() -> None:
    detector = SpeechDetector(None)
    click = formats.pcm_bytes(np.concatenate([np.full(20, 20000.0), np.zeros(140)]))
    voices = [detector.frame(frame) for frame in [SILENT, click, SILENT, SILENT, SILENT, SILENT] * 10]
    assert Voice.SPEECH not in voices


def test_the_pool_makes_more_up_to_its_limit() -> None:
    made: list[ScriptedConfirmer] = []

    def make() -> ScriptedConfirmer:
        made.append(ScriptedConfirmer(lambda: 0.0))
        return made[-1]

    pool = ConfirmerPool(make, ready=1, most=2)
    first, second = pool.borrow(), pool.borrow()
    assert (first, second) == (made[0], made[1])
    assert pool.borrow() is None
    assert made[0].resets == 1
    pool.give_back(made[0])
    assert pool.borrow() is made[0]


def test_upsampling_draws_straight_lines_across_frames() -> None:
    upsampler = Upsampler()
    first = upsampler.frame(np.array([10, 20], dtype="<i2").tobytes())
    second = upsampler.frame(np.array([40, 40], dtype="<i2").tobytes())
    assert np.frombuffer(first + second, dtype="<i2").tolist() == [5, 10, 15, 20, 30, 40, 40, 40]


def test_the_gate_wants_whole_frames() -> None:
    with pytest.raises(ValueError, match="20 ms"):
        Gate().frame(b"\x00" * 100)


def test_the_missing_confirmation_is_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Callable[[], ScriptedConfirmer]:
        raise ImportError

    monkeypatch.setattr("speech.vad.detector.load_silero", fail)
    pool, reason = open_confirmers()
    assert pool is None
    assert reason == "webrtcvad alone: silero cannot be loaded, so hold music and loud noise pass for speech"
