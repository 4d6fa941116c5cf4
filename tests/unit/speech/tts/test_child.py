"""What a synthesis child answers; its process is tested in the integration tests."""

from __future__ import annotations

import pytest

from speech.interfaces import SynthesisFailed, Voice
from speech.tts.child import Servant
from speech.tts.wire import Answer, Order, Request
from tests.fakes.synthesiser import Misbehaving, ScriptedSynthesiser

pytestmark = pytest.mark.unit


def test_warming_loads_the_engine_once_and_names_its_languages() -> None:
    made: list[ScriptedSynthesiser] = []
    servant = Servant(lambda: made.append(ScriptedSynthesiser()) or made[-1])

    answers = [servant.answer(Request(Order.WARM)) for _ in range(2)]

    assert answers == [Answer(languages=("en", "ja"))] * 2
    assert len(made) == 1
    servant.close()
    assert made[0].is_closed


def test_speech_is_the_body() -> None:
    pcm = ScriptedSynthesiser().synthesise("Hello.", Voice("en"))

    assert Servant(ScriptedSynthesiser).answer(Request(Order.SPEAK, "Hello.", Voice("en"))) == Answer(body=pcm)


def test_failures_are_answers_without_the_text() -> None:
    servant = Servant(Misbehaving)

    assert servant.answer(Request(Order.SPEAK, "refuse", Voice("en"))).failure == "refused"
    assert servant.answer(Request(Order.SPEAK, "raise", Voice("en"))).failure == "engine_error:ZeroDivisionError"


def test_an_engine_that_is_not_installed_is_an_answer_and_tried_again() -> None:
    tries: list[int] = []

    def make() -> ScriptedSynthesiser:
        tries.append(1)
        raise SynthesisFailed("not_installed")

    servant = Servant(make)

    assert servant.answer(Request(Order.WARM)).failure == "not_installed"
    assert servant.answer(Request(Order.WARM)).failure == "not_installed"
    assert len(tries) == 2
    servant.close()
