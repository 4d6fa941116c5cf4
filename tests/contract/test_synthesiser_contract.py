"""What every synthesiser promises: the fake, each real engine in its child, and the chain of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from speech.formats import duration_ms, level_dbfs, peak_dbfs
from speech.interfaces import Synthesiser, SynthesisFailed, Voice
from speech.tts.build import build_synthesiser
from speech.tts.supervised import Limits, SynthesiserProcess
from tests.fakes.synthesiser import ScriptedSynthesiser

pytestmark = pytest.mark.contract

SHORT = {"en": "Thank you for calling.", "ja": "お電話ありがとうございます。", "de": "Vielen Dank für Ihren Anruf."}
LONG = {
    "en": "Thank you for calling. Your order was sent yesterday, and it should arrive on Wednesday morning.",
    "ja": "お電話ありがとうございます。ご注文の品は昨日発送しました。水曜日の朝に届く予定です。",
    "de": "Vielen Dank für Ihren Anruf. Ihre Bestellung wurde gestern verschickt und kommt am Mittwoch an.",
}


@dataclass(frozen=True)
class Subject:
    synthesiser: Synthesiser
    language: str


PATIENT = Limits(request_secs=60, load_secs=90)
"""The machine that runs the tests may be busy."""
SUBJECTS = ["scripted", "piper", "open_jtalk", "espeak", "chain-en"]


@pytest.fixture(scope="module", params=SUBJECTS)
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    match request.param:
        case "scripted":
            made = Subject(ScriptedSynthesiser(), "en")
        case "piper":
            made = Subject(SynthesiserProcess("piper", limits=PATIENT), "en")
        case "open_jtalk":
            made = Subject(SynthesiserProcess("open_jtalk", limits=PATIENT), "ja")
        case "espeak":
            made = Subject(SynthesiserProcess("espeak", limits=PATIENT), "de")
        case _:
            language = request.param.removeprefix("chain-")
            made = Subject(build_synthesiser([language], limits=PATIENT)[0], language)
    yield made
    made.synthesiser.close()


def test_speech_is_pcm_of_a_plausible_length(subject: Subject) -> None:
    pcm = subject.synthesiser.synthesise(SHORT[subject.language], Voice(subject.language))

    assert len(pcm) % 2 == 0
    assert 700 < duration_ms(pcm) < 6000


def test_a_longer_text_is_longer_speech(subject: Subject) -> None:
    short = subject.synthesiser.synthesise(SHORT[subject.language], Voice(subject.language))
    long = subject.synthesiser.synthesise(LONG[subject.language], Voice(subject.language))

    assert duration_ms(long) > 2 * duration_ms(short)


def test_level_is_set_for_the_telephone(subject: Subject) -> None:
    pcm = subject.synthesiser.synthesise(LONG[subject.language], Voice(subject.language))

    assert -24 < level_dbfs(pcm) < -16
    assert peak_dbfs(pcm) <= -2.9


def test_a_lower_rate_is_slower_and_the_next_text_is_not(subject: Subject) -> None:
    text = SHORT[subject.language]
    lengths = [
        duration_ms(subject.synthesiser.synthesise(text, Voice(subject.language, rate)))
        for rate in (1.0, 0.6, 1.0, 0.6)
    ]

    assert lengths[1] > 1.2 * lengths[0]
    assert lengths[2] < 0.85 * lengths[1]
    assert lengths[3] > 1.2 * lengths[2]


@pytest.mark.parametrize("text", ["", "   ", "...", "。！？", "!?\u0000\u0008", "\U0001f600"])
def test_text_without_words_is_no_sound_and_no_error(subject: Subject, text: str) -> None:
    assert subject.synthesiser.synthesise(text, Voice(subject.language)) == b""


def test_odd_text_is_spoken_or_refused_and_the_next_is_spoken(subject: Subject) -> None:
    for junk in ("<speak>x</speak>", "[[x]] y", "a\u0000b", "1/0 & % $ # @", "\ud800 word", "x" * 400):
        try:
            assert len(subject.synthesiser.synthesise(junk, Voice(subject.language))) % 2 == 0
        except SynthesisFailed as failed:
            assert junk not in failed.reason

    assert subject.synthesiser.synthesise(SHORT[subject.language], Voice(subject.language))


def test_requests_of_several_threads_are_all_answered(subject: Subject) -> None:
    texts = [f"{SHORT[subject.language]} {number}" for number in range(4)]
    with ThreadPoolExecutor(3) as pool:
        heard = list(pool.map(lambda text: subject.synthesiser.synthesise(text, Voice(subject.language)), texts))

    assert all(heard)


def test_the_language_is_among_its_languages(subject: Subject) -> None:
    subject.synthesiser.synthesise(SHORT[subject.language], Voice(subject.language))

    assert subject.language in subject.synthesiser.languages()


def test_real_engines_never_run_in_the_callers_process(subject: Subject) -> None:
    if isinstance(subject.synthesiser, SynthesiserProcess):
        subject.synthesiser.synthesise(SHORT[subject.language], Voice(subject.language))

        assert subject.synthesiser.pids()
        assert os.getpid() not in subject.synthesiser.pids()
