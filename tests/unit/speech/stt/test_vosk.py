"""The pool of warm recognisers and Vosk's failures; the engine itself is run in the contract tests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from speech.stt import vosk as engine
from speech.stt.base import RecognitionFailed
from speech.stt.vosk import VoskRecogniser

pytestmark = pytest.mark.unit


class ScriptedKaldi:
    """Ends a sentence with every chunk that is not silence."""

    made: list[tuple[object, ...]] = []

    def __init__(self, *arguments: object) -> None:
        self.made.append(arguments)

    def AcceptWaveform(self, pcm: bytes) -> int:  # noqa: N802 - the engine's own name
        if pcm.startswith(b"fail"):
            raise Exception("Failed to process waveform")
        return int(any(pcm))

    def Result(self) -> str:  # noqa: N802 - the engine's own name
        return json.dumps({"text": "one [unk]"})

    def PartialResult(self) -> str:  # noqa: N802 - the engine's own name
        return json.dumps({"partial": "par"})

    def FinalResult(self) -> str:  # noqa: N802 - the engine's own name
        return json.dumps({"text": "two"})

    def Reset(self) -> None:  # noqa: N802 - the engine's own name
        """Nothing to forget."""


@pytest.fixture
def recogniser(monkeypatch: pytest.MonkeyPatch) -> VoskRecogniser:
    monkeypatch.setattr(ScriptedKaldi, "made", [])
    monkeypatch.setattr(engine.vosk, "KaldiRecognizer", ScriptedKaldi)
    monkeypatch.setattr(engine, "_load", lambda folder: "model")
    return VoskRecogniser(Path("vosk-model-xx"), "xx", ready=0)


def test_sentences_that_end_on_the_way_are_one_text(recogniser: VoskRecogniser) -> None:
    stream = recogniser.open("xx")
    stream.push(b"\x01" * 3200)
    assert stream.partial() == "one par"
    assert stream.result().text == "one two"


def test_a_recogniser_that_was_given_back_is_used_again(recogniser: VoskRecogniser) -> None:
    recogniser.open("xx").close()
    recogniser.open("xx").close()
    assert len(ScriptedKaldi.made) == 1


def test_a_grammar_has_its_own_recognisers_and_only_so_many_are_kept(recogniser: VoskRecogniser) -> None:
    recogniser.open("xx", ["Yes", "no"]).close()
    recogniser.open("xx", ["no", "yes"]).close()
    assert ScriptedKaldi.made == [("model", 8000, '["no", "yes", "[unk]"]')]
    for number in range(30):
        recogniser.open("xx", [f"phrase {number}"]).close()
    recogniser.open("xx", ["yes", "no"])
    assert len(ScriptedKaldi.made) == 32


def test_a_failing_engine_is_a_failed_recognition(recogniser: VoskRecogniser) -> None:
    with pytest.raises(RecognitionFailed, match="decode"):
        recogniser.open("xx").push(b"fail")


def test_an_engine_that_was_closed_opens_nothing(recogniser: VoskRecogniser) -> None:
    recogniser.close()
    with pytest.raises(RecognitionFailed, match="closed"):
        recogniser.open("xx")


def test_a_folder_without_a_model_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(RecognitionFailed, match="not-a-model"):
        VoskRecogniser(tmp_path, "xx")
