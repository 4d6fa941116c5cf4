"""Which engine for which language, and what is said about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from speech.stt import catalogue
from speech.stt.base import DeafRecogniser, RecognitionFailed
from speech.stt.catalogue import Choice, Engine, choose, load_recognisers
from tests.fakes.recogniser import ScriptedRecogniser

pytestmark = pytest.mark.unit

NO_VOSK_EN = "no Vosk model for en is installed (`ivr models install` fetches one)"


def _models(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).mkdir()
    return root


def test_an_installed_vosk_model_comes_first(tmp_path: Path) -> None:
    choice = choose("en", _models(tmp_path, "vosk-model-small-en-us-0.15", "vosk-model-small-ja-0.22"))
    assert (choice.engine, choice.folder) == (Engine.VOSK, tmp_path / "vosk-model-small-en-us-0.15")
    assert choice.reason == "the Vosk model vosk-model-small-en-us-0.15 is installed"


def test_a_large_model_comes_before_a_small_one(tmp_path: Path) -> None:
    choice = choose("en-GB", _models(tmp_path, "vosk-model-small-en-us-0.15", "vosk-model-en-us-0.22"))
    assert choice.folder == tmp_path / "vosk-model-en-us-0.22"


def test_without_vosk_english_gets_the_tiny_whisper_and_japanese_the_base_one(tmp_path: Path) -> None:
    english, japanese = choose("en", tmp_path), choose("ja", tmp_path)
    assert english.whisper is catalogue.TINY_EN
    assert japanese.whisper is catalogue.BASE
    assert english.reason == f"{NO_VOSK_EN}; Whisper tiny.en comes in a package"


def test_an_engine_can_be_asked_for(tmp_path: Path) -> None:
    _models(tmp_path, "vosk-model-small-en-us-0.15")
    assert choose("en", tmp_path, "whisper").whisper is catalogue.TINY_EN
    assert choose("en", tmp_path, "whisper-base").whisper is catalogue.BASE
    assert choose("ja", tmp_path, "whisper-tiny").engine is Engine.NONE
    assert choose("en", tmp_path, "none").engine is Engine.NONE
    with pytest.raises(ValueError, match="siri"):
        choose("en", tmp_path, "siri")


def test_vosk_that_is_asked_for_and_missing_is_nothing_with_a_reason(tmp_path: Path) -> None:
    choice = choose("en", tmp_path / "nowhere", "vosk")
    assert choice == Choice("en", Engine.NONE, f"{NO_VOSK_EN}, and the settings ask for Vosk")


def test_an_unknown_language_has_no_engine(tmp_path: Path) -> None:
    assert choose("tlh", tmp_path).engine is Engine.NONE


def test_two_languages_share_one_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Choice] = []

    def open_engine(choice: Choice, cache_dir: Path) -> ScriptedRecogniser:
        opened.append(choice)
        return ScriptedRecogniser()

    monkeypatch.setattr(catalogue, "_open", open_engine)
    loaded = load_recognisers(["ja", "de", "en"], "auto", tmp_path, tmp_path)
    assert [choice.language for choice in opened] == ["ja", "en"]
    assert loaded.recogniser_for("de") is loaded.recogniser_for("ja-JP")
    assert isinstance(loaded.recogniser_for("tlh"), DeafRecogniser)
    loaded.close()
    assert isinstance(loaded.recogniser_for("en"), DeafRecogniser)


def test_a_folder_that_is_no_model_is_replaced_by_whisper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def open_engine(choice: Choice, cache_dir: Path) -> ScriptedRecogniser:
        if choice.engine is Engine.VOSK:
            raise RecognitionFailed("not-a-model")
        return ScriptedRecogniser()

    monkeypatch.setattr(catalogue, "_open", open_engine)
    loaded = load_recognisers(["en"], "auto", _models(tmp_path, "vosk-model-small-en-us-0.15"), tmp_path)
    assert loaded.recogniser_for("en").capabilities.engine == "scripted"
    assert loaded.reasons()["en"] == (
        "the Vosk model vosk-model-small-en-us-0.15 is installed but does not load; Whisper tiny.en stands in for it"
    )


def test_a_damaged_model_leaves_a_call_without_recognition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def open_engine(choice: Choice, cache_dir: Path) -> ScriptedRecogniser:
        raise RecognitionFailed("digest-differs")

    monkeypatch.setattr(catalogue, "_open", open_engine)
    loaded = load_recognisers(["ja"], "auto", tmp_path, tmp_path)
    assert isinstance(loaded.recogniser_for("ja"), DeafRecogniser)
    assert loaded.reasons()["ja"].endswith("Whisper base comes in a package, but it is damaged or does not load")
