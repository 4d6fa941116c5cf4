from __future__ import annotations

import threading

import pytest

from speech.stt.base import RecognitionFailed
from speech.stt.catalogue import Recognisers
from speech.stt.late import LateRecognisers
from tests.fakes.recogniser import ScriptedRecogniser

pytestmark = pytest.mark.unit


def loaded() -> tuple[Recognisers, ScriptedRecogniser]:
    engine = ScriptedRecogniser(["where is my order"])
    return Recognisers({"en": engine}), engine


def test_what_was_said_before_the_engine_came_is_decoded_by_it() -> None:
    late = LateRecognisers()
    stream = late.recogniser_for("en").open("en", ("yes", "no"))
    stream.push(b"one")
    stream.push(b"two")
    recognisers, engine = loaded()
    late.arrived(recognisers)
    assert stream.result().text == "where is my order"
    [opened] = engine.opened
    assert (opened.language, opened.phrases) == ("en", ("yes", "no"))


def test_caller_who_has_finished_waits_for_the_engine() -> None:
    late, heard = LateRecognisers(), list[str]()
    stream = late.recogniser_for("en").open("en")
    stream.push(b"one")
    decode = threading.Thread(target=lambda: heard.append(stream.result().text))
    decode.start()
    late.arrived(loaded()[0])
    decode.join(5)
    assert heard == ["where is my order"]


def test_engine_that_does_not_come_is_a_failed_decode() -> None:
    stream = LateRecognisers(patience_secs=0.0).recogniser_for("en").open("en")
    stream.push(b"one")
    with pytest.raises(RecognitionFailed, match="still_loading"):
        stream.result()
    assert stream.partial() == ""
    stream.close()


def test_loaded_engines_are_used_directly() -> None:
    late = LateRecognisers()
    recognisers, engine = loaded()
    late.arrived(recognisers)
    assert late.recogniser_for("en") is engine


def test_audio_after_a_result_goes_straight_to_the_engine() -> None:
    late = LateRecognisers()
    stream = late.recogniser_for("en").open("en")
    stream.push(b"one")
    late.arrived(loaded()[0])
    stream.result()
    stream.push(b"two")
    assert stream.result().text == "where is my order"
    stream.reset()
    stream.close()
    late.close()
