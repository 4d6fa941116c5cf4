"""What is made of Whisper's answers: gate, time stamps, loops, alternatives. The model's place is taken by a script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from speech import formats
from speech.stt import whisper
from speech.stt.base import RecognitionFailed
from speech.stt.mel import log_mel, mel_filters
from speech.stt.whisper import WhisperRecogniser, WhisperSettings
from speech.stt.whisper_models import TINY_EN

pytestmark = pytest.mark.unit

WORDS = ["yes", "no", "thank", "you", "again"]
END, START, NO_STAMPS, STAMP = 100, 101, 102, 103
SECOND = formats.silence(1000)


@dataclass
class Answer:
    """One result of the model."""

    sequences_ids: list[list[int]]
    scores: list[float] = field(default_factory=lambda: [-0.1])
    no_speech_prob: float = 0.1


class ScriptedModel:
    """Gives its answers in order; an exception among them is raised."""

    is_multilingual = False

    def __init__(self, answers: Sequence[Answer | Exception]) -> None:
        self._answers = list(answers)
        self.beams: list[int] = []
        self.windows: list[int] = []

    def generate(self, features: Any, prompts: list[list[int]], **options: Any) -> list[Answer]:
        self.beams.append(options["beam_size"])
        self.windows.append(features.shape[2])
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return [answer]


class ScriptedTokenizer:
    """A word for each number."""

    @staticmethod
    def from_file(path: str) -> ScriptedTokenizer:
        return ScriptedTokenizer()

    def token_to_id(self, token: str) -> int | None:
        return {"<|endoftext|>": END, "<|startoftranscript|>": START, "<|notimestamps|>": NO_STAMPS}.get(token)

    def decode(self, tokens: list[int]) -> str:
        return " ".join(WORDS[token] for token in tokens)


def _at(seconds: float) -> int:
    return STAMP + round(seconds / 0.02)


def _segment(start: float, words: list[int], end: float) -> list[int]:
    return [_at(start), *words, _at(end)]


def _recogniser(
    monkeypatch: pytest.MonkeyPatch, *answers: Answer | Exception, settings: WhisperSettings | None = None
) -> tuple[WhisperRecogniser, ScriptedModel]:
    model = ScriptedModel(answers)
    monkeypatch.setattr(whisper, "_load", lambda folder: model)
    monkeypatch.setattr(whisper, "ready_folder", lambda model, cache: Path())
    monkeypatch.setattr(whisper, "Tokenizer", ScriptedTokenizer)
    return WhisperRecogniser(TINY_EN, Path(), settings), model


def _hear(recogniser: WhisperRecogniser, pcm: bytes = SECOND) -> tuple[str, tuple[str, ...]]:
    stream = recogniser.open("en")
    stream.push(pcm)
    result = stream.result()
    return result.text, result.alternatives


def test_words_between_stamps_are_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    recogniser, model = _recogniser(monkeypatch, Answer([_segment(0.0, [2, 3], 0.8)]))
    assert _hear(recogniser) == ("thank you", ())
    assert (model.beams, model.windows) == ([1], [800])


def test_probably_no_speech_is_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    recogniser, _ = _recogniser(monkeypatch, Answer([_segment(0.0, [3], 0.5)], no_speech_prob=0.61))
    assert _hear(recogniser) == ("", ())


def test_a_segment_that_begins_where_the_audio_ends_is_invented(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = _segment(0.0, [0], 0.4) + _segment(0.6, [2, 3], 2.0)
    recogniser, _ = _recogniser(monkeypatch, Answer([tokens]))
    assert _hear(recogniser)[0] == "yes"


def test_a_repetition_is_decoded_again_once_with_the_full_window(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = Answer([_segment(0.0, [4] * 60, 0.9)])
    recogniser, model = _recogniser(monkeypatch, loop, Answer([_segment(0.0, [0], 0.4)]))
    assert _hear(recogniser)[0] == "yes"
    assert (model.beams, model.windows) == ([1, 5], [800, 3000])


def test_a_repetition_that_stays_is_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = Answer([_segment(0.0, [4] * 60, 0.9)])
    recogniser, _ = _recogniser(monkeypatch, loop, loop)
    assert _hear(recogniser) == ("", ())


def test_other_beams_are_alternatives_without_doubles(monkeypatch: pytest.MonkeyPatch) -> None:
    beams = [_segment(0.0, [0], 0.4), _segment(0.0, [0], 0.5), _segment(0.0, [1], 0.4), []]
    recogniser, _ = _recogniser(monkeypatch, Answer(beams, [-0.1] * 4), settings=WhisperSettings(beam=4))
    assert _hear(recogniser) == ("yes", ("no",))


def test_the_window_grows_with_the_audio_up_to_30_s(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [Answer([[]]), Answer([[]])]
    recogniser, model = _recogniser(monkeypatch, *answers)
    _hear(recogniser, SECOND * 9)
    _hear(recogniser, SECOND * 40)
    assert model.windows == [1300, 3000]


@pytest.mark.parametrize("failure", [RuntimeError("x"), ValueError("x")])
def test_a_failing_engine_is_a_failed_recognition(monkeypatch: pytest.MonkeyPatch, failure: Exception) -> None:
    recogniser, _ = _recogniser(monkeypatch, failure)
    with pytest.raises(RecognitionFailed, match="decode"):
        _hear(recogniser)


def test_a_model_that_does_not_load_is_a_failed_recognition(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(folder: Path) -> ScriptedModel:
        raise RuntimeError("not a model")

    _recogniser(monkeypatch)
    monkeypatch.setattr(whisper, "_load", fail)
    with pytest.raises(RecognitionFailed, match="model-not-loaded"):
        WhisperRecogniser(TINY_EN, Path())


def test_mel_bands_cover_the_spectrum_and_padding_is_silence() -> None:
    filters = mel_filters()
    assert filters.shape == (80, 201)
    assert float(filters[0, 1]) == pytest.approx(0.02486259, abs=1e-6)
    tone = (0.5 * np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000)).astype(np.float32)
    bands = log_mel(tone, 10.0)
    assert bands.shape == (80, 1000)
    assert int(bands[:, 50].argmax()) == 26
    assert float(bands.max() - bands.min()) == pytest.approx(2.0)
    assert bands[:, 200:].max() == bands.min()


def test_the_tenth_of_a_second_and_nothing_have_a_spectrogram_too() -> None:
    assert log_mel(np.zeros(1600, dtype=np.float32), 8.0).shape == (80, 800)
    assert log_mel(np.zeros(10, dtype=np.float32), 8.0).shape == (80, 800)
